//! The compiled programs that are measured.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use jettison_embedded::Chain;

const CLEARING: &str = "clearing.so";
const PRICE_FEED: &str = "price_feed.so";

/// A folder with both programs.
pub struct Elf {
    dir: PathBuf,
}

impl Elf {
    /// The folder asked for; else `target/deploy` of the current folder if it has the program, else the
    /// workspace's.
    pub fn find(asked: Option<&Path>) -> Result<Self> {
        let here = Path::new("target/deploy");
        let dir = match asked {
            Some(dir) => dir.to_owned(),
            None if here.join(CLEARING).exists() => here.to_owned(),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy"),
        };
        for file in [CLEARING, PRICE_FEED] {
            let path = dir.join(file);
            if !path.exists() {
                bail!("{} isn't there: run `cargo xtask build-sbf`", path.display());
            }
        }
        Ok(Self { dir: dir.canonicalize().unwrap_or(dir) })
    }

    /// A new chain that runs them.
    pub fn chain(&self) -> Result<Chain> {
        Chain::elf(&[(clearing::ID, self.dir.join(CLEARING)), (price_feed::ID, self.dir.join(PRICE_FEED))])
    }

    /// The program's file, its size, who compiled it, and the token program beside it.
    pub fn describe(&self) -> Result<String> {
        let path = self.dir.join(CLEARING);
        let size = fs::metadata(&path).with_context(|| format!("reading {}", path.display()))?.len();
        let toolchain = fs::read_to_string(self.dir.join("toolchain.txt"))
            .map_or("unknown toolchain".to_owned(), |name| name.trim_end().to_owned());
        let token_program = self.chain()?.token_program();
        Ok(format!(
            "program        {}\nsize           {size} bytes\ntoolchain      {toolchain}\ntoken program  {token_program}",
            path.display(),
        ))
    }
}
