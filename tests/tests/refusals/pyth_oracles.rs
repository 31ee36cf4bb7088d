//! Pyth accounts that a market doesn't take.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::instructions::CreateMarketArgs;
use clearing::oracle::{Unusable, SWITCHBOARD_ON_DEMAND_ID};
use clearing::state::OracleSource;
use jettison_embedded::Account;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard_on, Code, PythUpdate, Scene, PRICE};

use super::watched::{refuse_as_new, Watched};

on_both_runtimes!(
    an_update_at_another_address_is_refused,
    an_update_of_another_program_suspends_the_market,
    data_that_is_no_update_suspends_the_market,
    an_update_of_another_feed_suspends_the_market,
    a_partially_verified_update_suspends_the_market,
    an_update_too_old_or_from_the_future_suspends_the_market,
    an_update_too_wide_suspends_the_market,
    an_update_without_a_usable_price_suspends_the_market,
);

/// 100 USDC.
const PYTH_PRICE: i64 = 100 * 100_000_000;

/// A scene whose market 1 is on the Pyth account `oracle`, which `update` was written to.
struct Pyth {
    scene: Scene,
    watched: Watched,
    args: CreateMarketArgs,
    oracle: Pubkey,
    update: PythUpdate,
}

impl Pyth {
    fn open(mut scene: Scene) -> Self {
        let update = PythUpdate::new(PYTH_PRICE, scene.at.chain.now());
        let args = standard_on(OracleSource::Pyth, update.feed_id);
        let oracle = scene.market_on(update.account(), args);
        let watched = Watched::open(&mut scene, 1, oracle);
        Self { scene, watched, args, oracle, update }
    }

    /// The account suspends market 1 and is refused to a market that would begin with it.
    fn refuse_account(&mut self, account: Account, reason: Unusable, error: impl Code + Copy) {
        self.scene.at.chain.set_account(&self.oracle, account);
        self.watched.is_suspended(&mut self.scene, reason);
        refuse_as_new(&mut self.scene, 0, self.oracle, self.args, error);
    }

    fn refuse(&mut self, reason: Unusable, error: impl Code + Copy, change: impl FnOnce(&mut PythUpdate)) {
        let mut update = self.update.clone();
        change(&mut update);
        self.refuse_account(update.account(), reason, error);
    }

    fn refuse_unreadable(&mut self, error: ClearingError, change: impl FnOnce(&mut PythUpdate)) {
        self.refuse(Unusable::Unreadable, error, change);
    }

    fn accept(&mut self, change: impl FnOnce(&mut PythUpdate)) {
        let mut update = self.update.clone();
        change(&mut update);
        self.scene.at.chain.set_account(&self.oracle, update.account());
        self.watched.is_usable(&mut self.scene);
    }
}

fn an_update_at_another_address_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let twin = pyth.scene.key();
    pyth.scene.at.chain.set_account(&twin, pyth.update.account());
    pyth.scene.refuse(pyth.scene.at.venue.accrue_market(1, twin), ClearingError::WrongOracle);
    pyth.accept(|_| ());
}

fn an_update_of_another_program_suspends_the_market(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    for owner in [price_feed::ID, SWITCHBOARD_ON_DEMAND_ID, clearing::ID, Pubkey::default()] {
        let account = Account { owner, ..pyth.update.account() };
        pyth.refuse_account(account, Unusable::Unreadable, ClearingError::BadOracle);
    }
}

fn data_that_is_no_update_suspends_the_market(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let account = pyth.update.account();
    for length in [1, 8, 41, 101, 133] {
        let mut truncated = account.clone();
        truncated.data.truncate(length);
        pyth.refuse_account(truncated, Unusable::Unreadable, ClearingError::BadOracle);
    }
    let mut other = account;
    // The discriminator of Pyth's `TwapUpdate`.
    other.data[..8].copy_from_slice(&[104, 192, 188, 72, 246, 166, 12, 81]);
    pyth.refuse_account(other, Unusable::Unreadable, ClearingError::BadOracle);
}

fn an_update_of_another_feed_suspends_the_market(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    pyth.refuse_unreadable(ClearingError::WrongFeedId, |update| update.feed_id[31] ^= 1);
    pyth.refuse_unreadable(ClearingError::WrongFeedId, |update| update.feed_id = [0; 32]);
}

fn a_partially_verified_update_suspends_the_market(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    for signatures in [0, 5, 12, 255] {
        pyth.refuse_unreadable(ClearingError::PartiallyVerifiedOracle, |update| {
            update.verification_level = vec![0, signatures];
        });
    }
    pyth.refuse_unreadable(ClearingError::BadOracle, |update| update.verification_level = vec![2]);
}

fn an_update_too_old_or_from_the_future_suspends_the_market(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let now = pyth.scene.at.chain.now();
    for publish_ts in [now - 31, 0, i64::MIN] {
        pyth.refuse(Unusable::Stale, ClearingError::StaleOracle, |update| update.publish_ts = publish_ts);
    }
    for publish_ts in [now + 11, i64::MAX] {
        let reason = Unusable::FromTheFuture;
        pyth.refuse(reason, ClearingError::StaleOracle, |update| update.publish_ts = publish_ts);
    }
    for publish_ts in [now - 30, now + 10] {
        pyth.accept(|update| update.publish_ts = publish_ts);
    }
}

fn an_update_too_wide_suspends_the_market(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let widest = PYTH_PRICE.unsigned_abs() / 100;
    for confidence in [widest + 1, u64::MAX] {
        let error = ClearingError::UncertainOracle;
        pyth.refuse(Unusable::Wide, error, |update| update.confidence = confidence);
    }
    pyth.accept(|update| update.confidence = widest);
}

fn an_update_without_a_usable_price_suspends_the_market(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    for price in [0, -1, -PYTH_PRICE, i64::MIN] {
        pyth.refuse(Unusable::NotPositive, EngineError::BadPrice, |update| update.price = price);
    }
    // Of the standard market's atoms per contract, 10⁻⁸ is 10⁻⁴.
    let reason = Unusable::NotConvertible;
    pyth.refuse(reason, EngineError::BadPrice, |update| update.price = 9_999);
    pyth.accept(|update| update.price = 10_000);
    pyth.accept(|_| ());
    for exponent in [-19, -40, 18, 40, i32::MIN, i32::MAX] {
        pyth.refuse(reason, EngineError::BadPrice, |update| update.exponent = exponent);
    }
    pyth.accept(|_| ());
    assert_eq!(pyth.scene.book(1).target_price.0, PRICE);
}
