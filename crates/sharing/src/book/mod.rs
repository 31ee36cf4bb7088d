//! Many losses in a row on one population: a price moves, accounts go bankrupt at it, and again.
//!
//! [`share`](crate::share) looks at every holder for every loss. A venue that did so in a crash would do the same work
//! hundreds of times at one price. [`PoolBook`] needs a few instructions for a loss, and for a price as many steps as holders
//! begin or cease to gain at it; [`QueueBook`] looks at every holder once a price, and for a loss at those whom it takes.

mod members;
mod pool;
mod queue;

pub use pool::{Basis, PoolBook};
pub use queue::{QueueBook, Taken};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::holder::Side;

/// A position, as a book starts from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Contracts held.
    pub contracts: u64,
    /// The price at which they were opened, in atoms for one contract.
    pub entry: u64,
    /// What was deposited behind it, in atoms.
    pub collateral: u64,
}

/// Why a book can't be made or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BookError {
    /// All contracts at the highest price, and all collateral, reach 2⁶¹ atoms: 2.3 × 10¹² dollars.
    #[error("at {price} atoms a contract all positions together reach 2^61 atoms; split the book")]
    TooLarge {
        /// The price.
        price: u64,
    },
    /// More positions than a book numbers.
    #[error("{positions} positions; a book takes 2^32 - 1 at most")]
    TooMany {
        /// How many.
        positions: usize,
    },
}

/// What bounds every amount of a book: all contracts at the highest price, and all collateral, stay below 2⁶¹ atoms. A profit is
/// at most contracts × the higher of price and entry, and whoever paid from a profit can't fall further below zero than the
/// price can. So no amount and no sum of amounts reaches 2⁶², and none with 64 binary places reaches 2¹²⁶.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    contracts: u128,
    highest_entry: u64,
    collateral: u128,
}

impl Bounds {
    fn of(positions: &[Position]) -> Result<Self, BookError> {
        if u32::try_from(positions.len()).is_err() {
            return Err(BookError::TooMany { positions: positions.len() });
        }
        Ok(Self {
            contracts: positions.iter().map(|position| u128::from(position.contracts)).sum(),
            highest_entry: positions.iter().map(|position| position.entry).max().unwrap_or(0),
            collateral: positions.iter().map(|position| u128::from(position.collateral)).sum(),
        })
    }

    fn check(&self, price: u64) -> Result<(), BookError> {
        // A price alone stays below it too.
        let notional = self.contracts.max(1).checked_mul(price.max(self.highest_entry).into());
        match notional.and_then(|notional| notional.checked_add(self.collateral)) {
            Some(most) if most < 1 << 61 => Ok(()),
            _ => Err(BookError::TooLarge { price }),
        }
    }
}

impl Side {
    /// What a contract of this side gains from one price to another, in atoms. Both are below 2⁶¹, by [`Bounds`].
    fn gain(self, from: u64, to: u64) -> i64 {
        let rise = (to as i64).wrapping_sub(from as i64);
        match self {
            Self::Long => rise,
            Self::Short => rise.wrapping_neg(),
        }
    }
}
