//! What the keeper knows: markets, margin accounts, the insurance fund and the withdrawal queue, as of the latest slot
//! that was seen of each. No I/O.
//!
//! Everything is kept twice where it matters: as it is *stored* on chain, and as the keeper's own `accrue_market`, in the
//! same transaction, would leave it (the *view*). Health is always that of the view, and always the engine's.

mod accounts;
mod common;
mod debtors;
mod lent;
mod markets;
mod patrol;
mod states;
mod watch;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, Health, MarginAccount, MarketIndex};

pub use accounts::AccountId;
use accounts::Accounts;
pub use common::Common;
use markets::MarketTable;
pub use markets::{project, MarketEntry, Oracle};
pub use states::{AccountState, MarketState};
use watch::Watch;

use crate::index::Index;
pub use crate::index::Looks;

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
    /// Socialized loss charged to it since its legs were last marked, and debts that it can pay to short pools, in atoms.
    pub uncollected: Atoms,
    /// Whether settling closes a position.
    pub closes: bool,
}

/// The keeper's memory of the chain.
#[derive(Debug, Default)]
pub struct Book {
    markets: MarketTable,
    accounts: Accounts,
    index: Index,
    watch: Watch,
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
        let before = self.markets.view(state.book.index).copied();
        let applied = self.markets.apply(state, version);
        if applied == Applied::Changed {
            self.follow(state.book.index, before.as_ref());
            self.look_around(Some(state.book.index));
            self.look_at_unclear();
        }
        applied
    }

    /// Forgets a market that was closed.
    pub fn remove_market(&mut self, market: MarketIndex, version: Version) -> Applied {
        let applied = self.markets.remove(market, version);
        if applied == Applied::Changed {
            self.forget(market);
        }
        applied
    }

    /// Takes over a margin account's state; `None` if it was closed.
    pub fn apply_account(
        &mut self,
        address: Pubkey,
        state: Option<&AccountState>,
        version: Version,
    ) -> Applied {
        if self.accounts.is_stale(&address, version) {
            return Applied::Stale;
        }
        let known = self.find(&address);
        match (state, known) {
            (Some(state), Some(id)) if self.accounts.is_same(id, state) => {
                self.accounts.confirm(id, version);
                return Applied::Same;
            }
            (None, None) => {
                self.accounts.close(address, version);
                return Applied::Same;
            }
            _ => {}
        }
        if let Some(id) = known {
            self.unwatch(id);
        }
        match state {
            Some(state) => {
                let id = self.accounts.put(address, state, version);
                self.look(id);
                self.patrol_one(id);
            }
            None => self.accounts.close(address, version),
        }
        Applied::Changed
    }

    /// Forgets an account that was closed, unless something newer is known of it.
    pub fn remove(&mut self, address: Pubkey, version: Version) -> Applied {
        self.apply_account(address, None, version)
    }

    /// Notes what a market's oracle says now, and looks at the market as `accrue_market` would leave it at `now`, in Unix
    /// seconds. Touches only accounts that may have crossed maintenance, and those in need.
    pub fn quote(&mut self, market: MarketIndex, oracle: Oracle, now: i64) {
        self.markets.quote(market, oracle);
        if self.project(market, now) {
            self.look_around(Some(market));
        }
    }

    /// Looks at every market as `accrue_market` would leave it at `now`, in Unix seconds, and goes on with the round that
    /// finds accounts to settle. To be called before each plan.
    pub fn advance(&mut self, now: i64) {
        let mut moved = false;
        for market in self.markets.indices() {
            moved |= self.project(market, now);
        }
        if moved {
            self.look_around(None);
        }
        self.patrol(now);
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

    /// Every account in need, in the markets' views.
    pub fn in_need(&self) -> Vec<Need> {
        self.watch.needs.values().copied().collect()
    }

    /// Every account in need, found by assessing all there are: what the index saves. For checks and measurements.
    pub fn rescan(&self) -> Vec<Need> {
        self.accounts.iter().filter_map(|(id, account)| self.assess(id, account).ok()?).collect()
    }

    /// How often the index had to look at accounts.
    pub fn looks(&self) -> Looks {
        self.watch.looks
    }

    /// Legs that wait in the index for their market to move.
    pub fn waiting_legs(&self) -> usize {
        self.index.len()
    }

    /// Accounts that settling would move on, as far as the round has come ([`Self::advance`]): charged and not settled since,
    /// of less than one contract, in a market whose legs close by settlement, or in debt to a pool that is short.
    pub fn to_settle(&self) -> impl Iterator<Item = &Due> {
        self.watch.due.values()
    }

    /// The first of the withdrawal queue, with the token account that it goes to.
    pub fn next_withdrawal(&self) -> Option<(Pubkey, Pubkey)> {
        let (id, destination) = self.accounts.queued_at(self.common.throttle.head)?;
        Some((*self.accounts.get(id)?.address(), destination))
    }
}
