//! The crowd that a history starts with.

use jettison_simulator::agents::population::Crowd;
use jettison_simulator::agents::{Agent, Kind, Signal};
use jettison_simulator::rules::Rule;
use jettison_simulator::scenario::{Population, Scenario};

use super::common::{crash, markets, play, scenario};

fn draw(scenario: &Scenario, seed: u64, removed: &[usize]) -> Crowd {
    let markets = markets();
    let first: Vec<_> = markets.iter().zip([25.0, 0.2]).map(|(market, price)| market.price(price)).collect();
    Crowd::draw_without(scenario, &markets, &first, seed, removed).expect("a crowd")
}

/// Everything of a crowd, in words.
fn all(crowd: &Crowd) -> String {
    format!("{:?} {:?}", crowd.agents, crowd.venue)
}

#[test]
fn the_same_seed_gives_the_same_crowd_and_another_gives_another() {
    let first = all(&draw(&scenario(), 7, &[]));
    assert_eq!(first, all(&draw(&scenario(), 7, &[])));
    assert_ne!(first, all(&draw(&scenario(), 8, &[])));
}

#[test]
fn removing_one_leaves_what_everybody_else_drew_and_holds() {
    let whole = draw(&scenario(), 7, &[]);
    for removed in [0, 5, 125, 140, 161] {
        let without = draw(&scenario(), 7, &[removed]);
        let positions = |crowd: &Crowd, who| [0, 1].map(|market| crowd.venue.position(who, market));
        assert_eq!(positions(&without, removed), [0, 0]);
        assert_ne!(positions(&whole, removed), [0, 0]);
        for (before, after) in whole.agents.iter().zip(&without.agents) {
            if before.who != removed {
                assert_eq!(format!("{before:?}"), format!("{after:?}"), "without {removed}");
                assert_eq!(positions(&whole, before.who), positions(&without, before.who));
            }
        }
    }
}

#[test]
fn the_numbers_of_each_kind_are_what_the_scenario_says_and_the_sides_match() {
    let crowd = draw(&scenario(), 7, &[]);
    let count = |kind: Kind| crowd.agents.iter().filter(|agent| agent.kind == kind).count();
    let counts = [Kind::Trader, Kind::Momentum, Kind::Panic, Kind::Hedger(Signal::None)].map(count);
    assert_eq!(counts, [120, 12, 24, 6]);
    for market in 0..2 {
        let everybody = 0..crowd.venue.world.accounts.len();
        let held: Vec<i64> = everybody.map(|who| crowd.venue.position(who, market)).collect();
        assert_eq!(held.iter().sum::<i64>(), 0);
        let long: i64 = held.iter().filter(|size| **size > 0).sum();
        assert_eq!(long as u64, crowd.open_interest[market]);
    }
}

#[test]
fn groups_of_hedgers_differ_in_their_signal_only() {
    let base = scenario();
    let population = Population { signals: true, ..base.population.clone() };
    let crowd = draw(&Scenario { population, ..base }, 7, &[]);
    let group = |signal: Signal| -> Vec<&Agent> {
        crowd.agents.iter().filter(|agent| agent.kind == Kind::Hedger(signal)).collect()
    };
    let first = group(Signal::None);
    assert_eq!(first.len(), 6);
    for signal in Signal::ALL {
        let members = group(signal);
        assert_eq!(members.len(), 6, "{signal:?}");
        for (one, other) in first.iter().zip(members) {
            assert_eq!((one.capital, &one.wants, one.next), (other.capital, &other.wants, other.next));
            assert_eq!((&one.elsewhere, &one.random), (&other.elsewhere, &other.random), "{signal:?}");
        }
    }
}

#[test]
fn sizes_follow_from_capital_and_leverage_and_leverage_is_around_its_median() {
    let crowd = draw(&Scenario { population: many(), ..scenario() }, 7, &[]);
    let mut leverages: Vec<f64> = crowd.agents.iter().map(|agent| agent.leverage).collect();
    leverages.sort_by(f64::total_cmp);
    let median = leverages[leverages.len() / 2];
    assert!((median - 4.0).abs() < 0.4, "{median}");
    let most = 0.8 * 1e4 / f64::from(markets()[0].params.initial_margin.0);
    assert!(leverages.iter().all(|leverage| (0.5..=most).contains(leverage)));
    for agent in &crowd.agents {
        let price = |market: usize| crowd.venue.price(market).0 as f64;
        let notional: f64 = agent.wants.iter().map(|want| want.size.abs() as f64 * price(want.market)).sum();
        let meant = agent.capital as f64 * agent.leverage;
        // Contracts are whole.
        assert!(notional <= meant + price(0).max(price(1)) && notional > 0.5 * meant, "{agent:?}");
    }
}

fn many() -> Population {
    Population {
        traders: 1_500,
        momentum: 0,
        panic: 0,
        hedgers: 0,
        median_leverage: 4.0,
        long_part: 0.7,
        two_markets: 0.3,
        ..Population::default()
    }
}

#[test]
fn the_parts_who_are_long_and_in_two_markets_are_as_the_scenario_says() {
    let crowd = draw(&Scenario { population: many(), ..scenario() }, 7, &[]);
    let part = |of: fn(&Agent) -> bool| {
        crowd.agents.iter().filter(|agent| of(agent)).count() as f64 / crowd.agents.len() as f64
    };
    let long = part(|agent| agent.wants[0].size > 0);
    assert!((long - 0.7).abs() < 0.04, "{long}");
    // The second market is drawn too, and half of the time is the first again.
    let two = part(|agent| agent.wants.len() == 2);
    assert!((two - 0.3).abs() < 0.04, "{two}");
}

#[test]
fn everybody_looks_for_the_first_time_as_soon_as_later() {
    let population = Population { traders: 300, panic: 300, hedgers: 300, ..Population::default() };
    let crowd = draw(&Scenario { population, ..scenario() }, 7, &[]);
    let wait = |kind: Kind| {
        let own = crowd.agents.iter().filter(|agent| agent.kind == kind);
        let waits: Vec<i64> = own.map(|agent| agent.next - crowd.venue.world.now).collect();
        waits.iter().sum::<i64>() as f64 / waits.len() as f64
    };
    for (kind, pace) in [(Kind::Trader, 900.0), (Kind::Panic, 90.0), (Kind::Hedger(Signal::None), 60.0)] {
        let mean = wait(kind);
        assert!((mean / pace - 1.0).abs() < 0.25, "{kind:?}: {mean}, not {pace}");
    }
}

#[test]
fn panic_sellers_and_makers_who_step_back_make_a_crash_deeper() {
    let prices = crash(300, 0.1);
    let fall = |panic: u32, fear: f64| {
        let mut scenario = scenario();
        scenario.population.panic = panic;
        scenario.population.traders = 144 - panic;
        scenario.book.fear = fear;
        play(&scenario, &prices, 7, Rule::Index).row.largest_fall
    };
    let (calm, nervous) = (fall(0, 1e9), fall(100, 1e9));
    assert!(nervous > calm, "panic: {nervous} and {calm}");
    let withdrawn = fall(100, 0.0002);
    assert!(withdrawn > nervous, "depth: {withdrawn} and {nervous}");
}
