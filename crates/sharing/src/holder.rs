//! One holder of the side that shares a loss.

use serde::{Deserialize, Serialize};

/// A position on the side that is asked to give, at the price of the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// What the position has made since it was opened, in atoms; zero if it has lost.
    pub gain: u64,
    /// What the account is worth, in atoms; zero if it is worth nothing or less.
    pub equity: u64,
    /// Contracts × price, in atoms.
    pub notional: u64,
    /// Contracts held.
    pub contracts: u64,
}

/// What a rule weighs holders by, or keeps their charges under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// [`Holder::gain`].
    Gain,
    /// [`Holder::equity`].
    Equity,
    /// The smaller of gain and equity: what can be taken without touching what was deposited (the capacity of Chitra et
    /// al., 2025).
    Capacity,
    /// [`Holder::notional`].
    Notional,
    /// [`Holder::contracts`].
    Contracts,
}

impl Measure {
    /// A holder's amount.
    pub fn of(self, holder: &Holder) -> u64 {
        match self {
            Self::Gain => holder.gain,
            Self::Equity => holder.equity,
            Self::Capacity => holder.gain.min(holder.equity),
            Self::Notional => holder.notional,
            Self::Contracts => holder.contracts,
        }
    }
}

/// The side that is asked to give. It decides what a position was opened at: the notional less the gain of a long, the
/// notional plus the gain of a short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}
