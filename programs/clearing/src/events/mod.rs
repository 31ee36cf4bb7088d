//! One event for each change of state: ids, amounts before and after, the price used. Amounts are in quote atoms,
//! prices in atoms per contract, sizes in contracts, indices in atoms per share × 2⁶⁴.

mod authority;
mod insurance;
mod keeper;
mod migration;
mod trader;
mod venue;

pub use authority::*;
pub use insurance::*;
pub use keeper::*;
pub use migration::*;
pub use trader::*;
pub use venue::*;

use anchor_lang::prelude::*;
use jettison_engine::{FeeSplit, Pending};

/// What marking a leg brought.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked {
    /// Variation margin since the last mark.
    pub variation: i64,
    /// Socialized loss charged since the last mark.
    pub haircut: u64,
}

impl From<Pending> for Marked {
    fn from(pending: Pending) -> Self {
        Self { variation: pending.variation.0, haircut: pending.haircut.0 }
    }
}

/// Where a fee went.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// To the market's uncovered loss.
    pub to_uncovered: u64,
    /// To insurance.
    pub to_insurance: u64,
    /// To the protocol.
    pub to_protocol: u64,
}

impl From<FeeSplit> for Fees {
    fn from(split: FeeSplit) -> Self {
        Self {
            to_uncovered: split.to_uncovered.0,
            to_insurance: split.to_insurance.0,
            to_protocol: split.to_protocol.0,
        }
    }
}
