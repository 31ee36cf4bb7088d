//! The clamped price.

use jettison_engine::*;

use crate::common::{params::plain, World};

/// 0.1 % a second for at most 10 seconds.
fn at(price: u64) -> World {
    World::plain(price, &[])
}

#[test]
fn the_price_moves_toward_its_target_by_no_more_than_the_clamp() {
    for (name, price, target, seconds, expected) in [
        ("a second up", 1_000_000, 2_000_000, 1, 1_001_000),
        ("a second down", 1_000_000, 1, 1, 999_000),
        ("five seconds", 1_000_000, 2_000_000, 5, 1_005_000),
        ("the keeper window", 1_000_000, 2_000_000, 10, 1_010_000),
        ("a second more than the window", 1_000_000, 2_000_000, 11, 1_010_000),
        ("an hour without an accrual", 1_000_000, 1, 3_600, 990_000),
        ("all of time", 1_000_000, 1, i64::MAX - 1_000, 990_000),
        ("a target at the clamp", 1_000_000, 1_001_000, 1, 1_001_000),
        ("a target an atom past it", 1_000_000, 1_001_001, 1, 1_001_000),
        ("a target within it", 1_000_000, 1_000_400, 1, 1_000_400),
        ("a target where it stands", 1_000_000, 1_000_000, 9, 1_000_000),
        ("a step rounded down", 1_999, 3_000, 1, 2_000),
        ("a step of less than an atom", 999, 3_000, 1, 1_000),
        ("a step of less than an atom down to one", 2, 1, 1, 1),
        ("no time", 1_000_000, 2_000_000, 0, 1_000_000),
    ] {
        let mut world = at(price);
        let accrual = world.accrue(0, target, seconds).unwrap();
        let moved =
            Accrual { price_before: Price(price), price_after: Price(expected), target: Price(target) };
        assert_eq!(accrual, moved, "{name}");
        let market = &world.markets[0];
        assert_eq!((market.effective_price, market.target_price), (Price(expected), Price(target)), "{name}");
        assert_eq!((market.is_lagging(), market.accrued_ts), (expected != target, 1_000 + seconds), "{name}");
    }
}

#[test]
fn accruals_in_one_second_move_the_price_once() {
    let mut world = at(1_000_000);
    world.accrue(0, 2_000_000, 1).unwrap();
    for _ in 0..5 {
        assert_eq!(world.accrue(0, 2_000_000, 0).unwrap().price_after, Price(1_001_000));
    }
}

#[test]
fn a_target_that_comes_back_ends_the_lag_at_once() {
    let mut world = at(1_000_000);
    world.accrue(0, 2_000_000, 1).unwrap();
    assert!(world.markets[0].is_lagging());
    world.accrue(0, 1_001_000, 0).unwrap();
    assert!(!world.markets[0].is_lagging());
}

#[test]
fn a_bad_price_or_clock_is_refused_and_changes_nothing() {
    let highest = plain().max_price().0;
    for (name, target, seconds, error) in [
        ("no price", 0, 1, EngineError::BadPrice),
        ("over the highest", highest + 1, 1, EngineError::BadPrice),
        ("a clock that went back", 1_000_000, -1, EngineError::ClockWentBack),
    ] {
        let mut world = at(1_000_000);
        let before = world.markets[0];
        assert_eq!(world.accrue(0, target, seconds), Err(error), "{name}");
        assert_eq!(world.markets[0], before, "{name}");
    }
    at(1_000_000).accrue(0, highest, 1).expect("the highest price itself");
}

#[test]
fn a_price_is_stale_a_second_after_its_age_limit() {
    let mut world = at(1_000);
    for (seconds, fresh) in [(0, true), (60, true), (61, false)] {
        let market = &world.markets[0];
        assert_eq!(
            market.require_fresh(market.accrued_ts + seconds).is_ok(),
            fresh,
            "after {seconds} seconds"
        );
    }
    world.now += 61;
    world.refresh();
    assert_eq!(world.markets[0].require_fresh(world.now), Ok(()));
}

/// A clamp as wide as maintenance, which parameters allow when the liquidation fee is zero.
fn widest() -> MarketParams {
    MarketParams {
        max_move_per_second: Bps(50),
        liquidation_max_fee: Bps(0),
        liquidation_min_fee: Bps(0),
        ..plain()
    }
}

#[test]
fn one_accrual_after_any_time_leaves_no_deficit_on_an_account_at_maintenance() {
    for (name, target) in [("up", 20_000_000), ("down", 1)] {
        for fee in [0, 100] {
            let speed = Bps((500 - fee) / 10);
            let params =
                MarketParams { max_move_per_second: speed, liquidation_max_fee: Bps(fee), ..widest() };
            let mut world = World::with(params, 1_000_000, &[10_000_000, 10_000_000]);
            world.trade(0, 1, 0, 100).unwrap();
            // Down to maintenance: 5 % of 100 contracts.
            for who in [0, 1] {
                world.accounts[who].capital = Atoms(5_000_000);
            }
            world.vault -= 10_000_000;
            world.outside -= 10_000_000;
            world.accrue(0, target, 3_600).unwrap();
            for who in [0, 1] {
                assert!(
                    world.equity(who) >= i128::from(fee) * 10_000,
                    "{name}, account {who}, a fee of {fee}"
                );
            }
        }
    }
}

#[test]
fn accruing_each_second_of_the_window_compounds_upward_past_one_step() {
    // Ten steps of 0.5 % are 5.113 %, and the envelope of the parameters counts 5 %: what is over it has to fit
    // into the liquidation fee, or a short at maintenance is bankrupt within the window.
    let mut world = World::with(widest(), 1_000_000, &[]);
    for _ in 0..10 {
        world.accrue(0, 20_000_000, 1).unwrap();
    }
    assert_eq!(world.markets[0].effective_price, Price(1_051_136));
    for _ in 0..10 {
        world.accrue(0, 1, 1).unwrap();
    }
    assert!(world.markets[0].effective_price.0 > 1_051_136 * 95 / 100);
}
