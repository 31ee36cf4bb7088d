//! What every model answers of its next step, given what it remembers.

use std::fmt::Debug;

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::scores::{normal_cdf, normal_score, ScoreTable};

/// The probabilities of a value or less, and of more. Both are kept, because `1 - p` would lose the far tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability {
    /// Of the value or less.
    pub lower: f64,
    /// Of more than the value.
    pub upper: f64,
}

impl Probability {
    /// The standard normal score that is as likely: finite, and exact in either tail.
    pub fn score(self) -> f64 {
        if self.lower <= self.upper {
            normal_score(self.lower)
        } else {
            -normal_score(self.upper)
        }
    }

    /// Of a standard normal value.
    pub(crate) fn normal(score: f64) -> Self {
        Self { lower: normal_cdf(score), upper: normal_cdf(-score) }
    }

    /// Of a lower tail.
    pub(crate) fn of_lower(lower: f64) -> Self {
        Self { lower, upper: 1.0 - lower }
    }

    /// Of an upper tail.
    pub(crate) fn of_upper(upper: f64) -> Self {
        Self { lower: 1.0 - upper, upper }
    }
}

/// A model's next step. What it remembers is one number, handed in, so that the model itself can be shared.
pub(crate) trait Conditional: Debug + Send + Sync {
    /// What it remembers before the first step of a path.
    fn start(&self) -> f64 {
        0.0
    }

    /// What it is taken to remember before the first of observed returns.
    fn start_of(&self, _returns: &[f64]) -> f64 {
        0.0
    }

    /// The log return at a standard normal score.
    fn quantile(&self, memory: f64, score: f64) -> f64;

    /// How likely a log return of `value` or less is, and one of more.
    fn probability(&self, memory: f64, value: f64) -> Probability;

    /// What it remembers after a log return.
    fn after(&self, _memory: f64, _value: f64) -> f64 {
        0.0
    }
}

/// The t-distribution of location 0 and scale 1, with its quantiles tabulated.
#[derive(Clone, Debug)]
pub(crate) struct StandardT {
    distribution: StudentsT,
    table: ScoreTable,
}

impl StandardT {
    /// With degrees of freedom above zero.
    pub fn new(nu: f64) -> Option<Self> {
        let distribution = StudentsT::new(0.0, 1.0, nu).ok()?;
        let table = ScoreTable::new(|p| distribution.inverse_cdf(p), |p| -distribution.inverse_cdf(p));
        Some(Self { distribution, table })
    }

    /// The value at a normal score.
    pub fn quantile(&self, score: f64) -> f64 {
        self.table.at(score)
    }

    /// The probabilities of a value.
    pub fn probability(&self, value: f64) -> Probability {
        let tail = self.distribution.cdf(-value.abs());
        if value < 0.0 {
            Probability::of_lower(tail)
        } else {
            Probability::of_upper(tail)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tabulated_quantile_undoes_the_probability_and_is_near_the_exact_one() {
        for nu in [2.05, 3.0, 10.0, 200.0] {
            let standard = StandardT::new(nu).unwrap();
            for step in -700..=700 {
                let score = f64::from(step) * 0.0113;
                let value = standard.quantile(score);
                let back = standard.probability(value).score();
                assert!((back - score).abs() < 1e-4, "{nu} at {score}: {back}");
                let exact = -standard.distribution.inverse_cdf(normal_cdf(-score.abs())).copysign(-score);
                assert!((value - exact).abs() <= 1e-4 * exact.abs(), "{nu} at {score}: {value} {exact}");
            }
        }
    }
}
