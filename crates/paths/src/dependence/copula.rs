//! Copulas: how the steps of several markets come together, whatever each market's own model.

use rand_chacha::ChaCha8Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::Correlation;
use crate::error::CopulaError;
use crate::scores::normal_score;

/// How markets move together.
///
/// In a configuration: `{ copula = "student_t", correlation = [[1.0, 0.8], [0.8, 1.0]], nu = 4.0 }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "copula", rename_all = "snake_case", deny_unknown_fields)]
pub enum Copula {
    /// Each on its own.
    #[default]
    Independent,
    /// Correlated, but not in the extremes: far enough out, markets fall apart from each other.
    Gaussian {
        /// Of the normal scores.
        correlation: Correlation,
    },
    /// Correlated, also in the extremes: markets crash together, the more so the smaller `nu`.
    StudentT {
        /// Of the scores.
        correlation: Correlation,
        /// Degrees of freedom; from 0.1 to a million.
        nu: f64,
    },
}

/// Degrees of freedom: below, a step's common factor leaves a float's range; above, the t-copula is the Gaussian one in
/// all but name.
const NU: std::ops::RangeInclusive<f64> = 0.1..=1e6;

impl Copula {
    /// Refuses what `markets` markets can't have.
    ///
    /// # Errors
    /// [`CopulaError::Size`] or [`CopulaError::Nu`].
    pub fn validate(&self, markets: usize) -> Result<(), CopulaError> {
        if let Self::StudentT { nu, .. } = self {
            check_nu(*nu)?;
        }
        match self.correlation() {
            Some(correlation) if correlation.size() != markets => {
                Err(CopulaError::Size { matrix: correlation.size(), markets })
            }
            _ => Ok(()),
        }
    }

    /// The correlation of the scores, if there is any.
    pub fn correlation(&self) -> Option<&Correlation> {
        match self {
            Self::Independent => None,
            Self::Gaussian { correlation } | Self::StudentT { correlation, .. } => Some(correlation),
        }
    }
}

/// Refuses degrees of freedom that a t-copula can't have.
pub(crate) fn check_nu(nu: f64) -> Result<(), CopulaError> {
    if NU.contains(&nu) {
        Ok(())
    } else {
        Err(CopulaError::Nu(nu))
    }
}

/// A copula made ready to draw one standard normal score a market, step by step.
#[derive(Clone, Debug)]
pub(crate) struct ScoreDrawer {
    correlation: Option<Correlation>,
    tail: Option<Tail>,
}

/// What the t-copula adds to the Gaussian one.
#[derive(Clone, Debug)]
struct Tail {
    nu: f64,
    chi_squared: ChiSquared<f64>,
    scores: TailScores,
}

/// Points of the table for each unit of `asinh` of a t-distributed value.
const PER_UNIT: f64 = 256.0;

/// The normal score that is as likely as a t-distributed value, tabulated over `asinh` of the value.
#[derive(Clone, Debug)]
struct TailScores {
    /// From zero upward; the other half is its mirror image.
    scores: Vec<f64>,
}

impl TailScores {
    fn new(student: &StudentsT) -> Self {
        let mut scores = vec![];
        let mut score = 0.0;
        // As far as normal scores go, or to values that no step has.
        while score < crate::scores::MAX_SCORE && scores.len() < 64 * PER_UNIT as usize {
            let value = (scores.len() as f64 / PER_UNIT).sinh();
            score = -normal_score(student.cdf(-value));
            scores.push(score);
        }
        Self { scores }
    }

    fn at(&self, value: f64) -> f64 {
        let last = self.scores.len() - 1;
        let place = (value.abs().asinh() * PER_UNIT).min(last as f64);
        let below = (place as usize).min(last - 1);
        let score =
            self.scores[below] + (self.scores[below + 1] - self.scores[below]) * (place - below as f64);
        score.copysign(value)
    }
}

impl ScoreDrawer {
    /// Of a validated copula.
    pub fn new(copula: &Copula) -> Result<Self, CopulaError> {
        let correlation = copula.correlation().cloned();
        let Copula::StudentT { nu, .. } = copula else { return Ok(Self { correlation, tail: None }) };
        let nu = *nu;
        let chi_squared = ChiSquared::new(nu).map_err(|_| CopulaError::Nu(nu))?;
        let student = StudentsT::new(0.0, 1.0, nu).map_err(|_| CopulaError::Nu(nu))?;
        let scores = TailScores::new(&student);
        Ok(Self { correlation, tail: Some(Tail { nu, chi_squared, scores }) })
    }

    /// Fills in the next step's scores: each standard normal by itself, together as the copula ties them.
    pub fn draw(&self, rng: &mut ChaCha8Rng, scores: &mut [f64]) {
        for score in scores.iter_mut() {
            *score = StandardNormal.sample(rng);
        }
        if let Some(correlation) = &self.correlation {
            correlation.correlate(scores);
        }
        if let Some(tail) = &self.tail {
            // One divisor for all markets: that is what makes their extremes come together.
            let divisor: f64 = tail.chi_squared.sample(rng);
            let factor = (tail.nu / divisor).sqrt();
            for score in scores.iter_mut() {
                *score = tail.scores.at(*score * factor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::scores::normal_cdf;

    #[test]
    fn each_market_s_scores_are_standard_normal_whatever_ties_them() {
        for nu in [0.1, 1.0, 4.0, 1e6] {
            let correlation = Correlation::new(vec![vec![1.0, 0.6], vec![0.6, 1.0]]).unwrap();
            let drawer = ScoreDrawer::new(&Copula::StudentT { correlation, nu }).unwrap();
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let mut values: Vec<f64> = (0..20_000)
                .map(|_| {
                    let mut scores = [0.0; 2];
                    drawer.draw(&mut rng, &mut scores);
                    normal_cdf(scores[1])
                })
                .collect();
            values.sort_by(f64::total_cmp);
            let gap = |(place, value): (usize, &f64)| (value - (place as f64 + 0.5) / 20_000.0).abs();
            let distance = values.iter().enumerate().map(gap).fold(0.0, f64::max);
            assert!(distance < 1.63 / 20_000f64.sqrt(), "{nu}: {distance}");
        }
    }
}
