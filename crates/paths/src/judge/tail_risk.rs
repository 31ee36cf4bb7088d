//! What a model makes of extremes: losses of one step, and how long one would wait for the worst move seen.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;

use super::sample::{Tail, Tails};
use crate::model::{Conditional, Model};
use crate::scores::normal_score;

/// Seconds of a year.
pub(crate) const YEAR: f64 = 365.25 * 86_400.0;

/// Points of the integral over a tail, and how far out it goes: to a part `e^-REACH` of it.
const POINTS: usize = 4_000;
const REACH: f64 = 36.0;

/// How a model's losses were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TailMethod {
    /// From its distribution.
    Exact,
    /// From drawn steps, because the distribution changes from step to step.
    Simulated,
}

/// What a model makes of extremes, whatever state its market is in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TailRisk {
    /// How the losses were found.
    pub method: TailMethod,
    /// The standard deviation of drawn steps, where they were drawn. Far from that of the returns, the model is no good to
    /// draw from, however well it follows them.
    pub drawn_deviation: Option<f64>,
    /// Losses of one step.
    pub tails: Tails,
    /// The part of observed steps that fell by more than the model's 99.9 % value at risk: 0.001 if it is right.
    pub breaches_999_fall: f64,
    /// The same of rises.
    pub breaches_999_rise: f64,
    /// How likely a step is to go as far as the worst move seen, in its direction.
    pub worst_probability: f64,
    /// The decimal logarithm of that; -308 stands for that or less.
    pub worst_log10_probability: f64,
    /// How many years of such steps one would wait for it.
    pub worst_waiting_years: f64,
}

/// Steps of a certain length, and what is to be known of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed<'a> {
    pub returns: &'a [f64],
    pub worst: f64,
    pub step_seconds: u32,
}

impl TailRisk {
    /// Of a model; `None` for models that are rows of a file. `simulated_steps` are drawn where the distribution changes.
    pub(crate) fn new(
        model: &Model,
        observed: Observed,
        simulated_steps: usize,
        rng: &mut ChaCha8Rng,
    ) -> Option<Self> {
        let ready = model.ready()?;
        let (drawn_deviation, tails, probability) = if model.kind().is_conditional() {
            let (returns, probability) =
                simulated(ready.as_ref(), observed.worst, simulated_steps.max(1_000), rng);
            (Some(deviation(&returns)), Tails::of_sample(&returns), probability)
        } else {
            let start = ready.start();
            let tail = |score: f64| ready.quantile(start, score);
            let tails =
                Tails { fall: exact(|p| -tail(normal_score(p))), rise: exact(|p| tail(-normal_score(p))) };
            (None, tails, beyond(ready.as_ref(), start, observed.worst))
        };
        let breaches = |is_breach: &dyn Fn(f64) -> bool| {
            let count = observed.returns.iter().filter(|value| is_breach(**value)).count();
            count as f64 / observed.returns.len() as f64
        };
        let floored = probability.max(f64::MIN_POSITIVE);
        Some(Self {
            method: if drawn_deviation.is_some() { TailMethod::Simulated } else { TailMethod::Exact },
            drawn_deviation,
            tails,
            breaches_999_fall: breaches(&|value| -value > tails.fall.value_at_risk_999),
            breaches_999_rise: breaches(&|value| value > tails.rise.value_at_risk_999),
            worst_probability: probability,
            worst_log10_probability: floored.log10(),
            worst_waiting_years: f64::from(observed.step_seconds) / YEAR / floored,
        })
    }

    /// What to say where drawn steps are far from the returns.
    pub(crate) fn doubt(&self, returns: &[f64]) -> Option<String> {
        let ratio = self.drawn_deviation? / deviation(returns);
        let is_far = !(0.5..=2.0).contains(&ratio);
        is_far.then(|| {
            format!("drawn returns deviate {ratio:.2} times as much as the file's: don't draw from this fit")
        })
    }
}

fn deviation(returns: &[f64]) -> f64 {
    let count = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / count;
    (returns.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
}

/// How likely a step is to go as far as `worst`, in its direction.
fn beyond(ready: &dyn Conditional, memory: f64, worst: f64) -> f64 {
    let probability = ready.probability(memory, worst);
    if worst < 0.0 {
        probability.lower
    } else {
        probability.upper
    }
}

/// From the loss at a part of steps: the value at risk, and the mean over the part by Simpson's rule, with the part halved
/// evenly so that the far tail counts.
fn exact(loss: impl Fn(f64) -> f64) -> Tail {
    let shortfall = |part: f64| {
        let width = REACH / POINTS as f64;
        let value = |point: usize| {
            let depth = point as f64 * width;
            loss(part * (-depth).exp()) * (-depth).exp()
        };
        let weight = |point: usize| match point {
            0 | POINTS => 1.0,
            point if point % 2 == 1 => 4.0,
            _ => 2.0,
        };
        (0..=POINTS).map(|point| weight(point) * value(point)).sum::<f64>() * width / 3.0
    };
    Tail {
        value_at_risk_99: loss(0.01),
        expected_shortfall_99: shortfall(0.01),
        value_at_risk_999: loss(0.001),
        expected_shortfall_999: shortfall(0.001),
    }
}

/// Drawn steps, and the mean probability of a move as far as `worst` over their states: far fewer steps tell of a
/// rare move by its probability than by its coming.
fn simulated(ready: &dyn Conditional, worst: f64, steps: usize, rng: &mut ChaCha8Rng) -> (Vec<f64>, f64) {
    let (mut memory, mut sum) = (ready.start(), 0.0);
    let mut returns = Vec::with_capacity(steps);
    for _ in 0..steps {
        sum += beyond(ready, memory, worst);
        let value = ready.quantile(memory, StandardNormal.sample(rng));
        memory = ready.after(memory, value);
        returns.push(value);
    }
    (returns, sum / steps as f64)
}
