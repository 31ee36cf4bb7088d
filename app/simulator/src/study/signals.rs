//! What systemic signals are worth to who goes by them.

use serde::{Deserialize, Serialize};

use super::spec::StudySpec;
use crate::agents::Signal;
use crate::results::CohortRow;
use crate::stats::{self, Estimate};

/// A group of hedgers against the group with the same positions and no signal. All but counts are parts of their capital.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalSummary {
    /// What it goes by.
    pub signal: String,
    /// Histories.
    pub histories: u64,
    /// What a history brought.
    pub profit: Estimate,
    /// Mean of the worst 5 % of the histories.
    pub worst: Estimate,
    /// Haircuts.
    pub charged: Estimate,
    /// Hedges broken in a history.
    pub hedges_broken: Estimate,
    /// What a history brought more than to the group without a signal: the signal's worth.
    pub worth: Estimate,
    /// How much less it was charged than the group without a signal.
    pub spared: Estimate,
}

/// All groups.
pub fn by_signal(spec: &StudySpec, rows: &[CohortRow]) -> Vec<SignalSummary> {
    let of = |signal: Signal| rows.iter().filter(move |row| row.signal == signal.name());
    let without: Vec<&CohortRow> = of(Signal::None).collect();
    let summary = |signal: Signal| {
        let own: Vec<&CohortRow> = of(signal).collect();
        let each = |measure: &dyn Fn(&CohortRow) -> f64| -> Vec<f64> {
            own.iter().map(|row| measure(row)).collect()
        };
        let against = |measure: &dyn Fn(&CohortRow) -> f64| -> Vec<f64> {
            own.iter().zip(&without).map(|(row, other)| measure(row) - measure(other)).collect()
        };
        let losses: Vec<f64> = each(&|row| -profit(row));
        let worst = stats::expected_shortfall(&losses, 0.95, spec.seed);
        SignalSummary {
            signal: signal.name().into(),
            histories: own.len() as u64,
            profit: stats::mean(&each(&profit), spec.seed),
            worst: Estimate { value: -worst.value, low: -worst.high, high: -worst.low },
            charged: stats::mean(&each(&charged), spec.seed),
            hedges_broken: stats::mean(&each(&|row| row.hedges_broken as f64), spec.seed),
            worth: stats::mean(&against(&profit), spec.seed),
            spared: stats::mean(&against(&|row| -charged(row)), spec.seed),
        }
    };
    Signal::ALL.into_iter().map(summary).filter(|summary| summary.histories > 0).collect()
}

fn profit(row: &CohortRow) -> f64 {
    row.profit as f64 / row.capital.max(1) as f64
}

fn charged(row: &CohortRow) -> f64 {
    row.charged as f64 / row.capital.max(1) as f64
}
