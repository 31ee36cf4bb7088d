//! The moves by which a loss goes where a rule wants it, and what each holder bore.

use jettison_engine::{Atoms, EngineError, MarketIndex, SignedAtoms};
use jettison_harness::{MarketId, Who};

use super::Shared;
use crate::venue::Venue;

/// Takes `amount` from a leg's claim into its market's surplus, from which the engine pays the next deficit. Claims and
/// surplus together stay what they were, so BACKING does. A claim that becomes a debt is paid out of capital like any other.
pub fn levy(venue: &mut Venue, who: Who, market: MarketId, amount: u64) -> Result<(), EngineError> {
    take(venue, who, market, amount)?;
    let book = &mut venue.world.markets[market];
    book.surplus = book.surplus.plus(Atoms(amount))?;
    Ok(())
}

/// Leaves `amount` of the next deficit to those whose claims the pool won't be able to pay: surplus to pay it with, and as
/// much uncovered loss.
pub fn leave_uncovered(venue: &mut Venue, market: MarketId, amount: u64) {
    let book = &mut venue.world.markets[market];
    book.surplus.0 += amount;
    book.uncovered.0 += amount;
    venue.left_uncovered += amount;
}

fn take(venue: &mut Venue, who: Who, market: MarketId, amount: u64) -> Result<(), EngineError> {
    let index = MarketIndex(market as u16);
    let mut legs = venue.world.accounts[who].legs.iter_mut();
    let leg = legs.find(|leg| leg.is_in_use() && leg.market == index).ok_or(EngineError::NoPosition)?;
    let signed = i64::try_from(amount).map_err(|_| EngineError::Overflow)?;
    leg.unsettled = leg.unsettled.minus(SignedAtoms(signed))?;
    Ok(())
}

/// A charge that was made when a gain was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deferred {
    /// Who.
    pub who: Who,
    /// Where.
    pub market: MarketId,
    /// What was kept back, in atoms.
    pub charge: u64,
    /// What it had to get.
    pub gain: u64,
    /// What it was worth before.
    pub equity: u64,
}

/// The withdrawal haircut: before a gain is taken out of a pool that can't pay all claims, its holder gives up the part of it
/// that nobody covers, `ceil(claim × uncovered / Σ claims)`. (Percolator's rule: payable profit over all profit.) Of a claim
/// that the pool can't pay in full now, only what it pays is cut: the rest is, when it is paid.
pub fn collect_haircut(venue: &mut Venue, who: Who) -> Result<Vec<Deferred>, EngineError> {
    let mut charged = vec![];
    for market in 0..venue.world.markets.len() {
        let uncovered = venue.world.markets[market].uncovered.0;
        let claim = venue.world.claim(who, market);
        if uncovered == 0 || claim <= 0 {
            continue;
        }
        let accounts = 0..venue.world.accounts.len();
        let all: i128 = accounts.map(|other| venue.world.claim(other, market).max(0)).sum();
        let charge =
            part(claim, i128::from(uncovered), all, i128::from(venue.world.markets[market].payable().0));
        let charge = u64::try_from(charge).map_err(|_| EngineError::Overflow)?;
        let gain = u64::try_from(claim).unwrap_or(0);
        let equity = u64::try_from(venue.world.equity(who)).unwrap_or(0);
        take(venue, who, market, charge)?;
        venue.world.markets[market].uncovered.0 -= charge;
        charged.push(Deferred { who, market, charge, gain, equity });
    }
    Ok(charged)
}

/// What is kept back of a claim, where `payable` can be paid now.
fn part(claim: i128, uncovered: i128, all: i128, payable: i128) -> i128 {
    let up = |above: i128, below: i128| (above + below - 1) / below;
    let whole = up(claim * uncovered, all);
    // Nothing at all is covered: all is kept back.
    let of_paid = if all > uncovered { up(payable * uncovered, all - uncovered) } else { claim };
    whole.min(of_paid).min(claim).min(uncovered)
}

/// What each holder's leg is worth less than before, and what that did to its account.
pub fn measure(venue: &mut Venue, loss: &mut Shared) {
    for bearer in &mut loss.bearers {
        let after = venue.world.claim(bearer.who, loss.market) + bearer.collected;
        bearer.charge = u64::try_from(bearer.claim - after).unwrap_or(0);
        // Positions are no larger than before: who has what they required then needs no closer look.
        if bearer.charge == 0 || venue.world.equity(bearer.who) >= bearer.required {
            continue;
        }
        if let Some(health) = venue.health(bearer.who) {
            bearer.fails = health.equity.is_negative();
            bearer.falls = bearer.was_met && !health.is_met() && !bearer.fails;
        }
    }
}
