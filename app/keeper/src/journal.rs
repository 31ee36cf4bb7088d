//! Transactions in flight, on disk: written before the first sending, so that a keeper that was killed knows at its next
//! start what may still land, and neither sends another in its place nor forgets it.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::{prelude::BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

/// A transaction that may land.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry<T> {
    /// Its number among those of the run that made it.
    pub batch: u64,
    /// What it does.
    pub tasks: T,
    /// Its signature.
    pub signature: String,
    /// The last block height at which it can land.
    pub last_height: u64,
    /// Its signed bytes, in base64.
    pub bytes: String,
}

impl<T> Entry<T> {
    /// An entry of signed bytes.
    pub fn new(batch: u64, tasks: T, signature: String, last_height: u64, bytes: &[u8]) -> Self {
        Self { batch, tasks, signature, last_height, bytes: BASE64_STANDARD.encode(bytes) }
    }

    /// The signed bytes.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        BASE64_STANDARD.decode(&self.bytes).context("a transaction in the journal is not base64")
    }
}

/// The file, and what is in it.
#[derive(Debug)]
pub struct Journal<T> {
    path: Option<PathBuf>,
    entries: Vec<Entry<T>>,
}

impl<T: Clone + Serialize + for<'de> Deserialize<'de>> Journal<T> {
    /// Reads what a former run left; without a path nothing is kept.
    ///
    /// # Errors
    /// When the file is there and can't be read: it may hold transactions that can still land.
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let mut journal = Self { path: path.map(Path::to_owned), entries: vec![] };
        if let Some(path) = path {
            if path.exists() {
                let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
                journal.entries = serde_json::from_str(&text).with_context(|| {
                    format!(
                        "{} is not a journal; remove it once a minute has passed since it was written",
                        path.display()
                    )
                })?;
            }
            journal.write()?;
        }
        Ok(journal)
    }

    /// What may still land.
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// Notes a transaction before it is sent.
    pub fn add(&mut self, entry: Entry<T>) -> Result<()> {
        self.entries.push(entry);
        self.write()
    }

    /// Drops one that has landed or can't land any more.
    pub fn remove(&mut self, batch: u64) -> Result<()> {
        self.entries.retain(|entry| entry.batch != batch);
        self.write()
    }

    /// Whole or not at all: a new file takes the old one's place.
    fn write(&self) -> Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut name =
            path.file_name().with_context(|| format!("{} names no file", path.display()))?.to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let writing = || -> Result<()> {
            let mut file = File::create(&part)?;
            file.write_all(serde_json::to_string(&self.entries)?.as_bytes())?;
            file.sync_data()?;
            fs::rename(&part, path)?;
            Ok(())
        };
        writing().with_context(|| format!("writing the journal {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(batch: u64) -> Entry<Vec<String>> {
        Entry::new(batch, vec!["task".into()], "signature".into(), 7, &[1, 2, 3])
    }

    #[test]
    fn what_was_in_flight_is_there_after_a_kill() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.json");
        let mut journal = Journal::open(Some(&path)).unwrap();
        journal.add(entry(1)).unwrap();
        journal.add(entry(2)).unwrap();
        journal.remove(1).unwrap();
        drop(journal);
        let again: Journal<Vec<String>> = Journal::open(Some(&path)).unwrap();
        assert_eq!(again.entries(), [entry(2)]);
        assert_eq!(again.entries()[0].bytes().unwrap(), [1, 2, 3]);
    }

    #[test]
    fn a_file_that_is_no_journal_stops_the_keeper() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.json");
        fs::write(&path, "[{").unwrap();
        let error = Journal::<Vec<String>>::open(Some(&path)).unwrap_err();
        assert!(format!("{error:#}").contains("is not a journal"), "{error:#}");
        let nowhere = folder.path().join("missing").join("journal.json");
        assert!(Journal::<Vec<String>>::open(Some(&nowhere)).is_err());
    }

    #[test]
    fn without_a_path_nothing_is_kept() {
        let mut journal = Journal::open(None).unwrap();
        journal.add(entry(1)).unwrap();
        assert_eq!(journal.entries().len(), 1);
    }
}
