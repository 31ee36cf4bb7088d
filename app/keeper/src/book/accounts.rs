//! Margin accounts in a slab: their used legs only, found by address or by id.

use std::collections::{BTreeMap, HashMap};

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, Leg, MarginAccount};

use super::{AccountState, Applied, Version};

/// An account's place in the book; good until the account is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub(crate) u32);

impl AccountId {
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
    legs: Box<[Leg]>,
    /// Its place in the withdrawal queue, if it has one.
    place: Option<u64>,
}

impl Account {
    pub fn address(&self) -> &Pubkey {
        &self.address
    }

    pub fn version(&self) -> Version {
        self.version
    }

    /// Its money as the engine takes it. Slots between used ones are closed up; their order stays.
    pub fn ledger(&self) -> MarginAccount {
        let mut ledger = MarginAccount { capital: self.capital, ..MarginAccount::default() };
        for (slot, leg) in ledger.legs.iter_mut().zip(&self.legs) {
            *slot = *leg;
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
}

impl Accounts {
    /// Takes over a state; says what it did, and which account it was about if it changed.
    pub fn apply(
        &mut self,
        address: Pubkey,
        state: Option<&AccountState>,
        version: Version,
    ) -> (Applied, Option<AccountId>) {
        let id = self.find(&address);
        let known = id.and_then(|id| self.get(id)).map(Account::version);
        if known.max(self.closed.get(&address).copied()).is_some_and(|known| known > version) {
            return (Applied::Stale, None);
        }
        match (state, id) {
            (Some(state), id) => self.put(address, state, version, id),
            (None, Some(id)) => {
                self.take(id);
                self.closed.insert(address, version);
                (Applied::Changed, Some(id))
            }
            (None, None) => {
                self.closed.insert(address, version);
                (Applied::Same, None)
            }
        }
    }

    fn put(
        &mut self,
        address: Pubkey,
        state: &AccountState,
        version: Version,
        id: Option<AccountId>,
    ) -> (Applied, Option<AccountId>) {
        self.closed.remove(&address);
        let id = id.unwrap_or_else(|| self.room(address));
        let legs: Box<[Leg]> = state.ledger.legs().copied().collect();
        let place = (!state.queued.amount.is_zero()).then_some(state.queued.place);
        let account = Account { address, version, capital: state.ledger.capital, legs, place };
        let slot = &mut self.slots[id.at()];
        let same = slot.as_ref().is_some_and(|known| {
            (known.capital, &known.legs, known.place) == (account.capital, &account.legs, account.place)
        });
        let left = slot.replace(account).and_then(|known| known.place);
        if let Some(left) = left {
            self.queue.remove(&left);
        }
        if let Some(place) = place {
            self.queue.insert(place, (id, state.destination));
        }
        (if same { Applied::Same } else { Applied::Changed }, Some(id))
    }

    fn room(&mut self, address: Pubkey) -> AccountId {
        let id = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            AccountId(self.slots.len() as u32 - 1)
        });
        self.by_address.insert(address, id);
        id
    }

    fn take(&mut self, id: AccountId) {
        if let Some(account) = self.slots[id.at()].take() {
            self.by_address.remove(&account.address);
            if let Some(place) = account.place {
                self.queue.remove(&place);
            }
            self.free.push(id);
        }
    }

    pub fn find(&self, address: &Pubkey) -> Option<AccountId> {
        self.by_address.get(address).copied()
    }

    pub fn get(&self, id: AccountId) -> Option<&Account> {
        self.slots.get(id.at())?.as_ref()
    }

    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| Some((AccountId(at as u32), slot.as_ref()?)))
    }

    /// Who holds a place in the withdrawal queue, and where the money goes.
    pub fn queued_at(&self, place: u64) -> Option<(AccountId, Pubkey)> {
        self.queue.get(&place).copied()
    }
}
