//! What the keeper is allowed and wants.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, Bps, Contracts, Direction, MarketIndex, SignedAtoms};

/// What the keeper is allowed and wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The keeper's own margin account: takes over, and is paid rewards. Without one it takes nothing over.
    pub account: Option<Pubkey>,
    /// The most contracts to hold in each market, on either side. No entry is no position.
    pub position_limits: BTreeMap<MarketIndex, Contracts>,
    /// The least gain for which a position is taken over, in atoms.
    pub least_gain: SignedAtoms,
    /// Below this multiple of maintenance the own account takes nothing more over, and is unwound, in basis points.
    pub least_equity: Bps,
    /// Accounts in need to plan for at a time, the most urgent: each is tried on copies, which takes some microseconds.
    pub most_rescues: usize,
    /// Losers to settle in the transaction that resolves a bankruptcy, at most.
    pub most_losers: usize,
    /// Markets that such a transaction may name.
    pub most_markets: usize,
    /// Accounts to settle in one plan, at most.
    pub most_settlements: usize,
    /// The least charge for which an account is settled for its own sake, in atoms.
    pub least_settlement: Atoms,
    /// The least fees to sweep, in atoms.
    pub least_sweep: Atoms,
    /// Seconds after which a market with positions is accrued though its price has hardly moved.
    pub accrue_after_seconds: i64,
    /// How far the price must have moved for a market to be accrued before that, in basis points.
    pub accrue_at: Bps,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            account: None,
            position_limits: BTreeMap::new(),
            least_gain: SignedAtoms(0),
            least_equity: Bps(15_000),
            most_rescues: 256,
            most_losers: 3,
            most_markets: 12,
            most_settlements: 16,
            least_settlement: Atoms(1),
            least_sweep: Atoms(1_000_000),
            accrue_after_seconds: 10,
            accrue_at: Bps(5),
        }
    }
}

impl Policy {
    /// The most contracts to hold in a market.
    pub fn limit(&self, market: MarketIndex) -> Contracts {
        self.position_limits.get(&market).copied().unwrap_or(Contracts::ZERO)
    }

    /// How many contracts of a direction it may take on, holding `held` of `side` now.
    pub(super) fn room(
        &self,
        market: MarketIndex,
        held: Option<(Direction, Contracts)>,
        taken: Direction,
    ) -> Contracts {
        let limit = self.limit(market).0;
        Contracts(match held {
            Some((side, size)) if side == taken => limit.saturating_sub(size.0),
            Some((_, size)) => limit.saturating_add(size.0),
            None => limit,
        })
    }
}
