//! The sharing rules side by side, and how much insurance keeps the index still.

use serde::{Deserialize, Serialize};

use super::spec::StudySpec;
use crate::results::{RuleRow, WhatIfRow};
use crate::rules::Rule;
use crate::stats::{self, Estimate};

/// What a rule did over all histories. Parts are of one; amounts are atoms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleSummary {
    /// The rule.
    pub rule: String,
    /// Histories.
    pub histories: u64,
    /// Part of them in which surplus and insurance were not enough.
    pub with_need: Estimate,
    /// What bankrupt accounts could not pay.
    pub deficit: u64,
    /// Of it, by forfeited claims.
    pub by_surplus: u64,
    /// Of it, by insurance.
    pub by_insurance: u64,
    /// What was left then for the other side.
    pub needed: u64,
    /// What holders of the other side paid.
    pub shared: u64,
    /// Left when nobody was there.
    pub uncovered: u64,
    /// Of what nobody was charged for, what later fees repaid: the fund didn't get them.
    pub by_fees: u64,
    /// What was taken at once beyond what was needed, over what was needed.
    pub taken_beyond: Estimate,
    /// That and what closed positions would have gained by the horizon, over what was needed.
    pub overshoot: Estimate,
    /// The largest part of a holder's gain that one loss took, over histories with need.
    pub largest_of_gain: Estimate,
    /// The largest part of a holder's equity that one loss took.
    pub largest_of_equity: Estimate,
    /// Gini coefficient of charges as parts of gains.
    pub gini: Estimate,
    /// Accounts put below maintenance by a charge, for each history with need.
    pub secondary_liquidations: Estimate,
    /// Accounts made bankrupt by a charge.
    pub secondary_bankruptcies: Estimate,
    /// Hedges broken.
    pub hedges_broken: Estimate,
    /// Charged without having gained, as a part of those charged.
    pub late_joiners: Estimate,
    /// Gains that left shortly before a loss, over what was needed.
    pub early_spared: Estimate,
    /// Bankruptcies of a history.
    pub bankruptcies: Estimate,
    /// Takeovers of a history.
    pub liquidations: Estimate,
    /// Deleverages of a history.
    pub deleverages: Estimate,
}

/// All rules, in the order of the study.
pub fn by_rule(spec: &StudySpec, rows: &[RuleRow]) -> Vec<RuleSummary> {
    let of = |rule: &Rule| {
        let rows: Vec<&RuleRow> = rows.iter().filter(|row| row.rule == rule.name()).collect();
        summary(rule.name(), &rows, spec.seed)
    };
    spec.rules.iter().map(of).collect()
}

fn summary(rule: &str, rows: &[&RuleRow], seed: u64) -> RuleSummary {
    let needy: Vec<&RuleRow> = rows.iter().copied().filter(|row| row.needed > 0).collect();
    let sum = |of: fn(&RuleRow) -> u64| rows.iter().map(|row| of(row)).sum();
    let each = |rows: &[&RuleRow], of: fn(&RuleRow) -> f64| -> Estimate {
        stats::mean(&rows.iter().map(|row| of(row)).collect::<Vec<_>>(), seed)
    };
    let over = |above: fn(&RuleRow) -> f64, below: fn(&RuleRow) -> u64| {
        let pairs: Vec<_> = needy.iter().map(|row| (above(row), below(row) as f64)).collect();
        stats::ratio(&pairs, seed)
    };
    RuleSummary {
        rule: rule.into(),
        histories: rows.len() as u64,
        with_need: stats::part(needy.len(), rows.len()),
        deficit: sum(|row| row.deficit),
        by_surplus: sum(|row| row.by_surplus),
        by_insurance: sum(|row| row.by_insurance),
        needed: sum(|row| row.needed),
        shared: sum(|row| row.shared),
        uncovered: sum(|row| row.uncovered),
        by_fees: sum(|row| row.by_fees),
        taken_beyond: over(|row| row.shared as f64 - row.needed as f64, |row| row.needed),
        overshoot: over(|row| row.overshoot as f64, |row| row.needed),
        largest_of_gain: each(&needy, |row| row.largest_of_gain),
        largest_of_equity: each(&needy, |row| row.largest_of_equity),
        gini: each(&needy, |row| row.gini),
        secondary_liquidations: each(&needy, |row| row.secondary_liquidations as f64),
        secondary_bankruptcies: each(&needy, |row| row.secondary_bankruptcies as f64),
        hedges_broken: each(&needy, |row| row.hedges_broken as f64),
        late_joiners: over(|row| row.late_joiners as f64, |row| row.charged),
        early_spared: over(|row| row.early_spared as f64, |row| row.needed),
        bankruptcies: each(rows, |row| row.bankruptcies as f64),
        liquidations: each(rows, |row| row.liquidations as f64),
        deleverages: each(rows, |row| row.deleverages as f64),
    }
}

/// A distribution of losses, as parts of open interest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossDistribution {
    /// Every history's, ascending.
    pub losses: Vec<f64>,
    /// Part of the histories with any.
    pub any: Estimate,
    /// Their mean.
    pub mean: Estimate,
    /// Value at risk at 95 %.
    pub var_95: Estimate,
    /// Value at risk at 99 %.
    pub var_99: Estimate,
    /// Expected shortfall at 95 %.
    pub es_95: Estimate,
    /// Expected shortfall at 99 %.
    pub es_99: Estimate,
}

impl LossDistribution {
    /// Of these losses, in any order.
    pub fn of(mut losses: Vec<f64>, seed: u64) -> Self {
        losses.sort_by(f64::total_cmp);
        let any = losses.iter().filter(|loss| **loss > 0.0).count();
        Self {
            any: stats::part(any, losses.len()),
            mean: stats::mean(&losses, seed),
            var_95: stats::value_at_risk(&losses, 0.95, seed),
            var_99: stats::value_at_risk(&losses, 0.99, seed),
            es_95: stats::expected_shortfall(&losses, 0.95, seed),
            es_99: stats::expected_shortfall(&losses, 0.99, seed),
            losses,
        }
    }
}

/// A size of the insurance fund, played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InsurancePoint {
    /// The fund at the start, as a part of open interest, both sides.
    pub size: f64,
    /// The chance, in a history, that the index moves. A market may draw its allowance, and no more.
    pub index_moves: Estimate,
    /// What holders then bear, over open interest.
    pub socialized: LossDistribution,
}

/// Deficits of Jettison's rule over open interest, both sides.
pub fn deficits(rows: &[RuleRow]) -> Vec<f64> {
    let own = rows.iter().filter(|row| row.rule == Rule::Index.name());
    own.map(|row| row.deficit as f64 / row.open_interest.max(1) as f64).collect()
}

/// Rows with keepers as the study has them, by size of the fund.
fn by_size<'a>(spec: &StudySpec, rows: &'a [WhatIfRow]) -> Vec<(f64, Vec<&'a WhatIfRow>)> {
    let outage = u64::from(spec.scenario.keepers.outage);
    let mut percents = spec.sizing.insurance_percent.clone();
    percents.sort_unstable();
    let of = |percent: u64| {
        let own = rows.iter().filter(|row| row.insurance_percent == percent && row.outage == outage);
        (spec.scenario.insurance.size * percent as f64 / 100.0, own.collect())
    };
    percents.into_iter().map(of).collect()
}

/// The chance that the index moves, over sizes of the fund, each played.
pub fn insurance_curve(spec: &StudySpec, rows: &[WhatIfRow]) -> Vec<InsurancePoint> {
    let point = |(size, rows): (f64, Vec<&WhatIfRow>)| {
        let moved = rows.iter().filter(|row| row.needed > 0).count();
        let part = |row: &&WhatIfRow| row.needed as f64 / row.open_interest.max(1) as f64;
        InsurancePoint {
            size,
            index_moves: stats::part(moved, rows.len()),
            socialized: LossDistribution::of(rows.iter().map(part).collect(), spec.seed),
        }
    };
    by_size(spec, rows).into_iter().map(point).collect()
}

/// Deficits, over open interest, of the same histories when keepers are never out.
pub fn steady(spec: &StudySpec, rows: &[WhatIfRow]) -> LossDistribution {
    let own = rows.iter().filter(|row| row.outage == 0 && row.insurance_percent == 100);
    let part = |row: &WhatIfRow| row.deficit as f64 / row.open_interest.max(1) as f64;
    LossDistribution::of(own.map(part).collect(), spec.seed)
}

/// What a history brings those who own a part of the fund.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StakerPoint {
    /// The fund, as a part of open interest, both sides.
    pub size: f64,
    /// Part of the penalties and fees due to insurance that goes to the owners of its shares; the rest is kept beside.
    pub income_part: f64,
    /// Return of a history.
    pub mean: Estimate,
    /// Mean return of the worst 5 % of the histories.
    pub worst: Estimate,
    /// Chance of a loss.
    pub loses: Estimate,
}

/// Return and risk of stakers over sizes of the fund, each played, and splits of its income. Stakers and the fund's own shares
/// earn and lose alike, so a staker's return depends on the fund's size and not on who owns the rest.
pub fn stakers(spec: &StudySpec, rows: &[WhatIfRow]) -> Vec<StakerPoint> {
    let mut points = vec![];
    for (size, rows) in by_size(spec, rows).into_iter().filter(|(size, _)| *size > 0.0) {
        for income_part in [0.25, 0.5, 0.75, 1.0] {
            let of = |row: &&WhatIfRow| {
                let income = income_part * row.insurance_income as f64;
                // What was kept beside could not have been drawn.
                ((income - row.by_insurance as f64) / row.insurance_start.max(1) as f64).max(-1.0)
            };
            let returns: Vec<f64> = rows.iter().map(of).collect();
            let losses: Vec<f64> = returns.iter().map(|value| -value).collect();
            let worst = stats::expected_shortfall(&losses, 0.95, spec.seed);
            points.push(StakerPoint {
                size,
                income_part,
                mean: stats::mean(&returns, spec.seed),
                worst: Estimate { value: -worst.value, low: -worst.high, high: -worst.low },
                loses: stats::part(returns.iter().filter(|value| **value < 0.0).count(), returns.len()),
            });
        }
    }
    points
}
