//! Comparing what is computed with what is published.

use serde::{Deserialize, Serialize};

/// What a difference is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Dollars.
    Dollars,
    /// A plain number: the difference of two ratios.
    Plain,
    /// A part of the published value.
    Relative,
}

/// One published column against what follows from the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The table: waves, policies or shocks.
    pub table: String,
    /// The column.
    pub column: String,
    /// What it must equal, or stay within.
    pub must: String,
    /// How many rows were compared.
    pub rows: usize,
    /// The largest difference; for a bound, the most by which it is exceeded.
    pub largest_difference: f64,
    /// The row that has it.
    pub at: String,
    /// The largest difference that still holds.
    pub tolerance: f64,
    /// What differences are counted in.
    pub unit: Unit,
    /// Whether it holds in every row, and there is one.
    pub holds: bool,
}

/// A published column that the tables don't determine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDerivable {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// Why not.
    pub why: String,
}

impl NotDerivable {
    pub(super) fn new(table: &str, column: &str, why: &str) -> Self {
        Self { table: table.to_owned(), column: column.to_owned(), why: why.to_owned() }
    }
}

/// A cent: published doubles of up to 10¹⁰ dollars and our whole atoms differ by far less.
pub(super) const CENT: (Unit, f64) = (Unit::Dollars, 0.01);
/// Ratios of doubles, computed in another order of operations.
pub(super) const RATIO: (Unit, f64) = (Unit::Plain, 1e-9);
/// The same of ratios that are themselves large.
pub(super) const RELATIVE: (Unit, f64) = (Unit::Relative, 1e-9);

/// Collects checks of one table.
pub(super) struct Checks {
    table: &'static str,
    pub(super) list: Vec<Check>,
}

impl Checks {
    pub(super) fn of(table: &'static str) -> Self {
        Self { table, list: vec![] }
    }

    /// Compares row by row: `(row's name, computed, published)`.
    pub(super) fn equal(
        &mut self,
        column: &str,
        must: &str,
        tolerance: (Unit, f64),
        rows: impl IntoIterator<Item = (String, f64, f64)>,
    ) {
        let difference = |computed: f64, published: f64| {
            let difference = (computed - published).abs();
            match tolerance.0 {
                Unit::Relative if published != 0.0 => difference / published.abs(),
                Unit::Dollars | Unit::Plain | Unit::Relative => difference,
            }
        };
        let rows = rows.into_iter().map(|(row, computed, published)| (row, difference(computed, published)));
        self.collect(column, must, tolerance, rows);
    }

    /// Compares row by row: `(row's name, published, the most it may be)`.
    pub(super) fn at_most(
        &mut self,
        column: &str,
        must: &str,
        tolerance: (Unit, f64),
        rows: impl IntoIterator<Item = (String, f64, f64)>,
    ) {
        let rows = rows.into_iter().map(|(row, published, most)| (row, (published - most).max(0.0)));
        self.collect(column, must, tolerance, rows);
    }

    fn collect(
        &mut self,
        column: &str,
        must: &str,
        (unit, tolerance): (Unit, f64),
        differences: impl Iterator<Item = (String, f64)>,
    ) {
        let (mut rows, mut largest, mut at) = (0, 0.0, String::new());
        for (row, difference) in differences {
            if rows == 0 || difference > largest {
                (largest, at) = (difference, row);
            }
            rows += 1;
        }
        self.list.push(Check {
            table: self.table.to_owned(),
            column: column.to_owned(),
            must: must.to_owned(),
            rows,
            largest_difference: largest,
            at,
            tolerance,
            unit,
            holds: rows > 0 && largest <= tolerance,
        });
    }
}
