//! Where a run's files wait until all of them are there.

use std::fs::{self, DirEntry, File, TryLockError};
use std::path::{Path, PathBuf};

use super::error::OutputError;

/// The folder within a run's folder.
const STAGING: &str = ".jettison.part";
/// Held as long as a run writes: the system lets it go when the process ends, however it ends.
const LOCK: &str = "lock";

/// A hidden folder within a run's folder, gone when dropped. A run that is killed leaves it: it doesn't count, and the next run
/// clears it.
#[derive(Debug)]
pub(super) struct Staging {
    path: PathBuf,
    _lock: File,
}

impl Staging {
    /// Makes it, and so shows that the folder can be written to. Refused while another run has one there.
    pub(super) fn open(folder: &Path) -> Result<Self, OutputError> {
        let path = folder.join(STAGING);
        fs::create_dir_all(&path).map_err(OutputError::file(&path))?;
        let lock = File::create(path.join(LOCK)).map_err(OutputError::file(&path))?;
        // Where the file system has no locks, nothing tells of another run: go on.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(OutputError::Busy { path: folder.to_owned() });
        }
        let staging = Self { path, _lock: lock };
        for entry in entries(&staging.path)? {
            if entry.file_name() != LOCK {
                remove(&entry.path())?;
            }
        }
        for entry in entries(folder)? {
            if is_part(&entry) {
                remove(&entry.path())?;
            }
        }
        Ok(staging)
    }

    /// Where a file waits.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What can't be removed now, the next run removes.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Whether a folder holds nothing but what interrupted runs left.
pub(super) fn is_free(folder: &Path) -> Result<bool, OutputError> {
    Ok(entries(folder)?.iter().all(|entry| entry.file_name() == STAGING || is_part(entry)))
}

/// Whether it is `.NAME.PID.part`: a file that an interrupted [`write_atomic`](super::write_atomic) left.
fn is_part(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let inner = name.to_str().and_then(|name| name.strip_prefix('.')?.strip_suffix(".part"));
    let is_ours = |(name, process): (&str, &str)| {
        !name.is_empty() && !process.is_empty() && process.bytes().all(|digit| digit.is_ascii_digit())
    };
    inner.and_then(|inner| inner.rsplit_once('.')).is_some_and(is_ours)
}

fn entries(folder: &Path) -> Result<Vec<DirEntry>, OutputError> {
    fs::read_dir(folder).and_then(Iterator::collect).map_err(OutputError::file(folder))
}

/// Removes a file; one that isn't there is no failure.
pub(super) fn remove(path: &Path) -> Result<(), OutputError> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(OutputError::file(path)(why)),
        _ => Ok(()),
    }
}
