//! Health leg by leg, and the prices at which it fails.

use jettison_engine::{Atoms, Bps, Direction, Price, SignedAtoms};
use jettison_harness::{params::plain, World};
use jettison_risk::Move;

use crate::{ledger, snapshot, PRICE};

#[test]
fn a_long_fails_at_the_prices_that_its_margin_gives() {
    // 100 contracts at 1.0 with 10 of capital; maintenance 5 %, deleveraging below half of it.
    let mut world = World::plain(PRICE, &[10 * PRICE, 1_000 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    let risk = snapshot(&world).account(ledger(&world, 0)).unwrap();
    let fails = risk.legs[0].fails;
    // equity 10 − 100 (1 − p) < 5 p where p < 90/95; < 2.5 p where p < 90/97.5; < 0 where p < 0.9. Floored to what lies below.
    assert_eq!(fails.liquidation, Some(Price(947_368)));
    assert_eq!(fails.deleverage, Some(Price(923_076)));
    assert_eq!(fails.bankruptcy, Some(Price(899_999)));
}

#[test]
fn a_short_fails_upward() {
    let mut world = World::plain(PRICE, &[1_000 * PRICE, 10 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    let risk = snapshot(&world).account(ledger(&world, 1)).unwrap();
    // 10 − 100 (p − 1) < 5 p where p > 110/105.
    assert_eq!(risk.legs[0].fails.liquidation, Some(Price(1_047_620)));
    assert_eq!(risk.legs[0].fails.bankruptcy, Some(Price(1_100_001)));
    assert_eq!(risk.together.rise.liquidation, Some(Move(47_620)));
    assert_eq!(risk.together.fall.liquidation, None);
}

#[test]
fn an_account_that_can_lose_no_more_than_it_has_never_fails() {
    let mut world = World::plain(PRICE, &[200 * PRICE, 1_000 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    let risk = snapshot(&world).account(ledger(&world, 0)).unwrap();
    assert_eq!(risk.legs[0].fails.liquidation, None);
    assert_eq!(risk.legs[0].fails.bankruptcy, None);
}

#[test]
fn an_account_that_has_failed_fails_where_the_price_stands() {
    let mut world = World::plain(PRICE, &[10 * PRICE, 1_000 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    world.gap(0, 940_000);
    let risk = snapshot(&world).account(ledger(&world, 0)).unwrap();
    assert_eq!(risk.legs[0].fails.liquidation, Some(Price(940_000)));
    assert_eq!(risk.legs[0].fails.bankruptcy, Some(Price(899_999)), "the way it came is behind it");
    assert_eq!(risk.together.fall.liquidation, Some(Move(0)));
}

#[test]
fn legs_add_up_to_the_account_at_either_margin() {
    let slow = jettison_engine::MarketParams {
        stable_window_seconds: 3_600,
        requirement_floor: Atoms(7),
        ..plain()
    };
    let mut world = World::new(&[(slow, PRICE), (slow, PRICE)], 3, 0);
    world.fund_all(&[60 * PRICE, 1_000 * PRICE, 0]);
    world.trade(0, 1, 0, 100).unwrap();
    world.trade(1, 0, 1, 50).unwrap();
    world.gap(0, 1_100_000);
    world.gap(1, 1_050_000);
    let risk = snapshot(&world).account(ledger(&world, 0)).unwrap();
    for (margin, health) in [
        (risk.legs.iter().map(|leg| leg.maintenance).collect::<Vec<_>>(), risk.maintenance),
        (risk.legs.iter().map(|leg| leg.initial).collect(), risk.initial),
    ] {
        let equity: i64 = margin.iter().map(|leg| leg.equity.0).sum();
        let requirement: u64 = margin.iter().map(|leg| leg.requirement.0).sum();
        assert_eq!(health.equity, SignedAtoms(equity + risk.capital.0.cast_signed()));
        assert_eq!(health.requirement, Atoms(requirement));
    }
    let [long, short] = [risk.legs[0], risk.legs[1]];
    assert_eq!((long.direction, short.direction), (Direction::Long, Direction::Short));
    // Effective 1.1 and stable just above 1.0: the long is valued at the stable one for initial margin, its profit by half.
    assert_eq!(long.maintenance.equity, SignedAtoms(10_000_000));
    assert_eq!(long.maintenance.requirement, Atoms(5_500_007));
    assert!(long.initial.price < long.price && long.initial.price >= Price(PRICE));
    let worth = (long.initial.price.0 - PRICE) * 100;
    assert_eq!(long.initial.equity, SignedAtoms((worth / 2).cast_signed()));
    // The short loses: in full, at the price that is worse for it.
    assert_eq!((short.initial.price, short.initial.equity), (Price(1_050_000), SignedAtoms(-2_500_000)));
    assert_eq!(short.initial.requirement, Atoms(5_250_007));
}

#[test]
fn hedged_legs_fail_alone_and_not_together() {
    let mut world = World::new(&[(plain(), PRICE), (plain(), PRICE)], 2, 0);
    world.fund_all(&[20 * PRICE, 1_000 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    world.trade(1, 0, 1, 100).unwrap();
    let risk = snapshot(&world).account(ledger(&world, 0)).unwrap();
    // Maintenance is 10 in all. The long alone: 20 − 100 d < 5 (1 − d) + 5 where d > 10/95.
    assert_eq!(risk.legs[0].fails.liquidation, Some(Price(894_736)));
    // The short alone: 20 − 100 d < 5 + 5 (1 + d) where d > 10/105.
    assert_eq!(risk.legs[1].fails.liquidation, Some(Price(1_095_239)));
    // Together the legs cancel: what grows with the rise is the requirement, 10 (1 + d) > 20 where d > 1.
    assert_eq!(risk.together.fall.liquidation, None);
    assert_eq!(risk.together.rise.liquidation, Some(Move(1_000_001)));
    assert_eq!(risk.together.rise.bankruptcy, None);
}

#[test]
fn a_market_whose_price_is_final_has_no_price_to_fail_at() {
    let mut world = World::plain(PRICE, &[10 * PRICE, 1_000 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    let now = world.now;
    world.markets[0].begin_settlement(now).unwrap();
    let risk = snapshot(&world).account(ledger(&world, 0)).unwrap();
    assert_eq!(risk.legs[0].fails.liquidation, None);
    assert_eq!(risk.together.fall.bankruptcy, None);
}

#[test]
fn an_old_price_is_taken_as_it_stands() {
    let mut world = World::plain(PRICE, &[10 * PRICE, 1_000 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    world.now += 1_000_000;
    let risk = snapshot(&world).account(ledger(&world, 0)).unwrap();
    assert_eq!(risk.maintenance.equity, SignedAtoms(10_000_000));
}

#[test]
fn a_lagging_market_counts_no_profit_for_initial_margin() {
    let params = jettison_engine::MarketParams { profit_weight: Bps(10_000), ..plain() };
    let mut world = World::with(params, PRICE, &[20 * PRICE, 1_000 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    world.gap(0, 1_100_000);
    let profit = |world: &World| snapshot(world).account(ledger(world, 0)).unwrap().legs[0].initial.equity;
    assert_eq!(profit(&world), SignedAtoms(10_000_000));
    world.accrue(0, 1_200_000, 0).unwrap();
    assert_eq!(profit(&world), SignedAtoms(0));
}
