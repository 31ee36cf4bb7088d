//! What a sample of returns is like, before any model.

use serde::Serialize;

use super::{HillTail, Serial, VarianceRatio};
use crate::error::ModelError;

/// A loss that one side of a market has in one step, as a positive log return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tail {
    /// Value at risk: one step of a hundred loses more.
    pub value_at_risk_99: f64,
    /// Expected shortfall: what those steps lose on average.
    pub expected_shortfall_99: f64,
    /// Value at risk: one step of a thousand loses more.
    pub value_at_risk_999: f64,
    /// Expected shortfall: what those steps lose on average.
    pub expected_shortfall_999: f64,
}

/// Losses of either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tails {
    /// When the price falls: of longs.
    pub fall: Tail,
    /// When the price rises: of shorts.
    pub rise: Tail,
}

/// What a sample of log returns is like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampleReport {
    /// Returns.
    pub observations: usize,
    /// The part that is exactly zero: no trade, or none at another price. Every continuous model is wrong about it.
    pub zero_part: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// Skewness; 0 for a normal distribution.
    pub skewness: f64,
    /// Kurtosis above that of a normal distribution.
    pub excess_kurtosis: f64,
    /// The return that is the largest move, up or down.
    pub worst: f64,
    /// The same in standard deviations from the mean.
    pub worst_in_deviations: f64,
    /// Losses as they were: 99.9 % of fewer than a thousand steps is all but the worst.
    pub tails: Tails,
    /// The tail index of falls; `None` if there are too few.
    pub hill_fall: Option<HillTail>,
    /// The tail index of rises; `None` if there are too few.
    pub hill_rise: Option<HillTail>,
    /// Whether returns tell of later ones.
    pub serial: Serial,
    /// How returns of several steps vary.
    pub variance_ratios: Vec<VarianceRatio>,
}

impl SampleReport {
    /// Of returns, with autocorrelations up to `lags`.
    ///
    /// # Errors
    /// None or few returns, one that isn't finite, or all the same.
    pub fn new(returns: &[f64], lags: usize) -> Result<Self, ModelError> {
        let moments = crate::model::sample("sample", returns, 20)?;
        let count = returns.len() as f64;
        let power = |exponent: i32| {
            returns
                .iter()
                .map(|value| ((value - moments.mean) / moments.deviation).powi(exponent))
                .sum::<f64>()
                / count
        };
        let worst = returns
            .iter()
            .copied()
            .fold(0.0, |worst: f64, value| if value.abs() > worst.abs() { value } else { worst });
        let negated: Vec<f64> = returns.iter().map(|value| -value).collect();
        Ok(Self {
            observations: returns.len(),
            zero_part: returns.iter().filter(|value| **value == 0.0).count() as f64 / count,
            mean: moments.mean,
            deviation: moments.deviation,
            skewness: power(3),
            excess_kurtosis: power(4) - 3.0,
            worst,
            worst_in_deviations: (worst - moments.mean) / moments.deviation,
            tails: Tails::of_sample(returns),
            hill_fall: HillTail::new(&negated),
            hill_rise: HillTail::new(returns),
            serial: Serial::new(returns, lags),
            variance_ratios: VarianceRatio::of(returns),
        })
    }
}

impl Tails {
    /// Of a sample, which isn't empty: the empirical quantiles, and the means beyond.
    pub(crate) fn of_sample(returns: &[f64]) -> Self {
        let mut ascending = returns.to_vec();
        ascending.sort_by(f64::total_cmp);
        let losses: Vec<f64> = ascending.iter().map(|value| -value).collect();
        ascending.reverse();
        Self { fall: Tail::of_descending(&losses), rise: Tail::of_descending(&ascending) }
    }
}

impl Tail {
    /// Of losses, the largest first.
    fn of_descending(losses: &[f64]) -> Self {
        let at = |part: f64| {
            // Guards against a product like 0.001 × 3000 that is a little above 3.
            let beyond = ((part * losses.len() as f64 - 1e-9).ceil() as usize).clamp(1, losses.len());
            (losses[beyond - 1], losses[..beyond].iter().sum::<f64>() / beyond as f64)
        };
        let ((value_at_risk_99, expected_shortfall_99), (value_at_risk_999, expected_shortfall_999)) =
            (at(0.01), at(0.001));
        Self { value_at_risk_99, expected_shortfall_99, value_at_risk_999, expected_shortfall_999 }
    }
}
