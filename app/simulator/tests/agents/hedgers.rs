//! Hedgers: two positions that don't move together, and less of both when a signal is bad.

use jettison_harness::Who;
use jettison_simulator::agents::{Agent, Kind, Signal};
use jettison_simulator::floor::Floor;
use jettison_simulator::signals::Signals;
use jettison_simulator::venue::Venue;

use super::scene;

const WHO: Who = 0;
const MAKER: Who = 1;
/// Long against the hedgers: a part with little money, so that a fall leaves a deficit.
const THIN: Who = 2;
const CAPITAL: u64 = 20_000;
const SIZE: i64 = -40;

/// A hedger who is short 40 from 1,000: 10 against a long that has just its margin, 30 against the maker.
fn venue() -> Venue {
    let mut venue = scene::venue(scene::params(), &[CAPITAL, 10_000_000, 1_000]);
    scene::open(&mut venue, THIN, WHO, 10);
    scene::open(&mut venue, MAKER, WHO, 30);
    venue
}

struct Hedge {
    floor: Floor,
    agent: Agent,
}

impl Hedge {
    fn new(signal: Signal) -> Self {
        let agent = scene::agent(WHO, Kind::Hedger(signal), CAPITAL, SIZE);
        Self { floor: scene::floor(venue(), &[MAKER]), agent }
    }

    fn held(&self) -> i64 {
        self.floor.venue.position(WHO, 0)
    }

    /// What both positions together have brought.
    fn profit(&mut self) -> i128 {
        self.agent.mark_elsewhere(&self.floor);
        self.floor.venue.world.equity(WHO) - i128::from(CAPITAL) + self.agent.elsewhere_gain
    }
}

fn calm() -> Signals {
    Signals::calm(1)
}

/// The market's signals, as they are.
fn read(venue: &Venue) -> Signals {
    Signals::read(venue, &["AAA-USD".to_owned()], &[]).expect("signals")
}

#[test]
fn while_nothing_is_cut_the_two_positions_bring_nothing_together() {
    let mut hedge = Hedge::new(Signal::None);
    for price in [950, 1_200, 900, 1_000, 870] {
        hedge.floor.venue.world.gap(0, price);
        hedge.agent.hedge(&mut hedge.floor, &calm());
        assert_eq!((hedge.held(), hedge.agent.elsewhere[0]), (SIZE, -SIZE), "at {price}");
        let profit = hedge.profit();
        assert!(profit.abs() <= 2, "rounding of a mark at most, not {profit}, at {price}");
    }
}

#[test]
fn a_cut_leaves_the_exposure_elsewhere_bare_until_the_next_look() {
    let mut hedge = Hedge::new(Signal::None);
    hedge.floor.venue.world.gap(0, 910);
    // The thin long has 100 of the 455 that it must have.
    hedge.floor.venue.deleverage(THIN, MAKER, 0).expect("deleveraged");
    assert_eq!(hedge.held(), -30, "ten contracts of the short side are gone, all of them the hedger's");
    hedge.floor.venue.world.gap(0, 810);
    let bare = hedge.profit();
    assert!((bare + 10 * 100).abs() <= 3, "ten contracts fell by 100 unhedged: {bare}");
    hedge.agent.hedge(&mut hedge.floor, &calm());
    assert_eq!((hedge.held(), hedge.agent.elsewhere[0]), (SIZE, -SIZE), "whole again");
    let before = hedge.profit();
    hedge.floor.venue.world.gap(0, 700);
    let after = hedge.profit();
    assert!((after - before).abs() <= 3, "{before} and {after}");
}

#[test]
fn who_goes_by_the_expected_haircut_holds_less_of_both_when_it_is_bad_and_comes_back() {
    let mut by_signal = Hedge::new(Signal::ExpectedHaircut);
    let mut by_none = Hedge::new(Signal::None);
    let signals = read(&by_signal.floor.venue);
    let side = signals.side(0, jettison_engine::Direction::Short);
    assert!(side.expected_haircut > 0.0, "a fall of a fifth leaves the thin long owing: {side:?}");
    for hedge in [&mut by_signal, &mut by_none] {
        hedge.agent.hedge(&mut hedge.floor, &signals);
    }
    assert_eq!(by_none.held(), SIZE);
    let part = signals.part(Signal::ExpectedHaircut, 0, jettison_engine::Direction::Short);
    assert!(part < 0.9, "{part}");
    let less = (SIZE as f64 * part) as i64;
    assert_eq!((by_signal.held(), by_signal.agent.elsewhere[0]), (less, -less));
    by_signal.agent.hedge(&mut by_signal.floor, &calm());
    assert_eq!((by_signal.held(), by_signal.agent.elsewhere[0]), (SIZE, -SIZE));
}

#[test]
fn each_signal_is_of_the_other_side_and_who_goes_by_all_goes_by_the_worst() {
    let signals = read(&venue());
    let short = jettison_engine::Direction::Short;
    let of = |signal| signals.part(signal, 0, short);
    let parts = [Signal::ExpectedHaircut, Signal::Concentration, Signal::Centrality].map(of);
    // The longs are two, of which one has three quarters: 10 / 16 is far beyond what is spread enough.
    let side = signals.side(0, short);
    assert!((side.concentration - 0.625).abs() < 1e-6, "{side:?}");
    assert_eq!(parts[1], 0.2, "the least that any signal leaves");
    assert!(side.centrality > 0.0, "{side:?}");
    assert_eq!(of(Signal::None), 1.0);
    let mut hedge = Hedge::new(Signal::All);
    hedge.agent.hedge(&mut hedge.floor, &signals);
    let least = parts.into_iter().fold(1.0, f64::min);
    assert_eq!(hedge.held(), (SIZE as f64 * least) as i64);
}

#[test]
fn differences_too_small_to_trade_are_left() {
    let mut hedge = Hedge::new(Signal::None);
    hedge.floor.take(WHO, 0, 2);
    assert_eq!(hedge.held(), SIZE + 2);
    hedge.agent.hedge(&mut hedge.floor, &calm());
    assert_eq!(hedge.held(), SIZE + 2, "a twentieth");
    hedge.floor.take(WHO, 0, 1);
    hedge.agent.hedge(&mut hedge.floor, &calm());
    assert_eq!(hedge.held(), SIZE);
}
