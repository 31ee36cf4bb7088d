//! Fitting a copula: correlations by Kendall's tau, degrees of freedom by the likelihood.

use nalgebra::{DMatrix, SymmetricEigen};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::gamma::ln_gamma;

use super::copula::check_nu;
use super::ranks::{double_ranks, kendall_tau};
use super::{Copula, Correlation};
use crate::error::CopulaError;
use crate::optimise::{minimise, Between};
use crate::scores::normal_score;

/// Fewer rows say nothing of how markets move together.
const LEAST: usize = 30;

/// Degrees of freedom: at the end, the Gaussian copula.
const NU: Between = Between::logarithmic(1.0, 200.0);

/// The least eigenvalue that a repaired matrix keeps.
const LEAST_EIGENVALUE: f64 = 1e-4;

/// Which copula: what a configuration names to have it fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopulaKind {
    /// [`Copula::Independent`]
    Independent,
    /// [`Copula::Gaussian`]
    Gaussian,
    /// [`Copula::StudentT`]
    StudentT,
}

/// A fitted copula.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CopulaFit {
    /// The copula.
    pub copula: Copula,
    /// The logarithm of its likelihood, of ranks; 0 for independent markets.
    pub log_likelihood: f64,
    /// `2 × parameters − 2 × log_likelihood`: lower is better.
    pub aic: f64,
    /// Rows that it was fitted to.
    pub observations: usize,
    /// What to distrust.
    pub notes: Vec<String>,
}

impl Copula {
    /// Fits a copula to columns of returns, or of anything that rises with them: only ranks count.
    ///
    /// The correlation is `sin(π/2 × τ)` of Kendall's tau (Lindskog, McNeil and Schmock 2003), which holds for either
    /// copula; degrees of freedom maximise the likelihood of the ranks given it.
    ///
    /// # Errors
    /// [`CopulaError::Columns`] for columns that are too short or differ in length, or a search that failed.
    pub fn fit(kind: CopulaKind, columns: &[Vec<f64>]) -> Result<CopulaFit, CopulaError> {
        let rows = columns.first().map_or(0, Vec::len);
        let bad =
            |values: &Vec<f64>| values.len() != rows || rows < LEAST || values.iter().any(|v| v.is_nan());
        if let Some(column) = columns.iter().position(bad) {
            return Err(CopulaError::Columns { column, found: columns[column].len(), least: LEAST });
        }
        let mut notes = vec![];
        if kind == CopulaKind::Independent || columns.is_empty() {
            return Ok(finish(Copula::Independent, 0.0, 0, rows, notes));
        }
        let (correlation, repaired) = correlation_of(columns)?;
        if repaired {
            notes.push(
                "the correlations by pairs didn't fit together; the nearest matrix that does was taken"
                    .into(),
            );
        }
        let pairs = columns.len() * (columns.len() - 1) / 2;
        let ranks = Ranks::new(columns);
        if kind == CopulaKind::Gaussian {
            let likelihood = ranks.gaussian(&correlation);
            return Ok(finish(Copula::Gaussian { correlation }, likelihood, pairs, rows, notes));
        }
        let cost = |free: &[f64]| -ranks.student(&correlation, NU.value(free[0])).unwrap_or(f64::NAN);
        let (best, cost) = minimise(cost, &[vec![NU.free(5.0)]]).map_err(CopulaError::Search)?;
        let nu = NU.value(best[0]);
        if NU.is_high(nu) {
            notes.push(
                "nu is at its end of 200: extremes come together no more than under a Gaussian copula".into(),
            );
        }
        if NU.is_low(nu) {
            notes.push("nu is at its floor of 1".into());
        }
        Ok(finish(Copula::StudentT { correlation, nu }, -cost, pairs + 1, rows, notes))
    }
}

fn finish(
    copula: Copula,
    log_likelihood: f64,
    parameters: usize,
    observations: usize,
    notes: Vec<String>,
) -> CopulaFit {
    let aic = 2.0 * parameters as f64 - 2.0 * log_likelihood;
    CopulaFit { copula, log_likelihood, aic, observations, notes }
}

/// The correlation by Kendall's tau, and whether it had to be repaired.
fn correlation_of(columns: &[Vec<f64>]) -> Result<(Correlation, bool), CopulaError> {
    let count = columns.len();
    let mut rows = vec![vec![1.0; count]; count];
    for row in 0..count {
        for column in 0..row {
            let tau = kendall_tau(&columns[row], &columns[column]);
            let value = (std::f64::consts::FRAC_PI_2 * tau).sin();
            rows[row][column] = value;
            rows[column][row] = value;
        }
    }
    match Correlation::new(rows.clone()) {
        Err(CopulaError::NotPositiveDefinite) => Ok((Correlation::new(repaired(&rows))?, true)),
        result => Ok((result?, false)),
    }
}

/// Eigenvalues raised to above zero, then scaled to a diagonal of one (Rousseeuw and Molenberghs 1993).
fn repaired(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let count = rows.len();
    let mut eigen = SymmetricEigen::new(DMatrix::from_fn(count, count, |row, column| rows[row][column]));
    eigen.eigenvalues.apply(|value| *value = value.max(LEAST_EIGENVALUE));
    let matrix = eigen.recompose();
    let entry = |row: usize, column: usize| {
        // The same product either way round, so that the matrix is symmetric to the bit.
        let (low, high) = (row.min(column), row.max(column));
        if row == column {
            1.0
        } else {
            matrix[(low, high)] / (matrix[(row, row)] * matrix[(column, column)]).sqrt()
        }
    };
    (0..count).map(|row| (0..count).map(|column| entry(row, column)).collect()).collect()
}

/// Ranks of columns, by row; and which ranks there are at all, so that each quantile is found once.
struct Ranks {
    rows: Vec<Vec<usize>>,
    used: Vec<bool>,
}

impl Ranks {
    fn new(columns: &[Vec<f64>]) -> Self {
        let ranks: Vec<Vec<usize>> = columns.iter().map(|column| double_ranks(column)).collect();
        let count = ranks[0].len();
        let mut used = vec![false; 2 * count + 1];
        ranks.iter().flatten().for_each(|rank| used[*rank] = true);
        let rows = (0..count).map(|row| ranks.iter().map(|column| column[row]).collect()).collect();
        Self { rows, used }
    }

    /// A quantile for every rank that there is.
    fn quantiles(&self, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
        let scale = (self.used.len() + 1) as f64;
        let at = |(rank, used): (usize, &bool)| if *used { quantile(rank as f64 / scale) } else { 0.0 };
        self.used.iter().enumerate().map(at).collect()
    }

    /// Sum over rows of a function of the row's quantiles and of their squared length by the correlation.
    fn sum(&self, correlation: &Correlation, quantiles: &[f64], term: impl Fn(&[f64], f64) -> f64) -> f64 {
        let mut white = vec![0.0; correlation.size()];
        let mut values = vec![0.0; correlation.size()];
        let mut sum = 0.0;
        for row in &self.rows {
            values.iter_mut().zip(row).for_each(|(value, rank)| *value = quantiles[*rank]);
            white.copy_from_slice(&values);
            correlation.whiten(&mut white);
            sum += term(&values, white.iter().map(|value| value * value).sum());
        }
        sum - 0.5 * correlation.ln_determinant() * self.rows.len() as f64
    }

    fn gaussian(&self, correlation: &Correlation) -> f64 {
        let quantiles = self.quantiles(normal_score);
        let squares = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        self.sum(correlation, &quantiles, |values, length| 0.5 * (squares(values) - length))
    }

    fn student(&self, correlation: &Correlation, nu: f64) -> Result<f64, CopulaError> {
        check_nu(nu)?;
        let student = StudentsT::new(0.0, 1.0, nu).map_err(|_| CopulaError::Nu(nu))?;
        let quantiles = self.quantiles(|p| student.inverse_cdf(p));
        let size = correlation.size() as f64;
        let constant = ln_gamma((nu + size) / 2.0) + (size - 1.0) * ln_gamma(nu / 2.0)
            - size * ln_gamma((nu + 1.0) / 2.0);
        Ok(self.sum(correlation, &quantiles, |values, length| {
            let single: f64 = values.iter().map(|value| (value * value / nu).ln_1p()).sum();
            constant + (nu + 1.0) / 2.0 * single - (nu + size) / 2.0 * (length / nu).ln_1p()
        }))
    }
}
