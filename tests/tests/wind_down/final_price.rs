//! The final price: the stable price, no further than five percent from the effective one.

use clearing::instructions::CreateMarketArgs;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::USDC;

on_both_runtimes!(
    a_final_price_is_the_stable_price_a_little_above,
    a_final_price_is_the_stable_price_a_little_below,
    a_final_price_is_no_further_than_five_percent_below,
    a_final_price_is_no_further_than_five_percent_above,
    both_sides_are_marked_to_the_final_price,
);

/// A market whose stable price takes a week to follow.
fn slow() -> CreateMarketArgs {
    let mut args = standard();
    args.settings.params.stable_window_seconds = 7 * 86_400;
    args
}

fn begun_at(scene: &mut Scene, price: u64) -> (u64, u64) {
    let market = scene.market(slow());
    scene.move_price(market, price);
    let stable = scene.book(market).stable_price.0;
    scene.wind_down(market);
    let book = scene.book(market);
    assert_eq!((book.target_price, book.stable_price), (book.effective_price, book.effective_price));
    (stable, book.effective_price.0)
}

fn a_final_price_is_the_stable_price_a_little_above(mut scene: Scene) {
    let (stable, last) = begun_at(&mut scene, 970_000);
    assert!((999_900..=1_000_000).contains(&stable), "{stable}");
    assert_eq!(last, stable);
}

fn a_final_price_is_the_stable_price_a_little_below(mut scene: Scene) {
    let (stable, last) = begun_at(&mut scene, 1_030_000);
    assert!((1_000_000..=1_000_100).contains(&stable), "{stable}");
    assert_eq!(last, stable);
}

fn a_final_price_is_no_further_than_five_percent_below(mut scene: Scene) {
    let (stable, last) = begun_at(&mut scene, 1_200_001);
    assert!(stable < 1_001_000, "{stable}");
    // Five percent, rounded down, are 60,000.
    assert_eq!(last, 1_140_001);
}

fn a_final_price_is_no_further_than_five_percent_above(mut scene: Scene) {
    let (stable, last) = begun_at(&mut scene, 800_019);
    assert!(stable > 999_000, "{stable}");
    assert_eq!(last, 840_019);
}

/// From 1 USDC to 1.2, then back to 1.14: the long's 10,000 contracts are 1,400 up in the end, which the short pays.
fn both_sides_are_marked_to_the_final_price(mut scene: Scene) {
    let market = scene.market(slow());
    let (long, short) = (scene.trader(5_000 * USDC), scene.trader(5_000 * USDC));
    scene.trade(&long, &short, market, 10_000);
    scene.move_price(market, 1_200_000);
    let (had, owed) = (scene.capital(&long), scene.capital(&short));
    scene.wind_down(market);
    assert_eq!(scene.book(market).effective_price.0, 1_140_000);
    scene.settle(&short);
    scene.settle(&long);
    assert_eq!((scene.capital(&long), scene.capital(&short)), (had + 1_400 * USDC, owed - 1_400 * USDC));
    assert_eq!(scene.book(market).pool.0, 0);
}
