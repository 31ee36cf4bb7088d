//! What was run, and on what: enough to repeat it bit for bit, and to tell whether it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::OutputError;
use super::shard::Shard;

/// The manifest's file name.
pub const MANIFEST: &str = "manifest.json";
/// The version of the manifest and of the files that it lists: raised when either changes its meaning.
pub const SCHEMA: u32 = 1;

/// A file, by what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// Its name, or of an input its path as given.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its BLAKE3 hash, in hexadecimal.
    pub blake3: String,
}

impl FileHash {
    /// Reads a file, and names it `file`.
    pub fn read(path: &Path, file: &str) -> Result<Self, OutputError> {
        let read = || -> io::Result<(u64, blake3::Hash)> {
            let mut hasher = blake3::Hasher::new();
            let bytes = io::copy(&mut File::open(path)?, &mut hasher)?;
            Ok((bytes, hasher.finalize()))
        };
        let (bytes, hash) = read().map_err(OutputError::file(path))?;
        Ok(Self { file: file.to_owned(), bytes, blake3: hash.to_hex().to_string() })
    }
}

/// A model as fitted to prices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The pair.
    pub pair: String,
    /// The model.
    pub model: String,
    /// What was fitted.
    pub parameters: Value,
}

/// All that a run's results follow from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The program's version.
    pub version: String,
    /// What was studied.
    pub study: String,
    /// The arguments as given.
    pub command: Vec<String>,
    /// The seed of all randomness.
    pub seed: u64,
    /// Every parameter, those left at their defaults too.
    pub parameters: Value,
    /// Models fitted.
    pub fits: Vec<Fit>,
    /// Files read.
    pub inputs: Vec<FileHash>,
    /// Published tables that the report looks at beside: `waves`, `policies`, `shocks`. No history follows from them.
    #[serde(default)]
    pub tables: BTreeMap<String, FileHash>,
    /// Which part of the study.
    pub shard: Shard,
    /// Its first history.
    pub histories_from: u64,
    /// One beyond its last.
    pub histories_to: u64,
}

impl Run {
    /// The first thing, but the shard and the arguments, in which another run differs.
    pub fn differs_from(&self, other: &Self) -> Option<&'static str> {
        let contents = |run: &Self| run.inputs.iter().map(|input| input.blake3.clone()).collect::<Vec<_>>();
        let tables = |run: &Self| {
            let contents = |(table, file): (&String, &FileHash)| (table.clone(), file.blake3.clone());
            run.tables.iter().map(contents).collect::<Vec<_>>()
        };
        let fields = [
            ("version", self.version == other.version),
            ("study", self.study == other.study),
            ("seed", self.seed == other.seed),
            ("parameters", self.parameters == other.parameters),
            ("fitted models", self.fits == other.fits),
            ("input files", contents(self) == contents(other)),
            ("published tables", tables(self) == tables(other)),
            ("number of shards", self.shard.count == other.shard.count),
        ];
        fields.into_iter().find(|(_, same)| !same).map(|(field, _)| field)
    }

    /// Whether another run must have given the same files.
    pub fn is_repeat_of(&self, other: &Self) -> bool {
        self.differs_from(other).is_none()
            && self.shard == other.shard
            && (self.histories_from, self.histories_to) == (other.histories_from, other.histories_to)
    }

    /// In a few words, for messages.
    pub fn describe(&self) -> String {
        let Self { study, seed, shard, version, .. } = self;
        format!("study {study}, seed {seed}, shard {shard}, version {version}")
    }
}

/// A run and its files. No time, no machine, no number of threads: the same run writes the same manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The run.
    pub run: Run,
    /// The files that it wrote, in their order.
    pub outputs: Vec<FileHash>,
}

/// A file that isn't what the manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// It can't be read.
    Missing(String),
    /// It has other contents.
    Changed {
        /// As the manifest says.
        expected: FileHash,
        /// As it is.
        found: FileHash,
    },
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(file) => write!(f, "{file} is missing"),
            Self::Changed { expected, found } if expected.bytes != found.bytes => {
                write!(f, "{} has {} bytes, not {}", expected.file, found.bytes, expected.bytes)
            }
            Self::Changed { expected, found } => {
                write!(f, "{} has the hash {}, not {}", expected.file, found.blake3, expected.blake3)
            }
        }
    }
}

impl Manifest {
    /// Reads the manifest of a folder.
    pub fn read(folder: &Path) -> Result<Self, OutputError> {
        let path = folder.join(MANIFEST);
        let text = fs::read(&path).map_err(OutputError::file(&path))?;
        let value: Value = serde_json::from_slice(&text).map_err(OutputError::json(&path))?;
        match value.get("schema").and_then(Value::as_u64).and_then(|found| u32::try_from(found).ok()) {
            Some(found) if found != SCHEMA => Err(OutputError::OtherSchema { path, found, expected: SCHEMA }),
            _ => serde_json::from_value(value).map_err(OutputError::json(&path)),
        }
    }

    /// Compares the files of a folder with the manifest: what it lists must be there, to the byte.
    pub fn check(&self, folder: &Path) -> Vec<Mismatch> {
        self.outputs.iter().filter_map(|expected| compare(&folder.join(&expected.file), expected)).collect()
    }

    /// The same for the files that the run read, published tables too, where they lay.
    pub fn check_inputs(&self) -> Vec<Mismatch> {
        let read = self.run.inputs.iter().chain(self.run.tables.values());
        read.filter_map(|expected| compare(Path::new(&expected.file), expected)).collect()
    }
}

fn compare(path: &Path, expected: &FileHash) -> Option<Mismatch> {
    match FileHash::read(path, &expected.file) {
        Ok(found) if found == *expected => None,
        Ok(found) => Some(Mismatch::Changed { expected: expected.clone(), found }),
        Err(_) => Some(Mismatch::Missing(expected.file.clone())),
    }
}
