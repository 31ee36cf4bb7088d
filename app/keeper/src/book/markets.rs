//! Markets, as stored and as the keeper's own accrual would leave them.

use std::cell::RefCell;

use jettison_engine::{
    assess, Atoms, EngineError, Health, Margin, MarginAccount, Market, MarketIndex, Markets, Price,
};

use super::{Applied, MarketState, Version};

/// What a market's oracle says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Oracle {
    /// Nothing is known yet: the market is looked at as it is stored.
    #[default]
    Unknown,
    /// A price that the program would accept, in atoms per contract.
    Usable(Price),
    /// A reading that the program would refuse.
    Unusable,
}

/// A market in the book.
#[derive(Clone, Copy, Debug)]
pub struct MarketEntry {
    /// As stored on chain.
    pub stored: MarketState,
    /// When that was written.
    pub version: Version,
    /// What its oracle says.
    pub oracle: Oracle,
    /// As `accrue_market` would leave it.
    pub view: Market,
}

impl MarketEntry {
    /// Whether an accrual must come first in a transaction that relies on the view: without it prices would be others, or
    /// too old at `now`.
    pub fn needs_accrual(&self, now: i64) -> bool {
        let stored = &self.stored.book;
        let moved = stored.effective_price != self.view.effective_price
            || stored.is_oracle_unusable() != self.view.is_oracle_unusable();
        !stored.is_settling() && (moved || stored.require_fresh(now).is_err())
    }
}

/// A market as `accrue_market` would leave it at `now`, in Unix seconds. What can't be accrued stays as it is.
pub fn project(stored: &Market, oracle: Oracle, now: i64) -> Market {
    let mut market = *stored;
    let accrued = match oracle {
        Oracle::Unknown => return market,
        Oracle::Usable(price) => market.accrue(price, now).map(|_| ()),
        Oracle::Unusable => market.suspend(now).map(|_| ()),
    };
    if accrued.is_err() {
        return *stored;
    }
    market
}

/// All markets, by index.
#[derive(Debug, Default)]
pub(super) struct MarketTable {
    entries: Vec<Option<MarketEntry>>,
    /// The views, for the engine, which takes them in ascending order and wants to be able to change them.
    lent: RefCell<Vec<Market>>,
}

impl MarketTable {
    pub fn apply(&mut self, state: &MarketState, version: Version) -> Applied {
        let at = usize::from(state.book.index.0);
        if self.entries.len() <= at {
            self.entries.resize(at + 1, None);
        }
        let entry = &mut self.entries[at];
        match entry {
            Some(known) if known.version > version => return Applied::Stale,
            Some(known) if known.stored == *state => {
                known.version = version;
                return Applied::Same;
            }
            _ => {}
        }
        let oracle = entry.map_or(Oracle::Unknown, |known| known.oracle);
        *entry = Some(MarketEntry { stored: *state, version, oracle, view: state.book });
        self.relend();
        Applied::Changed
    }

    pub fn quote(&mut self, market: MarketIndex, oracle: Oracle, now: i64) {
        if let Some(Some(entry)) = self.entries.get_mut(usize::from(market.0)) {
            entry.oracle = oracle;
        }
        self.project(market, now);
    }

    pub fn project(&mut self, market: MarketIndex, now: i64) {
        if let Some(Some(entry)) = self.entries.get_mut(usize::from(market.0)) {
            entry.view = project(&entry.stored.book, entry.oracle, now);
            self.relend();
        }
    }

    pub fn get(&self, market: MarketIndex) -> Option<&MarketEntry> {
        self.entries.get(usize::from(market.0))?.as_ref()
    }

    pub fn iter(&self) -> impl Iterator<Item = &MarketEntry> {
        self.entries.iter().flatten()
    }

    pub fn indices(&self) -> Vec<MarketIndex> {
        self.iter().map(|entry| entry.stored.book.index).collect()
    }

    /// Health at maintenance margin in the views, however old their prices are.
    pub fn assess(&self, ledger: &MarginAccount) -> Result<Health, EngineError> {
        let mut lent = self.lent.borrow_mut();
        let mut views: Vec<&mut Market> = lent.iter_mut().collect();
        // No price is too old at the beginning of time.
        assess(ledger, &Markets::new(&mut views)?, Margin::Maintenance, i64::MIN)
    }

    /// What settling an account would do at `now`: the charges it would collect, and whether it would close a position.
    /// `None` if neither.
    pub fn due(&self, ledger: &MarginAccount, now: i64) -> Option<(Atoms, bool)> {
        let (mut uncollected, mut closes) = (0u64, false);
        for leg in ledger.legs() {
            let market = &self.get(leg.market)?.view;
            uncollected =
                uncollected.saturating_add(leg.pending(market.side(leg.direction())).ok()?.haircut.0);
            let empty = market.size_of(leg).ok()?.is_zero();
            closes |= leg.has_position() && (empty || market.is_closing(now));
            closes |= !leg.unsettled.claim().is_zero() && market.has_lapsed(now);
        }
        (uncollected > 0 || closes).then_some((Atoms(uncollected), closes))
    }

    fn relend(&mut self) {
        let views = self.entries.iter().flatten().map(|entry| entry.view).collect();
        self.lent = RefCell::new(views);
    }
}
