//! The effective price: how it follows the oracle.

use clearing::events::MarketAccrued;
use jettison_client::AnyEvent;
use jettison_tests::{on_both_runtimes, Scene, PRICE};

use crate::support::{leveraged, INDEX_PER_ATOM};

on_both_runtimes!(
    a_price_within_reach_becomes_the_effective_price_and_marks_both_sides,
    a_price_out_of_reach_is_clamped_and_the_market_lags_until_it_arrives,
    the_step_counts_no_more_seconds_than_the_keeper_window,
    accruing_twice_in_a_second_moves_nothing_more,
    accruing_a_market_with_nothing_open_moves_no_index,
);

fn accrued(scene: &Scene, before: u64, after: u64, target: u64, index: i128) -> AnyEvent {
    assert_eq!(scene.book(0).effective_price.0, after);
    assert_eq!(scene.book(0).target_price.0, target);
    AnyEvent::MarketAccrued(MarketAccrued {
        market_index: 0,
        price_before: before,
        price_after: after,
        target,
        stable_price: after,
        funding: 0,
        funding_rate: 0,
        restored: false,
        long_settlement_index: index,
        short_settlement_index: -index,
    })
}

fn later(scene: &mut Scene, seconds: i64) {
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + seconds);
}

/// 30 bps a second for ten seconds reach 3 %.
fn a_price_within_reach_becomes_the_effective_price_and_marks_both_sides(mut scene: Scene) {
    leveraged(&mut scene);
    later(&mut scene, 10);
    let executed = scene.post(0, 1_030_000);
    assert!(!scene.book(0).is_lagging());
    let expected = accrued(&scene, PRICE, 1_030_000, 1_030_000, 30_000 * INDEX_PER_ATOM);
    scene.expect_event(&executed, expected);
}

fn a_price_out_of_reach_is_clamped_and_the_market_lags_until_it_arrives(mut scene: Scene) {
    leveraged(&mut scene);
    later(&mut scene, 5);
    let executed = scene.post(0, 900_000);
    assert!(scene.book(0).is_lagging());
    let expected = accrued(&scene, PRICE, 985_000, 900_000, -15_000 * INDEX_PER_ATOM);
    scene.expect_event(&executed, expected);
    // 3 % of 985,000, rounded down.
    later(&mut scene, 10);
    scene.post(0, 900_000);
    assert_eq!(scene.book(0).effective_price.0, 955_450);
    later(&mut scene, 10);
    scene.post(0, 930_000);
    assert_eq!(scene.book(0).effective_price.0, 930_000);
    assert!(!scene.book(0).is_lagging());
}

fn the_step_counts_no_more_seconds_than_the_keeper_window(mut scene: Scene) {
    later(&mut scene, 3_600);
    scene.post(0, 2_000_000);
    assert_eq!(scene.book(0).effective_price.0, 1_030_000);
}

fn accruing_twice_in_a_second_moves_nothing_more(mut scene: Scene) {
    leveraged(&mut scene);
    later(&mut scene, 1);
    scene.post(0, 1_500_000);
    let once = scene.book(0);
    assert_eq!(once.effective_price.0, 1_003_000);
    scene.post(0, 1_500_000);
    assert_eq!(scene.book(0), once);
}

fn accruing_a_market_with_nothing_open_moves_no_index(mut scene: Scene) {
    later(&mut scene, 10);
    let executed = scene.post(0, 990_000);
    let expected = accrued(&scene, PRICE, 990_000, 990_000, 0);
    scene.expect_event(&executed, expected);
}
