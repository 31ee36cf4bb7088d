//! The keeper's own position: what it offers to others, and when it stops taking more.

use jettison_engine::{assess, Atoms, Contracts, Direction, Health, Margin, Market, Markets};
use serde::Serialize;

use super::{Decision, Keeper, Step};
use crate::input::Millis;

/// What the keeper would trade to reduce its own position: a venue or `jettison trade` can make a quote of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// The market.
    pub market: u16,
    /// What the keeper does: it sells if it is long.
    pub side: &'static str,
    /// Contracts.
    pub size: u64,
    /// The worst price that it accepts, in atoms a contract.
    pub limit_price: u64,
    /// Its margin account.
    pub account: String,
}

impl Keeper {
    /// What of its own position is to be offered: what is above the set part of the limit; all of it when its equity
    /// nears maintenance.
    pub(super) fn offer_own_position(&mut self) {
        let Some(own) = self.setup.own else { return };
        let Some(ledger) = self.cache.book.ledger(&own) else { return };
        let limits = &self.setup.config.limits;
        let mut intents = vec![];
        for leg in ledger.legs().filter(|leg| leg.has_position()) {
            let Some(entry) = self.cache.book.market(leg.market) else { continue };
            let Ok(held) = entry.view.size_of(leg) else { continue };
            let price = entry.view.effective_price.0;
            let limit = u128::from(self.setup.limit(leg.market, price).0);
            let kept = limit * u128::from(limits.unwind_percent) / 100;
            let kept = if self.pressed { 0 } else { u64::try_from(kept).unwrap_or(u64::MAX) };
            let size = held.0.saturating_sub(kept);
            if size > 0 {
                let (side, limit_price) = offered(leg.direction(), price, limits.unwind_bps);
                intents.push(Intent {
                    market: leg.market.0,
                    side,
                    size,
                    limit_price,
                    account: own.to_string(),
                });
            }
        }
        self.intents = intents;
    }

    /// Says when the keeper's equity nears maintenance, so that it takes nothing more over, and when it no longer does.
    pub(super) fn note_pressure(&mut self, at: Millis, step: &mut Step) {
        let Some(health) = self.own_health() else { return };
        let percent = u128::from(self.setup.config.limits.stop_percent);
        let least = u128::from(health.requirement.0) * percent / 100;
        let pressed = u128::from(health.equity.claim().0) < least;
        if pressed != self.pressed {
            self.pressed = pressed;
            let (equity, maintenance) = (health.equity.0, health.requirement.0);
            let what = if pressed {
                format!("own equity {equity} nears maintenance {maintenance}: takes nothing more over")
            } else {
                format!("own equity {equity} is far enough above maintenance {maintenance}: takes over again")
            };
            step.decisions.push(Decision::Note { at, what });
        }
    }

    /// The own account's health at maintenance margin; none without an account.
    pub(super) fn own_health(&self) -> Option<Health> {
        let ledger = self.cache.book.ledger(&self.setup.own?)?;
        let mut markets: Vec<Market> = self.cache.book.markets().map(|entry| entry.view).collect();
        let mut markets: Vec<&mut Market> = markets.iter_mut().collect();
        let markets = Markets::new(&mut markets).ok()?;
        // No price is too old at the beginning of time.
        assess(&ledger, &markets, Margin::Maintenance, i64::MIN).ok()
    }

    /// What it holds in each market: contracts, negative if short.
    pub(super) fn positions(&self) -> Vec<(u16, i64)> {
        let Some(ledger) = self.setup.own.and_then(|own| self.cache.book.ledger(&own)) else { return vec![] };
        let size = |leg: &jettison_engine::Leg| -> Option<(u16, i64)> {
            let Contracts(size) = self.cache.book.market(leg.market)?.view.size_of(leg).ok()?;
            let size = i64::try_from(size).unwrap_or(i64::MAX);
            Some((leg.market.0, if leg.direction() == Direction::Long { size } else { -size }))
        };
        ledger.legs().filter(|leg| leg.has_position()).filter_map(size).collect()
    }

    /// Capital of the own account, in atoms.
    pub(super) fn own_capital(&self) -> Option<Atoms> {
        self.setup.own.and_then(|own| self.cache.book.ledger(&own)).map(|ledger| ledger.capital)
    }
}

/// What the holder of a side does, and the worst price for it: `bps` below or above `price`, rounded to its own favour.
fn offered(direction: Direction, price: u64, bps: u16) -> (&'static str, u64) {
    let part = |bps: u64| u128::from(price) * u128::from(bps);
    match direction {
        Direction::Long => {
            let worst = part(10_000 - u64::from(bps)).div_ceil(10_000);
            ("sell", u64::try_from(worst).unwrap_or(price))
        }
        Direction::Short => {
            let worst = part(10_000 + u64::from(bps)) / 10_000;
            ("buy", u64::try_from(worst).unwrap_or(u64::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_costs_no_more_than_was_set() {
        assert_eq!(offered(Direction::Long, 100_000, 10), ("sell", 99_900));
        assert_eq!(offered(Direction::Short, 100_000, 10), ("buy", 100_100));
        assert_eq!(offered(Direction::Long, 999, 10), ("sell", 999));
        assert_eq!(offered(Direction::Short, 999, 10), ("buy", 999));
    }
}
