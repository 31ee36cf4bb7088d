//! Tail dependence: how often markets have an extreme step together.

use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::ranks::uniform_ranks;
use super::{Copula, ScoreDrawer};
use crate::error::CopulaError;
use crate::scores::normal_score;

/// Steps drawn to see what a copula says of a finite part of steps.
const STEPS: usize = 200_000;

/// How often two markets have an extreme step together. Each matrix is by market and market.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TailDependence {
    /// The part of steps that counts as extreme, on either end.
    pub part: f64,
    /// Steps looked at.
    pub observations: usize,
    /// Of a market's worst steps, the part that are among the other's worst too, in the data.
    pub lower: Vec<Vec<f64>>,
    /// The same of the best steps.
    pub upper: Vec<Vec<f64>>,
    /// The same under the copula, from drawn steps; both ends are alike. It is what to hold the data against.
    pub model: Vec<Vec<f64>>,
    /// What the copula comes to far out, where `part` goes to zero: the coefficient of tail dependence.
    pub limit: Vec<Vec<f64>>,
}

impl TailDependence {
    /// Of columns of returns, or of anything that rises with them, and of a copula that is to explain them.
    ///
    /// # Errors
    /// [`CopulaError`] if the copula isn't of as many markets, columns differ in length, or `part` isn't above 0 and at
    /// most a half.
    pub fn new(
        columns: &[Vec<f64>],
        copula: &Copula,
        part: f64,
        rng: &mut ChaCha8Rng,
    ) -> Result<Self, CopulaError> {
        copula.validate(columns.len())?;
        if !(part > 0.0 && part <= 0.5) {
            return Err(CopulaError::Part(part));
        }
        let observations = columns.first().map_or(0, Vec::len);
        // An extreme part of at least one step.
        let least = (1.0 / part).ceil() as usize;
        let bad = |column: &Vec<f64>| column.len() != observations || column.len() < least;
        if let Some(column) = columns.iter().position(bad) {
            return Err(CopulaError::Columns { column, found: columns[column].len(), least });
        }
        let ranks: Vec<Vec<f64>> = columns.iter().map(|column| uniform_ranks(column)).collect();
        let mirrored: Vec<Vec<f64>> =
            ranks.iter().map(|column| column.iter().map(|rank| 1.0 - rank).collect()).collect();
        Ok(Self {
            part,
            observations,
            lower: together(&ranks, part),
            upper: together(&mirrored, part),
            model: drawn(copula, columns.len(), part, rng)?,
            limit: limit(copula, columns.len()),
        })
    }
}

/// Of the steps in which a column is at most `limit`, the part in which another is too; one on the diagonal.
fn together(columns: &[Vec<f64>], limit: f64) -> Vec<Vec<f64>> {
    let extreme: Vec<Vec<bool>> =
        columns.iter().map(|column| column.iter().map(|value| *value <= limit).collect()).collect();
    let count = |column: &[bool]| column.iter().filter(|is| **is).count() as f64;
    let part = |first: &[bool], second: &[bool]| {
        let both = first.iter().zip(second).filter(|(a, b)| **a && **b).count() as f64;
        // Ties can make one column have more than another: the mean keeps the matrix symmetric.
        let all = (count(first) + count(second)) / 2.0;
        if all > 0.0 {
            both / all
        } else {
            0.0
        }
    };
    extreme.iter().map(|first| extreme.iter().map(|second| part(first, second)).collect()).collect()
}

fn drawn(
    copula: &Copula,
    markets: usize,
    part: f64,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Vec<f64>>, CopulaError> {
    let drawer = ScoreDrawer::new(copula)?;
    let mut columns = vec![Vec::with_capacity(2 * STEPS); markets];
    let mut scores = vec![0.0; markets];
    for _ in 0..STEPS {
        drawer.draw(rng, &mut scores);
        for (column, score) in columns.iter_mut().zip(&scores) {
            // Both ends are alike, so each step counts as its mirror image too.
            column.extend([*score, -score]);
        }
    }
    Ok(together(&columns, normal_score(part)))
}

fn limit(copula: &Copula, markets: usize) -> Vec<Vec<f64>> {
    let coefficient = |row: usize, column: usize| match copula {
        _ if row == column => 1.0,
        Copula::Independent | Copula::Gaussian { .. } => 0.0,
        Copula::StudentT { correlation, nu } => student_limit(correlation.rows()[row][column], *nu),
    };
    (0..markets).map(|row| (0..markets).map(|column| coefficient(row, column)).collect()).collect()
}

/// The coefficient of tail dependence of the t-copula (Embrechts, McNeil and Straumann 2002).
fn student_limit(correlation: f64, nu: f64) -> f64 {
    let value = ((nu + 1.0) * (1.0 - correlation) / (1.0 + correlation)).sqrt();
    StudentsT::new(0.0, 1.0, nu + 1.0).map_or(0.0, |student| 2.0 * student.cdf(-value))
}
