//! What all models ask of their parameters and of the returns that they are fitted to.

use crate::error::ModelError;

/// Mean and standard deviation (with divisor n, the maximum-likelihood estimate) of a sample.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, above zero.
    pub deviation: f64,
}

/// Refuses NaN and infinity.
pub fn finite(model: &'static str, parameter: &'static str, value: f64) -> Result<(), ModelError> {
    require(model, parameter, value, value.is_finite(), "a finite number")
}

/// Refuses what isn't above zero.
pub fn positive(model: &'static str, parameter: &'static str, value: f64) -> Result<(), ModelError> {
    require(model, parameter, value, value.is_finite() && value > 0.0, "a finite number above 0")
}

/// Refuses what is below zero.
pub fn not_negative(model: &'static str, parameter: &'static str, value: f64) -> Result<(), ModelError> {
    require(model, parameter, value, value.is_finite() && value >= 0.0, "a finite number of at least 0")
}

/// Refuses what isn't `ok`.
pub fn require(
    model: &'static str,
    parameter: &'static str,
    value: f64,
    ok: bool,
    requirement: &'static str,
) -> Result<(), ModelError> {
    if ok {
        Ok(())
    } else {
        Err(ModelError::Parameter { model, parameter, value, requirement })
    }
}

/// Refuses an empty list of returns, and returns that aren't finite.
pub fn returns(model: &'static str, returns: &[f64]) -> Result<(), ModelError> {
    if returns.is_empty() {
        return Err(ModelError::NoReturns { model });
    }
    match returns.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(ModelError::Return { model, index, value: returns[index] }),
        None => Ok(()),
    }
}

/// The moments of returns that something can be fitted to.
pub fn sample(model: &'static str, values: &[f64], least: usize) -> Result<Moments, ModelError> {
    if values.len() < least {
        return Err(ModelError::TooFew { model, found: values.len(), least });
    }
    returns(model, values)?;
    if values.iter().all(|value| *value == values[0]) {
        return Err(ModelError::Constant { model });
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    // Returns so small that their squares vanish are as good as the same.
    let deviation = variance.sqrt();
    if deviation > 0.0 {
        Ok(Moments { mean, deviation })
    } else {
        Err(ModelError::Constant { model })
    }
}
