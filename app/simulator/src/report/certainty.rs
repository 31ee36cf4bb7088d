//! Whether a difference is more than chance, by 95 % intervals.

use crate::stats::Estimate;
use crate::study::compare::RuleSummary;

/// Histories from which an interval is believed: over fewer, bootstrap intervals are too narrow (Hesterberg 2015).
pub(super) const FEWEST: u64 = 20;

/// On which side of zero a number lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// All of its interval is above.
    Above,
    /// All of its interval is below.
    Below,
    /// The interval holds zero, or rests on too few histories.
    Unsure,
}

/// The side of a number that rests on so many histories.
pub(super) fn side(number: Estimate, histories: u64) -> Side {
    match number {
        _ if histories < FEWEST => Side::Unsure,
        _ if number.low > 0.0 => Side::Above,
        _ if number.high < 0.0 => Side::Below,
        _ => Side::Unsure,
    }
}

/// Histories in which a rule had something to share: what its measures rest on.
pub(super) fn needy(rule: &RuleSummary) -> u64 {
    (rule.with_need.value * rule.histories as f64).round() as u64
}

/// Whether two numbers differ by more than chance: their intervals don't overlap. Those of numbers from the same histories may
/// overlap and the numbers differ all the same, so this errs on the side of chance.
pub(super) fn differ(least: Estimate, most: Estimate, histories: u64) -> bool {
    histories >= FEWEST && least.high < most.low
}
