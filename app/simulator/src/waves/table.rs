//! Reading a table whose every cell is checked, with the line and the column of what is wrong.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::Timestamp;

use super::WaveError;

/// An atom is 10⁻⁶ of a dollar.
pub(super) const ATOMS_PER_DOLLAR: f64 = 1e6;
/// Below it an amount in dollars keeps its atoms as a double: 9 × 10¹⁵ < 2⁵³.
const MOST_DOLLARS: f64 = 9e9;

/// A table of named columns.
pub(super) struct Table {
    pub(super) file: String,
    columns: BTreeMap<String, usize>,
    rows: Vec<StringRecord>,
}

impl Table {
    /// Opens a CSV file that must have the given columns; it may have more.
    pub(super) fn open(path: &Path, needed: &[String]) -> Result<Self, WaveError> {
        let file = File::open(path).map_err(|source| WaveError::Open { path: path.into(), source })?;
        Self::read(&path.display().to_string(), file, needed)
    }

    fn read(file: &str, text: impl Read, needed: &[String]) -> Result<Self, WaveError> {
        let file = file.to_owned();
        let failed = |source| WaveError::Csv { file: file.clone(), source };
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
        let mut columns = BTreeMap::new();
        for (index, column) in reader.headers().map_err(failed)?.iter().enumerate() {
            if columns.insert(column.to_owned(), index).is_some() {
                return Err(WaveError::RepeatedColumn { file, column: column.to_owned() });
            }
        }
        if let Some(column) = needed.iter().find(|column| !columns.contains_key(*column)) {
            let (column, needed) = (column.clone(), needed.join(", "));
            return Err(WaveError::MissingColumn { file, column, needed });
        }
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(failed)?;
        if rows.is_empty() {
            return Err(WaveError::Empty { file });
        }
        Ok(Self { file, columns, rows })
    }

    /// Its rows, in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| Row { table: self, record })
    }
}

/// A row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    table: &'a Table,
    record: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// Its line in the file.
    pub(super) fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    /// A cell as it is written. A column that isn't there is an empty cell.
    pub(super) fn text(&self, column: &str) -> &'a str {
        self.table.columns.get(column).and_then(|index| self.record.get(*index)).unwrap_or_default()
    }

    fn wrong(&self, column: &str, must: &'static str) -> WaveError {
        let (file, line, column) = (self.table.file.clone(), self.line(), column.to_owned());
        WaveError::Cell { file, line, value: self.text(&column).to_owned(), column, must }
    }

    /// A finite number.
    pub(super) fn number(&self, column: &str) -> Result<f64, WaveError> {
        let value: Option<f64> = self.text(column).parse().ok();
        value.filter(|value| value.is_finite()).ok_or_else(|| self.wrong(column, "a finite number"))
    }

    /// A finite number, or nothing.
    pub(super) fn optional(&self, column: &str) -> Result<Option<f64>, WaveError> {
        if self.text(column).is_empty() {
            return Ok(None);
        }
        self.number(column).map(Some)
    }

    /// An amount that is not negative, in dollars.
    pub(super) fn amount(&self, column: &str) -> Result<f64, WaveError> {
        let value = self.number(column)?;
        if value < 0.0 {
            return Err(self.wrong(column, "an amount in dollars that is not negative"));
        }
        if value > MOST_DOLLARS {
            return Err(self.wrong(column, "an amount in dollars below 9e9, so that it is exact to 1e-6"));
        }
        Ok(value)
    }

    /// A whole number from 0 to 2³² − 1.
    pub(super) fn whole(&self, column: &str) -> Result<u32, WaveError> {
        self.text(column).parse().map_err(|_| self.wrong(column, "a whole number"))
    }

    /// A time in milliseconds since 1970.
    pub(super) fn milliseconds(&self, column: &str) -> Result<Timestamp, WaveError> {
        let value = self.text(column).parse().ok().and_then(|value| Timestamp::from_millisecond(value).ok());
        value.ok_or_else(|| self.wrong(column, "a time in milliseconds since 1970"))
    }

    /// A time with its offset from UTC.
    pub(super) fn time(&self, column: &str) -> Result<Timestamp, WaveError> {
        let must = "a time with an offset, such as 2025-10-10 21:16:04.831+00:00";
        self.text(column).parse().map_err(|_| self.wrong(column, must))
    }

    /// An error unless `later` isn't before `earlier`.
    pub(super) fn in_order(
        &self,
        column: &'static str,
        earlier: Timestamp,
        later: Timestamp,
        against: &str,
    ) -> Result<(), WaveError> {
        if later >= earlier {
            return Ok(());
        }
        let why = format!("{later} is before {against}, {earlier}");
        Err(WaveError::Order { file: self.table.file.clone(), line: self.line(), column, why })
    }

    /// An error that a value of this row was there before.
    pub(super) fn repeated(&self, column: &'static str, value: String, first: u64) -> WaveError {
        WaveError::Repeated { file: self.table.file.clone(), line: self.line(), column, value, first }
    }
}

/// An amount in dollars, in atoms, to the nearest.
pub(super) fn atoms(dollars: f64) -> u64 {
    (dollars * ATOMS_PER_DOLLAR).round() as u64
}

/// Atoms in dollars.
pub(super) fn dollars(atoms: i128) -> f64 {
    atoms as f64 / ATOMS_PER_DOLLAR
}

/// Column names as a list that [`Table::open`] takes.
pub(super) fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
