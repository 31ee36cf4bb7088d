//! Holders, followers and panic sellers.

use jettison_harness::Who;
use jettison_simulator::agents::{Agent, Kind};
use jettison_simulator::floor::Floor;
use jettison_simulator::scenario::Population;

use super::scene::{self, START};

const WHO: Who = 0;
const MAKER: Who = 1;
const CAPITAL: u64 = 2_500;
const SIZE: i64 = 10;

struct Desk {
    floor: Floor,
    agent: Agent,
}

impl Desk {
    /// Somebody with 2,500 who is long `held` from 1,000, before a maker with much.
    fn new(kind: Kind, held: i64) -> Self {
        let mut venue = scene::venue(scene::params(), &[CAPITAL, 10_000_000]);
        if held != 0 {
            scene::open(&mut venue, WHO, MAKER, held);
        }
        Self { floor: scene::floor(venue, &[MAKER]), agent: scene::agent(WHO, kind, CAPITAL, SIZE) }
    }

    /// Looks at a price; returns what is held then.
    fn at(&mut self, price: u64) -> i64 {
        self.floor.venue.world.gap(0, price);
        self.agent.next = self.floor.venue.world.now;
        self.agent.look(&mut self.floor, &Population::default());
        self.floor.venue.position(WHO, 0)
    }
}

#[test]
fn a_panic_seller_sells_out_after_a_fall_and_not_before() {
    let mut desk = Desk::new(Kind::Panic, SIZE);
    assert_eq!(desk.at(START), SIZE);
    assert_eq!(desk.at(1_100), SIZE, "a gain is no reason");
    assert_eq!(desk.at(930), SIZE, "72 % of 2,500 is left");
    assert_eq!(desk.floor.books[0].impact(), 0.0);
    assert_eq!(desk.at(920), 0, "68 % is left");
    assert!(desk.floor.books[0].impact() < 0.0, "and the sale pushes the price down");
    assert_eq!(desk.at(1_200), 0, "it doesn't come back");
}

#[test]
fn a_follower_goes_with_the_price_and_leaves_small_moves() {
    let mut desk = Desk::new(Kind::Momentum, 0);
    assert_eq!(desk.at(1_009), 0, "less than a percent");
    assert_eq!(desk.at(1_015), 0, "each less than a percent from the look before");
    assert_eq!(desk.at(1_040), SIZE);
    assert_eq!(desk.at(1_060), SIZE, "it has what it wants");
    assert_eq!(desk.at(1_040), 0, "against it: out first");
    assert_eq!(desk.at(1_020), -SIZE + 1, "and then with it, with what the spread has left of its capital");
}

#[test]
fn a_holder_takes_a_gain_of_half_of_its_capital_far_more_often_than_it_leaves_for_nothing() {
    let left = |price: u64| {
        let mut desk = Desk::new(Kind::Trader, SIZE);
        desk.floor.venue.world.gap(0, price);
        let mut left = 0;
        for seed in 0..400 {
            let mut agent = scene::agent(WHO, Kind::Trader, CAPITAL, SIZE);
            agent.random.set_stream(seed);
            let mut floor = desk.floor.clone();
            agent.look(&mut floor, &Population::default());
            left += usize::from(floor.venue.position(WHO, 0) == 0);
        }
        left
    };
    let (calm, gained) = (left(1_120), left(1_130));
    assert!((8..=40).contains(&calm), "one in twenty: {calm} of 400");
    assert!((150..=250).contains(&gained), "half of them: {gained} of 400");
}

#[test]
fn a_holder_without_a_position_opens_with_what_is_left_of_its_capital() {
    let mut opened = 0;
    let mut desk = Desk::new(Kind::Trader, 0);
    // Half of it is gone.
    desk.floor.venue.world.withdraw(WHO, CAPITAL / 2).expect("out");
    for seed in 0..400 {
        let mut agent = scene::agent(WHO, Kind::Trader, CAPITAL, SIZE);
        agent.random.set_stream(seed);
        let mut floor = desk.floor.clone();
        agent.look(&mut floor, &Population { long_part: 0.75, ..Population::default() });
        let held = floor.venue.position(WHO, 0);
        assert!([0, SIZE / 2, -SIZE / 2].contains(&held), "{held}");
        opened += usize::from(held != 0);
    }
    assert!((90..=150).contains(&opened), "three in ten look and open: {opened} of 400");
}

#[test]
fn what_somebody_decides_never_moves_what_it_draws_later() {
    for kind in [Kind::Trader, Kind::Momentum, Kind::Panic] {
        let after = |held: i64, price: u64| {
            let mut desk = Desk::new(kind, held);
            desk.at(price);
            (desk.agent.next - desk.floor.venue.world.now, desk.agent.random.get_word_pos())
        };
        let first = after(SIZE, START);
        for (held, price) in [(SIZE, 900), (SIZE, 1_300), (0, START), (0, 1_100)] {
            assert_eq!(after(held, price), first, "{kind:?} with {held} at {price}");
        }
    }
}

#[test]
fn a_maker_without_margin_is_passed_over_and_where_none_takes_all_a_quarter_is_tried() {
    let capitals = [1_000_000, 1_000, 5_000];
    let floor = || scene::floor(scene::venue(scene::params(), &capitals), &[1, 2]);
    let mut deep = floor();
    assert_eq!(deep.take(WHO, 0, 40), 40, "the second maker has margin for it");
    assert_eq!([deep.venue.position(1, 0), deep.venue.position(2, 0)], [0, -40]);
    let mut shallow = floor();
    assert_eq!(shallow.take(WHO, 0, 80), 20);
    assert_eq!(shallow.take(WHO, 0, 8_000), 0, "nor a quarter of it");
    assert_eq!(shallow.venue.position(WHO, 0), 20);
}
