//! What the recommended parameters do in the study's own histories, with everything that happens in them.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::rows::Rows;
use super::sizing::Recommendation;
use super::task::Study;
use crate::error::Result;
use crate::results::RuleRow;
use crate::rules::Rule;
use crate::scenario::MarketSpec;
use crate::stats::{self, Estimate};

/// Histories that are played again at most.
const MOST: u64 = 200;

/// The same histories under Jettison's rule before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// How many.
    pub histories: u64,
    /// Part of them in which surplus and insurance were not enough, with the parameters as defined.
    pub with_need_before: Estimate,
    /// The same with those recommended.
    pub with_need_after: Estimate,
    /// What bankrupt accounts could not pay, in atoms, with the parameters as defined.
    pub deficit_before: u64,
    /// The same with those recommended.
    pub deficit_after: u64,
}

/// Plays the recommendations in histories that `rows` has as defined; none without any.
pub fn prove(study: &Study, rows: &Rows, recommendations: &[Recommendation]) -> Result<Option<Proof>> {
    let spec = study.spec();
    if recommendations.is_empty() {
        return Ok(None);
    }
    let recommended = |market: &MarketSpec| {
        let found = recommendations.iter().find(|found| found.pair == market.pair);
        MarketSpec { params: found.map_or(market.params, |found| found.params), ..market.clone() }
    };
    let after: Vec<MarketSpec> = spec.markets.iter().map(recommended).collect();
    let histories = spec.histories.min(MOST);
    let play = |markets: &[MarketSpec]| -> Result<Vec<RuleRow>> {
        let one = |history: u64| {
            study.on_stage(&spec.scenario, markets, history, |stage| Ok(stage.play(Rule::Index)?.row))
        };
        (0..histories).into_par_iter().map(one).collect()
    };
    let is_played = |row: &&RuleRow| row.rule == Rule::Index.name() && row.history < histories;
    let played: Vec<RuleRow> = rows.rules.iter().filter(is_played).cloned().collect();
    // A study need not compare Jettison's own rule.
    let before = if played.is_empty() { play(&spec.markets)? } else { played };
    let after = play(&after)?;
    let need = |rows: &[RuleRow]| stats::part(rows.iter().filter(|row| row.needed > 0).count(), rows.len());
    let deficit = |rows: &[RuleRow]| rows.iter().map(|row| row.deficit).sum();
    Ok(Some(Proof {
        histories,
        with_need_before: need(&before),
        with_need_after: need(&after),
        deficit_before: deficit(&before),
        deficit_after: deficit(&after),
    }))
}
