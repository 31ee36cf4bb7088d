//! The depth that makers show, as a trade meets it.

use jettison_harness::Who;
use jettison_simulator::floor::Floor;

use super::scene::{self, START};

const WHO: Who = 0;
const MAKER: Who = 1;

fn floor() -> Floor {
    scene::floor(scene::venue(scene::params(), &[10_000_000; 2]), &[MAKER])
}

/// Lets makers see prices, a second each.
fn see(floor: &mut Floor, prices: impl IntoIterator<Item = f64>) {
    for price in prices {
        floor.books[0].pass(1.0, price);
    }
}

/// What 50 contracts sold now are sold below the price, each.
fn cost(floor: &Floor) -> i128 {
    let mut floor = floor.clone();
    assert_eq!(floor.take(WHO, 0, -50), -50);
    let entry = floor.venue.entry(WHO, 0);
    i128::from(START) - entry.cost / i128::from(entry.size)
}

#[test]
fn makers_withdraw_depth_in_a_crash_and_bring_it_back_after_it() {
    let mut floor = floor();
    assert_eq!(cost(&floor), 5, "half of the percent that 50 contracts move the price");
    see(&mut floor, (1..=60).map(|second| START as f64 * (1.0 - 0.005 * f64::from(second))));
    let (shown, crashed) = (floor.books[0].shown(), cost(&floor));
    assert!(shown < 0.2, "{shown}");
    assert!(crashed > 25, "{crashed}");
    see(&mut floor, [700.0; 600]);
    assert!(floor.books[0].shown() > 0.99);
    assert_eq!(cost(&floor), 5);
}

#[test]
fn no_trade_is_further_from_the_price_than_the_engine_lets_it() {
    let mut floor = floor();
    see(&mut floor, (0..120).map(|second| if second % 2 == 0 { 1_100.0 } else { 900.0 }));
    assert_eq!(cost(&floor), 50, "a band of five percent");
}

#[test]
fn one_sale_makes_the_next_price_worse_and_the_book_refills_in_its_half_life() {
    let mut floor = floor();
    floor.take(WHO, 0, -50);
    let at_once = floor.books[0].impact();
    assert!((at_once + 0.01).abs() < 1e-12, "a percent: {at_once}");
    see(&mut floor, [START as f64; 60]);
    // A fifth stays, and of the rest half.
    let later = floor.books[0].impact();
    assert!((later + 0.006).abs() < 1e-12, "{later}");
}
