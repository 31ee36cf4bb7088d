//! What is on its way, and what has landed and isn't seen yet.

use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;

use super::{Keeper, Named};
use crate::book::Version;
use crate::plan::{Subject, Task, TaskKey};

/// A transaction that may land.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    /// Its tasks; none of one that a former run sent.
    pub tasks: Vec<Task>,
    /// For each instruction, which task it is of.
    pub owners: Vec<Option<usize>>,
    /// Accounts that must not be acted on meanwhile.
    pub accounts: BTreeSet<Pubkey>,
    /// What must not be done meanwhile.
    pub subjects: BTreeSet<Subject>,
}

/// Accounts whose change by a landed transaction isn't seen yet: what is planned for them would be planned for the state
/// before.
#[derive(Clone, Debug)]
pub(super) struct Cooling {
    /// The slot of the transaction.
    pub slot: u64,
    pub accounts: BTreeSet<Pubkey>,
    pub keys: Vec<TaskKey>,
}

/// Slots after which a change that was not seen is no longer waited for: perhaps there was none.
const PATIENCE: u64 = 16;

impl Keeper {
    /// A former run sent this, and it may still land.
    pub(super) fn resume(&mut self, batch: u64, tasks: &[Named]) {
        self.next_batch = self.next_batch.max(batch + 1);
        let accounts = tasks.iter().filter_map(Named::address).collect();
        let flight = Flight { tasks: vec![], owners: vec![], accounts, subjects: BTreeSet::new() };
        self.flights.insert(batch, flight);
    }

    /// Whether a task has to wait for what is on its way or not seen yet.
    pub(super) fn is_busy(&self, task: &Task) -> bool {
        let own = self.setup.own;
        let concerned = || task.accounts.iter().filter(|account| Some(**account) != own);
        let flying = |flight: &Flight| {
            flight.subjects.contains(&task.key.subject)
                || concerned().any(|account| flight.accounts.contains(account))
        };
        let cools = |cooling: &Cooling| concerned().any(|account| cooling.accounts.contains(account));
        self.flights.values().any(flying) || self.cooling.iter().any(cools)
    }

    /// Lets go of accounts whose change was seen, and of those that seem not to have changed.
    pub(super) fn cool_down(&mut self) {
        let (book, slot) = (&self.cache.book, self.cache.slot());
        let mut released = vec![];
        self.cooling.retain_mut(|cooling| {
            if slot > cooling.slot.saturating_add(PATIENCE) {
                released.append(&mut cooling.keys);
                return false;
            }
            let landed = Version::at(cooling.slot);
            cooling.accounts.retain(|account| {
                let found = book.find(account).and_then(|id| book.account(id));
                found.is_some_and(|(_, _, version)| version < landed)
            });
            !cooling.accounts.is_empty() || !cooling.keys.is_empty()
        });
        for key in released {
            self.planner.failed(&key);
        }
    }
}
