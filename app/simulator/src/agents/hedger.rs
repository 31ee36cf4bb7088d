//! Hedgers: each holds an exposure elsewhere and the opposite position here, so that the two together don't move.
//!
//! A hedger who goes by a signal keeps less of both while the signal is bad. When its position here is cut, or liquidated, its
//! exposure elsewhere is bare until it looks again: that is what a broken hedge costs. What it all comes to, against a group
//! with the same positions and no signal, is what the signal is worth.

use jettison_engine::Direction;

use super::{Agent, Kind, Signal};
use crate::floor::Floor;
use crate::signals::Signals;

/// Seconds between two looks, on average.
pub(super) const PACE: f64 = 60.0;

/// Differences below this part of the position are left.
const TOLERANCE: f64 = 0.05;

/// What moving the exposure elsewhere costs, as a part of it.
const COST: f64 = 0.0005;

impl Agent {
    /// Looks at its hedge once, and decides when to look again.
    pub fn hedge(&mut self, floor: &mut Floor, signals: &Signals) {
        let Kind::Hedger(signal) = self.kind else {
            return;
        };
        self.mark_elsewhere(floor);
        for place in 0..self.wants.len() {
            let want = self.wants[place];
            let side = if want.size > 0 { Direction::Long } else { Direction::Short };
            let part = part(signal, signals, want.market, side);
            let wanted = (want.size as f64 * part) as i64;
            let held = floor.venue.position(self.who, want.market);
            let missing = wanted - held;
            if missing.abs() as f64 > TOLERANCE * want.size.abs() as f64 {
                floor.take(self.who, want.market, missing);
            }
            // What it could not get here it doesn't keep elsewhere either, and what it could not close stays hedged.
            self.move_elsewhere(floor, place, -floor.venue.position(self.who, want.market));
        }
        self.sleep(PACE);
    }

    /// Books what the exposure elsewhere has gained at the oracle's price since it was last looked at.
    pub fn mark_elsewhere(&mut self, floor: &Floor) {
        for (place, want) in self.wants.iter().enumerate() {
            let price = floor.venue.world.markets[want.market].target_price.0;
            let moved = i128::from(price) - i128::from(self.seen[place]);
            self.elsewhere_gain += moved * i128::from(self.elsewhere[place]);
            self.seen[place] = price;
        }
    }

    fn move_elsewhere(&mut self, floor: &Floor, place: usize, wanted: i64) {
        let moved = (wanted - self.elsewhere[place]).abs();
        if moved as f64 <= TOLERANCE * self.wants[place].size.abs() as f64 {
            return;
        }
        let notional = moved as f64 * floor.venue.price(self.wants[place].market).0 as f64;
        self.elsewhere_gain -= (notional * COST) as i128;
        self.elsewhere[place] = wanted;
    }
}

/// The part of its full position that a hedger keeps.
fn part(signal: Signal, signals: &Signals, market: usize, side: Direction) -> f64 {
    let of = |signal| signals.part(signal, market, side);
    match signal {
        Signal::None => 1.0,
        Signal::All => [Signal::ExpectedHaircut, Signal::Concentration, Signal::Centrality]
            .into_iter()
            .map(of)
            .fold(1.0, f64::min),
        one => of(one),
    }
}
