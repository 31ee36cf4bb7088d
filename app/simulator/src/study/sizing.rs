//! Margins, clamps and keepers against what markets then cost; and what follows for `migrations/markets.toml`.

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
    /// Losses as parts of open interest, one side.
    pub losses: LossDistribution,
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
    /// What insurance was reckoned with: what it may pay for the market within a window, over open interest, one side.
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
/// fastest clamp.
pub fn recommend(study: &Study, cells: &[CellSummary]) -> Vec<Recommendation> {
    study.spec().markets.iter().filter_map(|market| recommend_one(study, cells, market)).collect()
}

fn recommend_one(study: &Study, cells: &[CellSummary], market: &MarketSpec) -> Option<Recommendation> {
    let spec = study.spec();
    let keepers = u64::from(spec.sizing.recommend_for);
    // Both sides' open interest backs the fund, one side's is what a market's losses are measured by.
    let allowed = spec.scenario.insurance.size * 2.0 * spec.scenario.insurance.allowance;
    let is_own =
        |cell: &&CellSummary| cell.pair.as_deref() == Some(&market.pair) && cell.keeper_seconds == keepers;
    let own = cells.iter().filter(is_own);
    let own: Vec<&CellSummary> = own.collect();
    let exceeds = |cell: &CellSummary| {
        let losses = &cell.losses.losses;
        stats::part(losses.iter().filter(|loss| **loss > allowed).count(), losses.len())
    };
    let tolerated = |cell: &&&CellSummary| exceeds(cell).high <= spec.sizing.tolerated;
    let cheapest =
        own.iter().filter(tolerated).min_by_key(|cell| (cell.margin_percent, u64::MAX - cell.clamp_percent));
    let safest = || own.iter().min_by(|a, b| exceeds(a).value.total_cmp(&exceeds(b).value));
    let (cell, meets) = match cheapest {
        Some(cell) => (cell, true),
        None => (safest()?, false),
    };
    let exceeds = exceeds(cell);
    Some(Recommendation {
        pair: market.pair.clone(),
        margin_percent: cell.margin_percent,
        clamp_percent: cell.clamp_percent,
        keeper_seconds: keepers,
        params: market.scaled(cell.margin_percent, cell.clamp_percent).params,
        insurance: allowed,
        exceeds,
        meets,
        why: why(spec.sizing.tolerated, cell, &exceeds, allowed, meets),
    })
}

fn why(tolerated: f64, cell: &CellSummary, exceeds: &Estimate, allowed: f64, meets: bool) -> String {
    let histories = cell.losses.losses.len();
    let percent = |part: f64| format!("{:.2} %", part * 100.0);
    let choice = if meets {
        let tolerated = percent(tolerated);
        format!("the least margin of the grid, and with it the fastest clamp, at which the upper end is at most {tolerated}")
    } else {
        format!(
            "in no cell of the grid did the upper end come down to {}; this one came nearest",
            percent(tolerated)
        )
    };
    format!(
        "with keepers who take {} s, losses exceeded {} of open interest, which insurance may pay, in {} of {histories} histories \
         (95 % interval {} to {}): {choice}. Mean loss {}, expected shortfall at 99 % {} of open interest.",
        cell.keeper_seconds,
        percent(allowed),
        percent(exceeds.value),
        percent(exceeds.low),
        percent(exceeds.high),
        percent(cell.losses.mean.value),
        percent(cell.losses.es_99.value),
    )
}

/// The recommendations in the form of `migrations/markets.toml`: entries that override what its own say.
pub fn toml(recommendations: &[Recommendation]) -> String {
    let mut text = String::from(
        "# Recommended by a study: put these lines into the [[market]] entries of migrations/markets.toml.\n\
         # insurance_base_atoms depends on the open interest that you expect: the part of it is said.\n",
    );
    for recommendation in recommendations {
        let params = &recommendation.params;
        text.push_str(&format!("\n# {}: {}\n", recommendation.pair, recommendation.why));
        text.push_str(&format!(
            "# insurance_base_atoms: {:.4} % of the open interest of one side.\n[[market]]\npair = \"{}\"\n",
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
