//! Everything that a study found.

use jettison_paths::PriceSeries;
use serde::{Deserialize, Serialize};

use super::compare::{self, InsurancePoint, LossDistribution, RuleSummary, StakerPoint};
use super::network::{network, NetworkStudy};
use super::proof::{prove, Proof};
use super::replay::{replay, Replay};
use super::rows::Rows;
use super::signals::{by_signal, SignalSummary};
use super::sizing::{self, CellSummary, Recommendation};
use super::spec::StudySpec;
use super::task::Study;
use crate::error::Result;
use crate::rules::Rule;

/// What a study says. Parts are of one, amounts atoms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// What it is of.
    pub spec: StudySpec,
    /// Accounts looked at, times steps, in the comparison.
    pub account_steps: u64,
    /// How often the books were checked, and balanced, in the comparison.
    pub checks: u64,
    /// The rules side by side.
    pub rules: Vec<RuleSummary>,
    /// What Jettison's rule had to share, over open interest, both sides.
    pub socialized: LossDistribution,
    /// What bankrupt accounts could not pay, over open interest, both sides: before insurance.
    pub deficits: LossDistribution,
    /// The same, under Jettison's rule, of the same histories when keepers are never out.
    pub steady: LossDistribution,
    /// The insurance fund's size against the chance that the index moves.
    pub insurance: Vec<InsurancePoint>,
    /// Return and risk of stakers.
    pub stakers: Vec<StakerPoint>,
    /// What signals are worth.
    pub signals: Vec<SignalSummary>,
    /// The sizing grid.
    pub cells: Vec<CellSummary>,
    /// Margins and clamps, in percent of the definitions', that the envelope refuses together.
    pub refused: Vec<(u64, u64)>,
    /// What the markets should have.
    pub recommendations: Vec<Recommendation>,
    /// What the recommendations do in the study's own histories.
    pub proof: Option<Proof>,
    /// The exposure network of the worst history.
    pub network: Option<NetworkStudy>,
    /// The replay of a price file.
    pub replay: Option<Replay>,
}

/// Seconds of a replay's step.
pub const REPLAY_STEP: u32 = 1;

impl Summary {
    /// From a whole study's rows, and the price file to replay.
    pub fn of(study: &Study, rows: &Rows, series: Option<&PriceSeries>) -> Result<Self> {
        let spec = study.spec();
        let own = || rows.rules.iter().filter(|row| row.rule == Rule::Index.name());
        let needed = own().map(|row| row.needed as f64 / row.open_interest.max(1) as f64).collect();
        let cells = sizing::cells(study, &rows.sizing);
        let recommendations = sizing::recommend(study, &cells);
        Ok(Self {
            account_steps: rows.rules.iter().map(|row| row.account_steps).sum(),
            checks: rows.rules.iter().map(|row| row.checks).sum(),
            rules: compare::by_rule(spec, &rows.rules),
            socialized: LossDistribution::of(needed, spec.seed),
            insurance: compare::insurance_curve(spec, &rows.what_ifs),
            deficits: LossDistribution::of(compare::deficits(&rows.rules), spec.seed),
            steady: compare::steady(spec, &rows.what_ifs),
            stakers: compare::stakers(spec, &rows.what_ifs),
            signals: by_signal(spec, &rows.cohorts),
            proof: prove(study, rows, &recommendations)?,
            recommendations,
            cells,
            refused: study.refused().to_vec(),
            network: network(study, rows)?,
            replay: series.map(|series| replay(spec, series, REPLAY_STEP)).transpose()?,
            spec: spec.clone(),
        })
    }
}
