//! One history on the prices of a file, step by step, under every rule.

use jettison_paths::{PriceSeries, SeriesError};
use serde::{Deserialize, Serialize};

use super::spec::StudySpec;
use super::task::chance;
use crate::agents::population::Crowd;
use crate::error::{Error, Result};
use crate::history::{Moment, Stage};
use crate::results::RuleRow;
use crate::rules::Rule;

/// What came of a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// Where the prices are from.
    pub source: String,
    /// The pairs.
    pub pairs: Vec<String>,
    /// Every rule's row.
    pub rows: Vec<RuleRow>,
    /// Jettison's rule, step by step.
    pub trace: Vec<Moment>,
}

/// The people of a replay are drawn as those of no history of the study are.
const PEOPLE: u64 = u64::MAX - 1;

/// Plays the file's prices, a step every `step_seconds`, with the people of the study.
pub fn replay(spec: &StudySpec, series: &PriceSeries, step_seconds: u32) -> Result<Replay> {
    let wrong = |error: SeriesError| Error::Path(error.to_string());
    let series = series.select(&spec.pairs()).map_err(wrong)?;
    let prices = series.sampled(step_seconds);
    let first: Vec<_> =
        spec.markets.iter().zip(&prices[0]).map(|(market, price)| market.price(*price)).collect();
    let (_, people) = chance(spec.seed, PEOPLE);
    let crowd = Crowd::draw(&spec.scenario, &spec.markets, &first, people)?;
    let stage = Stage {
        history: PEOPLE,
        scenario: &spec.scenario,
        markets: &spec.markets,
        step_seconds: i64::from(step_seconds),
        prices: &prices,
        crowd: &crowd,
    };
    let mut rows = vec![];
    for rule in &spec.rules {
        rows.push(stage.play(*rule)?.row);
    }
    let trace = stage.trace(Rule::Index)?.trace;
    Ok(Replay { source: series.source.clone(), pairs: spec.pairs(), rows, trace })
}
