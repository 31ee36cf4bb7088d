//! A wind-down that anyone begins because the oracle is dead.

use clearing::error::ClearingError;
use clearing::events::SettlementBegun;
use jettison_client::AnyEvent;
use jettison_engine::SETTLEMENT_GRACE_SECONDS;
use jettison_tests::{feed_price, on_both_runtimes, Scene, PRICE, TIMELOCK};

use crate::support::leveraged;

on_both_runtimes!(
    an_oracle_that_is_unusable_for_an_hour_ends_its_market,
    an_oracle_that_has_come_back_is_not_dead_though_nobody_accrued,
    an_oracle_that_nobody_has_seen_unusable_is_not_dead,
    an_oracle_that_was_good_in_between_counts_anew,
    an_oracle_that_quotes_what_the_market_does_not_take_is_dead_too,
);

fn accrue(scene: &mut Scene) {
    let oracle = scene.at.feeds[0].address;
    scene.send(&[scene.at.venue.accrue_market(0, oracle)]);
}

fn post(scene: &mut Scene, price: i64) {
    let (oracle, authority, now) = (scene.at.feeds[0].address, scene.authority(), scene.at.chain.now());
    scene.send(&[price_feed::instruction::post(&oracle, &authority, price, 0, now)]);
}

/// Lets the price become too old, and has that noted; returns when.
fn suspended(scene: &mut Scene) -> i64 {
    scene.pass(31);
    accrue(scene);
    assert!(scene.book(0).is_oracle_unusable());
    scene.at.chain.now()
}

fn an_oracle_that_is_unusable_for_an_hour_ends_its_market(mut scene: Scene) {
    // The timelock is longer, and of no matter.
    scene.govern();
    scene.wait(0);
    leveraged(&mut scene);
    let since = suspended(&mut scene);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    // That it is noted again makes it no younger.
    scene.pass(1_800);
    accrue(&mut scene);
    scene.at.chain.set_time(since + 3_599);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.at.chain.set_time(since + 3_600);
    let executed = scene.send(&[scene.begin_of(0)]);
    let closes_ts = since + 3_600 + SETTLEMENT_GRACE_SECONDS;
    scene.expect_event(
        &executed,
        AnyEvent::SettlementBegun(SettlementBegun {
            market_index: 0,
            price_before: PRICE,
            final_price: PRICE,
            scheduled: false,
            closes_ts,
        }),
    );
    assert!(scene.at.chain.now() < since + TIMELOCK && !scene.book(0).is_oracle_unusable());
}

fn an_oracle_that_has_come_back_is_not_dead_though_nobody_accrued(mut scene: Scene) {
    suspended(&mut scene);
    scene.pass(7_200);
    post(&mut scene, feed_price(PRICE));
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.pass(30);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.pass(1);
    scene.send(&[scene.begin_of(0)]);
}

fn an_oracle_that_nobody_has_seen_unusable_is_not_dead(mut scene: Scene) {
    scene.pass(30 * 86_400);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    suspended(&mut scene);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.pass(3_600);
    scene.send(&[scene.begin_of(0)]);
}

fn an_oracle_that_was_good_in_between_counts_anew(mut scene: Scene) {
    suspended(&mut scene);
    scene.pass(3_599);
    scene.wait(0);
    assert!(!scene.book(0).is_oracle_unusable());
    let since = suspended(&mut scene);
    scene.at.chain.set_time(since + 3_599);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.pass(1);
    scene.send(&[scene.begin_of(0)]);
}

/// The market takes up to 72,057,594 atoms.
fn an_oracle_that_quotes_what_the_market_does_not_take_is_dead_too(mut scene: Scene) {
    post(&mut scene, feed_price(72_057_595));
    accrue(&mut scene);
    scene.pass(3_600);
    post(&mut scene, feed_price(72_057_594));
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    post(&mut scene, feed_price(72_057_595));
    scene.send(&[scene.begin_of(0)]);
}
