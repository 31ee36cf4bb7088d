//! The round that finds accounts to settle. No index leads to them: a charge concerns a whole side at once. So each step
//! visits some, in the order in which they lie in memory, and after some steps it has seen all. On the way it checks the
//! index.

use jettison_engine::{Atoms, Leg, Market, MarketIndex};

use super::{AccountId, Book, Due};

/// Accounts visited in one step. A million is gone round in 61.
const STEP: usize = 1 << 14;

/// Where the round is.
#[derive(Debug, Default)]
pub(super) struct Patrol {
    at: AccountId,
    now: i64,
    /// Claims met in this round that their pools have left unpaid, by market, in atoms.
    unpaid: Vec<u64>,
    /// Those of the last whole round.
    short: Vec<u64>,
    /// Accounts still to visit in this round.
    left: usize,
}

impl Patrol {
    /// Atoms that winners of a market waited for in the last whole round.
    fn short_by(&self, market: MarketIndex) -> u64 {
        self.short.get(usize::from(market.0)).copied().unwrap_or(0)
    }

    fn note_unpaid(&mut self, leg: &Leg) {
        let at = usize::from(leg.market.0);
        if self.unpaid.len() <= at {
            self.unpaid.resize(at + 1, 0);
        }
        self.unpaid[at] = self.unpaid[at].saturating_add(leg.unsettled.claim().0);
    }

    fn begin(&mut self, accounts: usize) {
        self.short = core::mem::take(&mut self.unpaid);
        self.left = accounts;
    }
}

impl Book {
    /// Goes on with the round at `now`, in Unix seconds.
    pub(super) fn patrol(&mut self, now: i64) {
        self.watch.patrol.now = now;
        let ids = self.accounts.after(self.watch.patrol.at, STEP);
        for id in ids {
            if self.watch.patrol.left == 0 {
                let slots = self.accounts.slots();
                self.watch.patrol.begin(slots);
            }
            self.watch.patrol.left -= 1;
            self.watch.patrol.at = id;
            self.check(id);
            self.patrol_one(id);
        }
    }

    /// Notes what an account waits for, and makes sure that the index hasn't missed it.
    fn check(&mut self, id: AccountId) {
        let Some(account) = self.accounts.get(id) else { return };
        for leg in account.legs() {
            self.watch.patrol.note_unpaid(leg);
        }
        let in_need = self.assess(id, account).is_ok_and(|need| need.is_some());
        if in_need && !self.watch.needs.contains_key(&id) {
            self.watch.looks.missed += 1;
            self.look(id);
        }
    }

    /// Notes what settling an account would do.
    pub(super) fn patrol_one(&mut self, id: AccountId) {
        let due = self.due(id);
        match due {
            Some(due) => self.watch.due.insert(id, due),
            None => self.watch.due.remove(&id),
        };
    }

    /// What settling an account would do, if it would move anything on. An account in need is not settled.
    fn due(&self, id: AccountId) -> Option<Due> {
        let account = self.accounts.get(id)?;
        if self.watch.needs.contains_key(&id) || self.watch.unclear.contains(&id) {
            return None;
        }
        let patrol = &self.watch.patrol;
        let (mut uncollected, mut closes) = (0u64, false);
        let mut capital = account.capital().0;
        for leg in account.legs() {
            let market = self.markets.view(leg.market)?;
            let pending = leg.pending(market.side(leg.direction())).ok()?;
            uncollected = uncollected.saturating_add(pending.haircut.0);
            closes |= would_close(leg, market, patrol.now)?;
            let claim = leg.unsettled.plus(pending.net().ok()?).ok()?;
            let pays = claim.debt().0.min(capital).min(patrol.short_by(leg.market));
            capital -= pays;
            uncollected = uncollected.saturating_add(pays);
        }
        let address = *account.address();
        let due = Due { id, address, uncollected: Atoms(uncollected), closes };
        (uncollected > 0 || closes).then_some(due)
    }
}

/// Whether settling would close a leg: of less than one contract, by a wind-down, or a claim that has lapsed.
fn would_close(leg: &Leg, market: &Market, now: i64) -> Option<bool> {
    let drained = leg.has_position() && market.size_of(leg).ok()?.is_zero();
    let lapsed = !leg.unsettled.claim().is_zero() && market.has_lapsed(now);
    Some(drained || lapsed || (leg.has_position() && market.is_closing(now)))
}
