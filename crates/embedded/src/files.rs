//! Where the compiled programs are, and what a test does without them.

use std::io::Write;
use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};

use crate::Chain;

/// Set to 1, it makes a test fail that the lack of the ELF would leave out.
const REQUIRE: &str = "JETTISON_REQUIRE_ELF";

/// The compiled programs.
#[derive(Clone, Debug)]
pub struct ElfFiles {
    /// The clearing program.
    pub clearing: PathBuf,
    /// The stand-in oracle.
    pub price_feed: PathBuf,
}

impl ElfFiles {
    /// The compiled programs in a folder; without one, in `target/deploy` of the current folder or of the one this
    /// workspace was built in.
    pub fn find(folder: Option<&Path>) -> Result<Self> {
        let usual = || {
            let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            [PathBuf::from("."), built_in].map(|root| root.join("target/deploy")).to_vec()
        };
        let folders = folder.map_or_else(usual, |folder| vec![folder.to_owned()]);
        for folder in &folders {
            let files =
                Self { clearing: folder.join("clearing.so"), price_feed: folder.join("price_feed.so") };
            if files.clearing.is_file() && files.price_feed.is_file() {
                return Ok(files);
            }
        }
        let looked: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        bail!(
            "clearing.so and price_feed.so are not in {}; build them: cargo xtask build-sbf",
            looked.join(" nor in ")
        )
    }

    /// A chain that runs them.
    pub fn start(&self) -> Result<Chain> {
        self.start_with(&[])
    }

    /// A chain that runs them and others of their folder, each an address and the name of its file without `.so`.
    pub fn start_with(&self, others: &[(Pubkey, &str)]) -> Result<Chain> {
        let mut programs =
            vec![(clearing::ID, self.clearing.clone()), (price_feed::ID, self.price_feed.clone())];
        for (id, name) in others {
            programs.push((*id, self.other(name)));
        }
        Chain::elf(&programs)
    }

    /// What built them, as the build noted beside them.
    pub fn toolchain(&self) -> String {
        let note = self.clearing.with_file_name("toolchain.txt");
        std::fs::read_to_string(note)
            .map_or_else(|_| "toolchain unknown".to_owned(), |text| text.trim().to_owned())
    }

    /// A chain for a test of the ELF, if [`ElfFiles::for_test`] finds it.
    ///
    /// # Panics
    /// As that does, and when the VM doesn't take the files.
    pub fn chain_for_test() -> Option<Chain> {
        Self::chain_for_test_with(&[])
    }

    /// As [`ElfFiles::chain_for_test`], with other programs as [`ElfFiles::start_with`] takes them.
    ///
    /// # Panics
    /// As that does.
    pub fn chain_for_test_with(others: &[(Pubkey, &str)]) -> Option<Chain> {
        let found = Self::find(None).and_then(|files| {
            let missing = others.iter().find(|(_, name)| !files.other(name).is_file());
            match missing {
                Some((_, name)) => {
                    bail!("{name}.so is not beside clearing.so; build it: cargo xtask build-sbf")
                }
                None => Ok(files),
            }
        });
        or_leave_out(found).map(|files| files.start_with(others).expect("the VM takes the programs"))
    }

    fn other(&self, name: &str) -> PathBuf {
        self.clearing.with_file_name(format!("{name}.so"))
    }

    /// The files for a test of the ELF. Without them the test is left out, and stderr says so even when tests pass;
    /// with `JETTISON_REQUIRE_ELF=1` that is a failure.
    ///
    /// # Panics
    /// When the files are required and aren't there.
    pub fn for_test() -> Option<Self> {
        or_leave_out(Self::find(None))
    }
}

/// What was found for a test of the ELF; else the test is left out or fails, see [`ElfFiles::for_test`].
fn or_leave_out(found: Result<ElfFiles>) -> Option<ElfFiles> {
    match found {
        Ok(files) => Some(files),
        Err(missing) => {
            assert!(std::env::var(REQUIRE).as_deref() != Ok("1"), "{missing}");
            // Not `eprintln!`, which the test runner keeps to itself when a test passes.
            let _ = writeln!(std::io::stderr(), "a test of the ELF is left out: {missing}");
            None
        }
    }
}
