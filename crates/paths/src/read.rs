//! Reading a price file.

use std::io::Read;
use std::path::Path;

use csv::StringRecord;
use jiff::Timestamp;

use crate::decimal::feed_units;
use crate::series::{PriceSeries, SeriesError};

/// What a price file may be like.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
    /// The longest time without a row, in seconds; `None` allows any.
    pub max_gap_seconds: Option<i64>,
    /// The most pairs.
    pub max_pairs: usize,
}

impl Default for ReadOptions {
    /// Any gap, and as many pairs as a lab can hold in its head.
    fn default() -> Self {
        Self { max_gap_seconds: None, max_pairs: 64 }
    }
}

impl PriceSeries {
    /// Reads a CSV of `time_utc` and one column a pair. An empty cell keeps the price before.
    ///
    /// # Errors
    /// What [`SeriesError`] lists, with the file's path, and the line where there is one.
    pub fn read(path: &Path, options: ReadOptions) -> Result<Self, SeriesError> {
        let named = path.display().to_string();
        let file = std::fs::File::open(path).map_err(|why| SeriesError::Open { path: named.clone(), why })?;
        let mut series = Self::parse(file, options)
            .map_err(|error| SeriesError::In { path: named.clone(), error: Box::new(error) })?;
        series.source = named;
        Ok(series)
    }

    /// As [`PriceSeries::read`], from anywhere; the source is left empty.
    ///
    /// # Errors
    /// What [`SeriesError`] lists, with the line where there is one.
    pub fn parse(input: impl Read, options: ReadOptions) -> Result<Self, SeriesError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let pairs = pairs_of(reader.headers().map_err(SeriesError::Csv)?, options.max_pairs)?;
        let filled = vec![0; pairs.len()];
        let mut series = Self { source: String::new(), pairs, start_ts: 0, rows: vec![], filled };
        for record in reader.records() {
            series.push(&record.map_err(SeriesError::Csv)?, options)?;
        }
        if series.rows.is_empty() {
            return Err(SeriesError::NoRows);
        }
        Ok(series)
    }

    fn push(&mut self, record: &StringRecord, options: ReadOptions) -> Result<(), SeriesError> {
        let line = record.position().map_or(0, csv::Position::line);
        let expected = self.pairs.len() + 1;
        if record.len() != expected {
            return Err(SeriesError::Columns { line, expected, found: record.len() });
        }
        let second = self.second_of(line, record[0].trim(), options)?;
        let mut row = Vec::with_capacity(self.pairs.len());
        for (column, pair) in self.pairs.iter().enumerate() {
            let cell = record[column + 1].trim();
            let price = match (cell, self.rows.last()) {
                ("", None) => return Err(SeriesError::NothingToKeep { line, pair: pair.clone() }),
                ("", Some(before)) => {
                    self.filled[column] += 1;
                    before.1[column]
                }
                _ => feed_units(cell).map_err(|error| SeriesError::Price {
                    line,
                    pair: pair.clone(),
                    error,
                })?,
            };
            row.push(price);
        }
        self.rows.push((second, row));
        Ok(())
    }

    /// Seconds since the start; the first row makes the start.
    fn second_of(&mut self, line: u64, cell: &str, options: ReadOptions) -> Result<i64, SeriesError> {
        let time: Timestamp = cell.parse().map_err(|_| SeriesError::Time { line, found: cell.to_owned() })?;
        let Some((before, _)) = self.rows.last() else {
            self.start_ts = time.as_second();
            return Ok(0);
        };
        let second = time.as_second() - self.start_ts;
        if second <= *before {
            return Err(SeriesError::NotAscending { line, found: cell.to_owned() });
        }
        let seconds = second - before;
        match options.max_gap_seconds {
            Some(limit) if seconds > limit => Err(SeriesError::Gap { line, seconds, limit }),
            _ => Ok(second),
        }
    }
}

fn pairs_of(header: &StringRecord, max_pairs: usize) -> Result<Vec<String>, SeriesError> {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    if names.first().is_none_or(|name| name != "time_utc") || !(2..=max_pairs + 1).contains(&names.len()) {
        return Err(SeriesError::Header { max_pairs, found: names.join(",") });
    }
    for (column, name) in names.iter().enumerate().skip(1) {
        if name.is_empty() || names[..column].contains(name) {
            return Err(SeriesError::Pair { column: column + 1, name: name.clone() });
        }
    }
    Ok(names[1..].to_vec())
}
