//! Pyth accounts that a market doesn't take.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::oracle::SWITCHBOARD_ON_DEMAND_ID;
use clearing::state::OracleSource;
use jettison_embedded::Account;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard_on, Code, PythUpdate, Scene, PRICE};

on_both_runtimes!(
    an_update_at_another_address_is_refused,
    an_update_of_another_program_is_refused,
    data_that_is_no_update_is_refused,
    an_update_of_another_feed_is_refused,
    a_partially_verified_update_is_refused,
    an_update_too_old_or_from_the_future_is_refused,
    an_update_too_wide_is_refused,
    an_update_without_a_usable_price_is_refused,
);

/// 100 USDC.
const PYTH_PRICE: i64 = 100 * 100_000_000;

/// A scene whose market 1 is on the Pyth account `oracle`, which `update` was written to.
struct Pyth {
    scene: Scene,
    oracle: Pubkey,
    update: PythUpdate,
}

impl Pyth {
    fn open(mut scene: Scene) -> Self {
        let update = PythUpdate::new(PYTH_PRICE, scene.at.chain.now());
        let oracle = scene.market_on(update.account(), standard_on(OracleSource::Pyth, update.feed_id));
        Self { scene, oracle, update }
    }

    fn refuse_account(&mut self, account: Account, expected: impl Code) {
        self.scene.at.chain.set_account(&self.oracle, account);
        self.scene.refuse(self.scene.at.venue.accrue_market(1, self.oracle), expected);
    }

    fn refuse(&mut self, expected: impl Code, change: impl FnOnce(&mut PythUpdate)) {
        let mut update = self.update.clone();
        change(&mut update);
        self.refuse_account(update.account(), expected);
    }

    fn accept(&mut self, change: impl FnOnce(&mut PythUpdate)) {
        let mut update = self.update.clone();
        change(&mut update);
        self.scene.at.chain.set_account(&self.oracle, update.account());
        self.scene.send(&[self.scene.at.venue.accrue_market(1, self.oracle)]);
    }
}

fn an_update_at_another_address_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let twin = pyth.scene.key();
    pyth.scene.at.chain.set_account(&twin, pyth.update.account());
    pyth.scene.refuse(pyth.scene.at.venue.accrue_market(1, twin), ClearingError::WrongOracle);
    pyth.accept(|_| ());
}

fn an_update_of_another_program_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    for owner in [price_feed::ID, SWITCHBOARD_ON_DEMAND_ID, clearing::ID, Pubkey::default()] {
        let account = Account { owner, ..pyth.update.account() };
        pyth.refuse_account(account, ClearingError::BadOracle);
    }
}

fn data_that_is_no_update_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let account = pyth.update.account();
    for length in [1, 8, 41, 101, 133] {
        let mut truncated = account.clone();
        truncated.data.truncate(length);
        pyth.refuse_account(truncated, ClearingError::BadOracle);
    }
    let mut other = account;
    // The discriminator of Pyth's `TwapUpdate`.
    other.data[..8].copy_from_slice(&[104, 192, 188, 72, 246, 166, 12, 81]);
    pyth.refuse_account(other, ClearingError::BadOracle);
}

fn an_update_of_another_feed_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    pyth.refuse(ClearingError::WrongFeedId, |update| update.feed_id[31] ^= 1);
    pyth.refuse(ClearingError::WrongFeedId, |update| update.feed_id = [0; 32]);
}

fn a_partially_verified_update_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    for signatures in [0, 5, 12, 255] {
        pyth.refuse(ClearingError::PartiallyVerifiedOracle, |update| {
            update.verification_level = vec![0, signatures];
        });
    }
    pyth.refuse(ClearingError::BadOracle, |update| update.verification_level = vec![2]);
}

fn an_update_too_old_or_from_the_future_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let now = pyth.scene.at.chain.now();
    for publish_ts in [now - 31, 0, i64::MIN, now + 11, i64::MAX] {
        pyth.refuse(ClearingError::StaleOracle, |update| update.publish_ts = publish_ts);
    }
    for publish_ts in [now - 30, now + 10] {
        pyth.accept(|update| update.publish_ts = publish_ts);
    }
}

fn an_update_too_wide_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    let widest = PYTH_PRICE.unsigned_abs() / 100;
    for confidence in [widest + 1, u64::MAX] {
        pyth.refuse(ClearingError::UncertainOracle, |update| update.confidence = confidence);
    }
    pyth.accept(|update| update.confidence = widest);
}

fn an_update_without_a_usable_price_is_refused(scene: Scene) {
    let mut pyth = Pyth::open(scene);
    for price in [0, -1, -PYTH_PRICE, i64::MIN] {
        pyth.refuse(EngineError::BadPrice, |update| update.price = price);
    }
    // Of the standard market's atoms per contract, 10⁻⁸ is 10⁻⁴.
    pyth.refuse(EngineError::BadPrice, |update| update.price = 9_999);
    pyth.accept(|update| update.price = 10_000);
    for exponent in [-19, -40, 18, 40, i32::MIN, i32::MAX] {
        pyth.refuse(EngineError::BadPrice, |update| update.exponent = exponent);
    }
    pyth.accept(|_| ());
    assert_eq!(pyth.scene.book(1).target_price.0, PRICE);
}
