//! What studies find: flat records, one a row of a table, and the summaries made of them.
//!
//! Amounts are in quote atoms (10⁻⁶ of a quote unit), shares and measures are parts of one.

use serde::{Deserialize, Serialize};

/// One history under one sharing rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleRow {
    /// The number of the history: with the study's seed it says all that was drawn.
    pub history: u64,
    /// The rule's name: see [`crate::rules::Rule`].
    pub rule: String,
    /// Accounts looked at, times steps.
    pub account_steps: u64,
    /// How often the books were checked.
    pub checks: u64,
    /// Takeovers of a part of a position.
    pub liquidations: u64,
    /// Positions closed without a counterparty.
    pub deleverages: u64,
    /// Accounts resolved.
    pub bankruptcies: u64,
    /// What bankrupt accounts owed and could not pay.
    pub deficit: u64,
    /// Paid by claims that other bankrupts had forfeited.
    pub by_surplus: u64,
    /// Paid by insurance, bounties not counted.
    pub by_insurance: u64,
    /// What was left then, with somebody on the other side to bear it.
    pub needed: u64,
    /// What holders of the other side paid, as the rule shares it, or weren't paid.
    pub shared: u64,
    /// Left when nobody was on the other side.
    pub uncovered: u64,
    /// Of what nobody was charged for, what later fees of the market repaid: the fund didn't get them.
    pub by_fees: u64,
    /// Gains that closing positions took from their holders by the horizon; negative if it spared them losses.
    pub forgone: i64,
    /// What holders lost beyond what was needed: `shared + forgone − needed`, where something was needed.
    pub overshoot: i64,
    /// Holders charged.
    pub charged: u64,
    /// The largest part of a holder's gain that one loss took.
    pub largest_of_gain: f64,
    /// The largest part of a holder's equity that one loss took.
    pub largest_of_equity: f64,
    /// Gini coefficient of charges as parts of gains, over those who had gained.
    pub gini: f64,
    /// Accounts that a charge put below maintenance.
    pub secondary_liquidations: u64,
    /// Accounts that a charge made bankrupt.
    pub secondary_bankruptcies: u64,
    /// Hedges of which sharing or deleveraging closed a twentieth or more.
    pub hedges_broken: u64,
    /// Charged holders who had not gained.
    pub late_joiners: u64,
    /// What they were charged.
    pub late_charged: u64,
    /// Accounts that took their gain out shortly before a loss was booked.
    pub early_leavers: u64,
    /// Gains that they took.
    pub early_spared: u64,
    /// Open interest at the start, at the first prices, both sides.
    pub open_interest: u64,
    /// The insurance fund's assets at the start.
    pub insurance_start: u64,
    /// The insurance fund's assets at the end.
    pub insurance_end: u64,
    /// Fees that came into the fund.
    pub insurance_income: u64,
    /// The largest fall of a market's price from its highest, over all markets.
    pub largest_fall: f64,
}

/// How one group of hedgers fared in one history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CohortRow {
    /// The history.
    pub history: u64,
    /// The sharing rule.
    pub rule: String,
    /// Which signal it goes by: see [`crate::agents::Signal`].
    pub signal: String,
    /// Members.
    pub members: u64,
    /// Their money at the start.
    pub capital: u64,
    /// What they gained or lost in all, the hedged exposure included.
    pub profit: i64,
    /// Of it, haircuts.
    pub charged: u64,
    /// How many hedges were broken.
    pub hedges_broken: u64,
}

/// One history in one cell of the sizing grid, for one market.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SizingRow {
    /// The history.
    pub history: u64,
    /// Margin of every market, as a multiple of its definition, in hundredths.
    pub margin_percent: u64,
    /// The clamp, likewise.
    pub clamp_percent: u64,
    /// Seconds that keepers take to act.
    pub keeper_seconds: u64,
    /// The market.
    pub pair: String,
    /// Open interest at the start, at the first prices, both sides.
    pub open_interest: u64,
    /// What bankrupt accounts owed and could not pay.
    pub deficit: u64,
    /// What of that insurance was allowed to pay.
    pub allowance: u64,
    /// Fees that came in.
    pub income: u64,
}

/// One history under Jettison's rule with another fund, or with keepers who are never out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WhatIfRow {
    /// The history.
    pub history: u64,
    /// The insurance fund, in percent of the scenario's.
    pub insurance_percent: u64,
    /// Seconds for which keepers are out.
    pub outage: u64,
    /// Open interest at the start, at the first prices, both sides.
    pub open_interest: u64,
    /// What bankrupt accounts owed and could not pay.
    pub deficit: u64,
    /// What surplus and insurance left to the other side.
    pub needed: u64,
    /// Paid by insurance, bounties not counted.
    pub by_insurance: u64,
    /// The fund's assets at the start.
    pub insurance_start: u64,
    /// Fees that came into the fund.
    pub insurance_income: u64,
}
