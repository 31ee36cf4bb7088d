//! What a network is made of: accounts, markets and positions, as given.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub u32);

/// A market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MarketId(pub u16);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for MarketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The side of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}

impl Direction {
    /// The other side: the one that bears this one's defaults.
    pub fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }
}

/// An account as given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// What it owns at current prices, in dollars, zero or more.
    pub equity: f64,
}

/// A market as given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Market {
    /// Which.
    pub id: MarketId,
    /// Its name, for people.
    pub name: String,
    /// What part of its notional an account that defaults leaves unpaid: how far the price runs beyond its bankruptcy price
    /// before its position is closed. 0.1 is 10 %.
    pub loss_given_default: f64,
}

/// A position as given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Whose.
    pub account: AccountId,
    /// Where.
    pub market: MarketId,
    /// Its side.
    pub direction: Direction,
    /// Its size at the current price, in dollars, above zero.
    pub notional: f64,
}

/// A node of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// An account.
    Account(AccountId),
    /// A market.
    Market(MarketId),
}
