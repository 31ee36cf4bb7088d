//! Honest keepers: they act on whoever is below maintenance, and resolve whoever is bankrupt.

use jettison_engine::Margin;
use jettison_harness::{MarketId, Who};

use crate::play::Player;
use crate::scene::{ACCOUNTS, KEEPER, OWN};
use crate::tally::Event;

impl Player<'_> {
    /// Acts until nobody needs it: a haircut can bankrupt in turn.
    pub(crate) fn keep(&mut self) {
        for _ in 0..ACCOUNTS {
            let mut acted = self.resolve_all();
            for who in 0..ACCOUNTS {
                acted |= self.keep_one(who);
            }
            if !acted {
                return;
            }
        }
        panic!("keepers have acted on everybody and are not done");
    }

    fn keep_one(&mut self, who: Who) -> bool {
        let mut acted = false;
        // A liquidation that another market's risk outlives is followed by another.
        for _ in 0..8 {
            if self.world.is_bankrupt(who) {
                return acted;
            }
            let health = self.world.health(who, Margin::Maintenance).expect("health");
            if health.is_met() || !self.reduce(who) {
                return acted;
            }
            acted = true;
        }
        acted
    }

    /// Bankruptcies come first: who takes a position over before a loss is booked bears a part of it.
    fn resolve_all(&mut self) -> bool {
        let mut acted = false;
        while let Some(who) = self.deepest() {
            self.resolve_openly(who);
            acted = true;
        }
        acted
    }

    /// The bankrupt account that owes most.
    fn deepest(&self) -> Option<Who> {
        let bankrupt = (0..ACCOUNTS).filter(|who| self.world.is_bankrupt(*who));
        bankrupt.min_by_key(|who| self.world.equity(*who))
    }

    /// Flags it, has the losers pay, and resolves it.
    fn resolve_openly(&mut self, who: Who) {
        self.world.flag(who).expect("a flag");
        for loser in (0..ACCOUNTS).filter(|loser| *loser != who) {
            self.world.settle(loser).expect("settles");
        }
        let others = (0..ACCOUNTS).any(|other| other != who && self.world.is_bankrupt(other));
        let takes_over = self.setup.keepers_are_rich && !others && who != KEEPER;
        let caller = (who != KEEPER).then_some((KEEPER, takes_over));
        self.resolve(who, caller).expect("a resolution");
    }

    /// Takes over or deleverages its largest position.
    fn reduce(&mut self, who: Who) -> bool {
        let Some(market) = self.largest_position(who) else {
            return false;
        };
        // At a price that lags, a takeover is a bet on a move that everybody knows of.
        let is_sound = self.setup.keepers_are_rich && !self.world.markets[market].is_lagging();
        if is_sound && who != KEEPER && self.take_over(who, market) {
            self.note_of_own(who, Event::Liquidated);
            return true;
        }
        let caller = (who != KEEPER).then_some(KEEPER);
        let closed = self.at_cost(|player| player.world.deleverage(who, caller, market));
        if closed.is_ok_and(|outcome| outcome.eligible) {
            self.note_of_own(who, Event::Deleveraged);
            return true;
        }
        false
    }

    fn take_over(&mut self, who: Who, market: MarketId) -> bool {
        let taken = self.at_cost(|player| player.world.liquidate(who, KEEPER, market, u64::MAX));
        taken.is_ok_and(|outcome| !outcome.size.is_zero())
    }

    fn note_of_own(&mut self, who: Who, event: Event) {
        if OWN.contains(&who) {
            self.tally.events.note(event);
        }
    }

    fn largest_position(&self, who: Who) -> Option<MarketId> {
        let notional = |market: &MarketId| {
            self.world.position(who, *market).unsigned_abs() * self.world.markets[*market].effective_price.0
        };
        let held = |market: &MarketId| self.world.leg(who, *market).is_some_and(|leg| leg.has_position());
        (0..self.world.markets.len()).filter(held).max_by_key(notional)
    }
}
