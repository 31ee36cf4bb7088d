//! A correlation matrix that some returns can have.

use nalgebra::{Cholesky, DMatrix};
use serde::{Deserialize, Serialize};

use crate::error::CopulaError;

/// How far two entries that should be equal may be apart: figures are often given to a few digits, but to the same ones.
const TOLERANCE: f64 = 1e-9;

/// A correlation matrix: symmetric, one on the diagonal, positive definite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub struct Correlation {
    rows: Vec<Vec<f64>>,
    /// The lower Cholesky factor, row by row up to the diagonal.
    factor: Vec<Vec<f64>>,
}

impl Correlation {
    /// Checks a matrix, given by rows.
    ///
    /// # Errors
    /// [`CopulaError`], which names the entry.
    pub fn new(rows: Vec<Vec<f64>>) -> Result<Self, CopulaError> {
        let count = rows.len();
        for (row, entries) in rows.iter().enumerate() {
            if entries.len() != count {
                return Err(CopulaError::NotSquare { row, found: entries.len(), expected: count });
            }
        }
        if count == 0 {
            return Err(CopulaError::NotSquare { row: 0, found: 0, expected: 1 });
        }
        for row in 0..count {
            check_row(&rows, row)?;
        }
        let factor = cholesky(&rows).ok_or(CopulaError::NotPositiveDefinite)?;
        Ok(Self { rows, factor })
    }

    /// Markets that move apart from each other.
    pub fn identity(count: usize) -> Result<Self, CopulaError> {
        Self::new((0..count).map(|i| (0..count).map(|j| f64::from(u8::from(i == j))).collect()).collect())
    }

    /// The matrix, by rows.
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    /// How many markets it is of.
    pub fn size(&self) -> usize {
        self.rows.len()
    }

    /// Independent standard normal values made to have this correlation, in place.
    pub(crate) fn correlate(&self, values: &mut [f64]) {
        // From the last, because each takes only values before it.
        for (row, factors) in self.factor.iter().enumerate().rev() {
            values[row] = factors.iter().zip(values.iter()).map(|(factor, value)| factor * value).sum();
        }
    }

    /// Values of this correlation made independent, in place, by solving with the Cholesky factor.
    pub(crate) fn whiten(&self, values: &mut [f64]) {
        for (row, factors) in self.factor.iter().enumerate() {
            let before: f64 = factors[..row].iter().zip(values.iter()).map(|(f, value)| f * value).sum();
            values[row] = (values[row] - before) / factors[row];
        }
    }

    /// The logarithm of the determinant.
    pub(crate) fn ln_determinant(&self) -> f64 {
        self.factor.iter().enumerate().map(|(row, factors)| 2.0 * factors[row].ln()).sum()
    }
}

fn check_row(rows: &[Vec<f64>], row: usize) -> Result<(), CopulaError> {
    for (column, value) in rows[row].iter().copied().enumerate() {
        // NaN is in no range.
        if !(-1.0..=1.0).contains(&value) {
            return Err(CopulaError::Entry { row, column, value });
        }
        if row == column && (value - 1.0).abs() > TOLERANCE {
            return Err(CopulaError::Diagonal { row, value });
        }
        let mirrored = rows[column][row];
        if mirrored.is_finite() && (value - mirrored).abs() > TOLERANCE {
            return Err(CopulaError::NotSymmetric { row, column, value, mirrored });
        }
    }
    Ok(())
}

fn cholesky(rows: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let count = rows.len();
    let lower = Cholesky::new(DMatrix::from_fn(count, count, |row, column| rows[row][column]))?.l();
    // A pivot of rounding error is no pivot.
    let singular = (0..count).any(|row| lower[(row, row)] * lower[(row, row)] < TOLERANCE);
    (!singular)
        .then(|| (0..count).map(|row| (0..=row).map(|column| lower[(row, column)]).collect()).collect())
}

impl TryFrom<Vec<Vec<f64>>> for Correlation {
    type Error = CopulaError;

    fn try_from(rows: Vec<Vec<f64>>) -> Result<Self, CopulaError> {
        Self::new(rows)
    }
}

impl From<Correlation> for Vec<Vec<f64>> {
    fn from(correlation: Correlation) -> Self {
        correlation.rows
    }
}
