//! The rules, and the one call that applies them.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::holder::{Holder, Measure, Side};
use crate::queue::{self, Fill, Ranking};
use crate::rounding::Exact;
use crate::water;

/// How a loss is shared by the holders of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Nobody is charged; the loss stays with the venue.
    None,
    /// Every contract the same, as Jettison's loss index does. Nothing bounds a charge: a holder who joined late can give
    /// more than they gained.
    ByContracts,
    /// In proportion to a measure, and never more of it than there is: `cᵢ = loss × mᵢ / Σm`.
    ProRata(Measure),
    /// Capped pro rata, which is water-filling: `cᵢ = min(capᵢ, λ × weightᵢ)`, with the one rate λ that covers the loss. No
    /// other way to cover it under the same caps has a smaller largest `cᵢ / weightᵢ`.
    Capped {
        /// What the common rate is a rate of.
        weight: Measure,
        /// What no charge exceeds.
        cap: Measure,
    },
    /// Auto-deleveraging: holders give their gains one after the other, those first who gained most with most leverage.
    Queue {
        /// The side that gives.
        side: Side,
        /// Whose formula ranks them.
        ranking: Ranking,
        /// Whether the last one gives everything.
        fill: Fill,
    },
}

impl Rule {
    /// The rate is of equity, and nobody gives more than the gain that their equity still has.
    pub const WATER_FILLING: Self = Self::Capped { weight: Measure::Equity, cap: Measure::Capacity };

    /// A name for tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ByContracts => "by contracts",
            Self::ProRata(Measure::Gain) => "pro rata to gain",
            Self::ProRata(Measure::Equity) => "pro rata to equity",
            Self::ProRata(Measure::Capacity) => "pro rata to capacity",
            Self::ProRata(Measure::Notional) => "pro rata to notional",
            Self::ProRata(Measure::Contracts) => "pro rata to contracts",
            Self::Capped { .. } => "water-filling",
            Self::Queue { fill: Fill::Whole, .. } => "queue, whole positions",
            Self::Queue { fill: Fill::Exact, .. } => "queue, exact",
        }
    }
}

/// Why a loss can't be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SharingError {
    /// A sum over all holders doesn't fit in 64 bits.
    #[error("the {measure:?} of all holders together exceeds 2^64 - 1; give amounts in a larger unit")]
    Total {
        /// Whose sum.
        measure: Measure,
    },
}

/// Shares a loss, in atoms. `charges` is made as long as `holders` and filled with what each gives; the return value is what
/// stays uncovered. Only a queue of whole positions takes more than the loss: what is over is `Σ charges − loss`.
///
/// Rules that divide round cumulatively over the holders in their order: the charges add up to the loss to the atom, and
/// each is its exact part rounded down or up. Equals in a queue go by larger gain, then in their order.
pub fn share(rule: Rule, loss: u64, holders: &[Holder], charges: &mut Vec<u64>) -> Result<u64, SharingError> {
    charges.clear();
    charges.resize(holders.len(), 0);
    if loss == 0 {
        return Ok(0);
    }
    match rule {
        Rule::None => Ok(loss),
        Rule::ByContracts => {
            let total = total(holders, Measure::Contracts)?;
            divide(loss, total, Measure::Contracts, holders, charges);
            Ok(if total == 0 { loss } else { 0 })
        }
        Rule::ProRata(measure) => {
            let total = total(holders, measure)?;
            let taken = loss.min(total);
            divide(taken, total, measure, holders, charges);
            Ok(loss - taken)
        }
        Rule::Capped { weight, cap } => {
            total(holders, weight)?;
            Ok(water::fill(loss, holders, weight, cap, charges))
        }
        Rule::Queue { side, ranking, fill } => Ok(queue::take(loss, holders, side, ranking, fill, charges)),
    }
}

/// The sum of a measure.
fn total(holders: &[Holder], measure: Measure) -> Result<u64, SharingError> {
    let sum: u128 = holders.iter().map(|holder| u128::from(measure.of(holder))).sum();
    u64::try_from(sum).map_err(|_| SharingError::Total { measure })
}

fn divide(amount: u64, total: u64, measure: Measure, holders: &[Holder], charges: &mut [u64]) {
    let mut exact = Exact::new(amount, total);
    for (charge, holder) in charges.iter_mut().zip(holders) {
        *charge = exact.next(measure.of(holder));
    }
}
