//! Returns of a market made ready for charts.

use jettison_paths::{JudgeOptions, MarketReport, Model, ModelKind, PriceSeries, Probability};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{Error, Result};

/// Bars of the histogram, and points of a line.
const BARS: usize = 61;
const POINTS: usize = 241;

/// A market's returns with what the charts need of them.
pub struct MarketReturns {
    /// What returns are like, and how well each model fits them.
    pub report: MarketReport,
    /// Middles of bars and their densities.
    pub(super) histogram: Vec<(f64, f64)>,
    /// Densities of models that have one.
    pub(super) densities: Vec<(ModelKind, Vec<(f64, f64)>)>,
    /// Sizes of falls and the part of steps that fall further.
    pub(super) falls: Vec<(f64, f64)>,
    /// The same by the fitted normal.
    pub(super) normal_falls: Vec<(f64, f64)>,
}

impl MarketReturns {
    /// Of every market of a price file at a step: fits each model to each market and judges it, which takes seconds. The seed
    /// is that of the samples drawn for it.
    pub fn of_series(series: &PriceSeries, step_seconds: u32, seed: u64) -> Result<Vec<Self>> {
        let returns = series.log_returns(step_seconds).map_err(|why| Error::Path(why.to_string()))?;
        let options = JudgeOptions::default();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut judge = |(pair, column): (&String, &Vec<f64>)| {
            let report = MarketReport::new(pair, step_seconds, column, &options, &mut random);
            let report = report.map_err(|why| Error::Path(format!("{pair}: {why}")))?;
            Ok(Self::new(report, column))
        };
        returns.pairs.iter().zip(&returns.columns).map(&mut judge).collect()
    }

    /// From a report and the returns that it is of.
    pub fn new(report: MarketReport, returns: &[f64]) -> Self {
        let largest = returns.iter().map(|value| value.abs()).fold(0.0, f64::max);
        let unconditional = report.fits.iter().filter(|fit| !fit.kind.is_conditional());
        let densities = unconditional.map(|fit| (fit.kind, density(&fit.model, largest))).collect();
        let falls = falls(returns);
        let normal = report.fits.iter().find(|fit| fit.kind == ModelKind::Gaussian).map(|fit| &fit.model);
        let normal_falls = normal.map_or(vec![], |model| lower_tail(model, &falls));
        Self { histogram: histogram(returns, largest), densities, falls, normal_falls, report }
    }
}

/// A model's name in tables.
pub(super) fn kind_name(kind: ModelKind) -> String {
    let text = serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned));
    text.unwrap_or_else(|| format!("{kind:?}"))
}

fn histogram(returns: &[f64], largest: f64) -> Vec<(f64, f64)> {
    if largest <= 0.0 {
        return vec![];
    }
    let width = 2.0 * largest / BARS as f64;
    let mut counts = [0_u64; BARS];
    for value in returns {
        counts[(((value + largest) / width) as usize).min(BARS - 1)] += 1;
    }
    let density = |(bar, count): (usize, &u64)| {
        ((bar as f64 + 0.5) * width - largest, *count as f64 / (returns.len() as f64 * width))
    };
    counts.iter().enumerate().map(density).collect()
}

/// By differences of the distribution: what a model makes of each small step.
fn density(model: &Model, largest: f64) -> Vec<(f64, f64)> {
    let step = 2.0 * largest / (POINTS - 1) as f64;
    let edges: Vec<f64> = (0..=POINTS).map(|edge| (edge as f64 - 0.5) * step - largest).collect();
    let Some(chances) = model.probabilities(&edges) else { return vec![] };
    // In the lower half by the lower tail, in the upper half by the upper: the other one has lost its digits.
    let point = |(edge, chance): (&[f64], &[Probability])| {
        let is_lower = edge[0] < 0.0;
        let part =
            if is_lower { chance[1].lower - chance[0].lower } else { chance[0].upper - chance[1].upper };
        ((edge[0] + edge[1]) / 2.0, part.max(0.0) / step)
    };
    edges.windows(2).zip(chances.windows(2)).map(point).collect()
}

/// Each fall, largest last, with the part of all returns that fall further or as far.
fn falls(returns: &[f64]) -> Vec<(f64, f64)> {
    let mut sizes: Vec<f64> = returns.iter().filter(|value| **value < 0.0).map(|value| -value).collect();
    sizes.sort_by(f64::total_cmp);
    // Moves of nothing only stretch the chart.
    let least = sizes.last().map_or(0.0, |largest| largest / 300.0);
    sizes.retain(|size| *size >= least);
    let all = returns.len() as f64;
    let number = sizes.len();
    let points = sizes.into_iter().enumerate().map(|(place, size)| (size, (number - place) as f64 / all));
    // The tail is of interest, not the middle: the larger third, and of that every tenth where there are many.
    let is_drawn =
        |place: usize| number - place <= 300 || (place.is_multiple_of(10) && place >= number - number / 3);
    points.enumerate().filter(|(place, _)| is_drawn(*place)).map(|(_, point)| point).collect()
}

fn lower_tail(model: &Model, falls: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let sizes: Vec<f64> = falls.iter().map(|(size, _)| -size).collect();
    let chances = model.probabilities(&sizes).unwrap_or_default();
    falls.iter().zip(chances).map(|((size, _), chance)| (*size, chance.lower)).collect()
}
