//! Markets on each oracle source.

use anchor_lang::prelude::Pubkey;
use clearing::state::OracleSource;
use jettison_embedded::Account;
use jettison_tests::{on_both_runtimes, standard_on, PythUpdate, Scene, SwitchboardFeed, PRICE};

on_both_runtimes!(
    a_market_follows_its_pyth_feed,
    a_market_follows_its_switchboard_feed,
    another_exponent_for_the_same_price_is_the_same_price,
    a_price_that_needs_more_than_64_bits_at_switchboards_scale_converts,
);

/// The ceiling of `accrue_market` in `app/cli/tests/units.rs`.
const CEILING: u64 = 6_000;

/// 100 USDC as Pyth and Switchboard state it: the standard market's price.
const PYTH_PRICE: i64 = 100 * 100_000_000;
const SWITCHBOARD_PRICE: i128 = 100 * 1_000_000_000_000_000_000;

/// Writes the oracle's account and accrues market 1; returns its target in atoms per contract.
fn accrue(scene: &mut Scene, oracle: &Pubkey, account: Account) -> u64 {
    scene.at.chain.set_account(oracle, account);
    let executed = scene.send(&[scene.at.venue.accrue_market(1, *oracle)]);
    for units in executed.instruction_units {
        println!("accrue_market: {units} compute units");
        assert!(units <= CEILING);
    }
    scene.book(1).target_price.0
}

fn pass(scene: &mut Scene, seconds: i64) -> i64 {
    let now = scene.at.chain.now() + seconds;
    scene.at.chain.set_time(now);
    now
}

fn a_market_follows_its_pyth_feed(mut scene: Scene) {
    let update = PythUpdate::new(PYTH_PRICE, scene.at.chain.now());
    let oracle = scene.market_on(update.account(), standard_on(OracleSource::Pyth, update.feed_id));
    let market = scene.at.market(1).unwrap();
    assert_eq!((market.oracle, market.oracle_source, market.feed_id), (oracle, 1, update.feed_id));
    assert_eq!(scene.book(1).effective_price.0, PRICE);

    let now = pass(&mut scene, 10);
    let higher = PythUpdate::new(PYTH_PRICE / 100 * 103, now - 3);
    assert_eq!(accrue(&mut scene, &oracle, higher.account()), PRICE / 100 * 103);
    assert_eq!(scene.book(1).effective_price.0, PRICE / 100 * 103);
}

fn a_market_follows_its_switchboard_feed(mut scene: Scene) {
    let feed = SwitchboardFeed::new(SWITCHBOARD_PRICE, scene.at.chain.now());
    let oracle = scene.market_on(feed.account(), standard_on(OracleSource::Switchboard, feed.feed_hash));
    let market = scene.at.market(1).unwrap();
    assert_eq!((market.oracle, market.oracle_source, market.feed_id), (oracle, 2, feed.feed_hash));
    assert_eq!(scene.book(1).effective_price.0, PRICE);

    let now = pass(&mut scene, 10);
    let higher = SwitchboardFeed::new(SWITCHBOARD_PRICE / 100 * 103, now - 3);
    assert_eq!(accrue(&mut scene, &oracle, higher.account()), PRICE / 100 * 103);
    assert_eq!(scene.book(1).effective_price.0, PRICE / 100 * 103);
}

fn another_exponent_for_the_same_price_is_the_same_price(mut scene: Scene) {
    let mut update = PythUpdate::new(PYTH_PRICE, scene.at.chain.now());
    let oracle = scene.market_on(update.account(), standard_on(OracleSource::Pyth, update.feed_id));
    update.exponent = -2;
    update.price = 10_000;
    assert_eq!(accrue(&mut scene, &oracle, update.account()), PRICE);
}

/// Seven thousand and a fraction are 7 × 10²¹ at 10⁻¹⁸.
fn a_price_that_needs_more_than_64_bits_at_switchboards_scale_converts(mut scene: Scene) {
    let now = scene.at.chain.now();
    let mut feed = SwitchboardFeed::new(7_035_141_592_653_589_793_238, now);
    feed.std_dev = 69_351_415_926_535_897_932;
    let oracle = scene.market_on(feed.account(), standard_on(OracleSource::Switchboard, feed.feed_hash));
    assert_eq!(scene.book(1).effective_price.0, 70_351_415);
    assert_eq!(accrue(&mut scene, &oracle, feed.account()), 70_351_415);
}
