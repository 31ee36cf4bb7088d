//! One market at 1,000 without fees: initial margin 10 %, maintenance 5 %, deleverage below half of that.

use jettison_engine::{MarketParams, Price};
use jettison_harness::{params, Who, World};
use jettison_simulator::agents::{Agent, Kind, Want};
use jettison_simulator::book::Book;
use jettison_simulator::floor::Floor;
use jettison_simulator::scenario::BookSpec;
use jettison_simulator::venue::Venue;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The first price.
pub const START: u64 = 1_000;

/// Open interest that the book takes itself to be for: a percent is 50 contracts.
const OPEN: f64 = 1_000.0;

pub fn params() -> MarketParams {
    params::plain()
}

/// A venue with accounts of these capitals.
pub fn venue(params: MarketParams, capitals: &[u64]) -> Venue {
    Venue::new(World::with(params, START, capitals))
}

/// A floor whose only makers are these.
pub fn floor(venue: Venue, makers: &[Who]) -> Floor {
    let book = Book::new(
        &BookSpec { depth: 0.05, half_life: 60.0, permanent: 0.2, fear: 0.002 },
        OPEN,
        START as f64,
    );
    Floor::new(venue, vec![book], vec![makers.to_vec()])
}

/// Opens a position at the first price.
pub fn open(venue: &mut Venue, buyer: Who, seller: Who, size: i64) {
    venue.trade(buyer, seller, 0, size, Price(START)).expect("the first trade");
}

/// Somebody who wants `size` contracts of the only market, with the chance of seed 1.
pub fn agent(who: Who, kind: Kind, capital: u64, size: i64) -> Agent {
    let is_hedger = matches!(kind, Kind::Hedger(_));
    Agent {
        who,
        kind,
        capital,
        leverage: size.unsigned_abs() as f64 * START as f64 / capital as f64,
        wants: vec![Want { market: 0, size }],
        next: 0,
        seen: vec![START],
        elsewhere: vec![if is_hedger { -size } else { 0 }],
        elsewhere_gain: 0,
        random: ChaCha8Rng::seed_from_u64(1),
    }
}
