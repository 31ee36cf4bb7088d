//! Fitting self-exciting jumps: the threshold, then each part of the likelihood on its own, since it is a product of them.

use serde::{Deserialize, Serialize};

use super::check::sample;
use super::hawkes::{Hawkes, NAME};
use super::marks::Marks;
use super::Fit;
use crate::error::ModelError;
use crate::optimise::{minimise, Between};

/// Fewer returns, or events, say nothing of how events cluster.
const LEAST: usize = 100;
const LEAST_EVENTS: usize = 10;

/// The part of steps that is no event: large moves are the largest tenth, as is usual for peaks over a threshold.
const DEFAULT_QUANTILE: f64 = 0.9;

/// The long-run rate of events, in rates of the file. Where events hardly cease the likelihood says nothing of it, and
/// without bounds it ends anywhere; paths start from it.
const RATE: Between = Between::logarithmic(0.5, 2.0);

/// Further events of an event, and how fast that decays.
const BRANCHING: Between = Between::linear(0.0, 0.99);
const BETA: Between = Between::logarithmic(1e-3, 10.0);

/// The deviation of calm steps, in deviations of what is left of them after the cut: flat to the threshold at the most.
const SIGMA: Between = Between::logarithmic(0.2, 10.0);

/// How marks are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// [`Marks::Exponential`], of the file's mean.
    Exponential,
    /// [`Marks::Empirical`]
    Empirical,
}

/// What of a fit isn't chosen by the likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HawkesOptions {
    /// A move beyond this part of all moves, up or down, is an event; between 0 and 1.
    pub quantile: f64,
    /// How marks are kept.
    pub marks: MarkKind,
}

impl Default for HawkesOptions {
    /// The largest tenth are events; marks are exponential, so that a path can go further than the file did.
    fn default() -> Self {
        Self { quantile: DEFAULT_QUANTILE, marks: MarkKind::Exponential }
    }
}

/// What of the returns the rate of events is fitted to: whether each step was one.
struct Events(Vec<bool>);

impl Events {
    /// The likelihood of one event or none in each step, for a process in continuous time: steps hide when within them an
    /// event came. The sum over past events is Ozaki's recursion (1979).
    fn ln_likelihood(&self, mu: f64, alpha: f64, beta: f64) -> f64 {
        let decay = (-beta).exp();
        let effect = alpha * (1.0 - decay) / beta;
        let (mut excitement, mut sum) = (0.0, 0.0);
        for event in &self.0 {
            let expected = mu + effect * excitement;
            sum += if *event { (-(-expected).exp_m1()).ln() } else { -expected };
            excitement = excitement * decay + f64::from(u8::from(*event));
        }
        sum
    }

    /// `(mu, alpha, beta)` by maximum likelihood.
    fn fit(&self) -> Result<(f64, f64, f64), ModelError> {
        let rate = self.0.iter().filter(|event| **event).count() as f64 / self.0.len() as f64;
        let of = |free: &[f64]| {
            let (branching, beta) = (BRANCHING.value(free[1]), BETA.value(free[2]));
            (rate * RATE.value(free[0]) * (1.0 - branching), branching * beta, beta)
        };
        let start = |branching, beta| vec![RATE.free(1.0), BRANCHING.free(branching), BETA.free(beta)];
        let starts = [start(0.5, 0.1), start(0.3, 1.0), start(0.8, 0.02)];
        let cost = |free: &[f64]| {
            let (mu, alpha, beta) = of(free);
            -self.ln_likelihood(mu, alpha, beta)
        };
        let (best, _) = minimise(cost, &starts).map_err(|why| ModelError::Search { model: NAME, why })?;
        Ok(of(&best))
    }
}

impl Hawkes {
    /// By maximum likelihood, given the threshold that the options say.
    ///
    /// # Errors
    /// Too few returns or events, a quantile that isn't between 0 and 1 or at which moves are zero, a return that isn't
    /// finite, or a search that failed.
    pub fn fit(returns: &[f64], options: HawkesOptions) -> Result<Fit<Self>, ModelError> {
        sample(NAME, returns, LEAST)?;
        let threshold = threshold_at(returns, options.quantile)?;
        let excess = |sign: f64| -> Vec<f64> {
            returns.iter().map(|value| value * sign - threshold).filter(|excess| *excess > 0.0).collect()
        };
        let (up, down) = (excess(1.0), excess(-1.0));
        let count = up.len() + down.len();
        if count < LEAST_EVENTS {
            return Err(ModelError::TooFewEvents { model: NAME, found: count, least: LEAST_EVENTS });
        }
        let calm: Vec<f64> = returns.iter().copied().filter(|value| value.abs() <= threshold).collect();
        let (mean, sigma, mut notes) = fit_calm(&calm, threshold)?;
        let events = Events(returns.iter().map(|value| value.abs() > threshold).collect());
        let (mu, alpha, beta) = events.fit()?;
        if BRANCHING.is_high(alpha / beta) {
            notes.push(
                "the branching ratio is near 1: events hardly cease; a change of regime looks the same"
                    .into(),
            );
        }
        if BRANCHING.is_low(alpha / beta) {
            notes.push("the branching ratio is near 0: events don't cluster, and beta means nothing".into());
        }
        let up_probability = up.len() as f64 / count as f64;
        let marks = match options.marks {
            MarkKind::Exponential => Marks::exponential(&up, &down),
            MarkKind::Empirical => Marks::empirical(up, down),
        };
        Ok(Fit { model: Self { mean, sigma, threshold, mu, alpha, beta, up_probability, marks }, notes })
    }
}

/// The move that a part `quantile` of all moves doesn't go beyond.
fn threshold_at(returns: &[f64], quantile: f64) -> Result<f64, ModelError> {
    if !(quantile > 0.0 && quantile < 1.0) {
        let requirement = "between 0 and 1";
        return Err(ModelError::Parameter {
            model: NAME,
            parameter: "quantile",
            value: quantile,
            requirement,
        });
    }
    let mut moves: Vec<f64> = returns.iter().map(|value| value.abs()).collect();
    moves.sort_by(f64::total_cmp);
    let place = (quantile * moves.len() as f64).ceil() as usize;
    let threshold = moves[place.clamp(1, moves.len()) - 1];
    if threshold > 0.0 {
        Ok(threshold)
    } else {
        Err(ModelError::NoMoves { model: NAME, part: quantile })
    }
}

/// Middle and deviation of the normal distribution that is cut off at the threshold, and what to distrust of them.
fn fit_calm(calm: &[f64], threshold: f64) -> Result<(f64, f64, Vec<String>), ModelError> {
    let moments = sample(NAME, calm, 2)?;
    let unit = moments.deviation;
    let (count, end) = (calm.len() as f64, 0.99 * threshold / unit);
    let (first, second) = (moments.mean / unit, 1.0 + (moments.mean / unit).powi(2));
    let middle = Between::linear(-end, end);
    let of = |free: &[f64]| (middle.value(free[0]), SIGMA.value(free[1]));
    let cost = |free: &[f64]| {
        let (mean, sigma) = of(free);
        let (inside, _) = Hawkes::cut(mean, sigma, threshold / unit);
        // The sum of squares by the first two moments.
        let squares = (second - 2.0 * first * mean + mean * mean) / (sigma * sigma);
        count * (sigma.ln() + inside.ln() + 0.5 * squares)
    };
    let starts = [vec![middle.free(first), SIGMA.free(1.0)]];
    let (best, _) = minimise(cost, &starts).map_err(|why| ModelError::Search { model: NAME, why })?;
    let (mean, sigma) = of(&best);
    let flat = "sigma is at its end: calm steps are spread evenly up to the threshold, or towards it";
    let notes = if SIGMA.is_high(sigma) { vec![flat.into()] } else { vec![] };
    Ok((mean * unit, sigma * unit, notes))
}
