//! What can be wrong with a table of waves.

use std::path::PathBuf;

use thiserror::Error as ThisError;

/// Why a table can't be studied. Lines count from 1, the header included, as an editor shows them.
#[derive(Debug, ThisError)]
pub enum WaveError {
    /// The file can't be opened.
    #[error("{}: {source}; the public tables are described in the README beside them", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It isn't a CSV, or its rows differ in length.
    #[error("{file}: not a CSV of equally long rows: {source}")]
    Csv {
        /// The file.
        file: String,
        /// What and where.
        source: csv::Error,
    },
    /// A column is missing.
    #[error("{file}: line 1 has no column `{column}`; needed are {needed}")]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// All columns that are read.
        needed: String,
    },
    /// A column is there twice.
    #[error("{file}: line 1 has the column `{column}` twice; remove one")]
    RepeatedColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// A header and nothing else.
    #[error("{file}: no rows")]
    Empty {
        /// The file.
        file: String,
    },
    /// A cell doesn't hold what its column must.
    #[error("{file}, line {line}, column `{column}`: `{value}` must be {must}")]
    Cell {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// What is there.
        value: String,
        /// What must be.
        must: &'static str,
    },
    /// A row begins before the one above it has ended, or ends before it begins.
    #[error("{file}, line {line}, column `{column}`: out of order, {why}")]
    Order {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// Against what.
        why: String,
    },
    /// A wave, or a shock of a coin, is there twice.
    #[error("{file}, line {line}, column `{column}`: {value} is already in line {first}")]
    Repeated {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// What is repeated.
        value: String,
        /// Where it was first.
        first: u64,
    },
    /// The policies are of other waves.
    #[error(
        "{file}, line {line}, column `wave`: wave {wave} is not in {waves}; give tables of the same waves"
    )]
    UnknownWave {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The wave.
        wave: u32,
        /// The file of waves.
        waves: String,
    },
    /// A wave without policies.
    #[error("{file} has no row for wave {wave} of {waves}; give tables of the same waves")]
    NoPolicies {
        /// The file.
        file: String,
        /// The wave.
        wave: u32,
        /// The file of waves.
        waves: String,
    },
    /// The model's parameters make no population.
    #[error("the modelled population: {field} is {value}; it must be {must}")]
    Model {
        /// The parameter.
        field: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        must: &'static str,
    },
    /// Amounts too large for the rules.
    #[error("{what}: {source}")]
    Sharing {
        /// Which wave and rule.
        what: String,
        /// Why.
        source: jettison_sharing::SharingError,
    },
}
