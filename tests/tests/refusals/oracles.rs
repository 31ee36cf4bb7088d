//! Oracles: another market's, stale, from the future, uncertain, not positive, fake.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::oracle::Unusable;
use jettison_engine::EngineError;
use jettison_tests::{feed_price, on_both_runtimes, standard, Code, Scene, PRICE};
use price_feed::PriceFeed;

use super::watched::{refuse_as_new, Watched};

on_both_runtimes!(
    another_markets_oracle_is_refused,
    a_price_older_than_allowed_suspends_the_market,
    a_price_from_the_future_suspends_the_market,
    an_uncertain_price_suspends_the_market,
    a_price_that_is_not_positive_suspends_the_market,
    a_price_above_the_markets_maximum_suspends_the_market,
    an_oracle_of_another_program_suspends_the_market,
    an_oracle_that_does_not_parse_suspends_the_market,
    an_oracle_that_is_gone_suspends_the_market,
    an_exponent_that_overflows_suspends_the_market,
    a_market_is_not_created_on_a_bad_oracle,
    a_clock_that_went_back_is_refused,
    a_suspended_market_notes_since_when_once_and_again_after_it_was_restored,
);

/// Market 0 on its feed, and market 1 on another.
struct Feeds {
    scene: Scene,
    watched: Watched,
    feed: Pubkey,
}

impl Feeds {
    fn open(mut scene: Scene) -> Self {
        scene.market(standard());
        let feed = scene.at.feeds[0].address;
        let watched = Watched::open(&mut scene, 0, feed);
        Self { scene, watched, feed }
    }

    /// Overwrites market 0's feed.
    fn write(&mut self, change: impl FnOnce(&mut PriceFeed)) {
        let mut account = self.scene.at.chain.account(&self.feed).unwrap();
        let mut feed = PriceFeed::parse(&account.data).unwrap();
        change(&mut feed);
        let data: &mut [u8; price_feed::FEED_LEN] = account.data.as_mut_slice().try_into().unwrap();
        feed.write(data);
        self.scene.at.chain.set_account(&self.feed, account);
    }

    /// The feed suspends market 0 and is refused to a market that would begin with it.
    fn is_unusable(&mut self, reason: Unusable, error: impl Code + Copy) {
        self.watched.is_suspended(&mut self.scene, reason);
        refuse_as_new(&mut self.scene, 1, self.feed, standard(), error);
    }

    fn is_usable(&mut self) {
        self.watched.is_usable(&mut self.scene);
    }
}

fn another_markets_oracle_is_refused(mut scene: Scene) {
    scene.market(standard());
    let accrue = scene.at.venue.accrue_market(0, scene.at.feeds[1].address);
    scene.refuse(accrue, ClearingError::WrongOracle);
}

fn a_price_older_than_allowed_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    let now = feeds.scene.at.chain.now();
    feeds.scene.at.chain.set_time(now + 30);
    feeds.is_usable();
    feeds.scene.at.chain.set_time(now + 31);
    feeds.is_unusable(Unusable::Stale, ClearingError::StaleOracle);
    feeds.write(|feed| feed.publish_ts = now + 1);
    feeds.is_usable();
}

fn a_price_from_the_future_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    let now = feeds.scene.at.chain.now();
    for publish_ts in [now + 11, i64::MAX] {
        feeds.write(|feed| feed.publish_ts = publish_ts);
        feeds.is_unusable(Unusable::FromTheFuture, ClearingError::StaleOracle);
    }
    feeds.write(|feed| feed.publish_ts = i64::MIN);
    feeds.is_unusable(Unusable::Stale, ClearingError::StaleOracle);
    feeds.write(|feed| feed.publish_ts = now + 10);
    feeds.is_usable();
}

/// One percent of the price is allowed.
fn an_uncertain_price_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    let widest = feed_price(PRICE) as u64 / 100;
    for confidence in [widest + 1, u64::MAX] {
        feeds.write(|feed| feed.confidence = confidence);
        feeds.is_unusable(Unusable::Wide, ClearingError::UncertainOracle);
    }
    feeds.write(|feed| feed.confidence = widest);
    feeds.is_usable();
}

fn a_price_that_is_not_positive_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    for price in [0, -1, -feed_price(PRICE), i64::MIN] {
        feeds.write(|feed| feed.price = price);
        feeds.is_unusable(Unusable::NotPositive, EngineError::BadPrice);
    }
    // Below 10⁸ feed units it is less than an atom a contract.
    feeds.write(|feed| feed.price = 99_999_999);
    feeds.is_unusable(Unusable::NotConvertible, EngineError::BadPrice);
    feeds.write(|feed| feed.price = 100_000_000);
    feeds.is_usable();
}

/// 2⁵⁶ atoms over the open interest cap of 10⁹ contracts.
fn a_price_above_the_markets_maximum_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    feeds.write(|feed| feed.price = feed_price(72_057_595));
    feeds.is_unusable(Unusable::NotConvertible, EngineError::BadPrice);
    feeds.write(|feed| feed.price = feed_price(72_057_594));
    feeds.is_usable();
}

fn an_oracle_of_another_program_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    let good = feeds.scene.at.chain.account(&feeds.feed).unwrap();
    for owner in [clearing::ID, anchor_spl::token::ID, Pubkey::default()] {
        let mut account = good.clone();
        account.owner = owner;
        feeds.scene.at.chain.set_account(&feeds.feed, account);
        feeds.is_unusable(Unusable::Unreadable, ClearingError::BadOracle);
    }
    feeds.scene.at.chain.set_account(&feeds.feed, good);
    feeds.is_usable();
}

fn an_oracle_that_does_not_parse_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    let good = feeds.scene.at.chain.account(&feeds.feed).unwrap();
    let mut wrong_magic = good.clone();
    wrong_magic.data[0] ^= 1;
    let mut shorter = good.clone();
    shorter.data.pop();
    let mut newer = good.clone();
    newer.data[72] = 2;
    for fake in [wrong_magic, shorter, newer] {
        feeds.scene.at.chain.set_account(&feeds.feed, fake);
        feeds.is_unusable(Unusable::Unreadable, ClearingError::BadOracle);
    }
    feeds.scene.at.chain.set_account(&feeds.feed, good);
    feeds.is_usable();
}

fn an_oracle_that_is_gone_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    let good = feeds.scene.at.chain.account(&feeds.feed).unwrap();
    feeds.scene.at.chain.set_account(&feeds.feed, Default::default());
    feeds.is_unusable(Unusable::Unreadable, ClearingError::BadOracle);
    feeds.scene.at.chain.set_account(&feeds.feed, good);
    feeds.is_usable();
}

fn an_exponent_that_overflows_suspends_the_market(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    for exponent in [i32::MAX, i32::MIN, 40, -40] {
        feeds.write(|feed| feed.exponent = exponent);
        feeds.is_unusable(Unusable::NotConvertible, EngineError::BadPrice);
    }
    // Another exponent for the same price is the same price.
    feeds.write(|feed| {
        feed.exponent = -2;
        feed.price = 10_000;
    });
    feeds.is_usable();
    assert!(!feeds.scene.book(0).is_lagging());
}

fn a_market_is_not_created_on_a_bad_oracle(scene: Scene) {
    let Feeds { mut scene, feed, .. } = Feeds::open(scene);
    let stranger = scene.rich_key();
    let market = scene.at.venue.market(0);
    refuse_as_new(&mut scene, 1, stranger, standard(), ClearingError::BadOracle);
    refuse_as_new(&mut scene, 1, market, standard(), ClearingError::BadOracle);
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + 31);
    refuse_as_new(&mut scene, 1, feed, standard(), ClearingError::StaleOracle);
}

fn a_clock_that_went_back_is_refused(mut scene: Scene) {
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now - 1);
    let accrue = scene.at.venue.accrue_market(0, scene.at.feeds[0].address);
    scene.refuse(accrue, EngineError::ClockWentBack);
}

fn a_suspended_market_notes_since_when_once_and_again_after_it_was_restored(scene: Scene) {
    let mut feeds = Feeds::open(scene);
    let now = feeds.scene.at.chain.now();
    for (seconds, since) in [(31, 31), (40, 31), (55, 31)] {
        feeds.scene.at.chain.set_time(now + seconds);
        feeds.watched.is_suspended(&mut feeds.scene, Unusable::Stale);
        assert_eq!(feeds.scene.book(0).breakers.oracle_unusable_since, now + since);
    }
    feeds.write(|feed| feed.publish_ts = now + 55);
    feeds.is_usable();
    feeds.scene.at.chain.set_time(now + 86);
    feeds.watched.is_suspended(&mut feeds.scene, Unusable::Stale);
    assert_eq!(feeds.scene.book(0).breakers.oracle_unusable_since, now + 86);
}
