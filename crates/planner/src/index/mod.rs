//! Who crosses maintenance when prices move, without looking at the others.
//!
//! For each side of each market a [`gauge::Gauge`] turns all that moves its holders' health into one number, and a
//! [`ladder::Ladder`] keeps the legs in the order in which a fall of that number reaches them. A healthy account's excess
//! over maintenance is split over its legs; each waits for the reading at which its part would be used up. While no
//! reading has fallen to its leg's, the account is healthy. When one has, the account is assessed by the engine, and is
//! either in need or gets a new split. With one leg that is the crossing itself, to a few atoms; with more it is a bound,
//! which comes nearer each time.
//!
//! All rounding is toward looking too early. Accounts in need are on no ladder: they are few, and assessed whenever a
//! market of theirs has moved.

mod gauge;
mod ladder;

use jettison_engine::{Direction, Health, Leg, Market, MarketIndex, MAX_LEGS};

use crate::book::AccountId;
use gauge::Gauge;
use ladder::Ladder;

/// The trigger of a leg that is on no ladder.
const UNSET: i64 = i64::MIN;

/// A leg, and the reading of its side at which its account must be looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub leg: Leg,
    trigger: i64,
}

impl Held {
    /// A leg that is on no ladder yet.
    pub fn new(leg: Leg) -> Self {
        Self { leg, trigger: UNSET }
    }
}

/// How often the index had to look at an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Accounts whose ladder was reached.
    pub touched: u64,
    /// Those of them that were healthy all the same: looked at too early.
    pub too_early: u64,
    /// Accounts in need that it had not found, and the round of all accounts did: a fault, mended then.
    pub missed: u64,
    /// Markets whose gauges or splits were made anew.
    pub rebuilt: u64,
}

/// The ladders of all markets.
#[derive(Debug, Default)]
pub(crate) struct Index {
    sides: Vec<Option<[Ladder; 2]>>,
}

/// What a market's move means for the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// Those who were reached are listed.
    Reached,
    /// All that is on its ladders must be placed anew.
    Rebuild,
}

impl Index {
    /// Takes note of a market as it is now, and lists in `reached` who must be looked at.
    pub fn follow(
        &mut self,
        before: Option<&Market>,
        market: &Market,
        reached: &mut Vec<AccountId>,
    ) -> Moved {
        let at = usize::from(market.index.0);
        if self.sides.len() <= at {
            self.sides.resize(at + 1, None);
        }
        let Some(ladders) = &mut self.sides[at] else {
            self.sides[at] = Some(ladders_of(market));
            return Moved::Reached;
        };
        // The floor is no part of the reading.
        let mut rebuild =
            before.is_some_and(|before| before.params.requirement_floor != market.params.requirement_floor);
        for (ladder, direction) in ladders.iter_mut().zip([Direction::Long, Direction::Short]) {
            rebuild |= ladder.fall_to(market, direction, reached);
        }
        if !rebuild {
            return Moved::Reached;
        }
        reached.extend(ladders.iter().flat_map(Ladder::ids));
        *ladders = ladders_of(market);
        Moved::Rebuild
    }

    /// Splits the excess of a healthy account's health over its legs, and puts each on its ladder.
    pub fn place<'a>(
        &mut self,
        id: AccountId,
        health: &Health,
        legs: &mut [Held],
        market_of: impl Fn(MarketIndex) -> Option<&'a Market>,
    ) {
        let (mut rounding, mut whole) = (0, 0);
        let mut weights = [0; MAX_LEGS];
        for (held, weight) in legs.iter().zip(&mut weights).filter(|(held, _)| held.leg.has_position()) {
            let Some(market) = market_of(held.leg.market) else { continue };
            rounding += Gauge::ROUNDING + gauge::left_out(market, &held.leg);
            *weight = weight_of(&held.leg, market);
            whole += *weight;
        }
        let excess = i128::from(health.equity.0) - i128::from(health.requirement.0);
        // Closer than rounding, even a rise may be a fall: any move is looked at.
        let slack = u128::try_from(excess - rounding).ok();
        for (held, weight) in legs.iter_mut().zip(weights).filter(|(held, _)| held.leg.has_position()) {
            let part = slack.map(|slack| slack.saturating_mul(weight) / whole.max(1));
            if let Some(ladder) = self.ladder(&held.leg) {
                held.trigger = part.map_or(i64::MAX, |part| ladder.gauge().trigger(held.leg.shares.0, part));
                ladder.put(held.trigger, id);
            }
        }
    }

    /// Takes an account off its ladders.
    pub fn take(&mut self, id: AccountId, legs: &mut [Held]) {
        for held in legs.iter_mut().filter(|held| held.trigger != UNSET) {
            if let Some(ladder) = self.ladder(&held.leg) {
                ladder.take(held.trigger, id);
            }
            held.trigger = UNSET;
        }
    }

    /// Drops a market's ladders; returns who was on them.
    pub fn forget(&mut self, market: MarketIndex) -> Vec<AccountId> {
        let ladders = self.sides.get_mut(usize::from(market.0)).and_then(Option::take);
        ladders.iter().flatten().flat_map(Ladder::ids).collect()
    }

    /// Legs on all ladders.
    pub fn len(&self) -> usize {
        self.sides.iter().flatten().flatten().map(Ladder::len).sum()
    }

    fn ladder(&mut self, leg: &Leg) -> Option<&mut Ladder> {
        let [long, short] = self.sides.get_mut(usize::from(leg.market.0))?.as_mut()?;
        Some(if leg.direction() == Direction::Long { long } else { short })
    }
}

fn ladders_of(market: &Market) -> [Ladder; 2] {
    [Ladder::new(market, Direction::Long), Ladder::new(market, Direction::Short)]
}

/// What part of its account's excess a leg gets: by notional, so that all legs stand the same relative move.
fn weight_of(leg: &Leg, market: &Market) -> u128 {
    let notional = market.size_of(leg).and_then(|size| market.notional(size));
    u128::from(notional.map_or(0, |notional| notional.0)) + 1
}
