//! Copies of markets, to try things on.

use core::ops::{Deref, DerefMut};

use jettison_engine::{
    assess, resolve_bankruptcy, settle_account, Atoms, Caller, EngineError, Health, Margin, MarginAccount,
    Market, MarketIndex, Markets, Price, Resolution, Result, Settlement,
};

/// A market that the engine may borrow.
#[derive(Clone, Copy, Debug)]
struct Copied(Market);

impl Deref for Copied {
    type Target = Market;

    fn deref(&self) -> &Market {
        &self.0
    }
}

impl DerefMut for Copied {
    fn deref_mut(&mut self) -> &mut Market {
        &mut self.0
    }
}

/// Copies of all markets of a snapshot, in ascending order of index.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    markets: Vec<Copied>,
    now: i64,
}

impl Trial {
    /// The order must be ascending.
    pub(crate) fn new(markets: &[Market], now: i64) -> Self {
        Self { markets: markets.iter().copied().map(Copied).collect(), now }
    }

    pub(crate) fn get(&self, index: MarketIndex) -> Result<&Market> {
        let found = self.markets.iter().find(|market| market.index == index);
        found.map(|market| &market.0).ok_or(EngineError::MarketMissing)
    }

    /// Puts `from`, moved to `price`, in its place among the copies.
    pub(crate) fn put_at(&mut self, from: &Market, price: Price) -> Result<()> {
        let place = self.markets.iter_mut().find(|market| market.index == from.index);
        place.ok_or(EngineError::MarketMissing)?.0 = from.at_price(price)?;
        Ok(())
    }

    pub(crate) fn assess(&mut self, account: &MarginAccount, margin: Margin) -> Result<Health> {
        let now = self.now;
        assess(account, &Markets::new(&mut self.markets)?, margin, now)
    }

    pub(crate) fn settle(&mut self, account: &mut MarginAccount) -> Result<Settlement> {
        let now = self.now;
        settle_account(account, &mut Markets::new(&mut self.markets)?, now)
    }

    /// Resolves a bankruptcy by a caller who takes the bounty and no position.
    pub(crate) fn resolve(&mut self, account: &mut MarginAccount, insurance: Atoms) -> Result<Resolution> {
        let now = self.now;
        let mut caller = MarginAccount::default();
        let caller = Caller { account: &mut caller, takes_over: false };
        resolve_bankruptcy(account, Some(caller), &mut Markets::new(&mut self.markets)?, insurance, now)
    }
}
