//! What bankruptcies in one market may draw from insurance.

use jettison_engine::*;
use jettison_harness::{params::plain, World};
use proptest::collection::vec;
use proptest::prelude::*;

/// 1,000 in 100 seconds, and a quarter of the market's own fees.
fn limited() -> MarketParams {
    MarketParams {
        insurance_base: Atoms(1_000),
        insurance_window_seconds: 100,
        insurance_earned: Bps(2_500),
        max_price_age_seconds: 86_400,
        ..plain()
    }
}

/// Account 0 is long 10 from 1,000 against each of `count` others, and rich; they have 1,000 each, and `deficit` more
/// than that is lost at the price they are moved to.
fn ruined(params: MarketParams, count: usize, deficit: u64, insurance: u64) -> World {
    let mut world = World::new(&[(params, 1_000)], count + 1, insurance);
    world.deposit(0, 1 << 40).unwrap();
    for who in 1..=count {
        world.deposit(who, 1_000).unwrap();
        world.trade(0, who, 0, 10).unwrap();
    }
    world.gap(0, 1_100 + deficit / 10);
    world
}

fn remaining(world: &World) -> u64 {
    let market = &world.markets[0];
    market.allowance.remaining(&market.params, world.now).unwrap().0
}

#[test]
fn a_market_draws_its_base_to_the_atom_and_the_index_bears_the_rest() {
    for (deficit, by_insurance) in [(990, 990), (1_000, 1_000), (1_010, 1_000), (9_000, 1_000)] {
        let mut world = ruined(limited(), 1, deficit, 1_000_000);
        let leg = *world.resolve(1, None).unwrap().legs().next().unwrap();
        assert_eq!((leg.by_insurance, leg.by_index), (Atoms(by_insurance), Atoms(deficit - by_insurance)));
        assert_eq!((world.insurance, remaining(&world)), (1_000_000 - by_insurance, 1_000 - by_insurance));
    }
}

#[test]
fn the_base_comes_back_over_its_window_rounded_down() {
    let mut world = ruined(limited(), 1, 1_000, 1_000_000);
    world.resolve(1, None).unwrap();
    for (seconds, left) in [(0, 0), (1, 10), (50, 500), (99, 990), (100, 1_000), (1_000_000, 1_000)] {
        let later = World { now: world.now + seconds, ..world.clone() };
        assert_eq!(remaining(&later), left, "after {seconds}");
    }
}

#[test]
fn fees_earn_their_part_rounded_down_when_they_are_swept() {
    for (fees, earned) in [(0, 0), (3, 0), (4, 1), (7, 1), (4_000, 1_000)] {
        let mut world = ruined(limited(), 1, 0, 0);
        world.endow_fees(0, fees);
        assert_eq!(remaining(&world), 1_000, "{fees} unswept");
        world.sweep(0);
        world.sweep(0);
        assert_eq!(remaining(&world), 1_000 + earned, "{fees}");
    }
}

#[test]
fn what_was_earned_is_drawn_after_the_base_and_once() {
    let mut world = ruined(limited(), 3, 1_500, 1_000_000);
    world.endow_fees(0, 8_000);
    world.sweep(0);
    let mut draw = |who, seconds| {
        world.now += seconds;
        let leg = *world.resolve(who, None).unwrap().legs().next().unwrap();
        (leg.by_insurance.0, world.markets[0].allowance.earned.0, remaining(&world))
    };
    // 1,000 of the base and 500 of 2,000.
    assert_eq!(draw(1, 0), (1_500, 1_500, 1_500));
    assert_eq!(draw(2, 0), (1_500, 0, 0));
    assert_eq!(draw(3, 50), (500, 0, 0));
}

#[test]
fn draws_of_what_was_earned_do_not_hold_the_base_back() {
    // The base is less than an atom a second: rounded up in each, it would never come back.
    let params = MarketParams { insurance_base: Atoms(50), insurance_earned: Bps(10_000), ..limited() };
    let mut world = ruined(params, 100, 10, 1_000_000);
    world.endow_fees(0, 10_000);
    world.sweep(0);
    for who in 1..=5 {
        world.resolve(who, None).unwrap();
    }
    assert_eq!(world.markets[0].allowance.earned, Atoms(10_000));
    let base = |world: &World| remaining(world) - world.markets[0].allowance.earned.0;
    for who in 6..=100 {
        world.now += 1;
        // Leaves nothing of what has come back, so that only what was earned is drawn beside it.
        world.resolve(who, None).unwrap();
    }
    let drawn_of_base = 95 * 10 - (10_000 - world.markets[0].allowance.earned.0);
    assert!(drawn_of_base >= 40, "{drawn_of_base} of the base came back in 95 seconds");
    world.now += 100;
    assert_eq!(base(&world), 50);
}

#[test]
fn the_most_a_market_can_earn_does_not_make_its_bankruptcies_fail() {
    let mut world = ruined(limited(), 1, 1_000, 1_000_000);
    world.markets[0].allowance.earned = Atoms(u64::MAX);
    assert_eq!(remaining(&world), u64::MAX);
    assert_eq!(world.resolve(1, None).unwrap().insurance_drawn(), Ok(Atoms(1_000)));
}

#[test]
fn a_market_without_an_allowance_draws_nothing_not_even_a_bounty() {
    let params = MarketParams {
        insurance_base: Atoms(0),
        bankruptcy_bounty: Bps(100),
        bankruptcy_bounty_cap: Atoms(50),
        ..limited()
    };
    let mut world = ruined(params, 1, 1_000, 1_000_000);
    let resolution = world.resolve(1, Some((0, false))).unwrap();
    assert_eq!((resolution.insurance_drawn(), resolution.bounty_from_fees), (Ok(Atoms(0)), Atoms(0)));
}

#[test]
fn the_bounty_is_within_the_allowance_too() {
    let params = MarketParams { bankruptcy_bounty: Bps(100), bankruptcy_bounty_cap: Atoms(500), ..limited() };
    // 1 % of 10 × 1,190 is 119, beside a deficit of 900; the base leaves 100 for it.
    let mut world = ruined(params, 1, 900, 1_000_000);
    let resolution = world.resolve(1, Some((0, false))).unwrap();
    assert_eq!(resolution.bounty_from_insurance, Atoms(100));
    assert_eq!(remaining(&world), 0);
}

#[test]
fn a_market_draws_nothing_on_what_another_may() {
    let mut world = World::new(&[(limited(), 1_000); 2], 2, 1_000_000);
    world.fund_all(&[1 << 40, 2_000]);
    for market in 0..2 {
        world.trade(0, 1, market, 10).unwrap();
    }
    world.gap(0, 1_500);
    let resolution = world.resolve(1, None).unwrap();
    let paid: Vec<_> = resolution.legs().map(|leg| leg.by_insurance.0).collect();
    assert_eq!(paid, [1_000, 0]);
    let left = |market: &Market| market.allowance.remaining(&market.params, world.now).unwrap().0;
    assert_eq!(world.markets.iter().map(left).collect::<Vec<_>>(), [0, 1_000]);
}

proptest! {
    #![proptest_config(crate::cases(100))]

    /// In any `t` seconds insurance pays at most `base × (1 + t / window)` and what was earned.
    #[test]
    fn what_a_market_draws_is_bounded_by_its_base_over_time_and_what_it_earned(
        steps in vec((0..80i64, 0..2_000u64), 2..20),
        deficit in 1..150u64,
    ) {
        let mut world = ruined(limited(), steps.len(), deficit * 10, 1_000_000);
        let mut drawn: Vec<(i64, u64, u64)> = vec![];
        for (step, (seconds, fees)) in steps.iter().enumerate() {
            world.now += seconds;
            let before = world.markets[0].allowance.earned.0;
            world.endow_fees(0, *fees);
            world.sweep(0);
            let earned = world.markets[0].allowance.earned.0 - before;
            let paid = world.resolve(step + 1, None).unwrap().insurance_drawn().unwrap().0;
            drawn.push((world.now, paid, earned));
        }
        for from in 0..drawn.len() {
            let earned_before: u64 = drawn[..from].iter().map(|draw| draw.2).sum();
            let (mut paid, mut earned) = (0, earned_before);
            for draw in &drawn[from..] {
                paid += draw.1;
                earned += draw.2;
                let seconds = (draw.0 - drawn[from].0) as u64;
                let most = 1_000 * (100 + seconds) / 100 + earned;
                prop_assert!(paid <= most, "{paid} in {seconds} seconds, over {most}");
            }
        }
    }
}
