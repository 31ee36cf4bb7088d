//! The distance to the next cascade.

use jettison_engine::{Bps, Direction, Price};
use jettison_harness::World;
use jettison_risk::Failing::{Bankruptcy, Liquidation};

use crate::{snapshot, MARKET, PRICE};

/// Longs of 100, 50 and 50 contracts with 10, 10 and 30 of capital against one short.
fn book() -> World {
    let mut world = World::plain(PRICE, &[10 * PRICE, 10 * PRICE, 30 * PRICE, 1_000 * PRICE]);
    for (who, size) in [(0, 100), (1, 50), (2, 50)] {
        world.trade(who, 3, 0, size).unwrap();
    }
    world
}

#[test]
fn a_cascade_begins_where_enough_contracts_fail() {
    let world = book();
    let at = |failing, part| {
        let found = snapshot(&world).cascade(MARKET, Direction::Long, failing, Bps(part)).unwrap();
        found.map(|distance| distance.price)
    };
    // 10 − 100 d < 5 (1 − d); 10 − 50 d < 2.5 (1 − d); 30 − 50 d < 2.5 (1 − d).
    let (first, second, third) = (Price(947_368), Price(842_105), Price(421_052));
    assert_eq!(at(Liquidation, 0), Some(first));
    assert_eq!(at(Liquidation, 4_999), Some(first));
    assert_eq!(at(Liquidation, 5_000), Some(second), "half of the contracts are not more than half");
    assert_eq!(at(Liquidation, 7_499), Some(second));
    assert_eq!(at(Liquidation, 7_500), Some(third));
    assert_eq!(at(Liquidation, 10_000), None);
    assert_eq!(at(Bankruptcy, 0), Some(Price(899_999)));
    assert_eq!(at(Bankruptcy, 7_500), Some(Price(399_999)));
}

#[test]
fn the_distance_is_a_part_of_the_price() {
    let found = snapshot(&book()).cascade(MARKET, Direction::Long, Liquidation, Bps(0)).unwrap().unwrap();
    assert_eq!(found.part.decimal(6), "0.052632");
}

#[test]
fn a_side_fails_only_in_its_own_direction() {
    let cascades = snapshot(&book()).cascades(MARKET, Direction::Short, Bps(1_000)).unwrap();
    // 1000 − 200 d < 10 (1 + d) where d > 990/210.
    assert_eq!(cascades.liquidation.unwrap().price, Price(5_714_286));
    assert_eq!(cascades.spread, cascades.liquidation);
    assert_eq!(cascades.bankruptcy.unwrap().price, Price(6_000_001));
}

#[test]
fn who_has_failed_already_is_at_no_distance() {
    let mut world = book();
    world.gap(0, 940_000);
    let found = snapshot(&world).cascade(MARKET, Direction::Long, Liquidation, Bps(0)).unwrap().unwrap();
    assert_eq!((found.price, found.part.numerator), (Price(940_000), 0));
}
