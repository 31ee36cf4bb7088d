//! Copies on which the planner tries things, with the engine itself.

use std::collections::BTreeMap;

use jettison_engine::{
    Atoms, Contracts, Direction, EngineError, MarginAccount, Market, MarketIndex, Markets,
};

use super::policy::Policy;
use crate::book::Book;

/// The venue as it would be after the tasks planned so far.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    /// The markets' views.
    pub markets: BTreeMap<MarketIndex, Market>,
    /// The keeper's own ledger.
    pub keeper: Option<MarginAccount>,
    /// The insurance fund's assets.
    pub fund: Atoms,
}

/// The markets of an operation.
pub(super) type Lent<'a, 'b> = Markets<'a, &'b mut Market>;

impl Scratch {
    pub fn of(book: &Book, policy: &Policy) -> Self {
        let markets = book.markets().map(|entry| (entry.view.index, entry.view)).collect();
        let keeper = policy.account.and_then(|address| book.ledger(&address));
        Self { markets, keeper, fund: book.common.fund.assets }
    }

    /// Runs a rule of the engine on copies of the markets in which any of `ledgers` has a leg; keeps what it did to them
    /// if it succeeds and `keep` says so.
    pub fn attempt<T>(
        &mut self,
        ledgers: &[&MarginAccount],
        keep: bool,
        rule: impl FnOnce(&mut Lent<'_, '_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut wanted: Vec<MarketIndex> =
            ledgers.iter().flat_map(|ledger| ledger.legs().map(|leg| leg.market)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut copies: Vec<Market> =
            wanted.iter().filter_map(|index| self.markets.get(index).copied()).collect();
        let mut lent: Vec<&mut Market> = copies.iter_mut().collect();
        let outcome = rule(&mut Markets::new(&mut lent)?)?;
        if keep {
            self.markets.extend(copies.into_iter().map(|market| (market.index, market)));
        }
        Ok(outcome)
    }

    /// What the keeper holds in a market.
    pub fn held(&self, market: MarketIndex) -> Option<(Direction, Contracts)> {
        self.position(self.keeper.as_ref()?, market)
    }

    /// What an account holds in a market.
    pub fn position(&self, ledger: &MarginAccount, market: MarketIndex) -> Option<(Direction, Contracts)> {
        let leg = ledger.leg(market).filter(|leg| leg.has_position())?;
        let size = self.markets.get(&market)?.size_of(leg).ok()?;
        Some((leg.direction(), size))
    }
}

/// What it costs to take `size` contracts on at the effective price while the oracle is elsewhere: positive if they lose.
pub(super) fn lag_cost(market: &Market, direction: Direction, size: Contracts) -> i128 {
    let fall = i128::from(market.effective_price.0) - i128::from(market.target_price.0);
    let against = if direction == Direction::Long { fall } else { -fall };
    against.saturating_mul(i128::from(size.0))
}
