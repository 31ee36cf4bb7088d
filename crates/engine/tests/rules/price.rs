//! The clamped price.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

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
        let (price_before, price_after) = (Price(price), Price(expected));
        let moved = Accrual { price_before, price_after, target: Price(target), ..Accrual::default() };
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

/// Accounts 0 and 1 hold 100 contracts against each other, each with maintenance to the atom, where the clamp takes
/// all of maintenance that the liquidation fee leaves.
fn at_maintenance(speed: u16, fee: u16, maintenance: u16) -> World {
    let params = MarketParams {
        max_move_per_second: Bps(speed),
        liquidation_max_fee: Bps(fee),
        liquidation_min_fee: Bps(fee),
        maintenance_margin: Bps(maintenance),
        deleverage_threshold: Bps(10_000),
        ..plain()
    };
    let mut world = World::with(params, 1_000_000, &[10_000_000, 10_000_000, 1_000_000_000]);
    world.trade(0, 1, 0, 100).unwrap();
    let least = u64::from(maintenance) * 10_000;
    for who in [0, 1] {
        world.accounts[who].capital = Atoms(least);
    }
    world.vault -= 2 * (10_000_000 - least);
    world.outside -= 2 * i128::from(10_000_000 - least);
    world
}

#[test]
fn a_keeper_who_acts_within_the_window_finds_the_whole_penalty_and_leaves_no_deficit() {
    for (speed, fee, maintenance) in
        [(50, 0, 512), (40, 100, 512), (10, 100, 202), (1, 300, 311), (90, 0, 938)]
    {
        for (target, loser) in [(20_000_000, 1), (1, 0)] {
            for accruals in [1, 2, 5, 10] {
                let name = format!("{speed} a second, a fee of {fee}, toward {target} in {accruals}");
                let mut world = at_maintenance(speed, fee, maintenance);
                for _ in 0..accruals {
                    world.accrue(0, target, 10 / accruals).unwrap();
                }
                let price = world.markets[0].effective_price.0;
                let outcome = world.liquidate(loser, 2, 0, u64::MAX).unwrap();
                let penalty = outcome.size.0 * price * u64::from(fee) / 10_000;
                assert!(outcome.size > Contracts(0) && outcome.penalty.0 == penalty, "{name}");
                assert!(world.equity(loser) >= 0, "{name}");
            }
        }
    }
}

#[test]
fn an_hour_without_an_accrual_moves_the_price_by_a_window_and_leaves_no_deficit() {
    for (target, loser) in [(20_000_000, 1), (1, 0)] {
        let mut world = at_maintenance(50, 0, 512);
        world.accrue(0, target, 3_600).unwrap();
        assert!(world.equity(loser) >= 0, "toward {target}");
    }
}
