//! Where the compiled programs are.

use std::path::{Path, PathBuf};

use anyhow::{bail, Result};
use jettison_embedded::Chain;

/// The compiled programs.
#[derive(Clone, Debug)]
pub struct Files {
    /// The clearing program.
    pub clearing: PathBuf,
    /// The stand-in oracle.
    pub price_feed: PathBuf,
}

/// The compiled programs in a folder; without one, in `target/deploy` of the current folder or of the one this
/// command was built in.
pub fn find(folder: Option<&Path>) -> Result<Files> {
    let usual = || {
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        [PathBuf::from("."), built_in].map(|root| root.join("target/deploy")).to_vec()
    };
    let folders = folder.map_or_else(usual, |folder| vec![folder.to_owned()]);
    for folder in &folders {
        let files = Files { clearing: folder.join("clearing.so"), price_feed: folder.join("price_feed.so") };
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

impl Files {
    /// A chain that runs them.
    pub fn start(&self) -> Result<Chain> {
        Chain::elf(&[(clearing::ID, self.clearing.clone()), (price_feed::ID, self.price_feed.clone())])
    }

    /// What built them, as the build noted beside them.
    pub fn toolchain(&self) -> String {
        let note = self.clearing.with_file_name("toolchain.txt");
        std::fs::read_to_string(note)
            .map_or_else(|_| "toolchain unknown".to_owned(), |text| text.trim().to_owned())
    }
}
