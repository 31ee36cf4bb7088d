//! Traders: those who hold, those who follow the price, those who sell out.

use rand::Rng;

use super::{hedger, Agent, Kind, Want};
use crate::floor::Floor;
use crate::scenario::Population;

/// A follower goes with moves beyond this part of the price.
const FOLLOWED: f64 = 0.01;

/// A panic seller sells out below this part of what it began with.
const ENOUGH: f64 = 0.7;

/// How much more often a panic seller looks.
const NERVOUS: f64 = 10.0;

/// A gain of this part of capital is taken by half of those who look.
const TAKEN: f64 = 0.5;

/// Part of the traders without a position who open one when they look.
const OPENING: f64 = 0.3;

/// Part of the traders with a position who close it for no reason that is modelled.
const LEAVING: f64 = 0.05;

impl Agent {
    /// Looks at the market once, and decides when to look again.
    pub fn look(&mut self, floor: &mut Floor, people: &Population) {
        // Drawn every time, whatever comes of it: what one decides never moves what it draws later.
        let chance: (f64, f64) = (self.random.random(), self.random.random());
        match self.kind {
            Kind::Trader => self.hold(floor, people, chance),
            Kind::Momentum => self.follow(floor),
            Kind::Panic => self.flee(floor),
            Kind::Hedger(_) => {}
        }
        self.sleep(self.pace(people));
    }

    /// Seconds between two looks, on average.
    pub(super) fn pace(&self, people: &Population) -> f64 {
        match self.kind {
            Kind::Trader | Kind::Momentum => people.pace,
            Kind::Panic => people.pace / NERVOUS,
            Kind::Hedger(_) => hedger::PACE,
        }
    }

    fn is_flat(&self, floor: &Floor) -> bool {
        self.wants.iter().all(|want| floor.venue.position(self.who, want.market) == 0)
    }

    fn close_all(&self, floor: &mut Floor) {
        for Want { market, .. } in &self.wants {
            floor.close(self.who, *market);
        }
    }

    /// What it can open with now: what it wanted at first, in proportion to what is left of its capital.
    fn affordable(&self, floor: &Floor, want: Want) -> i64 {
        let left = floor.venue.world.capital(self.who) as f64 / self.capital.max(1) as f64;
        (want.size as f64 * left.min(1.0)) as i64
    }

    fn hold(&mut self, floor: &mut Floor, people: &Population, (choice, side): (f64, f64)) {
        if self.is_flat(floor) {
            if choice >= OPENING {
                return;
            }
            let sign = if side < people.long_part { 1 } else { -1 };
            for want in &mut self.wants {
                want.size = sign * want.size.abs();
            }
            for want in self.wants.clone() {
                floor.take(self.who, want.market, self.affordable(floor, want));
            }
            return;
        }
        let gain: i128 = self.wants.iter().map(|want| floor.venue.gain(self.who, want.market)).sum();
        let is_good = gain as f64 > TAKEN * self.capital as f64;
        if choice < LEAVING || (is_good && choice < 0.5) {
            self.close_all(floor);
        }
    }

    fn follow(&mut self, floor: &mut Floor) {
        for place in 0..self.wants.len() {
            let want = self.wants[place];
            let price = floor.venue.price(want.market).0;
            let moved = (price as f64 / self.seen[place] as f64).ln();
            self.seen[place] = price;
            if moved.abs() < FOLLOWED {
                continue;
            }
            let sign = if moved > 0.0 { 1 } else { -1 };
            let held = floor.venue.position(self.who, want.market);
            if held.signum() == -sign {
                floor.close(self.who, want.market);
            } else if held == 0 {
                let size = self.affordable(floor, Want { size: sign * want.size.abs(), ..want });
                floor.take(self.who, want.market, size);
            }
        }
    }

    fn flee(&mut self, floor: &mut Floor) {
        let equity = floor.venue.world.equity(self.who);
        if !self.is_flat(floor) && (equity as f64) < ENOUGH * self.capital as f64 {
            self.close_all(floor);
        }
    }
}
