//! A result file: known to be writable before the work, whole or absent after it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file that appears under its name only when it has been written whole.
pub struct Output {
    path: PathBuf,
    part: PathBuf,
}

impl Output {
    /// Checks that the file can be written, before any work is done.
    pub fn open(path: &Path) -> Result<Self> {
        let mut name =
            path.file_name().with_context(|| format!("{} names no file", path.display()))?.to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        File::create(&part).with_context(|| format!("can't write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), part })
    }

    /// Writes the file.
    pub fn write(self, text: &str) -> Result<()> {
        fs::write(&self.part, text)
            .and_then(|()| fs::rename(&self.part, &self.path))
            .with_context(|| format!("writing {}", self.path.display()))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // After a successful write the part is gone, and there is nothing to remove.
        let _ = fs::remove_file(&self.part);
    }
}
