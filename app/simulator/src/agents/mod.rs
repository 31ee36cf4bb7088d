//! Who trades, and by what rules.
//!
//! | file | who |
//! |---|---|
//! | `draw`, `population` | draws them; lets them open their first positions |
//! | `trader` | holders, followers of the price, panic sellers |
//! | `hedger` | who hedges an exposure elsewhere, and sizes it by a signal |
//! | `keeper` | who liquidates, deleverages, resolves, and works off what was taken over |
//! | `staker` | who stakes in insurance, and may run |

mod draw;
pub mod hedger;
pub mod keeper;
pub mod population;
pub mod staker;
pub mod trader;

use jettison_harness::{MarketId, Who};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// What a hedger sizes a position by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Nothing.
    None,
    /// The expected haircut of its side.
    ExpectedHaircut,
    /// How concentrated the opposite side is.
    Concentration,
    /// How much distress the largest account of the opposite side would spread.
    Centrality,
    /// The most cautious of the three.
    All,
}

impl Signal {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::None, Self::ExpectedHaircut, Self::Concentration, Self::Centrality, Self::All];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ExpectedHaircut => "expected_haircut",
            Self::Concentration => "concentration",
            Self::Centrality => "centrality",
            Self::All => "all",
        }
    }
}

/// What an agent does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Holds, takes profit, comes back.
    Trader,
    /// Goes with the last move.
    Momentum,
    /// Sells out when much is lost.
    Panic,
    /// Holds an exposure elsewhere against its position.
    Hedger(Signal),
}

/// A wanted position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Where.
    pub market: MarketId,
    /// Contracts: positive long, negative short.
    pub size: i64,
}

/// Somebody who trades.
#[derive(Clone, Debug)]
pub struct Agent {
    /// The account.
    pub who: Who,
    /// What it does.
    pub kind: Kind,
    /// What it was deposited with, in atoms.
    pub capital: u64,
    /// Notional over capital.
    pub leverage: f64,
    /// What it opens with.
    pub wants: Vec<Want>,
    /// When it next looks, in seconds.
    pub next: i64,
    /// Prices when it last looked, by entry of `wants`.
    pub seen: Vec<u64>,
    /// Contracts held elsewhere, by entry of `wants`: a hedger's.
    pub elsewhere: Vec<i64>,
    /// What the exposure elsewhere has gained, in atoms.
    pub elsewhere_gain: i128,
    /// Its own chance, so that what one does never changes what another draws.
    pub random: ChaCha8Rng,
}
