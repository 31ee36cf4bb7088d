//! Jump diffusion (Merton 1976): normal returns, and now and then a jump on top.

use serde::{Deserialize, Serialize};

use super::check::{finite, positive, require, sample};
use super::conditional::{Conditional, Probability};
use super::Fit;
use crate::error::ModelError;
use crate::optimise::{minimise, Between};
use crate::scores::{normal_cdf, ScoreTable};

const NAME: &str = "jump_diffusion";

/// Fewer returns say nothing of five parameters.
const LEAST: usize = 60;

/// Jumps of a step on average: more are no jumps but a second diffusion.
const RATE: Between = Between::logarithmic(1e-4, 1.0);

/// Deviations of diffusion and jumps, in standard deviations of the returns. With the floors the mixture's likelihood stays
/// bounded (Kiefer 1978; Honoré 1998): without, it is infinite on a single return.
const SIGMA: Between = Between::logarithmic(0.05, 2.0);
const JUMP_SIGMA: Between = Between::logarithmic(0.05, 50.0);

/// Numbers of jumps of a step less likely than this count for nothing.
const NEGLIGIBLE: f64 = 1e-17;

/// Normal returns, with a Poisson number of normal jumps in each step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JumpDiffusion {
    /// Mean log return of a step without jumps.
    #[serde(default)]
    pub drift: f64,
    /// Standard deviation of a step without jumps; above 0.
    pub sigma: f64,
    /// Jumps of a step on average; above 0, at most 10.
    pub jump_rate: f64,
    /// Mean of a jump's logarithm.
    #[serde(default)]
    pub jump_mean: f64,
    /// Standard deviation of a jump's logarithm; above 0.
    pub jump_sigma: f64,
}

/// Returns of steps with a certain number of jumps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component {
    /// How likely that number is.
    pub weight: f64,
    /// Mean of the returns.
    pub mean: f64,
    /// Standard deviation of the returns.
    pub sigma: f64,
}

impl JumpDiffusion {
    /// By maximum likelihood on the mixture's density.
    ///
    /// # Errors
    /// Too few returns, one that isn't finite, none that differ, or a search that failed.
    pub fn fit(returns: &[f64]) -> Result<Fit<Self>, ModelError> {
        let moments = sample(NAME, returns, LEAST)?;
        let unit = moments.deviation;
        let standard: Vec<f64> = returns.iter().map(|value| value / unit).collect();
        let of = |free: &[f64]| Self {
            drift: free[0],
            sigma: SIGMA.value(free[1]),
            jump_rate: RATE.value(free[2]),
            jump_mean: free[3],
            jump_sigma: JUMP_SIGMA.value(free[4]),
        };
        let start = |sigma, rate, jump: f64| {
            vec![moments.mean / unit, SIGMA.free(sigma), RATE.free(rate), 0.0, JUMP_SIGMA.free(jump)]
        };
        let starts = [start(0.6, 0.1, 2.0), start(0.8, 0.02, 4.0), start(0.2, 0.5, 1.0)];
        let (best, _) = minimise(|free| -of(free).ln_likelihood(&standard), &starts)
            .map_err(|why| ModelError::Search { model: NAME, why })?;
        let standard = of(&best);
        let notes = standard.notes();
        let model = Self {
            drift: standard.drift * unit,
            sigma: standard.sigma * unit,
            jump_mean: standard.jump_mean * unit,
            jump_sigma: standard.jump_sigma * unit,
            ..standard
        };
        Ok(Fit { model, notes })
    }

    /// What to distrust, of parameters in units of the returns' standard deviation.
    fn notes(&self) -> Vec<String> {
        let mut notes = vec![];
        if SIGMA.is_low(self.sigma) {
            let why = "sigma is at its floor of 5 % of the standard deviation: too many returns are the same";
            notes.push(why.into());
        }
        if JUMP_SIGMA.is_low(self.jump_sigma) {
            notes.push("jump_sigma is at its floor: the jumps are all of one size".into());
        }
        if RATE.is_low(self.jump_rate) {
            notes.push("jump_rate is at its floor: hardly any jumps were found".into());
        }
        if self.jump_rate > 0.3 {
            let why =
                "jump_rate is above 0.3 a step: these are no rare jumps, but wild steps among calm ones";
            notes.push(why.into());
        }
        notes
    }

    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        finite(NAME, "drift", self.drift)?;
        positive(NAME, "sigma", self.sigma)?;
        let rare = self.jump_rate > 0.0 && self.jump_rate <= 10.0;
        require(NAME, "jump_rate", self.jump_rate, rare, "above 0 and at most 10 a step")?;
        finite(NAME, "jump_mean", self.jump_mean)?;
        positive(NAME, "jump_sigma", self.jump_sigma)
    }

    /// The mixture's parts: no jump, one, two, and so on.
    pub(crate) fn components(&self) -> Vec<Component> {
        let mut components = vec![];
        let (mut weight, mut jumps) = ((-self.jump_rate).exp(), 0.0);
        while weight > NEGLIGIBLE {
            components.push(Component {
                weight,
                mean: self.drift + jumps * self.jump_mean,
                sigma: (self.sigma.powi(2) + jumps * self.jump_sigma.powi(2)).sqrt(),
            });
            jumps += 1.0;
            weight *= self.jump_rate / jumps;
        }
        components
    }

    pub(crate) fn ln_likelihood(&self, returns: &[f64]) -> f64 {
        let components = self.components();
        let density = |value: f64| -> f64 {
            let part =
                |c: &Component| c.weight / c.sigma * (-0.5 * ((value - c.mean) / c.sigma).powi(2)).exp();
            components.iter().map(part).sum()
        };
        let logs: f64 = returns.iter().map(|value| density(*value).ln()).sum();
        logs - 0.5 * std::f64::consts::TAU.ln() * returns.len() as f64
    }
}

/// Ready to be drawn from.
#[derive(Debug)]
pub(super) struct ReadyJumpDiffusion {
    components: Vec<Component>,
    table: ScoreTable,
}

impl ReadyJumpDiffusion {
    pub fn new(model: &JumpDiffusion) -> Self {
        let components = model.components();
        // Upper tails are lower tails of the mirror image.
        let mirrored: Vec<Component> = components.iter().map(|c| Component { mean: -c.mean, ..*c }).collect();
        let table = ScoreTable::new(|p| quantile(&components, p), |p| -quantile(&mirrored, p));
        Self { components, table }
    }
}

fn lower(components: &[Component], value: f64) -> f64 {
    components.iter().map(|c| c.weight * normal_cdf((value - c.mean) / c.sigma)).sum()
}

/// The value that a part `p` of a mixture is at most, by bisection.
fn quantile(components: &[Component], p: f64) -> f64 {
    let reach = |c: &Component| c.mean.abs() + 40.0 * c.sigma;
    let reach = components.iter().map(reach).fold(0.0, f64::max);
    let (mut low, mut high) = (-reach, reach);
    // A float has no more than so many halvings to its precision, relative to the least deviation.
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if lower(components, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

impl Conditional for ReadyJumpDiffusion {
    fn quantile(&self, _memory: f64, score: f64) -> f64 {
        self.table.at(score)
    }

    fn probability(&self, _memory: f64, value: f64) -> Probability {
        let upper = |c: &Component| c.weight * normal_cdf((c.mean - value) / c.sigma);
        Probability { lower: lower(&self.components, value), upper: self.components.iter().map(upper).sum() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tabulated_quantile_undoes_the_probability() {
        let model =
            JumpDiffusion { drift: 1e-4, sigma: 1e-3, jump_rate: 0.03, jump_mean: -5e-3, jump_sigma: 8e-3 };
        let ready = ReadyJumpDiffusion::new(&model);
        for step in -700..=700 {
            let score = f64::from(step) * 0.0113;
            let back = ready.probability(0.0, ready.quantile(0.0, score)).score();
            assert!((back - score).abs() < 1e-3, "{score}: {back}");
        }
    }
}
