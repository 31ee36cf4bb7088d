//! Switchboard feeds that a market doesn't take.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::instructions::CreateMarketArgs;
use clearing::oracle::{Unusable, PYTH_RECEIVER_ID};
use clearing::state::OracleSource;
use jettison_embedded::Account;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard_on, Code, Scene, SwitchboardFeed, PRICE};

use super::watched::{refuse_as_new, Watched};

on_both_runtimes!(
    a_feed_at_another_address_is_refused,
    a_feed_of_another_program_suspends_the_market,
    data_that_is_no_feed_suspends_the_market,
    a_feed_whose_jobs_changed_suspends_the_market,
    a_feed_that_its_authority_may_write_suspends_the_market,
    a_result_too_old_or_from_the_future_suspends_the_market,
    a_result_that_stayed_while_the_feed_was_written_suspends_the_market,
    a_result_too_wide_suspends_the_market,
    a_feed_without_a_usable_price_suspends_the_market,
);

/// 100 USDC.
const SWITCHBOARD_PRICE: i128 = 100 * 1_000_000_000_000_000_000;

/// A scene whose market 1 is on the Switchboard account `oracle`, which `feed` was written to.
struct Switchboard {
    scene: Scene,
    watched: Watched,
    args: CreateMarketArgs,
    oracle: Pubkey,
    feed: SwitchboardFeed,
}

impl Switchboard {
    fn open(mut scene: Scene) -> Self {
        let feed = SwitchboardFeed::new(SWITCHBOARD_PRICE, scene.at.chain.now());
        let args = standard_on(OracleSource::Switchboard, feed.feed_hash);
        let oracle = scene.market_on(feed.account(), args);
        let watched = Watched::open(&mut scene, 1, oracle);
        Self { scene, watched, args, oracle, feed }
    }

    /// The account suspends market 1 and is refused to a market that would begin with it.
    fn refuse_account(&mut self, account: Account, reason: Unusable, error: impl Code + Copy) {
        self.scene.at.chain.set_account(&self.oracle, account);
        self.watched.is_suspended(&mut self.scene, reason);
        refuse_as_new(&mut self.scene, 0, self.oracle, self.args, error);
    }

    fn refuse(
        &mut self,
        reason: Unusable,
        error: impl Code + Copy,
        change: impl FnOnce(&mut SwitchboardFeed),
    ) {
        let mut feed = self.feed.clone();
        change(&mut feed);
        self.refuse_account(feed.account(), reason, error);
    }

    fn accept(&mut self, change: impl FnOnce(&mut SwitchboardFeed)) {
        let mut feed = self.feed.clone();
        change(&mut feed);
        self.scene.at.chain.set_account(&self.oracle, feed.account());
        self.watched.is_usable(&mut self.scene);
    }
}

fn a_feed_at_another_address_is_refused(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    let twin = switchboard.scene.key();
    switchboard.scene.at.chain.set_account(&twin, switchboard.feed.account());
    let accrue = switchboard.scene.at.venue.accrue_market(1, twin);
    switchboard.scene.refuse(accrue, ClearingError::WrongOracle);
    switchboard.accept(|_| ());
}

fn a_feed_of_another_program_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    // The last is Switchboard's own program on devnet.
    let devnet = Pubkey::from_str_const("Aio4gaXjXzJNVLtzwtNVmSqGKpANtXhybbkhtAC94ji2");
    for owner in [price_feed::ID, PYTH_RECEIVER_ID, clearing::ID, Pubkey::default(), devnet] {
        let account = Account { owner, ..switchboard.feed.account() };
        switchboard.refuse_account(account, Unusable::Unreadable, ClearingError::BadOracle);
    }
}

fn data_that_is_no_feed_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    let account = switchboard.feed.account();
    for length in [1, 8, 2_264, 2_960, 3_207] {
        let mut truncated = account.clone();
        truncated.data.truncate(length);
        switchboard.refuse_account(truncated, Unusable::Unreadable, ClearingError::BadOracle);
    }
    let mut other = account;
    other.data[7] ^= 1;
    switchboard.refuse_account(other, Unusable::Unreadable, ClearingError::BadOracle);
    let mut beyond = switchboard.feed.account();
    beyond.data[2_361] = 32;
    switchboard.refuse_account(beyond, Unusable::Unreadable, ClearingError::BadOracle);
    switchboard.refuse(Unusable::Unreadable, ClearingError::BadOracle, |feed| feed.std_dev = -1);
}

fn a_feed_whose_jobs_changed_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    let (reason, error) = (Unusable::Unreadable, ClearingError::WrongFeedId);
    switchboard.refuse(reason, error, |feed| feed.feed_hash[0] ^= 1);
    switchboard.refuse(reason, error, |feed| feed.feed_hash = [0; 32]);
}

fn a_feed_that_its_authority_may_write_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    let error = ClearingError::OracleWritableByAuthority;
    switchboard.refuse(Unusable::Unreadable, error, |feed| feed.permit_write_by_authority = 1);
}

fn a_result_too_old_or_from_the_future_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    let now = switchboard.scene.at.chain.now();
    let error = ClearingError::StaleOracle;
    for publish_ts in [now - 31, 0, i64::MIN] {
        switchboard.refuse(Unusable::Stale, error, |feed| feed.publish(publish_ts));
    }
    for publish_ts in [now + 11, i64::MAX] {
        switchboard.refuse(Unusable::FromTheFuture, error, |feed| feed.publish(publish_ts));
    }
    for publish_ts in [now - 30, now + 10] {
        switchboard.accept(|feed| feed.publish(publish_ts));
    }
}

/// A submission arrived just now, but not enough of them for a new result: the price is still the old one.
fn a_result_that_stayed_while_the_feed_was_written_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    let now = switchboard.scene.at.chain.now();
    switchboard.refuse(Unusable::Stale, ClearingError::StaleOracle, |feed| {
        feed.submission_timestamps = [now; 32];
        feed.publish(now - 31);
        feed.last_update_timestamp = now;
    });
}

fn a_result_too_wide_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    let widest = SWITCHBOARD_PRICE / 100;
    for std_dev in [widest + 10, i128::MAX] {
        switchboard.refuse(Unusable::Wide, ClearingError::UncertainOracle, |feed| feed.std_dev = std_dev);
    }
    switchboard.accept(|feed| feed.std_dev = widest);
}

fn a_feed_without_a_usable_price_suspends_the_market(scene: Scene) {
    let mut switchboard = Switchboard::open(scene);
    for value in [0, -1, -SWITCHBOARD_PRICE, i128::MIN] {
        switchboard.refuse(Unusable::NotPositive, EngineError::BadPrice, |feed| feed.value = value);
    }
    switchboard.refuse(Unusable::NotPositive, EngineError::BadPrice, |feed| feed.slot = 0);
    // Of the standard market's atoms per contract, 10⁻¹⁸ is 10⁻¹⁴.
    let (reason, error) = (Unusable::NotConvertible, EngineError::BadPrice);
    for value in [99_999_999_999_999, i128::MAX] {
        switchboard.refuse(reason, error, |feed| feed.value = value);
    }
    switchboard.accept(|feed| feed.value = 100_000_000_000_000);
    switchboard.accept(|_| ());
    assert_eq!(switchboard.scene.book(1).target_price.0, PRICE);
}
