//! Why files can't be written or read.

use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;

/// Why a record doesn't fit a table.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum TableError {
    /// A record that isn't a plain struct of numbers, truth values and text.
    #[error("column {column}: {found} doesn't fit a table; a record has numbers, truth values, text, and options of them")]
    NotFlat {
        /// Where, as far as is known.
        column: String,
        /// What was found.
        found: String,
    },
    /// NaN or an infinity.
    #[error("column {column}, row {row}: {value} is no number; leave it out by an Option")]
    NotANumber {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// What was there.
        value: f64,
    },
    /// A whole number beyond 64 bits.
    #[error("column {column}: {value} doesn't fit 64 bits")]
    TooLarge {
        /// The column.
        column: String,
        /// What was there.
        value: i128,
    },
    /// A file whose columns are others than the record's.
    #[error("the file's columns are {found}, the record's are {expected}")]
    OtherColumns {
        /// In the file.
        found: String,
        /// In the record.
        expected: String,
    },
    /// What serde says of a record.
    #[error("{0}")]
    Record(String),
}

impl serde::ser::Error for TableError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Record(message.to_string())
    }
}

impl serde::de::Error for TableError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Record(message.to_string())
    }
}

/// Why a file can't be written or read.
#[derive(Debug, ThisError)]
pub enum OutputError {
    /// The file system.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A record that doesn't fit its table.
    #[error("{path}: {source}")]
    Table {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: TableError,
    },
    /// Parquet.
    #[error("{path}: {source}")]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: parquet::errors::ParquetError,
    },
    /// JSON.
    #[error("{path}: {source}")]
    Json {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A folder that holds something else.
    #[error("{path} holds {holds}; choose another folder, or overwrite it with --force")]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        holds: String,
    },
    /// A folder that another process writes into.
    #[error("another run is writing into {path}; wait until it is done, or choose another folder")]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A manifest of another version.
    #[error("{path}: its schema is version {found}, this program reads version {expected}; read it with the version that wrote it")]
    OtherSchema {
        /// The manifest.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        expected: u32,
    },
    /// A name for a file that leaves its folder.
    #[error("{0:?} is no plain file name")]
    BadName(String),
    /// A shard that can't be.
    #[error("shard {0:?}: give it as i/n, such as 1/4 for the first of four")]
    BadShard(String),
    /// Shards that don't make a whole.
    #[error("these shards don't make one study: {0}")]
    NotOneStudy(String),
}

impl OutputError {
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }

    pub(super) fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> Self + '_ {
        move |source| Self::Json { path: path.to_owned(), source }
    }
}
