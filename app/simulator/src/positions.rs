//! What is known of positions besides the ledger: what they were entered at, and how they ended.

use jettison_engine::Direction;
use jettison_harness::{MarketId, Who};

/// A position as its holder entered it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Contracts: positive long, negative short.
    pub size: i64,
    /// What they were entered at, in atoms: `Σ price × contracts`, of the sign of `size`.
    pub cost: i128,
}

/// A gain that its holder took out by closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// When, in seconds.
    pub at: i64,
    /// Who.
    pub who: Who,
    /// Where.
    pub market: MarketId,
    /// Which side it had been on.
    pub side: Direction,
    /// What it had gained, in atoms.
    pub gain: u64,
}

/// A position that others' losses made smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Who.
    pub who: Who,
    /// Where.
    pub market: MarketId,
    /// Contracts closed without the holder's doing: positive long, negative short.
    pub closed: i64,
    /// Contracts before.
    pub before: i64,
}
