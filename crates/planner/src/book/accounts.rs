//! Margin accounts in a slab: their used legs only, found by address or by id.

use std::collections::{BTreeMap, HashMap};

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, Leg, MarginAccount, MarketIndex, QueuedWithdrawal};

use super::{AccountState, Version};
use crate::index::Held;

/// An account's place in the book; good until the account is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub(crate) u32);

impl AccountId {
    /// Its number: a book numbers accounts from zero on, and gives the numbers of closed ones again.
    pub fn index(self) -> usize {
        self.at()
    }

    fn at(self) -> usize {
        self.0 as usize
    }
}

/// An account as the book keeps it.
#[derive(Debug)]
pub(crate) struct Account {
    address: Pubkey,
    version: Version,
    capital: Atoms,
    legs: Box<[Held]>,
}

impl Account {
    pub fn address(&self) -> &Pubkey {
        &self.address
    }

    pub fn version(&self) -> Version {
        self.version
    }

    pub fn capital(&self) -> Atoms {
        self.capital
    }

    /// The used legs.
    pub fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().map(|held| &held.leg)
    }

    pub fn has_no_legs(&self) -> bool {
        self.legs.is_empty()
    }

    /// The used legs, with their triggers.
    pub fn legs_mut(&mut self) -> &mut [Held] {
        &mut self.legs
    }

    /// Whether it has a leg in a market.
    pub fn is_in(&self, market: MarketIndex) -> bool {
        self.legs.iter().any(|held| held.leg.market == market)
    }

    /// Its money as the engine takes it. Slots between used ones are closed up; their order stays.
    pub fn ledger(&self) -> MarginAccount {
        let mut ledger = MarginAccount { capital: self.capital, ..MarginAccount::default() };
        for (slot, leg) in ledger.legs.iter_mut().zip(&self.legs) {
            *slot = leg.leg;
        }
        ledger
    }
}

/// All accounts.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    slots: Vec<Option<Account>>,
    free: Vec<AccountId>,
    by_address: HashMap<Pubkey, AccountId>,
    /// Accounts that were closed, so that what was said of them before that and arrives late doesn't bring them back.
    closed: HashMap<Pubkey, Version>,
    /// The withdrawal queue: place, account, and where its money goes.
    queue: BTreeMap<u64, (AccountId, Pubkey)>,
    /// The places of those in it.
    places: HashMap<AccountId, u64>,
}

impl Accounts {
    /// Whether the book has something newer of an address, be it that it was closed.
    pub fn is_stale(&self, address: &Pubkey, version: Version) -> bool {
        let known = self.find(address).and_then(|id| self.get(id)).map(Account::version);
        known.max(self.closed.get(address).copied()).is_some_and(|known| known > version)
    }

    /// Takes over a state that isn't stale. Its legs are on no ladder then.
    pub fn put(&mut self, address: Pubkey, state: &AccountState, version: Version) -> AccountId {
        self.closed.remove(&address);
        let id = self.find(&address).unwrap_or_else(|| self.room(address));
        let legs = state.ledger.legs().copied().map(Held::new).collect();
        self.slots[id.at()] = Some(Account { address, version, capital: state.ledger.capital, legs });
        self.requeue(id, &state.queued, state.destination);
        id
    }

    /// Notes that an account still is as it was.
    pub fn confirm(&mut self, id: AccountId, version: Version) {
        if let Some(account) = self.get_mut(id) {
            account.version = version;
        }
    }

    /// Whether an account is as `state` says.
    pub fn is_same(&self, id: AccountId, state: &AccountState) -> bool {
        let place = self.places.get(&id);
        let queued = (!state.queued.amount.is_zero()).then_some(&state.queued.place);
        self.get(id).is_some_and(|account| {
            let legs = account.legs().eq(state.ledger.legs());
            legs && account.capital == state.ledger.capital && place == queued
        })
    }

    /// Forgets an account that was closed.
    pub fn close(&mut self, address: Pubkey, version: Version) {
        self.closed.insert(address, version);
        if let Some(id) = self.by_address.remove(&address) {
            self.slots[id.at()] = None;
            self.requeue(id, &QueuedWithdrawal::default(), Pubkey::default());
            self.free.push(id);
        }
    }

    fn requeue(&mut self, id: AccountId, queued: &QueuedWithdrawal, destination: Pubkey) {
        if let Some(left) = self.places.remove(&id) {
            self.queue.remove(&left);
        }
        if !queued.amount.is_zero() {
            self.places.insert(id, queued.place);
            self.queue.insert(queued.place, (id, destination));
        }
    }

    fn room(&mut self, address: Pubkey) -> AccountId {
        let id = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            AccountId(self.slots.len() as u32 - 1)
        });
        self.by_address.insert(address, id);
        id
    }

    pub fn find(&self, address: &Pubkey) -> Option<AccountId> {
        self.by_address.get(address).copied()
    }

    pub fn get(&self, id: AccountId) -> Option<&Account> {
        self.slots.get(id.at())?.as_ref()
    }

    pub fn get_mut(&mut self, id: AccountId) -> Option<&mut Account> {
        self.slots.get_mut(id.at())?.as_mut()
    }

    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    /// How many places there are, free ones included.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| Some((AccountId(at as u32), slot.as_ref()?)))
    }

    /// Up to `count` accounts from the id after `from` on, round and round.
    pub fn after(&self, from: AccountId, count: usize) -> impl Iterator<Item = AccountId> + use<> {
        let slots = self.slots.len();
        (1..=count.min(slots)).map(move |step| AccountId(((from.at() + step) % slots) as u32))
    }

    /// Who holds a place in the withdrawal queue, and where the money goes.
    pub fn queued_at(&self, place: u64) -> Option<(AccountId, Pubkey)> {
        self.queue.get(&place).copied()
    }
}
