//! Tasks from actions: what they touch, and in which state.

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Atoms, MarketIndex, SignedAtoms};

use super::task::{Action, Reason, Task, TaskKey};
use crate::book::{Book, Version};

/// Which markets a task writes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Writes {
    /// None of them.
    None,
    /// One.
    Only(MarketIndex),
    /// All that it takes.
    All,
}

/// A task before its surroundings are looked up.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub action: Action,
    pub reason: Reason,
    pub loss: Atoms,
    pub value: SignedAtoms,
    /// Margin accounts all of whose markets must be passed.
    pub whole: &'a [Pubkey],
    /// Margin accounts that are only paid into or out of.
    pub besides: &'a [Pubkey],
    pub writes: Writes,
}

impl Draft<'_> {
    /// Looks up what it touches at `now`.
    pub fn task(self, book: &Book, now: i64) -> Task {
        let subject = self.action.subject();
        let ledgers = self.whole.iter().filter_map(|address| book.ledger(address));
        let mut markets: Vec<MarketIndex> =
            ledgers.flat_map(|ledger| ledger.legs().map(|leg| leg.market).collect::<Vec<_>>()).collect();
        markets.extend(subject.market);
        markets.sort_unstable();
        markets.dedup();
        let written = match self.writes {
            Writes::None => vec![],
            Writes::Only(market) => vec![market],
            Writes::All => markets.clone(),
        };
        let due = |market: &MarketIndex| book.market(*market).is_some_and(|entry| entry.needs_accrual(now));
        let accrue_first = match self.action {
            Action::Accrue { .. } => vec![],
            _ if self.whole.is_empty() => vec![],
            _ => markets.iter().copied().filter(due).collect(),
        };
        let accounts = self.whole.iter().chain(self.besides).copied().collect();
        let key = TaskKey { subject, version: version(book, &self.action) };
        let Self { action, reason, loss, value, .. } = self;
        Task { action, key, reason, loss, value, accounts, markets, written, accrue_first }
    }
}

/// When what an action is about was written.
fn version(book: &Book, action: &Action) -> Version {
    let subject = action.subject();
    let account = subject.account.and_then(|address| book.account(book.find(&address)?));
    let market = subject.market.and_then(|market| book.market(market));
    account.map(|found| found.2).or(market.map(|entry| entry.version)).unwrap_or_default()
}
