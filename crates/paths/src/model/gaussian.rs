//! Normal returns: what most margin models assume, and what the others are held against.

use serde::{Deserialize, Serialize};

use super::check::{finite, positive, sample};
use super::conditional::{Conditional, Probability};
use super::Fit;
use crate::error::ModelError;

const NAME: &str = "gaussian";

/// Independent normal returns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gaussian {
    /// Mean log return of a step.
    #[serde(default)]
    pub mean: f64,
    /// Standard deviation of a step's log return; above 0.
    pub sigma: f64,
}

impl Gaussian {
    /// By maximum likelihood: the mean and the standard deviation of the returns.
    ///
    /// # Errors
    /// Too few returns, one that isn't finite, or none that differ.
    pub fn fit(returns: &[f64]) -> Result<Fit<Self>, ModelError> {
        let moments = sample(NAME, returns, 2)?;
        Ok(Fit::new(Self { mean: moments.mean, sigma: moments.deviation }))
    }

    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        finite(NAME, "mean", self.mean)?;
        positive(NAME, "sigma", self.sigma)
    }

    pub(crate) fn ln_likelihood(&self, returns: &[f64]) -> f64 {
        let squares: f64 = returns.iter().map(|value| ((value - self.mean) / self.sigma).powi(2)).sum();
        let constant = 0.5 * std::f64::consts::TAU.ln() + self.sigma.ln();
        -0.5 * squares - constant * returns.len() as f64
    }
}

impl Conditional for Gaussian {
    fn quantile(&self, _memory: f64, score: f64) -> f64 {
        self.mean + self.sigma * score
    }

    fn probability(&self, _memory: f64, value: f64) -> Probability {
        Probability::normal((value - self.mean) / self.sigma)
    }
}
