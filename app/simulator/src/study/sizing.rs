//! Margins, clamps and keepers against what markets then cost; and what follows for `migrations/markets.toml`.

use std::cmp::Ordering;

use jettison_engine::MarketParams;
use serde::{Deserialize, Serialize};

use super::compare::LossDistribution;
use super::task::{Cell, Study};
use crate::results::SizingRow;
use crate::scenario::MarketSpec;
use crate::stats::{self, Estimate};

/// A cell of the grid, for one market or, without a pair, for all of them together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellSummary {
    /// The market; none for all.
    pub pair: Option<String>,
    /// Margins, in percent of the definitions'.
    pub margin_percent: u64,
    /// Clamps, likewise.
    pub clamp_percent: u64,
    /// Seconds until the first keeper acts.
    pub keeper_seconds: u64,
    /// Losses over open interest, both sides, when keepers are never out.
    pub losses: LossDistribution,
    /// The chance, in a history, that they exceed what insurance was allowed to pay; for all markets together, that those of
    /// one of them do.
    pub exceeds: Estimate,
    /// Fees that came into insurance, over open interest.
    pub income: Estimate,
}

/// Every cell, of each market and of all together.
pub fn cells(study: &Study, rows: &[SizingRow]) -> Vec<CellSummary> {
    let mut summaries = vec![];
    for cell in study.cells() {
        let own: Vec<&SizingRow> = rows.iter().filter(|row| is_of(row, cell)).collect();
        summaries.push(summary(study, cell, None, &together(&own)));
        for pair in study.spec().pairs() {
            let of_pair: Vec<SizingRow> =
                own.iter().filter(|row| row.pair == pair).map(|row| (*row).clone()).collect();
            summaries.push(summary(study, cell, Some(pair), &of_pair));
        }
    }
    summaries
}

fn is_of(row: &SizingRow, cell: &Cell) -> bool {
    (row.margin_percent, row.clamp_percent, row.keeper_seconds)
        == (cell.margin_percent, cell.clamp_percent, u64::from(cell.keeper_seconds))
}

/// One row a history, over all markets.
fn together(rows: &[&SizingRow]) -> Vec<SizingRow> {
    let mut sums: std::collections::BTreeMap<u64, SizingRow> = Default::default();
    for row in rows {
        let sum = sums.entry(row.history).or_default();
        sum.history = row.history;
        sum.open_interest += row.open_interest;
        sum.deficit += row.deficit;
        sum.income += row.income;
        // What a market may draw pays for no other.
        sum.allowance += row.allowance.min(row.deficit);
    }
    sums.into_values().collect()
}

fn summary(study: &Study, cell: &Cell, pair: Option<String>, rows: &[SizingRow]) -> CellSummary {
    let seed = study.spec().seed;
    let part = |row: &SizingRow, of: u64| of as f64 / row.open_interest.max(1) as f64;
    let incomes: Vec<f64> = rows.iter().map(|row| part(row, row.income)).collect();
    CellSummary {
        pair,
        margin_percent: cell.margin_percent,
        clamp_percent: cell.clamp_percent,
        keeper_seconds: u64::from(cell.keeper_seconds),
        losses: LossDistribution::of(rows.iter().map(|row| part(row, row.deficit)).collect(), seed),
        exceeds: stats::part(rows.iter().filter(|row| row.deficit > row.allowance).count(), rows.len()),
        income: stats::mean(&incomes, seed),
    }
}

/// What a market should have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// The market.
    pub pair: String,
    /// Margins, in percent of the definition's.
    pub margin_percent: u64,
    /// The clamp, likewise.
    pub clamp_percent: u64,
    /// Seconds that keepers are taken to need.
    pub keeper_seconds: u64,
    /// The parameters.
    pub params: MarketParams,
    /// What insurance may pay for a market within a window, over the open interest of all markets, both sides.
    pub insurance: f64,
    /// The chance, in a history, that losses exceed that.
    pub exceeds: Estimate,
    /// Whether the tolerated chance is met; if not, no cell did, and this is the nearest.
    pub meets: bool,
    /// Why these, in words.
    pub why: String,
}

/// For each market: of the cells with keepers as slow as is to be reckoned with, those in which the chance that losses exceed
/// what insurance may pay is tolerated, at the upper end of its interval; of these the least margin, and of these the
/// fastest clamp. Less margin than there is now is never recommended: that one file's histories would stand it doesn't show that
/// others do.
pub fn recommend(study: &Study, cells: &[CellSummary]) -> Vec<Recommendation> {
    study.spec().markets.iter().filter_map(|market| recommend_one(study, cells, market)).collect()
}

fn recommend_one(study: &Study, cells: &[CellSummary], market: &MarketSpec) -> Option<Recommendation> {
    let spec = study.spec();
    let keepers = u64::from(spec.sizing.recommend_for);
    let is_own = |cell: &&CellSummary| {
        let of_market = cell.pair.as_deref() == Some(&market.pair) && cell.keeper_seconds == keepers;
        of_market && cell.margin_percent >= 100
    };
    let own: Vec<&CellSummary> = cells.iter().filter(is_own).collect();
    let tolerated = |cell: &&&CellSummary| cell.exceeds.high <= spec.sizing.tolerated;
    let cheapest =
        own.iter().filter(tolerated).min_by_key(|cell| (cell.margin_percent, u64::MAX - cell.clamp_percent));
    let (cell, meets) = match cheapest {
        Some(cell) => (cell, true),
        None => (own.iter().min_by(|a, b| safer(a, b))?, false),
    };
    let params = market.scaled(cell.margin_percent, cell.clamp_percent).params;
    Some(Recommendation {
        pair: market.pair.clone(),
        margin_percent: cell.margin_percent,
        clamp_percent: cell.clamp_percent,
        keeper_seconds: keepers,
        params: with_window(params, spec.sizing.recommend_for),
        insurance: spec.scenario.insurance.size * spec.scenario.insurance.allowance,
        exceeds: cell.exceeds,
        meets,
        why: why(spec.sizing.tolerated, cell, meets),
    })
}

/// The safer of two cells first; of those that are as safe, the one with more margin.
fn safer(a: &CellSummary, b: &CellSummary) -> Ordering {
    let tail = |cell: &CellSummary| cell.losses.es_99.value;
    let chance = a.exceeds.high.total_cmp(&b.exceeds.high);
    chance.then(tail(a).total_cmp(&tail(b))).then(b.margin_percent.cmp(&a.margin_percent))
}

/// Parameters with the longest keeper window, up to this one, that the envelope still allows.
fn with_window(params: MarketParams, seconds: u32) -> MarketParams {
    let longest = u16::try_from(seconds).unwrap_or(u16::MAX);
    let windows = (params.keeper_window_seconds..=longest).rev();
    let mut longer = windows.map(|keeper_window_seconds| MarketParams { keeper_window_seconds, ..params });
    longer.find(|params| params.validate().is_ok()).unwrap_or(params)
}

fn why(tolerated: f64, cell: &CellSummary, meets: bool) -> String {
    let histories = cell.losses.losses.len();
    let percent = |part: f64| format!("{:.2} %", part * 100.0);
    let choice = if meets {
        let tolerated = percent(tolerated);
        format!(
            "the least margin of the grid that is no less than now, and with it the fastest clamp, at which the upper end is at \
             most {tolerated}"
        )
    } else {
        format!(
            "in no cell of the grid did the upper end come down to {}; this one came nearest",
            percent(tolerated)
        )
    };
    format!(
        "with keepers who take {} s and are never out, losses exceeded what insurance may pay in {} of {histories} histories (95 % \
         interval {} to {}): {choice}. Mean loss {}, expected shortfall at 99 % {} of open interest, both sides.",
        cell.keeper_seconds,
        percent(cell.exceeds.value),
        percent(cell.exceeds.low),
        percent(cell.exceeds.high),
        percent(cell.losses.mean.value),
        percent(cell.losses.es_99.value),
    )
}

/// The recommendations in the form of `migrations/markets.toml`: entries that override what its own say.
pub fn toml(recommendations: &[Recommendation]) -> String {
    let mut text = String::from(
        "# Recommended by a study: put these lines into the [[market]] entries of migrations/markets.toml.\n\
         # They are for keepers who are never out: what they do in the study's own histories, outage included, the report says.\n\
         # insurance_base_atoms depends on the open interest that you expect: the part of it is said.\n",
    );
    for recommendation in recommendations {
        let params = &recommendation.params;
        text.push_str(&format!("\n# {}: {}\n", recommendation.pair, recommendation.why));
        text.push_str(&format!(
            "# insurance_base_atoms: {:.4} % of the open interest of all markets, both sides.\n[[market]]\npair = \"{}\"\n",
            recommendation.insurance * 100.0,
            recommendation.pair,
        ));
        for (name, value) in [
            ("initial_margin_bps", params.initial_margin.0),
            ("maintenance_margin_bps", params.maintenance_margin.0),
            ("max_move_per_second_bps", params.max_move_per_second.0),
            ("keeper_window_seconds", params.keeper_window_seconds),
            ("liquidation_max_fee_bps", params.liquidation_max_fee.0),
            ("liquidation_min_fee_bps", params.liquidation_min_fee.0),
        ] {
            text.push_str(&format!("{name} = {value}\n"));
        }
    }
    text
}
