//! Whether steps tell of later ones: autocorrelation, the test of Ljung and Box (1978), and the variance ratio.

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// A test whether any of a number of autocorrelations isn't zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LjungBox {
    /// Autocorrelations looked at.
    pub lags: usize,
    /// Q: their squares, weighted.
    pub statistic: f64,
    /// How likely Q or more is if there are none. Of residuals of a fitted model it is optimistic: too high.
    pub p_value: f64,
}

/// How returns of several steps vary (Lo and MacKinlay 1988).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct VarianceRatio {
    /// Steps taken together.
    pub steps: usize,
    /// The variance of their sum, over that of as many independent steps. Below 1, prices bounce back, and models of
    /// independent steps make paths that go too far; above 1, not far enough.
    pub ratio: f64,
}

/// Numbers of steps that are taken together.
const TOGETHER: [usize; 4] = [2, 5, 10, 30];

impl VarianceRatio {
    /// Of log returns, which aren't all the same, for several numbers of steps: overlapping sums, without a correction for
    /// few returns. Numbers above a tenth of the sample are left out.
    pub fn of(returns: &[f64]) -> Vec<Self> {
        let count = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / count;
        let variance = returns.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let ratio = |steps: usize| {
            let squares = returns.windows(steps).map(|window| {
                let sum: f64 = window.iter().sum();
                (sum - mean * steps as f64).powi(2)
            });
            squares.sum::<f64>() / (count - steps as f64 + 1.0) / steps as f64 / variance
        };
        let fitting = TOGETHER.into_iter().filter(|steps| steps * 10 <= returns.len() && variance > 0.0);
        fitting.map(|steps| Self { steps, ratio: ratio(steps) }).collect()
    }

    /// What to say of a model without autocorrelation where the longest sums vary far more or less than independent ones.
    pub(crate) fn doubt(returns: &[f64]) -> Option<String> {
        let Self { steps, ratio } = Self::of(returns).pop()?;
        let why = if ratio < 1.0 {
            "prices bounce, so drawn paths go too far"
        } else {
            "prices trend, so drawn paths don't go far enough"
        };
        let is_far = !(0.7..=1.4).contains(&ratio);
        is_far.then(|| {
            format!("{steps} steps together vary {ratio:.2} times as much as independent ones: {why}")
        })
    }
}

/// What a sequence says of its own future.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Serial {
    /// Autocorrelations of the values, from one step back on. Far below zero at the first: prices bounce between bid and ask.
    pub values: Vec<f64>,
    /// Autocorrelations of their squares. Above zero: large moves come in bursts.
    pub squares: Vec<f64>,
    /// Whether the values have any.
    pub values_test: LjungBox,
    /// Whether the squares have any.
    pub squares_test: LjungBox,
}

impl Serial {
    /// Of a sequence, up to a number of steps back, which is cut to what its length allows.
    pub fn new(values: &[f64], lags: usize) -> Self {
        let lags = lags.min(values.len().saturating_sub(2) / 2);
        let squares: Vec<f64> = {
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            values.iter().map(|value| (value - mean).powi(2)).collect()
        };
        let (of_values, of_squares) = (autocorrelations(values, lags), autocorrelations(&squares, lags));
        Self {
            values_test: ljung_box(&of_values, values.len()),
            squares_test: ljung_box(&of_squares, values.len()),
            values: of_values,
            squares: of_squares,
        }
    }
}

/// From one step back to `lags`; zeros of a sequence that never changes.
pub(crate) fn autocorrelations(values: &[f64], lags: usize) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let variance: f64 = centred.iter().map(|value| value * value).sum();
    let at = |lag: usize| -> f64 {
        let sum: f64 = centred.iter().zip(centred.iter().skip(lag)).map(|(a, b)| a * b).sum();
        if variance > 0.0 {
            sum / variance
        } else {
            0.0
        }
    };
    (1..=lags).map(at).collect()
}

fn ljung_box(autocorrelations: &[f64], count: usize) -> LjungBox {
    let count = count as f64;
    let terms = autocorrelations
        .iter()
        .enumerate()
        .map(|(place, value)| value * value / (count - place as f64 - 1.0));
    let statistic = count * (count + 2.0) * terms.sum::<f64>();
    let lags = autocorrelations.len();
    let p_value = ChiSquared::new(lags as f64).map_or(1.0, |chi_squared| chi_squared.sf(statistic));
    LjungBox { lags, statistic, p_value }
}
