//! What the keeper knows: markets, margin accounts, the insurance fund and the withdrawal queue, as of the latest slot
//! that was seen of each. No I/O.
//!
//! Everything is kept twice where it matters: as it is *stored* on chain, and as the keeper's own `accrue_market`, in the
//! same transaction, would leave it (the *view*). Health is always that of the view, and always the engine's.

mod accounts;
mod common;
mod markets;
mod states;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, Health, MarginAccount, MarketIndex};

pub use accounts::AccountId;
use accounts::Accounts;
pub use common::Common;
use markets::MarketTable;
pub use markets::{project, MarketEntry, Oracle};
pub use states::{AccountState, MarketState};

/// When a state was written: a later one replaces an earlier one, whatever order they arrive in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The slot.
    pub slot: u64,
    /// The order within the slot, as a Geyser stream gives it; zero where it is not known.
    pub write_version: u64,
}

impl Version {
    /// Of a slot, where nothing tells the order within it.
    pub const fn at(slot: u64) -> Self {
        Self { slot, write_version: 0 }
    }
}

/// What an update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It is older than what the book has: ignored.
    Stale,
    /// It is as new as what the book has, or newer, and says the same.
    Same,
    /// The book has changed.
    Changed,
}

/// What is wrong with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distress {
    /// Equity is not negative and below maintenance: it can be liquidated.
    Liquidatable,
    /// Equity is negative and it has a leg: only resolving moves it.
    Bankrupt,
}

/// An account in need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Which.
    pub id: AccountId,
    /// Its address.
    pub address: Pubkey,
    /// Its health at maintenance margin, in the markets' views.
    pub health: Health,
    /// What is wrong.
    pub distress: Distress,
}

/// An account that settling would move on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub id: AccountId,
    /// Its address.
    pub address: Pubkey,
    /// Socialized loss charged to it since its legs were last marked, in atoms.
    pub uncollected: Atoms,
    /// Whether settling closes a position.
    pub closes: bool,
}

/// The keeper's memory of the chain.
#[derive(Debug, Default)]
pub struct Book {
    markets: MarketTable,
    accounts: Accounts,
    /// What all markets and accounts share.
    pub common: Common,
}

impl Book {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over a market's state.
    pub fn apply_market(&mut self, state: &MarketState, version: Version) -> Applied {
        self.markets.apply(state, version)
    }

    /// Takes over a margin account's state; `None` if it was closed.
    pub fn apply_account(
        &mut self,
        address: Pubkey,
        state: Option<&AccountState>,
        version: Version,
    ) -> Applied {
        self.accounts.apply(address, state, version).0
    }

    /// Forgets an account, as when the chain says that it was closed in a slot.
    pub fn remove(&mut self, address: Pubkey, version: Version) -> Applied {
        self.apply_account(address, None, version)
    }

    /// Notes what a market's oracle says now, and looks at the market as `accrue_market` would leave it at `now`.
    pub fn quote(&mut self, market: MarketIndex, oracle: Oracle, now: i64) {
        self.markets.quote(market, oracle, now);
    }

    /// Looks at every market as `accrue_market` would leave it at `now`, in Unix seconds.
    pub fn advance(&mut self, now: i64) {
        for market in self.markets.indices() {
            self.markets.project(market, now);
        }
    }

    /// A market.
    pub fn market(&self, index: MarketIndex) -> Option<&MarketEntry> {
        self.markets.get(index)
    }

    /// All markets, in ascending order of index.
    pub fn markets(&self) -> impl Iterator<Item = &MarketEntry> {
        self.markets.iter()
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether there is no account.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of an account; it is good until the account is closed.
    pub fn find(&self, address: &Pubkey) -> Option<AccountId> {
        self.accounts.find(address)
    }

    /// The address and version of each account.
    pub fn addresses(&self) -> impl Iterator<Item = (&Pubkey, Version)> {
        self.accounts.iter().map(|(_, account)| (account.address(), account.version()))
    }

    /// An account's address, ledger and version.
    pub fn account(&self, id: AccountId) -> Option<(Pubkey, MarginAccount, Version)> {
        let account = self.accounts.get(id)?;
        Some((*account.address(), account.ledger(), account.version()))
    }

    /// An account's ledger, by its address.
    pub fn ledger(&self, address: &Pubkey) -> Option<MarginAccount> {
        self.accounts.get(self.find(address)?).map(|account| account.ledger())
    }

    /// Its health at maintenance margin in the markets' views, however old their prices are. `None` if there is no such
    /// account, or if a market of it isn't known or is of another time than the account.
    pub fn health(&self, id: AccountId) -> Option<Health> {
        self.markets.assess(&self.accounts.get(id)?.ledger()).ok()
    }

    /// Every account in need, in no particular order.
    pub fn in_need(&self) -> Vec<Need> {
        self.rescan()
    }

    /// Every account in need, found by assessing all there are.
    pub fn rescan(&self) -> Vec<Need> {
        self.accounts.iter().filter_map(|(id, _)| self.need(id)).collect()
    }

    /// What an account needs, if it does.
    pub fn need(&self, id: AccountId) -> Option<Need> {
        let account = self.accounts.get(id)?;
        let ledger = account.ledger();
        let health = self.markets.assess(&ledger).ok()?;
        let distress = distress(&ledger, &health)?;
        Some(Need { id, address: *account.address(), health, distress })
    }

    /// Every account that settling would move on: charged and not settled since, of less than one contract, or in a market
    /// whose legs close by settlement at `now`. No account in need is among them.
    pub fn to_settle(&self, now: i64) -> Vec<Due> {
        let due = |(id, account): (AccountId, &accounts::Account)| {
            let ledger = account.ledger();
            let (uncollected, closes) = self.markets.due(&ledger, now)?;
            let address = *account.address();
            self.need(id).is_none().then_some(Due { id, address, uncollected, closes })
        };
        self.accounts.iter().filter_map(due).collect()
    }

    /// The first of the withdrawal queue, with the token account that it goes to.
    pub fn next_withdrawal(&self) -> Option<(Pubkey, Pubkey)> {
        let (id, destination) = self.accounts.queued_at(self.common.throttle.head)?;
        Some((*self.accounts.get(id)?.address(), destination))
    }
}

/// What an account of this health needs.
fn distress(ledger: &MarginAccount, health: &Health) -> Option<Distress> {
    if health.is_met() || ledger.has_no_legs() {
        return None;
    }
    Some(if health.equity.is_negative() { Distress::Bankrupt } else { Distress::Liquidatable })
}
