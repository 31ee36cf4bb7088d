//! The folder of one run.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::Serialize;

use super::atomic::write_atomic;
use super::error::OutputError;
use super::manifest::{FileHash, Manifest, Run, MANIFEST, SCHEMA};
use super::staging::{is_free, remove, Staging};
use super::table::write_parquet;

/// A folder into which a run writes its files. They wait in a hidden folder within it until [`Folder::finish`] puts all of them in
/// their places, so until then an older run stays as it is. The manifest comes last: a folder with one is complete.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    staging: Staging,
    run: Run,
    force: bool,
    files: Vec<FileHash>,
}

impl Folder {
    /// Opens a folder, which is made if it isn't there; nothing in it changes yet. One that holds anything but a run of the very
    /// same is refused, unless `force` is set: then the files that the old manifest lists make way at the end, and nothing else
    /// does. Refused too where nothing can be written, and while another run is writing there.
    pub fn open(path: &Path, run: Run, force: bool) -> Result<Self, OutputError> {
        if !path.exists() {
            fs::create_dir_all(path).map_err(OutputError::file(path))?;
        }
        older(path, &run, force)?;
        let staging = Staging::open(path)?;
        Ok(Self { path: path.to_owned(), staging, run, force, files: vec![] })
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

    /// Puts the files in their places, instead of an older run's. The manifest is last, and makes the folder complete. Refused,
    /// with nothing changed, if the folder came to hold something else meanwhile.
    pub fn finish(self) -> Result<Manifest, OutputError> {
        let older = older(&self.path, &self.run, self.force)?;
        let manifest = Manifest { schema: SCHEMA, run: self.run, outputs: self.files };
        let written = self.staging.file(MANIFEST);
        write_atomic(&written, &pretty(&manifest, &written)?)?;
        clear(&self.path, older.as_ref())?;
        for name in manifest.outputs.iter().map(|file| file.file.as_str()).chain([MANIFEST]) {
            let path = self.path.join(name);
            fs::rename(self.staging.file(name), &path).map_err(OutputError::file(&path))?;
        }
        Ok(manifest)
    }

    fn place(&self, name: &str) -> Result<PathBuf, OutputError> {
        let is_plain = Path::new(name).file_name().is_some_and(|plain| plain == name) && name != MANIFEST;
        if is_plain {
            Ok(self.staging.file(name))
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

/// The run that a folder holds, if any; refused where it may not be written over.
fn older(path: &Path, run: &Run, force: bool) -> Result<Option<Manifest>, OutputError> {
    if is_free(path)? {
        return Ok(None);
    }
    let occupied = |holds: String| Err(OutputError::Occupied { path: path.to_owned(), holds });
    match Manifest::read(path) {
        Ok(old) if force || reread(run, path)?.is_repeat_of(&old.run) => Ok(Some(old)),
        Ok(old) => occupied(format!("another run ({})", old.run.describe())),
        Err(_) if force => Ok(None),
        Err(_) if path.join(MANIFEST).exists() => occupied("a manifest that can't be read".into()),
        Err(_) => occupied("files but no manifest: an unfinished run, or something else".into()),
    }
}

/// Removes an older run's files.
fn clear(path: &Path, older: Option<&Manifest>) -> Result<(), OutputError> {
    // The manifest goes first: what is half removed isn't complete.
    remove(&path.join(MANIFEST))?;
    for file in older.iter().flat_map(|manifest| &manifest.outputs) {
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
