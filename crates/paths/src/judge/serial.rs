//! Whether steps tell of later ones: autocorrelation, and the test of Ljung and Box (1978).

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
