//! Paths of prices of several markets: each market's model, tied together.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::dependence::{Copula, ScoreDrawer};
use crate::error::PathError;
use crate::model::{block_rows, Conditional, Model};

/// All that a path is drawn from. It can be stored, and read again: to the bit as TOML, and as JSON if `serde_json` reads
/// with its feature `float_roundtrip`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathSpec {
    /// Seconds of a step. The models' parameters are of a step of this length.
    pub step_seconds: u32,
    /// How markets move together. Not asked where all markets draw rows of a file: rows are drawn whole.
    #[serde(default)]
    pub copula: Copula,
    /// What is made worse than the models say.
    #[serde(default)]
    pub stress: Stress,
    /// The markets.
    pub markets: Vec<MarketSpec>,
}

/// One market of a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketSpec {
    /// Its pair, such as `BTC-USD`.
    pub pair: String,
    /// The price before the first step, in quote units; above 0.
    pub start_price: f64,
    /// The model of its log returns.
    pub model: Model,
}

/// What a lab makes worse: each log return becomes `volatility × return + drift`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stress {
    /// What each log return is multiplied by; at least 0.
    #[serde(default = "one")]
    pub volatility: f64,
    /// What is added to each step's log return afterwards; below zero for a falling market.
    #[serde(default)]
    pub drift: f64,
}

fn one() -> f64 {
    1.0
}

impl Default for Stress {
    /// Nothing worse.
    fn default() -> Self {
        Self { volatility: 1.0, drift: 0.0 }
    }
}

/// A path made ready to be drawn, as often as wanted and from any thread.
#[derive(Clone, Debug)]
pub struct PathModel {
    spec: PathSpec,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// Models, tied by a copula.
    Models { marginals: Vec<Arc<dyn Conditional>>, scores: ScoreDrawer },
    /// Rows of a file in blocks.
    Blocks { rows: usize, mean_block: f64 },
    /// Rows of a file.
    Replay { rows: usize },
}

impl PathModel {
    /// Checks everything, and makes the tables that drawing takes.
    ///
    /// # Errors
    /// [`PathError`], which names the market and the field.
    pub fn new(spec: PathSpec) -> Result<Self, PathError> {
        check(&spec)?;
        let marginals: Option<Vec<_>> = spec.markets.iter().map(|market| market.model.ready()).collect();
        let source = match marginals {
            Some(marginals) => {
                spec.copula.validate(spec.markets.len())?;
                Source::Models { marginals, scores: ScoreDrawer::new(&spec.copula)? }
            }
            None => rows_source(&spec)?,
        };
        Ok(Self { spec, source })
    }

    /// What it is drawn from.
    pub fn spec(&self) -> &PathSpec {
        &self.spec
    }

    /// Seconds of a step.
    pub fn step_seconds(&self) -> u32 {
        self.spec.step_seconds
    }

    /// The markets' pairs, in the order of the columns.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = &str> {
        self.spec.markets.iter().map(|market| market.pair.as_str())
    }

    /// The steps that there are, if they end: those of the file that is replayed.
    pub fn max_steps(&self) -> Option<usize> {
        match self.source {
            Source::Replay { rows } => Some(rows),
            Source::Models { .. } | Source::Blocks { .. } => None,
        }
    }

    /// Log returns by step, each a row of one return a market, stress included.
    ///
    /// # Errors
    /// [`PathError::ReplayTooShort`].
    pub fn draw_returns(&self, rng: &mut ChaCha8Rng, steps: usize) -> Result<Vec<Vec<f64>>, PathError> {
        let mut returns = match &self.source {
            Source::Models { marginals, scores } => draw_models(marginals, scores, rng, steps),
            Source::Blocks { rows, mean_block } => {
                let rows = block_rows(rng, *rows, *mean_block, steps);
                rows.into_iter().map(|row| self.file_row(row)).collect()
            }
            Source::Replay { rows } if steps > *rows => {
                return Err(PathError::ReplayTooShort { steps, available: *rows });
            }
            Source::Replay { .. } => (0..steps).map(|row| self.file_row(row)).collect(),
        };
        let Stress { volatility, drift } = self.spec.stress;
        for value in returns.iter_mut().flatten() {
            *value = *value * volatility + drift;
        }
        Ok(returns)
    }

    /// Prices by time, each a row of one price a market in quote units: the start prices, then one row a step.
    ///
    /// # Errors
    /// [`PathError::ReplayTooShort`].
    pub fn draw(&self, rng: &mut ChaCha8Rng, steps: usize) -> Result<Vec<Vec<f64>>, PathError> {
        let start = self.spec.markets.iter().map(|market| market.start_price);
        let mut sums = vec![0.0; self.spec.markets.len()];
        let mut prices = Vec::with_capacity(steps + 1);
        prices.push(start.clone().collect());
        for row in self.draw_returns(rng, steps)? {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            // From the start by the sum, so that rounding doesn't pile up.
            prices.push(start.clone().zip(&sums).map(|(start, sum)| start * sum.exp()).collect());
        }
        Ok(prices)
    }

    /// One row of the file whose rows are drawn.
    fn file_row(&self, row: usize) -> Vec<f64> {
        let value = |model: &Model| model.rows().map_or(0.0, |returns| returns[row]);
        self.spec.markets.iter().map(|market| value(&market.model)).collect()
    }
}

fn draw_models(
    marginals: &[Arc<dyn Conditional>],
    scores: &ScoreDrawer,
    rng: &mut ChaCha8Rng,
    steps: usize,
) -> Vec<Vec<f64>> {
    let mut memories: Vec<f64> = marginals.iter().map(|marginal| marginal.start()).collect();
    let mut rows = vec![vec![0.0; marginals.len()]; steps];
    for row in &mut rows {
        scores.draw(rng, row);
        for ((value, marginal), memory) in row.iter_mut().zip(marginals).zip(&mut memories) {
            *value = marginal.quantile(*memory, *value);
            *memory = marginal.after(*memory, *value);
        }
    }
    rows
}

fn check(spec: &PathSpec) -> Result<(), PathError> {
    if spec.markets.is_empty() {
        return Err(PathError::NoMarkets);
    }
    let field = |field, value: f64, ok: bool, requirement| {
        if ok {
            Ok(())
        } else {
            Err(PathError::Field { field, value, requirement })
        }
    };
    let Stress { volatility, drift } = spec.stress;
    let volatile = volatility.is_finite() && volatility >= 0.0;
    field("step_seconds", f64::from(spec.step_seconds), spec.step_seconds > 0, "at least 1")?;
    field("stress.volatility", volatility, volatile, "a finite number of at least 0")?;
    field("stress.drift", drift, drift.is_finite(), "a finite number")?;
    for (number, market) in spec.markets.iter().enumerate() {
        let pair = market.pair.clone();
        if pair.is_empty() || spec.markets[..number].iter().any(|other| other.pair == pair) {
            return Err(PathError::Market(pair));
        }
        if !(market.start_price.is_finite() && market.start_price > 0.0) {
            return Err(PathError::StartPrice { pair, value: market.start_price });
        }
        market.model.validate().map_err(|error| PathError::Model { pair, error })?;
    }
    Ok(())
}

/// Of markets of which one at least draws rows of a file.
fn rows_source(spec: &PathSpec) -> Result<Source, PathError> {
    let is_rows = |market: &&MarketSpec| market.model.rows().is_some();
    let first = spec.markets.iter().find(is_rows).ok_or(PathError::NoMarkets)?;
    let kind = first.model.kind();
    let rows = first.model.rows().map_or(0, <[f64]>::len);
    for market in &spec.markets {
        let same =
            market.model.kind() == kind && market.model.rows().is_some_and(|other| other.len() == rows);
        if !same {
            return Err(PathError::MixedRows { kind: kind.name(), pair: market.pair.clone() });
        }
        if market.model.mean_block() != first.model.mean_block() {
            return Err(PathError::MixedBlocks { pair: market.pair.clone() });
        }
    }
    Ok(match first.model.mean_block() {
        Some(mean_block) => Source::Blocks { rows, mean_block },
        None => Source::Replay { rows },
    })
}
