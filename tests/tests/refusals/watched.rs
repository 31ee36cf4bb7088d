//! A market whose oracle fails. Its own oracle's failure is no error of `accrue_market`: nobody has brought it along.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::events::OracleSuspended;
use clearing::instructions::{ChangeMarketArgs, CreateMarketArgs};
use clearing::oracle::Unusable;
use jettison_client::AnyEvent;
use jettison_embedded::{Executed, Trader};
use jettison_engine::EngineError;
use jettison_tests::{Code, Scene};
use solana_signer::Signer;

use crate::support::USDC;

/// A market with a position in it, and its oracle.
pub struct Watched {
    market: u16,
    oracle: Pubkey,
    long: Trader,
    short: Trader,
}

impl Watched {
    /// Opens the position.
    pub fn open(scene: &mut Scene, market: u16, oracle: Pubkey) -> Self {
        let (long, short) = (scene.trader(10_000 * USDC), scene.trader(10_000 * USDC));
        scene.trade(&long, &short, market, 1_000);
        Self { market, oracle, long, short }
    }

    fn accrue(&self, scene: &mut Scene) -> Executed {
        scene.send(&[scene.at.venue.accrue_market(self.market, self.oracle)])
    }

    /// An accrual notes that the oracle can't be used and why; no price, pool or index moves, and the market is
    /// reduce-only.
    pub fn is_suspended(&self, scene: &mut Scene, reason: Unusable) {
        let before = scene.book(self.market);
        let executed = self.accrue(scene);
        let mut expected = before;
        if !before.is_oracle_unusable() {
            expected.breakers.oracle_unusable_since = scene.at.chain.now();
        }
        assert_eq!(scene.book(self.market), expected, "{reason:?}");
        let event = AnyEvent::OracleSuspended(OracleSuspended {
            market_index: self.market,
            reason: reason as u8,
            news: !before.is_oracle_unusable(),
            since_ts: expected.breakers.oracle_unusable_since,
            dead_ts: expected.breakers.oracle_unusable_since + 3_600,
        });
        scene.expect_event(&executed, event);
        self.is_reduce_only(scene);
    }

    fn is_reduce_only(&self, scene: &mut Scene) {
        let price = scene.book(self.market).effective_price.0;
        let opening = scene.trade_of(&self.long, &self.short, self.market, 100, price);
        scene.refuse(opening, EngineError::OracleUnusable);
        let before = scene.snapshot();
        let reducing = scene.trade_of(&self.short, &self.long, self.market, 100, price);
        scene.send(&[reducing]);
        before.restore(&mut scene.at.chain);
    }

    /// An accrual takes the price, and anyone may open.
    pub fn is_usable(&self, scene: &mut Scene) {
        let was_unusable = scene.book(self.market).is_oracle_unusable();
        let executed = self.accrue(scene);
        let book = scene.book(self.market);
        assert!(!book.is_oracle_unusable());
        assert_eq!(book.accrued_ts, scene.at.chain.now());
        if let Some(events) = scene.events(&executed) {
            let [AnyEvent::MarketAccrued(accrued)] = events.as_slice() else { panic!("{events:?}") };
            assert_eq!((accrued.restored, accrued.target), (was_unusable, book.target_price.0));
        }
        if !book.is_lagging() {
            let before = scene.snapshot();
            scene.trade(&self.long, &self.short, self.market, 100);
            before.restore(&mut scene.at.chain);
        }
    }
}

/// No market is created on the oracle, and none moves to it: `other` is a market on another one.
pub fn refuse_as_new(
    scene: &mut Scene,
    other: u16,
    oracle: Pubkey,
    args: CreateMarketArgs,
    expected: impl Code + Copy,
) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let venue = scene.at.venue.clone();
    let next = scene.at.clearinghouse().unwrap().market_count;
    scene.refuse(venue.create_market(authority, payer, next, oracle, args), expected);

    let expected_revision = scene.at.market_revision(other).unwrap();
    let change = ChangeMarketArgs { expected_revision, settings: args.settings };
    let change = venue.change_market(authority, other, oracle, change);
    if expected.code() == ClearingError::BadFeedId.code() {
        scene.refuse(change, expected);
        return;
    }
    scene.send(&[change]);
    scene.refuse(venue.execute_market_change(other, oracle), expected);
}
