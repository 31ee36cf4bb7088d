//! The localnet's folder: keys, which keep their addresses over restarts, and the configuration.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use jettison_rpc::Cluster;
use solana_keypair::Keypair;

use crate::context::read_keypair;
use crate::faucet::FAUCET_KEY;

/// The configuration's name in the folder.
pub const CONFIG: &str = "jettison.toml";

/// The keys of a localnet.
pub struct Keys {
    /// Deployed everything, is the authority, posts prices. The commands sign with it unless told otherwise.
    pub authority: Keypair,
    /// Mints quote tokens.
    pub faucet: Keypair,
    /// The quote mint's address.
    pub mint: Keypair,
    /// Traders and keepers, with the names of their files.
    pub people: Vec<(String, Keypair)>,
}

impl Keys {
    /// Reads them, and makes those that aren't there.
    pub fn open(folder: &Path, traders: u16, keepers: u16) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
        let traders = (1..=traders).map(|number| format!("trader-{number}"));
        let keepers = (1..=keepers).map(|number| format!("keeper-{number}"));
        let person = |name: String| {
            let key = key(&folder.join(format!("{name}.json")))?;
            Ok((name, key))
        };
        Ok(Self {
            authority: key(&folder.join("authority.json"))?,
            faucet: key(&folder.join(FAUCET_KEY))?,
            mint: key(&folder.join("quote-mint.json"))?,
            people: traders.chain(keepers).map(person).collect::<Result<_>>()?,
        })
    }
}

fn key(path: &Path) -> Result<Keypair> {
    if path.exists() {
        return read_keypair(path);
    }
    let key = Keypair::new();
    let numbers: Vec<String> = key.to_bytes().iter().map(u8::to_string).collect();
    write_private(path, &format!("[{}]", numbers.join(",")))?;
    Ok(key)
}

/// A new file that only its owner reads, under its name only when it is whole.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let part = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().with_context(|| format!("writing {}", path.display()))
}

/// Takes the folder for one localnet: the second would take the configuration from the first. Held as long as the file is open.
pub fn lock(folder: &Path) -> Result<File> {
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    let path = folder.join("lock");
    let file = File::create(&path).with_context(|| format!("making {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => {
            bail!("a localnet runs in {} already: stop it, or give --dir another folder", folder.display())
        }
        Err(fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("locking {}", path.display()))
        }
    }
}

/// Removes a configuration of before: once it is there, the localnet is ready.
pub fn remove_config(folder: &Path) -> Result<()> {
    let path = folder.join(CONFIG);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes the configuration that the commands and the keeper find; returns its path.
pub fn write_config(folder: &Path, cluster: &Cluster, clearinghouse: &Pubkey) -> Result<PathBuf> {
    let path = folder.join(CONFIG);
    let text = format!(
        "# Written by `jettison localnet`, each time it starts. Paths are relative to this file.\n\
         url = \"{}\"\nws_url = \"{}\"\nkeypair = \"authority.json\"\nclearinghouse = \"{clearinghouse}\"\n",
        cluster.url(),
        cluster.ws_url()
    );
    write_private(&path, &text)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use solana_signer::Signer;

    use super::*;

    #[test]
    fn keys_stay_the_same_and_are_their_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keys::open(&folder.path().join("new"), 2, 1).unwrap();
        let again = Keys::open(&folder.path().join("new"), 3, 1).unwrap();
        assert_eq!(first.authority.pubkey(), again.authority.pubkey());
        assert_eq!(first.people[1].1.pubkey(), again.people[1].1.pubkey());
        let names: Vec<&str> = again.people.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["trader-1", "trader-2", "trader-3", "keeper-1"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join("new/authority.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_key_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("authority.json");
        fs::write(&path, "[1,2]").unwrap();
        assert!(Keys::open(folder.path(), 0, 0).is_err());
        assert_eq!(fs::read_to_string(path).unwrap(), "[1,2]");
    }

    #[test]
    fn a_folder_is_one_localnets_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path()).unwrap();
        let second = lock(folder.path()).unwrap_err().to_string();
        assert!(second.contains("runs in") && second.contains("--dir"), "{second}");
        drop(first);
        lock(folder.path()).unwrap();
    }
}
