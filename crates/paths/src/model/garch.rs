//! GARCH(1,1) (Bollerslev 1986, with t innovations 1987): each move makes the next ones larger.

use serde::{Deserialize, Serialize};

use super::check::{finite, not_negative, positive, require, sample};
use super::conditional::{Conditional, Probability, StandardT};
use super::student_t::{check_nu, ln_constant, nu_notes, NU};
use super::Fit;
use crate::error::ModelError;
use crate::optimise::{minimise, Between};

const NAME: &str = "garch";

/// Fewer returns say nothing of how volatility lasts.
const LEAST: usize = 100;

/// How much of a step's excess variance is left in the next: below 1, or there is no long-run variance.
const PERSISTENCE: Between = Between::linear(0.0, 0.999);

/// The part of persistence that comes from the last move.
const SHARE: Between = Between::linear(0.0, 1.0);

/// The long-run variance, in variances of the returns. Where shocks hardly fade the likelihood says nothing of it, and
/// without bounds it ends anywhere; paths start from it.
const LONG_RUN: Between = Between::logarithmic(0.25, 4.0);

/// Returns whose variance follows the moves: `variance = omega + alpha × (last move)² + beta × (last variance)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Garch {
    /// Mean log return of a step.
    #[serde(default)]
    pub mean: f64,
    /// Variance that is always there; above 0.
    pub omega: f64,
    /// What the last move's square adds; at least 0.
    pub alpha: f64,
    /// What stays of the last variance; at least 0, and `alpha + beta` below 1.
    pub beta: f64,
    /// Degrees of freedom of t innovations (of variance 1); above 2. Left out, innovations are normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nu: Option<f64>,
}

impl Garch {
    /// By maximum likelihood, with normal innovations or, if `heavy`, with t innovations.
    ///
    /// # Errors
    /// Too few returns, one that isn't finite, none that differ, or a search that failed.
    pub fn fit(returns: &[f64], heavy: bool) -> Result<Fit<Self>, ModelError> {
        let moments = sample(NAME, returns, LEAST)?;
        let unit = moments.deviation;
        let standard: Vec<f64> = returns.iter().map(|value| value / unit).collect();
        let of = |free: &[f64]| {
            let (persistence, share) = (PERSISTENCE.value(free[1]), SHARE.value(free[2]));
            Self {
                mean: free[0],
                omega: LONG_RUN.value(free[3]) * (1.0 - persistence),
                alpha: persistence * share,
                beta: persistence * (1.0 - share),
                nu: heavy.then(|| NU.value(free[4])),
            }
        };
        let start = |persistence, share| {
            let mean = moments.mean / unit;
            let long_run = LONG_RUN.free(1.0);
            let mut free = vec![mean, PERSISTENCE.free(persistence), SHARE.free(share), long_run];
            if heavy {
                free.push(NU.free(5.0));
            }
            free
        };
        let starts = [start(0.95, 0.1), start(0.7, 0.4), start(0.98, 0.03)];
        let (best, _) = minimise(|free| -of(free).ln_likelihood(&standard), &starts)
            .map_err(|why| ModelError::Search { model: NAME, why })?;
        let standard = of(&best);
        let notes = standard.notes();
        let model = Self { mean: standard.mean * unit, omega: standard.omega * unit * unit, ..standard };
        Ok(Fit { model, notes })
    }

    /// What to distrust, of parameters in units of the returns' standard deviation.
    fn notes(&self) -> Vec<String> {
        let mut notes = self.nu.map(nu_notes).unwrap_or_default();
        if self.persistence() > 0.99 {
            let why = "alpha + beta is near 1: shocks hardly fade; a change of regime within the file looks the same";
            notes.push(why.into());
        }
        if LONG_RUN.is_low(self.long_run_variance()) || LONG_RUN.is_high(self.long_run_variance()) {
            notes.push(
                "the long-run variance is at its end, a quarter or four times that of the returns".into(),
            );
        }
        if self.alpha > self.beta {
            notes.push(
                "alpha is above beta: it may follow runs of unchanged prices; take longer steps".into(),
            );
        }
        notes
    }

    /// `alpha + beta`: how much of a step's excess variance is left in the next.
    pub fn persistence(&self) -> f64 {
        self.alpha + self.beta
    }

    /// The variance of a step in the long run.
    pub fn long_run_variance(&self) -> f64 {
        self.omega / (1.0 - self.persistence())
    }

    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        finite(NAME, "mean", self.mean)?;
        positive(NAME, "omega", self.omega)?;
        not_negative(NAME, "alpha", self.alpha)?;
        not_negative(NAME, "beta", self.beta)?;
        let sum = self.persistence();
        require(NAME, "alpha + beta", sum, sum < 1.0, "below 1, or the variance grows without end")?;
        self.nu.map_or(Ok(()), |nu| check_nu(NAME, nu))
    }

    fn next_variance(&self, variance: f64, value: f64) -> f64 {
        self.omega + self.alpha * (value - self.mean).powi(2) + self.beta * variance
    }

    /// The variance taken before the first return is that of all.
    fn first_variance(&self, returns: &[f64]) -> f64 {
        let count = returns.len().max(1) as f64;
        let variance = returns.iter().map(|value| (value - self.mean).powi(2)).sum::<f64>() / count;
        if variance > 0.0 {
            variance
        } else {
            self.long_run_variance()
        }
    }

    pub(crate) fn ln_likelihood(&self, returns: &[f64]) -> f64 {
        let mut variance = self.first_variance(returns);
        let mut sum = 0.0;
        for value in returns {
            let square = (value - self.mean).powi(2) / variance;
            sum -= 0.5 * variance.ln();
            sum -= match self.nu {
                None => 0.5 * square,
                Some(nu) => (nu + 1.0) / 2.0 * (square / (nu - 2.0)).ln_1p(),
            };
            variance = self.next_variance(variance, *value);
        }
        let constant = match self.nu {
            None => -0.5 * std::f64::consts::TAU.ln(),
            Some(nu) => ln_constant(nu) + 0.5 * (nu / (nu - 2.0)).ln(),
        };
        sum + constant * returns.len() as f64
    }
}

/// Ready to be drawn from. It remembers the next step's variance.
#[derive(Debug)]
pub(super) struct ReadyGarch {
    model: Garch,
    /// The t-distribution, and what makes its variance 1; without, innovations are normal.
    heavy: Option<(StandardT, f64)>,
}

impl ReadyGarch {
    pub fn new(model: &Garch) -> Option<Self> {
        let heavy = match model.nu {
            None => None,
            Some(nu) => Some((StandardT::new(nu)?, ((nu - 2.0) / nu).sqrt())),
        };
        Some(Self { model: model.clone(), heavy })
    }
}

impl Conditional for ReadyGarch {
    fn start(&self) -> f64 {
        self.model.long_run_variance()
    }

    fn start_of(&self, returns: &[f64]) -> f64 {
        self.model.first_variance(returns)
    }

    fn quantile(&self, memory: f64, score: f64) -> f64 {
        let innovation = match &self.heavy {
            None => score,
            Some((standard, scale)) => standard.quantile(score) * scale,
        };
        self.model.mean + memory.sqrt() * innovation
    }

    fn probability(&self, memory: f64, value: f64) -> Probability {
        let innovation = (value - self.model.mean) / memory.sqrt();
        match &self.heavy {
            None => Probability::normal(innovation),
            Some((standard, scale)) => standard.probability(innovation / scale),
        }
    }

    fn after(&self, memory: f64, value: f64) -> f64 {
        self.model.next_variance(memory, value)
    }
}
