//! Keepers: they see an account fall, act some time later as fast as the chain lets them, with the money they have, and work off
//! what they took over.

use jettison_engine::{assess, Health, Margin};
use jettison_harness::{MarketId, Who};

use crate::error::{Error, Result};
use crate::floor::Floor;
use crate::rules::{self, Rule};
use crate::scenario::KeeperSpec;
use crate::tally::Tally;
use crate::venue::Venue;

/// Transactions on one account in one look.
const TRIES: usize = 8;

/// All keepers of a history.
#[derive(Clone, Debug)]
pub struct Keepers {
    spec: KeeperSpec,
    whos: Vec<Who>,
    /// Moves auto-deleveraged positions.
    clearer: Who,
    /// Since when each account is below maintenance; none if it isn't.
    since: Vec<Option<i64>>,
    /// When the outage ends; none if there hasn't been any.
    outage_until: Option<i64>,
    /// Part of a transaction that the rate left over so far.
    left_over: f64,
}

impl Keepers {
    /// Those of a crowd.
    pub fn new(spec: &KeeperSpec, whos: Vec<Who>, clearer: Who, venue: &Venue) -> Self {
        let since = vec![None; venue.world.accounts.len()];
        Self { spec: spec.clone(), whos, clearer, since, outage_until: None, left_over: 0.0 }
    }

    /// Whether nothing lands. The outage begins when a market's price is far enough from its slow average.
    fn is_out(&mut self, venue: &Venue) -> bool {
        let now = venue.world.now;
        let far = venue.world.markets.iter().any(|market| {
            let (price, average) = (market.effective_price.0, market.stable_price.0);
            price.abs_diff(average) as f64 > self.spec.outage_after * average as f64
        });
        if self.outage_until.is_none() && far {
            self.outage_until = Some(now + i64::from(self.spec.outage));
        }
        self.outage_until.is_some_and(|until| now < until)
    }

    /// Looks at every account, acts on those whose time has come, and works off what was taken over.
    pub fn look(&mut self, floor: &mut Floor, rule: Rule, tally: &mut Tally, seconds: i64) -> Result<()> {
        let failing = self.scan(&mut floor.venue);
        if self.is_out(&floor.venue) {
            return Ok(());
        }
        let mut budget = self.budget(seconds);
        for who in failing {
            let waited = floor.venue.world.now - self.since[who].unwrap_or(floor.venue.world.now);
            let able = self.able(who, waited);
            if !able.is_empty() {
                self.handle(floor, rule, tally, (who, &able), &mut budget)?;
            }
            if budget == 0 {
                break;
            }
        }
        self.unwind(floor, seconds);
        Ok(())
    }

    /// Transactions that land now: whole ones, and the rest of the rate is kept for later. What isn't used is gone.
    fn budget(&mut self, seconds: i64) -> u64 {
        // A millionth, so that ten tenths are one.
        let rate = self.spec.rate * seconds as f64 + self.left_over;
        let whole = (rate + 1e-6).floor();
        self.left_over = (rate - whole).max(0.0);
        whole as u64
    }

    /// Resolves whoever is bankrupt, at once: at the end of a history, so that every rule has booked every loss.
    pub fn resolve_all(&mut self, floor: &mut Floor, rule: Rule, tally: &mut Tally) -> Result<()> {
        for who in self.scan(&mut floor.venue) {
            let by = self.whos.iter().copied().find(|keeper| *keeper != who).unwrap_or(self.clearer);
            if floor.venue.health(who).is_some_and(|health| health.equity.is_negative()) {
                self.resolve(&mut floor.venue, rule, tally, who, by)?;
            }
        }
        Ok(())
    }

    /// Keepers that have had time to act on an account, the fastest first.
    fn able(&self, who: Who, waited: i64) -> Vec<Who> {
        let latency = i64::from(self.spec.latency);
        let acts = |place: usize| waited >= latency * (place as i64 + 1) || latency == 0;
        let keepers = self.whos.iter().enumerate().filter(|(place, keeper)| acts(*place) && **keeper != who);
        let mut able: Vec<Who> = keepers.map(|(_, keeper)| *keeper).collect();
        if able.is_empty() && self.whos == [who] && acts(0) {
            // The only keeper can't act on itself; anybody may.
            able.push(self.clearer);
        }
        able
    }

    /// Accounts below maintenance, those first who have the smallest part of it left.
    fn scan(&mut self, venue: &mut Venue) -> Vec<Who> {
        let now = venue.world.now;
        let since = &mut self.since;
        let found = venue.with_markets(|accounts, markets, at| -> Vec<(Who, f64)> {
            let mut failing = vec![];
            for (who, account) in accounts.iter().enumerate() {
                let health = if account.has_no_legs() {
                    None
                } else {
                    assess(account, markets, Margin::Maintenance, at).ok().filter(|health| !health.is_met())
                };
                since[who] = health.and(since[who].or(Some(now)));
                if let Some(health) = health {
                    failing.push((who, health.equity.0 as f64 / health.requirement.0.max(1) as f64));
                }
            }
            failing
        });
        let mut failing = found.unwrap_or_default();
        failing.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        failing.into_iter().map(|(who, _)| who).collect()
    }

    fn handle(
        &self,
        floor: &mut Floor,
        rule: Rule,
        tally: &mut Tally,
        (who, able): (Who, &[Who]),
        budget: &mut u64,
    ) -> Result<()> {
        for _ in 0..TRIES {
            let Some(health) = floor.venue.health(who).filter(|health| !health.is_met()) else {
                return Ok(());
            };
            if *budget == 0 {
                return Ok(());
            }
            *budget -= 1;
            if health.equity.is_negative() {
                return self.resolve(&mut floor.venue, rule, tally, who, able[0]);
            }
            if !self.liquidate(&mut floor.venue, tally, who, able, &health) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn resolve(&self, venue: &mut Venue, rule: Rule, tally: &mut Tally, who: Who, by: Who) -> Result<()> {
        let cuts = venue.cuts.len();
        let loss = rules::resolve(rule, venue, who, by, self.clearer);
        let loss =
            loss.map_err(|source| Error::Engine { what: format!("resolving account {who}"), source })?;
        tally.resolved(&loss, venue, cuts, rule.defers());
        Ok(())
    }

    /// Takes a part of the largest position over, or has it deleveraged where nobody has the margin. Returns whether anything
    /// was done.
    fn liquidate(
        &self,
        venue: &mut Venue,
        tally: &mut Tally,
        who: Who,
        able: &[Who],
        health: &Health,
    ) -> bool {
        let Some((market, size)) = largest(venue, who) else {
            return false;
        };
        for by in able {
            for part in [size, size / 4] {
                if part == 0 {
                    continue;
                }
                if let Ok(outcome) = venue.liquidate(who, *by, market, part) {
                    tally.liquidated(&outcome);
                    return !outcome.size.is_zero();
                }
            }
        }
        debug_assert!(!health.is_met());
        let deleveraged = venue.deleverage(who, able[0], market);
        deleveraged.is_ok_and(|outcome| {
            tally.deleveraged(&outcome, venue);
            outcome.eligible
        })
    }

    /// Works off a part of what keepers hold, and all that the clearer could not hand on.
    fn unwind(&self, floor: &mut Floor, seconds: i64) {
        let part = 1.0 - 0.5f64.powf(seconds as f64 / self.spec.unwind);
        for market in 0..floor.makers.len() {
            for keeper in &self.whos {
                let held = floor.venue.position(*keeper, market);
                let size = (held.unsigned_abs() as f64 * part).ceil() as i64 * held.signum();
                floor.take(*keeper, market, -size);
            }
            if floor.venue.position(self.clearer, market) != 0 {
                floor.close(self.clearer, market);
            }
        }
    }
}

/// The position of an account that is worth most, in contracts.
fn largest(venue: &Venue, who: Who) -> Option<(MarketId, u64)> {
    let sizes =
        (0..venue.world.markets.len()).map(|market| (market, venue.position(who, market).unsigned_abs()));
    let held = sizes.filter(|(_, size)| *size > 0);
    held.max_by_key(|(market, size)| u128::from(*size) * u128::from(venue.price(*market).0))
}
