//! Markets, as stored and as the keeper's own accrual would leave them.

use jettison_engine::{EngineError, Health, MarginAccount, Market, MarketIndex, Price};

use super::{lent, Applied, MarketState, Version};

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
        let view = &self.view;
        let moved = (stored.long, stored.short) != (view.long, view.short)
            || (stored.effective_price, stored.target_price) != (view.effective_price, view.target_price)
            || stored.is_oracle_unusable() != view.is_oracle_unusable();
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
    /// When the views were last asked for, in Unix seconds.
    now: i64,
}

impl MarketTable {
    /// Takes over a market's state, and looks at it as an accrual of the last `now` would leave it.
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
        let view = project(&state.book, oracle, self.now);
        *entry = Some(MarketEntry { stored: *state, version, oracle, view });
        Applied::Changed
    }

    /// Forgets a market that was closed, unless something newer is known of it.
    pub fn remove(&mut self, market: MarketIndex, version: Version) -> Applied {
        match self.entries.get_mut(usize::from(market.0)) {
            Some(Some(known)) if known.version > version => Applied::Stale,
            Some(entry @ Some(_)) => {
                *entry = None;
                Applied::Changed
            }
            _ => Applied::Same,
        }
    }

    /// Notes what a market's oracle says.
    pub fn quote(&mut self, market: MarketIndex, oracle: Oracle) {
        if let Some(Some(entry)) = self.entries.get_mut(usize::from(market.0)) {
            entry.oracle = oracle;
        }
    }

    /// Looks at a market as an accrual at `now` would leave it.
    pub fn project(&mut self, market: MarketIndex, now: i64) {
        self.now = now;
        if let Some(Some(entry)) = self.entries.get_mut(usize::from(market.0)) {
            entry.view = project(&entry.stored.book, entry.oracle, now);
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

    /// A market's view.
    pub fn view(&self, market: MarketIndex) -> Option<&Market> {
        self.get(market).map(|entry| &entry.view)
    }

    /// Health at maintenance margin in the views, however old their prices are.
    pub fn assess(&self, ledger: &MarginAccount) -> Result<Health, EngineError> {
        lent::health(ledger, |market| self.view(market))
    }
}
