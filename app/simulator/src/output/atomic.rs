//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::OutputError;

/// Writes a file under another name in the same folder and renames it when all of it is on the disk. An interrupted or failed
/// write leaves what was there before.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let beside = Beside::of(path);
    beside.fill(bytes).and_then(|()| fs::rename(&beside.0, path)).map_err(OutputError::file(path))
}

/// A file beside another: gone when dropped, if it hasn't been renamed.
struct Beside(PathBuf);

impl Beside {
    fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self(path.with_file_name(format!(".{name}.{}.part", std::process::id())))
    }

    fn fill(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(&self.0)?;
        file.write_all(bytes)?;
        file.sync_all()
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // After a rename it isn't there: that is no failure.
        let _ = fs::remove_file(&self.0);
    }
}
