//! Self-exciting jumps: large moves that make further large moves likelier for a while.
//!
//! A move beyond a threshold is an event. Events come as a Hawkes process with an exponential kernel (Hawkes 1971): each
//! raises the rate of further ones by `alpha`, which then decays at the rate `beta`. Steps without an event are normal, cut
//! off at the threshold; an event goes beyond the threshold by a mark (the peaks over a threshold of Chavez-Demoulin,
//! Davison and McNeil 2005). Marks don't tell on the rate, and there is one event a step at most.

use serde::{Deserialize, Serialize};

use super::check::{finite, not_negative, positive, require};
use super::conditional::{Conditional, Probability};
use super::marks::Marks;
use crate::error::ModelError;
use crate::scores::{normal_cdf, normal_score};

pub(super) const NAME: &str = "hawkes";

/// Self-exciting jumps over normal returns. Rates are of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hawkes {
    /// Middle of the log returns of steps without an event, before they are cut off.
    #[serde(default)]
    pub mean: f64,
    /// Standard deviation of the log returns of steps without an event, before they are cut off; above 0.
    pub sigma: f64,
    /// A move of more than this, up or down, is an event; above 0.
    pub threshold: f64,
    /// Events of a step on average if none came before; above 0.
    pub mu: f64,
    /// By how much an event raises the rate; at least 0.
    pub alpha: f64,
    /// How fast that decays: by `exp(-beta)` a step; above `alpha`.
    pub beta: f64,
    /// The part of events that go up; from 0 to 1.
    pub up_probability: f64,
    /// How far beyond the threshold an event goes.
    pub marks: Marks,
}

impl Hawkes {
    /// Further events that one event causes on average, those that they cause not counted.
    pub fn branching_ratio(&self) -> f64 {
        self.alpha / self.beta
    }

    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        finite(NAME, "mean", self.mean)?;
        positive(NAME, "sigma", self.sigma)?;
        positive(NAME, "threshold", self.threshold)?;
        let inside = self.mean.abs() < self.threshold;
        require(NAME, "mean", self.mean, inside, "nearer to zero than the threshold")?;
        positive(NAME, "mu", self.mu)?;
        not_negative(NAME, "alpha", self.alpha)?;
        positive(NAME, "beta", self.beta)?;
        let (ratio, up) = (self.branching_ratio(), self.up_probability);
        let name = "the branching ratio (alpha / beta)";
        require(NAME, name, ratio, ratio < 1.0, "below 1, or events never cease")?;
        require(NAME, "up_probability", up, (0.0..=1.0).contains(&up), "from 0 to 1")?;
        self.marks.validate(up)
    }

    /// Events expected in the next step. `excitement` is what is left of all events, each decayed since it came.
    pub(super) fn expected(&self, excitement: f64) -> f64 {
        self.mu + self.alpha * excitement * (1.0 - (-self.beta).exp()) / self.beta
    }

    /// The excitement after a step (Ozaki 1979): what is left of it, and one more for an event.
    pub(super) fn excited(&self, excitement: f64, value: f64) -> f64 {
        excitement * (-self.beta).exp() + f64::from(u8::from(value.abs() > self.threshold))
    }

    /// The part of the uncut normal distribution that is within the threshold, and the part below it.
    pub(super) fn cut(mean: f64, sigma: f64, threshold: f64) -> (f64, f64) {
        let below = normal_cdf((-threshold - mean) / sigma);
        let above = normal_cdf((mean - threshold) / sigma);
        (1.0 - below - above, below)
    }

    /// `None` where the marks are drawn from a file, and so have no density.
    pub(crate) fn ln_likelihood(&self, returns: &[f64]) -> Option<f64> {
        let (inside, _) = Self::cut(self.mean, self.sigma, self.threshold);
        let constant = -self.sigma.ln() - 0.5 * std::f64::consts::TAU.ln() - inside.ln();
        let (mut excitement, mut sum) = (0.0, 0.0);
        for value in returns {
            let expected = self.expected(excitement);
            sum += if value.abs() > self.threshold {
                let side = if *value > 0.0 { self.up_probability } else { 1.0 - self.up_probability };
                let mark = self.marks.ln_density(*value > 0.0, value.abs() - self.threshold)?;
                (-(-expected).exp_m1()).ln() + side.ln() + mark
            } else {
                constant - expected - 0.5 * ((value - self.mean) / self.sigma).powi(2)
            };
            excitement = self.excited(excitement, *value);
        }
        Some(sum)
    }
}

/// Ready to be drawn from. It remembers the excitement.
#[derive(Debug)]
pub(super) struct ReadyHawkes {
    model: Hawkes,
    inside: f64,
    below: f64,
}

impl ReadyHawkes {
    pub fn new(model: &Hawkes) -> Self {
        let (inside, below) = Hawkes::cut(model.mean, model.sigma, model.threshold);
        Self { model: model.clone(), inside, below }
    }

    /// How likely an event down is in the next step, and one up.
    fn events(&self, excitement: f64) -> (f64, f64) {
        let event = -(-self.model.expected(excitement)).exp_m1();
        (event * (1.0 - self.model.up_probability), event * self.model.up_probability)
    }
}

impl Conditional for ReadyHawkes {
    /// The excitement of the long run: a path starts neither calm nor wild.
    fn start(&self) -> f64 {
        let rate = self.model.mu / (1.0 - self.model.branching_ratio());
        rate.min(1.0) / (1.0 - (-self.model.beta).exp())
    }

    fn quantile(&self, memory: f64, score: f64) -> f64 {
        let Hawkes { mean, sigma, threshold, marks, .. } = &self.model;
        let (down, up) = self.events(memory);
        let at = Probability::normal(score);
        if at.lower < down {
            return -threshold - marks.excess(false, at.lower / down);
        }
        if at.upper < up {
            return threshold + marks.excess(true, at.upper / up);
        }
        let part = (at.lower - down) / (1.0 - down - up);
        let value = mean + sigma * normal_score(self.below + part * self.inside);
        value.clamp(-threshold, *threshold)
    }

    fn probability(&self, memory: f64, value: f64) -> Probability {
        let Hawkes { mean, sigma, threshold, marks, .. } = &self.model;
        let (down, up) = self.events(memory);
        if value < -threshold {
            return Probability::of_lower(down * marks.beyond(false, -threshold - value));
        }
        if value > *threshold {
            return Probability::of_upper(up * marks.beyond(true, value - threshold));
        }
        let part = (normal_cdf((value - mean) / sigma) - self.below) / self.inside;
        let lower = down + (1.0 - down - up) * part;
        Probability { lower, upper: 1.0 - lower }
    }

    fn after(&self, memory: f64, value: f64) -> f64 {
        self.model.excited(memory, value)
    }
}
