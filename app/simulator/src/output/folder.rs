//! The folder of one run.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::Serialize;

use super::atomic::write_atomic;
use super::error::OutputError;
use super::manifest::{FileHash, Manifest, Run, MANIFEST, SCHEMA};
use super::table::write_parquet;

/// A folder into which a run writes its files. The manifest comes last: a folder with one is complete.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    run: Run,
    files: Vec<FileHash>,
}

impl Folder {
    /// Opens a folder, which is made if it isn't there. One that holds anything but a run of the very same is refused, unless
    /// `force` is set; then the files that the old manifest lists are removed, and nothing else is.
    pub fn open(path: &Path, run: Run, force: bool) -> Result<Self, OutputError> {
        if !path.exists() {
            fs::create_dir_all(path).map_err(OutputError::file(path))?;
        }
        let is_empty = fs::read_dir(path).map_err(OutputError::file(path))?.next().is_none();
        if !is_empty {
            clear(path, &run, force)?;
        }
        Ok(Self { path: path.to_owned(), run, files: vec![] })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The files written so far.
    pub fn files(&self) -> &[FileHash] {
        &self.files
    }

    /// Writes records as Parquet: see [`write_parquet`].
    pub fn parquet<T: Serialize + DeserializeOwned>(
        &mut self,
        name: &str,
        rows: &[T],
    ) -> Result<(), OutputError> {
        let path = self.place(name)?;
        write_parquet(&path, rows)?;
        self.list(name, &path)
    }

    /// Writes JSON for people to read too: indented, keys in the order of the fields. NaN becomes null.
    pub fn json(&mut self, name: &str, value: &impl Serialize) -> Result<(), OutputError> {
        let path = self.place(name)?;
        write_atomic(&path, &pretty(value, &path)?)?;
        self.list(name, &path)
    }

    /// Writes text, such as a report.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), OutputError> {
        let path = self.place(name)?;
        write_atomic(&path, text.as_bytes())?;
        self.list(name, &path)
    }

    /// Writes the manifest, which makes the folder complete.
    pub fn finish(self) -> Result<Manifest, OutputError> {
        let manifest = Manifest { schema: SCHEMA, run: self.run, outputs: self.files };
        let path = self.path.join(MANIFEST);
        write_atomic(&path, &pretty(&manifest, &path)?)?;
        Ok(manifest)
    }

    fn place(&self, name: &str) -> Result<PathBuf, OutputError> {
        let is_plain = Path::new(name).file_name().is_some_and(|plain| plain == name) && name != MANIFEST;
        if is_plain {
            Ok(self.path.join(name))
        } else {
            Err(OutputError::BadName(name.to_owned()))
        }
    }

    fn list(&mut self, name: &str, path: &Path) -> Result<(), OutputError> {
        let hash = FileHash::read(path, name)?;
        self.files.retain(|file| file.file != name);
        self.files.push(hash);
        Ok(())
    }
}

fn pretty(value: &impl Serialize, path: &Path) -> Result<Vec<u8>, OutputError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(OutputError::json(path))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Makes a folder that isn't empty ready for a run.
fn clear(path: &Path, run: &Run, force: bool) -> Result<(), OutputError> {
    let occupied = |holds: String| Err(OutputError::Occupied { path: path.to_owned(), holds });
    let old = match Manifest::read(path) {
        Ok(old) => Some(old),
        Err(_) if force => None,
        Err(_) if path.join(MANIFEST).exists() => return occupied("a manifest that can't be read".into()),
        Err(_) => return occupied("files but no manifest: an unfinished run, or something else".into()),
    };
    let Some(old) = old else { return remove(&path.join(MANIFEST)) };
    if !force && !reread(run, path)?.is_repeat_of(&old.run) {
        return occupied(format!("another run ({})", old.run.describe()));
    }
    // The manifest goes first: what is half removed isn't complete.
    remove(&path.join(MANIFEST))?;
    for file in &old.outputs {
        let is_plain = Path::new(&file.file).file_name().is_some_and(|plain| plain == file.file.as_str());
        if is_plain {
            remove(&path.join(&file.file))?;
        }
    }
    Ok(())
}

/// A run as a manifest gives it back: reading JSON may change the last digit of a number.
fn reread(run: &Run, path: &Path) -> Result<Run, OutputError> {
    let text = serde_json::to_vec(run).map_err(OutputError::json(path))?;
    serde_json::from_slice(&text).map_err(OutputError::json(path))
}

fn remove(path: &Path) -> Result<(), OutputError> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(OutputError::file(path)(why)),
        _ => Ok(()),
    }
}
