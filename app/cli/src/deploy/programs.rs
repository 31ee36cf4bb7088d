//! The compiled programs and the keys of their addresses.

use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, ensure, Context, Result};
use jettison_embedded::ElfFiles;
use jettison_rpc::loader::Deployed;
use jettison_rpc::Cluster;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::context::read_keypair;

/// A program that is to be on the cluster.
pub struct Program {
    /// Its name, as in `target/deploy`.
    pub name: &'static str,
    /// Its id in the sources of this build.
    pub id: Pubkey,
    /// The compiled program.
    pub elf: Vec<u8>,
    /// Where the key of its address should be. Only a first deployment needs it.
    key_file: PathBuf,
}

impl Program {
    /// The clearing program, and with `stand_in` the stand-in oracle's. Keys are beside them, as Anchor's tools have it.
    pub fn load(folder: Option<&Path>, key: Option<&Path>, stand_in: bool) -> Result<Vec<Self>> {
        let files = ElfFiles::find(folder)?;
        let mut all = vec![Self::read("clearing", clearing::ID, &files.clearing, key)?];
        if stand_in {
            all.push(Self::read("price_feed", price_feed::ID, &files.price_feed, None)?);
        }
        // The clearing program holds both ids: its own, and that of the feeds that it believes. The other asks which it is.
        for program in &all {
            ensure!(
                all[0].elf.windows(32).any(|bytes| bytes == program.id.as_ref()),
                "{} was not built for {} as the id of {}, which this command's sources have: build both from the same \
                 sources (cargo xtask build-sbf)",
                files.clearing.display(),
                program.id,
                program.name
            );
        }
        Ok(all)
    }

    fn read(name: &'static str, id: Pubkey, path: &Path, key: Option<&Path>) -> Result<Self> {
        let elf = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        ensure!(elf.starts_with(b"\x7fELF"), "{} is not a compiled program", path.display());
        let beside = || path.with_file_name(format!("{name}-keypair.json"));
        Ok(Self { name, id, elf, key_file: key.map_or_else(beside, Path::to_owned) })
    }

    /// The key of the program's address, for its first deployment.
    pub fn key(&self) -> Result<Keypair> {
        let key = read_keypair(&self.key_file).with_context(|| {
            format!(
                "a first deployment of {} signs with the key of its id {}; with a new key: anchor keys sync, then build \
                 the programs and this command again",
                self.name, self.id
            )
        })?;
        ensure!(
            key.pubkey() == self.id,
            "{} is the key of {}, and this build's {} has the id {}: run anchor keys sync, then build the programs and this \
             command again",
            self.key_file.display(),
            key.pubkey(),
            self.name,
            self.id
        );
        Ok(key)
    }

    /// What is at its address. Refuses what can't be upgraded to it, and another's.
    pub async fn observe(&self, cluster: &Cluster, authority: &Pubkey) -> Result<Deployed> {
        let deployed = cluster.deployed(&self.id, &self.elf).await?;
        match &deployed {
            Deployed::Upgradeable { same: false, authority: Some(other), .. } if other != authority => bail!(
                "{other} may upgrade {} ({}), not {authority}; give that key, or the file that is deployed",
                self.name,
                self.id
            ),
            Deployed::Upgradeable { same: false, authority: None, .. } | Deployed::Fixed => {
                bail!("{} ({}) can't be upgraded any more, and it is not the file given", self.name, self.id)
            }
            _ => Ok(deployed),
        }
    }
}
