//! Keepers: latency, rate, outage, money.
//!
//! F is long 10 from 1,000 with 1,000 of capital. At 940 it has 400 where 470 are required; at 920 it has 200, less than half of
//! 460; at 890 it has nothing left and owes 100.

use std::collections::BTreeSet;

use jettison_engine::MarketParams;
use jettison_harness::Who;
use jettison_simulator::agents::keeper::Keepers;
use jettison_simulator::floor::Floor;
use jettison_simulator::results::RuleRow;
use jettison_simulator::rules::Rule;
use jettison_simulator::scenario::KeeperSpec;
use jettison_simulator::tally::Tally;

use super::scene;

/// Keepers at once, as many transactions as they like, and no outage.
fn prompt() -> KeeperSpec {
    KeeperSpec { count: 2, latency: 0, rate: 100.0, outage: 0, ..KeeperSpec::default() }
}

/// The short side, two keepers and the clearer; then those who fall.
const SHORT: Who = 0;
const FIRST: Who = 1;
const SECOND: Who = 2;
const CLEARER: Who = 3;
const FALLER: Who = 4;

struct Watch {
    floor: Floor,
    keepers: Keepers,
    tally: Tally,
}

impl Watch {
    /// So many who fall, keepers with these capitals, and no makers: what keepers take over they keep.
    fn new(spec: &KeeperSpec, params: MarketParams, fallers: usize, capitals: [u64; 2]) -> Self {
        let mut all = vec![1_000_000, capitals[0], capitals[1], 1_000_000];
        all.extend(vec![1_000; fallers]);
        let mut venue = scene::venue(params, &all);
        for faller in 0..fallers {
            scene::open(&mut venue, FALLER + faller, SHORT, 10);
        }
        let keepers = Keepers::new(spec, vec![FIRST, SECOND], CLEARER, &venue);
        let tally = Tally::new(RuleRow::default(), all.len(), BTreeSet::new(), 300);
        Self { floor: scene::floor(venue, &[]), keepers, tally }
    }

    fn one(spec: &KeeperSpec, capitals: [u64; 2]) -> Self {
        Self::new(spec, scene::params(), 1, capitals)
    }

    fn look(&mut self) -> &RuleRow {
        let (rule, tally) = (Rule::Index, &mut self.tally);
        self.keepers.look(&mut self.floor, rule, tally, 1).expect("nothing that keepers can't do without");
        &self.tally.row
    }

    /// Lets a second pass and keepers look; returns what they have done so far: takeovers, deleverages, bankruptcies.
    fn second(&mut self) -> [u64; 3] {
        self.floor.venue.world.now += 1;
        self.floor.venue.world.refresh();
        let row = self.look();
        [row.liquidations, row.deleverages, row.bankruptcies]
    }

    fn price(&mut self, price: u64) {
        self.floor.venue.world.gap(0, price);
    }

    fn held(&self, who: Who) -> i64 {
        self.floor.venue.position(who, 0)
    }
}

const NOTHING: [u64; 3] = [0; 3];
const RICH: [u64; 2] = [1_000_000; 2];

#[test]
fn nobody_is_acted_on_before_the_latency_has_passed_and_then_the_first_keeper_acts() {
    let mut watch = Watch::one(&KeeperSpec { latency: 5, ..prompt() }, RICH);
    watch.look();
    watch.price(940);
    watch.look();
    for second in 1..5 {
        assert_eq!(watch.second(), NOTHING, "second {second}");
    }
    assert_eq!(watch.second(), [1, 0, 0]);
    assert!(watch.held(FIRST) > 0 && watch.held(SECOND) == 0);
    assert_eq!(watch.held(FALLER) + watch.held(FIRST), 10);
}

#[test]
fn each_further_keeper_takes_as_long_again() {
    // The first keeper has no money, and the account is too good to be deleveraged.
    let mut watch = Watch::one(&KeeperSpec { latency: 5, ..prompt() }, [0, 1_000_000]);
    watch.price(940);
    watch.look();
    for second in 1..10 {
        assert_eq!(watch.second(), NOTHING, "second {second}");
    }
    assert_eq!(watch.second(), [1, 0, 0]);
    assert!(watch.held(SECOND) > 0);
}

#[test]
fn who_recovers_and_falls_again_is_waited_for_anew() {
    let mut watch = Watch::one(&KeeperSpec { latency: 5, ..prompt() }, RICH);
    watch.price(940);
    for _ in 0..4 {
        assert_eq!(watch.second(), NOTHING);
    }
    watch.price(1_000);
    watch.second();
    watch.price(940);
    watch.look();
    for second in 1..5 {
        assert_eq!(watch.second(), NOTHING, "second {second}");
    }
    assert_eq!(watch.second(), [1, 0, 0]);
}

/// Takeovers after each of so many seconds, of six accounts that fall together.
fn takeovers(rate: f64, seconds: usize) -> Vec<u64> {
    let mut watch = Watch::new(&KeeperSpec { rate, ..prompt() }, scene::params(), 6, RICH);
    watch.price(940);
    (0..seconds).map(|_| watch.second()[0]).collect()
}

#[test]
fn no_more_transactions_land_in_a_second_than_the_rate_says() {
    assert_eq!(takeovers(2.0, 4), [2, 4, 6, 6]);
    assert_eq!(takeovers(100.0, 2), [6, 6]);
}

#[test]
fn a_rate_below_one_a_step_lands_one_every_few_steps() {
    assert_eq!(takeovers(0.5, 8), [0, 1, 1, 2, 2, 3, 3, 4]);
    // The parts of a step add up to neither more nor less.
    assert_eq!(takeovers(1.5, 4), [1, 3, 4, 6]);
    assert_eq!(takeovers(0.1, 20)[19], 2);
}

#[test]
fn in_an_outage_nothing_lands_and_there_is_one_only() {
    let spec = KeeperSpec { outage: 10, outage_after: 0.05, ..prompt() };
    let params = MarketParams { stable_window_seconds: 3_600, ..scene::params() };
    let mut watch = Watch::new(&spec, params, 2, RICH);
    // Four percent down it isn't yet.
    watch.price(960);
    watch.look();
    watch.price(940);
    watch.look();
    for second in 1..10 {
        assert_eq!(watch.second(), NOTHING, "second {second}");
    }
    assert_eq!(watch.second(), [2, 0, 0], "both had waited long enough");
    // As far again from the average as before.
    watch.price(1_200);
    watch.look();
    watch.price(900);
    let done = watch.second();
    assert!(done[0] > 2, "{done:?}");
}

#[test]
fn without_an_outage_they_act_however_far_prices_run() {
    let params = MarketParams { stable_window_seconds: 3_600, ..scene::params() };
    let mut watch = Watch::new(&KeeperSpec { outage_after: 0.05, ..prompt() }, params, 1, RICH);
    watch.price(940);
    assert_eq!(watch.second(), [1, 0, 0]);
}

#[test]
fn keepers_without_money_deleverage_whom_the_engine_lets_them() {
    let mut watch = Watch::one(&prompt(), [0, 0]);
    watch.price(940);
    assert_eq!(watch.second(), NOTHING, "it has more than half of what it must have");
    watch.price(920);
    assert_eq!(watch.second(), [0, 1, 0]);
    assert_eq!([watch.held(FALLER), watch.held(SHORT)], [0, 0], "closed against all of the other side");
    let cut = watch.floor.venue.cuts.last().expect("a cut");
    assert_eq!((cut.who, cut.closed, cut.before), (SHORT, -10, -10));
}

#[test]
fn keepers_without_money_resolve_a_bankruptcy_all_the_same() {
    let mut watch = Watch::one(&prompt(), [0, 0]);
    watch.price(890);
    assert_eq!(watch.second(), [0, 0, 1]);
    let row = &watch.tally.row;
    assert_eq!((row.deficit, row.needed, row.shared), (100, 100, 100));
    assert_eq!([watch.held(FALLER), watch.held(SHORT)], [0, 0]);
}

#[test]
fn what_was_taken_over_is_worked_off_half_in_a_half_life() {
    let spec = KeeperSpec { unwind: 4.0, ..prompt() };
    let mut watch = Watch::one(&spec, RICH);
    watch.price(940);
    let before = watch.second();
    assert_eq!(before, [1, 0, 0]);
    let taken = watch.held(FIRST);
    assert!(taken > 0);
    // The short side makes a market from now on.
    watch.floor.makers[0].push(SHORT);
    watch.second();
    // 1 - 2^(-1/4) is 16 %, and contracts are whole.
    assert_eq!(watch.held(FIRST), taken - (taken as f64 * 0.16).ceil() as i64);
    for _ in 0..60 {
        watch.second();
    }
    assert_eq!(watch.held(FIRST), 0);
}
