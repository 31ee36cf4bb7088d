//! Oracles: another market's, stale, from the future, uncertain, not positive, fake.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use jettison_engine::EngineError;
use jettison_tests::{feed_price, on_both_runtimes, standard, Code, Scene, PRICE};
use price_feed::PriceFeed;
use solana_signer::Signer;

on_both_runtimes!(
    another_markets_oracle_is_refused,
    a_price_older_than_allowed_is_refused,
    a_price_from_the_future_is_refused,
    an_uncertain_price_is_refused,
    a_price_that_is_not_positive_is_refused,
    a_price_above_the_markets_maximum_is_refused,
    an_oracle_of_another_program_is_refused,
    an_oracle_that_does_not_parse_is_refused,
    an_exponent_that_overflows_is_refused,
    a_market_is_not_created_on_a_bad_oracle,
    a_clock_that_went_back_is_refused,
);

/// Overwrites the first market's feed.
fn write(scene: &mut Scene, change: impl FnOnce(&mut PriceFeed)) {
    let address = scene.at.feeds[0].address;
    let mut account = scene.at.chain.account(&address).unwrap();
    let mut feed = PriceFeed::parse(&account.data).unwrap();
    change(&mut feed);
    let data: &mut [u8; price_feed::FEED_LEN] = account.data.as_mut_slice().try_into().unwrap();
    feed.write(data);
    scene.at.chain.set_account(&address, account);
}

fn refuse(scene: &mut Scene, expected: impl Code) {
    let accrue = scene.at.venue.accrue_market(0, scene.at.feeds[0].address);
    scene.refuse(accrue, expected);
}

fn accept(scene: &mut Scene) {
    let accrue = scene.at.venue.accrue_market(0, scene.at.feeds[0].address);
    scene.send(&[accrue]);
}

fn another_markets_oracle_is_refused(mut scene: Scene) {
    scene.market(standard());
    let accrue = scene.at.venue.accrue_market(0, scene.at.feeds[1].address);
    scene.refuse(accrue, ClearingError::WrongOracle);
}

fn a_price_older_than_allowed_is_refused(mut scene: Scene) {
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + 31);
    refuse(&mut scene, ClearingError::StaleOracle);
    scene.at.chain.set_time(now + 30);
    accept(&mut scene);
}

fn a_price_from_the_future_is_refused(mut scene: Scene) {
    let now = scene.at.chain.now();
    for publish_ts in [now + 11, i64::MAX] {
        write(&mut scene, |feed| feed.publish_ts = publish_ts);
        refuse(&mut scene, ClearingError::StaleOracle);
    }
    write(&mut scene, |feed| feed.publish_ts = i64::MIN);
    refuse(&mut scene, ClearingError::StaleOracle);
    write(&mut scene, |feed| feed.publish_ts = now + 10);
    accept(&mut scene);
}

/// One percent of the price is allowed.
fn an_uncertain_price_is_refused(mut scene: Scene) {
    let widest = feed_price(PRICE) as u64 / 100;
    for confidence in [widest + 1, u64::MAX] {
        write(&mut scene, |feed| feed.confidence = confidence);
        refuse(&mut scene, ClearingError::UncertainOracle);
    }
    write(&mut scene, |feed| feed.confidence = widest);
    accept(&mut scene);
}

fn a_price_that_is_not_positive_is_refused(mut scene: Scene) {
    // Below 10⁸ feed units it is less than an atom a contract.
    for price in [0, -1, -feed_price(PRICE), i64::MIN, 99_999_999] {
        write(&mut scene, |feed| feed.price = price);
        refuse(&mut scene, EngineError::BadPrice);
    }
    write(&mut scene, |feed| feed.price = 100_000_000);
    accept(&mut scene);
}

/// 2⁵⁶ atoms over the open interest cap of 10⁹ contracts.
fn a_price_above_the_markets_maximum_is_refused(mut scene: Scene) {
    write(&mut scene, |feed| feed.price = feed_price(72_057_595));
    refuse(&mut scene, EngineError::BadPrice);
    write(&mut scene, |feed| feed.price = feed_price(72_057_594));
    accept(&mut scene);
}

fn an_oracle_of_another_program_is_refused(mut scene: Scene) {
    let address = scene.at.feeds[0].address;
    for owner in [clearing::ID, anchor_spl::token::ID, Pubkey::default()] {
        let mut account = scene.at.chain.account(&address).unwrap();
        account.owner = owner;
        scene.at.chain.set_account(&address, account);
        refuse(&mut scene, ClearingError::BadOracle);
    }
}

fn an_oracle_that_does_not_parse_is_refused(mut scene: Scene) {
    let address = scene.at.feeds[0].address;
    let account = scene.at.chain.account(&address).unwrap();
    let mut wrong_magic = account.clone();
    wrong_magic.data[0] ^= 1;
    let mut shorter = account.clone();
    shorter.data.pop();
    let mut newer = account.clone();
    newer.data[72] = 2;
    for fake in [wrong_magic, shorter, newer] {
        scene.at.chain.set_account(&address, fake);
        refuse(&mut scene, ClearingError::BadOracle);
    }
}

fn an_exponent_that_overflows_is_refused(mut scene: Scene) {
    for exponent in [i32::MAX, i32::MIN, 40, -40] {
        write(&mut scene, |feed| feed.exponent = exponent);
        refuse(&mut scene, EngineError::BadPrice);
    }
    // Another exponent for the same price is the same price.
    write(&mut scene, |feed| {
        feed.exponent = -2;
        feed.price = 10_000;
    });
    accept(&mut scene);
    assert!(!scene.book(0).is_lagging());
}

fn a_market_is_not_created_on_a_bad_oracle(mut scene: Scene) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let stranger = scene.rich_key();
    let venue = scene.at.venue.clone();
    let feed = scene.at.feeds[0].address;
    let create = |oracle| venue.create_market(authority, payer, 1, oracle, standard());
    scene.refuse(create(stranger), ClearingError::BadOracle);
    scene.refuse(create(venue.market(0)), ClearingError::BadOracle);
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + 31);
    scene.refuse(create(feed), ClearingError::StaleOracle);
}

fn a_clock_that_went_back_is_refused(mut scene: Scene) {
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now - 1);
    refuse(&mut scene, EngineError::ClockWentBack);
}
