//! From standard normal scores to returns: every random step starts from a normal score.
//!
//! What ties markets together ties their scores; a market's model then turns its score into a return by its quantile
//! function. So any model can be tied to any other.

use statrs::function::erf::{erfc, erfc_inv};

/// Scores beyond this happen once in 10¹⁶ steps, and are taken as this: where a float's probabilities end.
pub const MAX_SCORE: f64 = 8.2;

/// Points of a table for each unit of score.
const PER_UNIT: f64 = 256.0;

/// The probability of a standard normal value at most `score`.
pub fn normal_cdf(score: f64) -> f64 {
    0.5 * erfc(-score / std::f64::consts::SQRT_2)
}

/// The standard normal score that a part `p` of values is at most.
pub fn normal_score(p: f64) -> f64 {
    let tail = p.min(1.0 - p).max(f64::MIN_POSITIVE);
    let score = -std::f64::consts::SQRT_2 * erfc_inv(2.0 * tail);
    if p < 0.5 {
        score
    } else {
        -score
    }
}

/// An increasing function of a score, by linear interpolation in a table.
///
/// Between two points a smooth quantile function is off by less than 10⁻⁴ of itself, far less than its parameters are
/// known to; at the points it is exact.
#[derive(Clone, Debug)]
pub struct ScoreTable {
    values: Vec<f64>,
}

impl ScoreTable {
    /// From `lower`, which takes the probability of a lower tail (at most a half) to the quantile there, and `upper`, which
    /// does the same for an upper tail. Tails are handed over as they are, because `1 - p` would lose the far ones.
    pub fn new(lower: impl Fn(f64) -> f64, upper: impl Fn(f64) -> f64) -> Self {
        let half = (MAX_SCORE * PER_UNIT) as i64;
        let value = |point: i64| {
            let score = point as f64 / PER_UNIT;
            if score <= 0.0 {
                lower(normal_cdf(score))
            } else {
                upper(normal_cdf(-score))
            }
        };
        Self { values: (-half..=half).map(value).collect() }
    }

    /// The value at a score.
    pub fn at(&self, score: f64) -> f64 {
        let last = self.values.len() - 1;
        let place = (score * PER_UNIT + last as f64 / 2.0).clamp(0.0, last as f64);
        let below = (place as usize).min(last - 1);
        let part = place - below as f64;
        self.values[below] + (self.values[below + 1] - self.values[below]) * part
    }
}
