//! Who is in need, kept up to date as markets and accounts change.

use std::collections::{BTreeMap, BTreeSet};

use jettison_engine::{EngineError, Market, MarketIndex};

use super::accounts::Account;
use super::patrol::Patrol;
use super::{AccountId, Book, Distress, Due, Need};
use crate::index::{Looks, Moved};

/// Who is in need, and who is to be settled.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub needs: BTreeMap<AccountId, Need>,
    /// Accounts that can't be assessed, because a market of theirs isn't known or is of another time.
    pub unclear: BTreeSet<AccountId>,
    pub due: BTreeMap<AccountId, Due>,
    pub patrol: Patrol,
    pub looks: Looks,
    /// Accounts whom the move of a market has reached, to be looked at.
    reached: Vec<AccountId>,
}

impl Book {
    /// Brings a market's view to `now`, and lists those whom that reaches. Returns whether it moved anyone's health.
    pub(super) fn project(&mut self, market: MarketIndex, now: i64) -> bool {
        let Some(before) = self.markets.view(market).copied() else { return false };
        self.markets.project(market, now);
        self.follow(market, Some(&before))
    }

    /// Lists those whom a change of a market's view reaches. Returns whether it changed anyone's health.
    pub(super) fn follow(&mut self, market: MarketIndex, before: Option<&Market>) -> bool {
        let Some(view) = self.markets.view(market) else { return false };
        if before.is_some_and(|before| is_alike(before, view)) {
            return false;
        }
        if self.index.follow(before, view, &mut self.watch.reached) == Moved::Rebuild {
            self.watch.looks.rebuilt += 1;
        }
        true
    }

    /// Assesses those in need anew, of one market or of all, and those who were reached.
    pub(super) fn look_around(&mut self, market: Option<MarketIndex>) {
        let concerned = |id: &&AccountId| {
            let account = self.accounts.get(**id);
            account.is_some_and(|account| market.is_none_or(|market| account.is_in(market)))
        };
        let known: Vec<AccountId> = self.watch.needs.keys().filter(concerned).copied().collect();
        for id in known {
            self.look(id);
        }
        let mut reached = core::mem::take(&mut self.watch.reached);
        self.watch.looks.touched += reached.len() as u64;
        for id in reached.drain(..) {
            self.look(id);
            self.watch.looks.too_early += u64::from(!self.watch.needs.contains_key(&id));
        }
        self.watch.reached = reached;
    }

    /// Assesses an account and puts it where it belongs: among those in need, or on the ladders.
    pub(super) fn look(&mut self, id: AccountId) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        self.index.take(id, account.legs_mut());
        let ledger = account.ledger();
        let health = match self.markets.assess(&ledger) {
            Ok(health) => health,
            Err(_) => {
                self.watch.needs.remove(&id);
                self.watch.unclear.insert(id);
                return;
            }
        };
        match need(id, account, &health) {
            Some(need) => {
                self.watch.needs.insert(id, need);
            }
            None => {
                self.watch.needs.remove(&id);
                self.index.place(id, &health, account.legs_mut(), |market| self.markets.view(market));
            }
        }
    }

    /// Tries those again that could not be assessed.
    pub(super) fn look_at_unclear(&mut self) {
        for id in core::mem::take(&mut self.watch.unclear) {
            self.look(id);
        }
    }

    /// Takes an account off everything, before it changes or goes.
    pub(super) fn unwatch(&mut self, id: AccountId) {
        if let Some(account) = self.accounts.get_mut(id) {
            self.index.take(id, account.legs_mut());
        }
        self.watch.needs.remove(&id);
        self.watch.unclear.remove(&id);
        self.watch.due.remove(&id);
    }

    /// Takes note that a market is no more: whoever still has a leg in it can't be assessed.
    pub(super) fn forget(&mut self, market: MarketIndex) {
        for id in self.index.forget(market) {
            self.look(id);
        }
        self.look_around(Some(market));
    }

    /// What an account needs, if anything, by the engine.
    pub(super) fn assess(&self, id: AccountId, account: &Account) -> Result<Option<Need>, EngineError> {
        let health = self.markets.assess(&account.ledger())?;
        Ok(need(id, account, &health))
    }
}

/// What an account of this health needs, if anything.
fn need(id: AccountId, account: &Account, health: &jettison_engine::Health) -> Option<Need> {
    if health.is_met() || account.has_no_legs() {
        return None;
    }
    let distress = if health.equity.is_negative() { Distress::Bankrupt } else { Distress::Liquidatable };
    Some(Need { id, address: *account.address(), health: *health, distress })
}

/// Whether all health in a market is as it was.
fn is_alike(before: &Market, after: &Market) -> bool {
    let health = |market: &Market| (market.long, market.short, market.effective_price, market.params);
    health(before) == health(after)
}
