//! Prices of one or more pairs over time, and their log returns.

use serde::Serialize;
use thiserror::Error;

use crate::decimal::{to_float, DecimalError};

/// Prices of one or more pairs over time, as a file has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSeries {
    /// Where it is from, for reports.
    pub source: String,
    /// The pairs, such as `BTC-USD`; at least one.
    pub pairs: Vec<String>,
    /// When it starts, in Unix seconds.
    pub start_ts: i64,
    /// By time: seconds since the start, and a price for each pair in units of 10⁻¹². At least one; times ascend.
    pub rows: Vec<(i64, Vec<i64>)>,
    /// By pair: cells that were empty, and so kept the price before.
    pub filled: Vec<usize>,
}

/// Log returns of one or more pairs at a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Returns {
    /// Seconds from one price to the next.
    pub step_seconds: u32,
    /// The pairs.
    pub pairs: Vec<String>,
    /// By pair: the log returns, all of the same length.
    pub columns: Vec<Vec<f64>>,
}

/// Why a file isn't a price series, or can't be used as asked.
#[derive(Debug, Error)]
pub enum SeriesError {
    /// The file can't be opened.
    #[error("can't open {path}: {why}")]
    Open {
        /// Its path.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// Something wrong in a file that could be opened.
    #[error("in {path}: {error}")]
    In {
        /// Its path.
        path: String,
        /// What.
        error: Box<SeriesError>,
    },
    /// Not a CSV.
    #[error("not a readable CSV: {0}")]
    Csv(csv::Error),
    /// The columns aren't those of a price file.
    #[error(
        "the header must be time_utc and one to {max_pairs} pairs, such as time_utc,BTC-USD; it is {found:?}"
    )]
    Header {
        /// The most pairs that are read.
        max_pairs: usize,
        /// The header as it stands.
        found: String,
    },
    /// A pair's name is missing, or names two columns.
    #[error("pair {name:?} in column {column} is empty or repeated")]
    Pair {
        /// The column, counted from one.
        column: usize,
        /// Its header.
        name: String,
    },
    /// A row has too many or too few cells.
    #[error("line {line}: {found} columns where the header has {expected}")]
    Columns {
        /// The line, counted from one.
        line: u64,
        /// The header's columns.
        expected: usize,
        /// The row's columns.
        found: usize,
    },
    /// A time that can't be read.
    #[error("line {line}: {found:?} is not a time like 2025-10-10T21:00:00Z")]
    Time {
        /// The line, counted from one.
        line: u64,
        /// The cell.
        found: String,
    },
    /// A time that isn't after the one before.
    #[error("line {line}: times must ascend, by a second at least, and {found} doesn't; sort the file and drop repeats")]
    NotAscending {
        /// The line, counted from one.
        line: u64,
        /// The cell.
        found: String,
    },
    /// A hole in the file.
    #[error("line {line}: {seconds} s without a row, more than the {limit} s that are allowed; fill the gap or allow it")]
    Gap {
        /// The line after the gap, counted from one.
        line: u64,
        /// How long it is.
        seconds: i64,
        /// How long it may be.
        limit: i64,
    },
    /// A cell that isn't a price.
    #[error("line {line}: the price of {pair}: {error}")]
    Price {
        /// The line, counted from one.
        line: u64,
        /// The pair.
        pair: String,
        /// Why.
        error: DecimalError,
    },
    /// An empty cell in the first row.
    #[error("line {line}: the price of {pair} is empty, and there is none before to keep")]
    NothingToKeep {
        /// The line, counted from one.
        line: u64,
        /// The pair.
        pair: String,
    },
    /// A header and nothing below.
    #[error("there are no rows of prices")]
    NoRows,
    /// The file has no such pair.
    #[error("there is no pair {pair:?} in {source_name}; it has {available}")]
    NoSuchPair {
        /// The pair asked for.
        pair: String,
        /// The file.
        source_name: String,
        /// Its pairs.
        available: String,
    },
    /// Too short for returns at this step.
    #[error("{seconds} s of prices don't make two returns of {step} s; take a smaller step of at least 1 s")]
    Step {
        /// The step asked for, in seconds.
        step: u32,
        /// Seconds from the first row to the last.
        seconds: i64,
    },
}

impl PriceSeries {
    /// Seconds from the first row to the last.
    pub fn duration(&self) -> i64 {
        self.rows.last().map_or(0, |row| row.0)
    }

    /// The least and the most of a pair's prices, in units of 10⁻¹².
    pub fn range(&self, pair: usize) -> (i64, i64) {
        let column = || self.rows.iter().map(|row| row.1[pair]);
        (column().min().unwrap_or(0), column().max().unwrap_or(0))
    }

    /// The row in force at a time, in seconds from the start: the last that isn't later.
    pub fn at(&self, second: i64) -> &[i64] {
        let after = self.rows.partition_point(|row| row.0 <= second);
        &self.rows[after.max(1) - 1].1
    }

    /// The same series with some of its pairs only, in the order given.
    ///
    /// # Errors
    /// [`SeriesError::NoSuchPair`].
    pub fn select(&self, pairs: &[String]) -> Result<Self, SeriesError> {
        let find = |pair: &String| {
            self.pairs.iter().position(|known| known == pair).ok_or_else(|| SeriesError::NoSuchPair {
                pair: pair.clone(),
                source_name: self.source.clone(),
                available: self.pairs.join(", "),
            })
        };
        let columns = pairs.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let pick = |row: &[i64]| columns.iter().map(|column| row[*column]).collect();
        Ok(Self {
            source: self.source.clone(),
            pairs: pairs.to_vec(),
            start_ts: self.start_ts,
            rows: self.rows.iter().map(|(second, row)| (*second, pick(row))).collect(),
            filled: columns.iter().map(|column| self.filled[*column]).collect(),
        })
    }

    /// The prices in force every `step_seconds` from the start, in quote units, as far as whole steps go.
    pub fn sampled(&self, step_seconds: u32) -> Vec<Vec<f64>> {
        let step = i64::from(step_seconds.max(1));
        let floats = |row: &[i64]| row.iter().map(|price| to_float(*price)).collect();
        (0..=self.duration() / step).map(|number| floats(self.at(number * step))).collect()
    }

    /// Log returns of each pair, from each whole step to the next.
    ///
    /// # Errors
    /// [`SeriesError::Step`] if there aren't two of them, or the step is zero.
    pub fn log_returns(&self, step_seconds: u32) -> Result<Returns, SeriesError> {
        let rows = self.sampled(step_seconds);
        if step_seconds == 0 || rows.len() < 3 {
            return Err(SeriesError::Step { step: step_seconds, seconds: self.duration() });
        }
        let column = |pair: usize| rows.windows(2).map(|two| (two[1][pair] / two[0][pair]).ln()).collect();
        let columns = (0..self.pairs.len()).map(column).collect();
        Ok(Returns { step_seconds, pairs: self.pairs.clone(), columns })
    }
}
