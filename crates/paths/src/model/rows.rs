//! Models that are a file's own returns: drawn in blocks, or replayed.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::check::{require, returns};
use super::Fit;
use crate::error::ModelError;

const BOOTSTRAP: &str = "bootstrap";
const REPLAY: &str = "replay";

/// Steps of a block on average, unless a configuration says otherwise: five minutes of ten-second steps, long enough to
/// keep a burst of volatility together.
pub const DEFAULT_MEAN_BLOCK: f64 = 30.0;

/// The stationary bootstrap (Politis and Romano 1994): blocks of a file's returns from random places, with lengths that
/// are geometric. Within a block the order stays, and so does what the order holds, such as bursts of volatility.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// Steps of a block on average; at least 1.
    #[serde(default = "default_mean_block")]
    pub mean_block: f64,
    /// The returns to draw from, in the file's order.
    pub returns: Vec<f64>,
}

/// A file's returns as they came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The returns, in the file's order.
    pub returns: Vec<f64>,
}

fn default_mean_block() -> f64 {
    DEFAULT_MEAN_BLOCK
}

impl Bootstrap {
    /// Keeps the returns, to be drawn in blocks of [`DEFAULT_MEAN_BLOCK`] on average.
    ///
    /// # Errors
    /// No returns, or one that isn't finite.
    pub fn fit(values: &[f64]) -> Result<Fit<Self>, ModelError> {
        returns(BOOTSTRAP, values)?;
        Ok(Fit::new(Self { mean_block: DEFAULT_MEAN_BLOCK, returns: values.to_vec() }))
    }

    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        let block = self.mean_block;
        require(
            BOOTSTRAP,
            "mean_block",
            block,
            block.is_finite() && block >= 1.0,
            "a finite number of at least 1",
        )?;
        returns(BOOTSTRAP, &self.returns)
    }
}

impl Replay {
    /// Keeps the returns.
    ///
    /// # Errors
    /// No returns, or one that isn't finite.
    pub fn fit(values: &[f64]) -> Result<Fit<Self>, ModelError> {
        returns(REPLAY, values)?;
        Ok(Fit::new(Self { returns: values.to_vec() }))
    }

    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        returns(REPLAY, &self.returns)
    }
}

/// Which of `count` rows to draw, step by step; after the last row comes the first.
pub(crate) fn block_rows(rng: &mut ChaCha8Rng, count: usize, mean_block: f64, steps: usize) -> Vec<usize> {
    let mut row = 0;
    let mut rows = Vec::with_capacity(steps);
    for step in 0..steps {
        let starts_block = step == 0 || rng.random::<f64>() * mean_block < 1.0;
        row = if starts_block { rng.random_range(0..count) } else { (row + 1) % count };
        rows.push(row);
    }
    rows
}
