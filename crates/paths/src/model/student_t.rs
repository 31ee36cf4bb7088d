//! Student-t returns: normal in the middle, with tails that fall off as a power.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use super::check::{finite, positive, require, sample};
use super::conditional::{Conditional, Probability, StandardT};
use super::Fit;
use crate::error::ModelError;
use crate::optimise::{minimise, Between};

const NAME: &str = "student_t";

/// Fewer returns say nothing of tails.
const LEAST: usize = 30;

/// The scale, in standard deviations of the returns. With the floor the likelihood stays bounded where many returns are
/// exactly the same (Fernandez and Steel 1999).
const SCALE: Between = Between::logarithmic(0.05, 3.0);

/// Degrees of freedom: above 2, where the variance is finite; from 200 on it is the normal distribution.
pub(super) const NU: Between = Between::logarithmic(2.05, 200.0);

/// Independent returns of a t-distribution with location and scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudentT {
    /// Middle of a step's log returns.
    #[serde(default)]
    pub location: f64,
    /// Scale of a step's log return; above 0. The standard deviation is `scale × √(nu / (nu − 2))`.
    pub scale: f64,
    /// Degrees of freedom, which is the tail index; above 2.
    pub nu: f64,
}

impl StudentT {
    /// By maximum likelihood.
    ///
    /// # Errors
    /// Too few returns, one that isn't finite, none that differ, or a search that failed.
    pub fn fit(returns: &[f64]) -> Result<Fit<Self>, ModelError> {
        let moments = sample(NAME, returns, LEAST)?;
        let unit = moments.deviation;
        let standard: Vec<f64> = returns.iter().map(|value| value / unit).collect();
        let of =
            |free: &[f64]| Self { location: free[0], scale: SCALE.value(free[1]), nu: NU.value(free[2]) };
        let start = |scale, nu| vec![moments.mean / unit, SCALE.free(scale), NU.free(nu)];
        let starts = [start(0.7, 4.0), start(0.3, 2.3)];
        let (best, _) = minimise(|free| -of(free).ln_likelihood(&standard), &starts)
            .map_err(|why| ModelError::Search { model: NAME, why })?;
        let standard = of(&best);
        let mut notes = nu_notes(standard.nu);
        if SCALE.is_low(standard.scale) {
            notes.push(
                "scale is at its floor of 5 % of the standard deviation: too many returns are the same"
                    .into(),
            );
        }
        let model =
            Self { location: standard.location * unit, scale: standard.scale * unit, nu: standard.nu };
        Ok(Fit { model, notes })
    }

    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        finite(NAME, "location", self.location)?;
        positive(NAME, "scale", self.scale)?;
        check_nu(NAME, self.nu)
    }

    pub(crate) fn ln_likelihood(&self, returns: &[f64]) -> f64 {
        let constant = ln_constant(self.nu) - self.scale.ln();
        let squares = returns.iter().map(|value| ((value - self.location) / self.scale).powi(2));
        let logs: f64 = squares.map(|square| (square / self.nu).ln_1p()).sum();
        returns.len() as f64 * constant - (self.nu + 1.0) / 2.0 * logs
    }
}

/// The logarithm of the density's constant, for scale 1.
pub(super) fn ln_constant(nu: f64) -> f64 {
    ln_gamma((nu + 1.0) / 2.0) - ln_gamma(nu / 2.0) - 0.5 * (nu * std::f64::consts::PI).ln()
}

/// Refuses degrees of freedom without a variance.
pub(super) fn check_nu(model: &'static str, nu: f64) -> Result<(), ModelError> {
    require(model, "nu", nu, nu.is_finite() && nu > 2.0, "a finite number above 2, or there is no variance")
}

/// What to say of fitted degrees of freedom that sit at an end of what is allowed.
pub(super) fn nu_notes(nu: f64) -> Vec<String> {
    let mut notes = vec![];
    if NU.is_low(nu) {
        notes.push(
            "nu is at its floor of 2.05: the tails are as heavy as a variance allows, or heavier".into(),
        );
    }
    if NU.is_high(nu) {
        notes.push("nu is at its end of 200: the tails are those of a normal distribution".into());
    }
    notes
}

/// Ready to be drawn from.
#[derive(Debug)]
pub(super) struct ReadyStudentT {
    model: StudentT,
    standard: StandardT,
}

impl ReadyStudentT {
    pub fn new(model: &StudentT) -> Option<Self> {
        Some(Self { standard: StandardT::new(model.nu)?, model: model.clone() })
    }
}

impl Conditional for ReadyStudentT {
    fn quantile(&self, _memory: f64, score: f64) -> f64 {
        self.model.location + self.model.scale * self.standard.quantile(score)
    }

    fn probability(&self, _memory: f64, value: f64) -> Probability {
        self.standard.probability((value - self.model.location) / self.model.scale)
    }
}
