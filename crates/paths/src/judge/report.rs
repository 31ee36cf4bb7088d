//! A market's returns and what each model makes of them.

use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::distance::{anderson_darling, kolmogorov_smirnov, qq_points, DistanceTest, QqPoint};
use super::replicates::bootstrap_p_values;
use super::tail_risk::{Observed, TailRisk, YEAR};
use super::{JudgeOptions, SampleReport, Serial};
use crate::error::ModelError;
use crate::model::{Fit, Model, ModelKind};
use crate::scores::normal_score;

/// What a QQ plot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QqScale {
    /// Log returns.
    Returns,
    /// Standardised residuals: the normal scores of each return's probability, given those before it.
    Scores,
}

/// A fitted model, judged on what it was fitted to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FitReport {
    /// Which model.
    pub kind: ModelKind,
    /// With its parameters.
    pub model: Model,
    /// Parameters that were fitted.
    pub parameters: usize,
    /// The logarithm of the likelihood.
    pub log_likelihood: f64,
    /// Akaike's criterion, `2 × parameters − 2 × log_likelihood`: lower is better.
    pub aic: f64,
    /// Schwarz's criterion, `ln(observations) × parameters − 2 × log_likelihood`: lower is better.
    pub bic: f64,
    /// Kolmogorov and Smirnov: the largest distance of the distributions. Sees the middle.
    pub kolmogorov_smirnov: DistanceTest,
    /// Anderson and Darling: the distance with the tails weighted. Sees the tails.
    pub anderson_darling: DistanceTest,
    /// What `qq` is of.
    pub qq_scale: QqScale,
    /// At most 200 points, in ascending order. On the diagonal if the model is right.
    pub qq: Vec<QqPoint>,
    /// Whether standardised residuals tell of later ones: not, if the model has got the bursts.
    pub residuals: Serial,
    /// What it makes of extremes.
    pub tail_risk: TailRisk,
    /// What to distrust of the fit.
    pub notes: Vec<String>,
}

/// A model that couldn't be fitted, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotFitted {
    /// Which model.
    pub kind: ModelKind,
    /// Why.
    pub why: String,
}

/// A market's returns and what each model makes of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MarketReport {
    /// The market's pair.
    pub pair: String,
    /// Seconds of a step.
    pub step_seconds: u32,
    /// What the returns are like.
    pub sample: SampleReport,
    /// The models that could be fitted, in the order asked for.
    pub fits: Vec<FitReport>,
    /// The models that couldn't.
    pub not_fitted: Vec<NotFitted>,
}

/// What the normal assumption would have missed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NormalMissed {
    /// The worst move of a step, as a log return.
    pub worst: f64,
    /// The same in standard deviations from the mean.
    pub worst_in_deviations: f64,
    /// Years of data in which it came.
    pub observed_years: f64,
    /// What each model makes of it, the normal distribution first.
    pub models: Vec<ModelView>,
}

/// What a model makes of the worst move and of falls.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ModelView {
    /// Which model.
    pub kind: ModelKind,
    /// Years that one would wait for the worst move.
    pub waiting_years: f64,
    /// Value at risk of a fall at 99.9 %.
    pub value_at_risk_999: f64,
    /// The expected shortfall of a fall at 99.9 %.
    pub expected_shortfall_999: f64,
    /// The same over that of the normal distribution.
    pub shortfall_ratio: f64,
    /// The part of steps that fell by more than the value at risk at 99.9 %: 0.001 if the model is right.
    pub breaches_999: f64,
}

impl FitReport {
    /// Judges a fitted model on the returns that it was fitted to. `None` for models that are rows of a file: they have no
    /// likelihood, and fit perfectly.
    ///
    /// # Errors
    /// Where a sample that is drawn for a p-value can't be fitted.
    pub fn new(
        fit: Fit<Model>,
        returns: &[f64],
        step_seconds: u32,
        options: &JudgeOptions,
        rng: &mut ChaCha8Rng,
    ) -> Result<Option<Self>, ModelError> {
        let Fit { model, mut notes } = fit;
        let kind = model.kind();
        let Some(((probabilities, ready), log_likelihood)) =
            model.probabilities(returns).zip(model.ready()).zip(model.ln_likelihood(returns))
        else {
            return Ok(None);
        };
        let (distance, weighted) = (kolmogorov_smirnov(&probabilities), anderson_darling(&probabilities));
        let replicates =
            if kind == ModelKind::Gaussian { options.normal_replicates } else { options.replicates };
        let bootstrap = bootstrap_p_values(&model, returns.len(), (distance.0, weighted.0), replicates, rng)?;
        let scores: Vec<f64> = probabilities.iter().map(|probability| probability.score()).collect();
        let (qq_scale, qq) = if kind.is_conditional() {
            (QqScale::Scores, qq_points(&ascending(&scores), normal_score))
        } else {
            let quantile = |part: f64| ready.quantile(ready.start(), normal_score(part));
            (QqScale::Returns, qq_points(&ascending(returns), quantile))
        };
        let worst = returns.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
        let observed = Observed { returns, worst, step_seconds };
        let Some(tail_risk) = TailRisk::new(&model, observed, options.simulated_steps, rng) else {
            return Ok(None);
        };
        notes.extend(tail_risk.doubt(returns));
        let (parameters, count) = (kind.parameters(), returns.len() as f64);
        let test =
            |(statistic, p_value), bootstrap_p_value| DistanceTest { statistic, p_value, bootstrap_p_value };
        Ok(Some(Self {
            kind,
            parameters,
            log_likelihood,
            aic: 2.0 * parameters as f64 - 2.0 * log_likelihood,
            bic: count.ln() * parameters as f64 - 2.0 * log_likelihood,
            kolmogorov_smirnov: test(distance, bootstrap.map(|p_values| p_values.0)),
            anderson_darling: test(weighted, bootstrap.map(|p_values| p_values.1)),
            qq_scale,
            qq,
            residuals: Serial::new(&scores, options.lags),
            tail_risk,
            notes,
            model,
        }))
    }
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

impl MarketReport {
    /// Fits the models that are asked for, and judges each. One that can't be fitted is listed with why.
    ///
    /// # Errors
    /// Returns that say nothing: too few, one that isn't finite, or all the same.
    pub fn new(
        pair: &str,
        step_seconds: u32,
        returns: &[f64],
        options: &JudgeOptions,
        rng: &mut ChaCha8Rng,
    ) -> Result<Self, ModelError> {
        let sample = SampleReport::new(returns, options.lags)?;
        let (mut fits, mut not_fitted) = (vec![], vec![]);
        for kind in &options.kinds {
            let report = Model::fit(*kind, returns)
                .and_then(|fit| FitReport::new(fit, returns, step_seconds, options, rng));
            match report {
                Ok(Some(report)) => fits.push(report),
                Ok(None) => {
                    let why = "it is made of the file's rows: there is nothing to judge".to_owned();
                    not_fitted.push(NotFitted { kind: *kind, why });
                }
                Err(error) => not_fitted.push(NotFitted { kind: *kind, why: error.to_string() }),
            }
        }
        Ok(Self { pair: pair.to_owned(), step_seconds, sample, fits, not_fitted })
    }

    /// The fit with the best AIC; `None` if no model could be fitted.
    ///
    /// Where many returns are exactly the same, a density that is narrow there can have any likelihood: AIC then prefers the
    /// narrowest, whatever its tails. [`MarketReport::best_by_distance`] doesn't.
    pub fn best_by_aic(&self) -> Option<&FitReport> {
        self.fits.iter().min_by(|a, b| a.aic.total_cmp(&b.aic))
    }

    /// The fit with the least Anderson–Darling distance; `None` if no model could be fitted.
    pub fn best_by_distance(&self) -> Option<&FitReport> {
        let distance = |fit: &&FitReport| fit.anderson_darling.statistic;
        self.fits.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// What the normal assumption would have missed; `None` unless the normal distribution was fitted.
    pub fn normal_missed(&self) -> Option<NormalMissed> {
        let is_normal = |fit: &&FitReport| fit.kind == ModelKind::Gaussian;
        let normal = self.fits.iter().find(is_normal)?;
        let shortfall = |fit: &FitReport| fit.tail_risk.tails.fall.expected_shortfall_999;
        let view = |fit: &FitReport| ModelView {
            kind: fit.kind,
            waiting_years: fit.tail_risk.worst_waiting_years,
            value_at_risk_999: fit.tail_risk.tails.fall.value_at_risk_999,
            expected_shortfall_999: shortfall(fit),
            shortfall_ratio: shortfall(fit) / shortfall(normal),
            breaches_999: fit.tail_risk.breaches_999_fall,
        };
        let others = self.fits.iter().filter(|fit| !is_normal(fit));
        Some(NormalMissed {
            worst: self.sample.worst,
            worst_in_deviations: self.sample.worst_in_deviations,
            observed_years: self.sample.observations as f64 * f64::from(self.step_seconds) / YEAR,
            models: std::iter::once(normal).chain(others).map(view).collect(),
        })
    }
}
