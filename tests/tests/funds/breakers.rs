//! Each circuit breaker as it is seen on the chain: what it stops, what goes on, and how it lifts by itself.

use clearing::events::{MarketAccrued, OracleSuspended};
use jettison_client::AnyEvent;
use jettison_embedded::{Executed, Trader};
use jettison_engine::{EngineError, Shares};
use jettison_tests::{feed_price, on_both_runtimes, Scene, PRICE};
use solana_signer::Signer;

use super::throttle::throttled;
use crate::support::{leveraged, USDC};

on_both_runtimes!(
    while_the_price_lags_nobody_opens_and_everybody_may_leave,
    while_the_oracle_is_wide_nobody_opens_and_everybody_may_leave,
    while_the_oracle_is_stale_prices_grow_old_and_flat_accounts_may_leave,
    losses_over_the_breaker_halt_opening_for_a_while_and_it_lifts_by_itself,
    losses_under_the_breaker_halt_nothing,
    a_throttled_withdrawal_waits_and_risk_goes_on_being_managed,
);

/// A long and a short of 1,000 contracts, a flat account and a staker who may leave.
struct Crowd {
    long: Trader,
    short: Trader,
    flat: Trader,
    staker: jettison_tests::Staker,
}

fn crowd(scene: &mut Scene) -> Crowd {
    let [long, short, flat] = [1_000, 1_000, 500].map(|usdc| scene.trader(usdc * USDC));
    scene.trade(&long, &short, 0, 1_000);
    let staker = scene.staker(100 * USDC);
    scene.stake(&staker, 100 * USDC);
    scene.request(&staker, 100_000_000_000);
    Crowd { long, short, flat, staker }
}

/// Opening and withdrawing beside a position are refused with `error`; the ways out are open.
fn only_exits(scene: &mut Scene, crowd: &Crowd, error: EngineError) {
    let price = scene.book(0).effective_price.0;
    let Crowd { long, short, flat, staker } = crowd;
    scene.refuse(scene.trade_of(flat, long, 0, 100, price), error);
    scene.refuse(scene.trade_of(long, short, 0, 100, price), error);
    // One who turns round opens too.
    scene.refuse(scene.trade_of(short, long, 0, 1_001, price), error);
    scene.refuse(scene.withdraw_of(long, 1), error);
    scene.deposit(long, USDC);
    scene.settle(long);
    scene.settle(short);
    scene.trade(short, long, 0, 400);
    assert_eq!((scene.size(long, 0), scene.size(short, 0)), (600, 600));
    scene.send(&[scene.withdraw_of(flat, 500 * USDC)]);
    scene.send(&[scene.close_of(flat, false)]);
    assert_eq!(scene.unstake(staker), 100 * USDC);
}

/// The price is certain again: all of it goes.
fn all_goes(scene: &mut Scene, crowd: &Crowd) {
    scene.trade(&crowd.long, &crowd.short, 0, 100);
    scene.send(&[scene.withdraw_of(&crowd.long, 1)]);
}

fn while_the_price_lags_nobody_opens_and_everybody_may_leave(mut scene: Scene) {
    let crowd = crowd(&mut scene);
    scene.later(10);
    let executed = scene.post(0, 1_050_000);
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::MarketAccrued(MarketAccrued { price_after, target, .. })] = events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((price_after, target), (1_030_000, 1_050_000));
    }
    assert!(scene.book(0).is_lagging());
    only_exits(&mut scene, &crowd, EngineError::MarketLagging);
    scene.later(10);
    scene.post(0, 1_050_000);
    assert!(!scene.book(0).is_lagging());
    all_goes(&mut scene, &crowd);
}

/// Posts a price with a confidence interval of so many basis points, and accrues.
fn post_wide(scene: &mut Scene, atoms: u64, bps: u64) -> Executed {
    let [_, accrue] = scene.at.price_instructions(0, feed_price(atoms));
    let (authority, feed) = (scene.at.authority.pubkey(), scene.at.feeds[0].address);
    let width = feed_price(atoms) as u64 / 10_000 * bps;
    let now = scene.at.chain.now();
    scene.send(&[price_feed::instruction::post(&feed, &authority, feed_price(atoms), width, now), accrue])
}

fn suspended(scene: &Scene, reason: u8, news: bool, since_ts: i64) -> AnyEvent {
    assert_eq!(scene.book(0).breakers.oracle_unusable_since, since_ts);
    AnyEvent::OracleSuspended(OracleSuspended {
        market_index: 0,
        reason,
        news,
        since_ts,
        dead_ts: since_ts + 3_600,
    })
}

fn while_the_oracle_is_wide_nobody_opens_and_everybody_may_leave(mut scene: Scene) {
    let crowd = crowd(&mut scene);
    scene.later(5);
    let since = scene.at.chain.now();
    let executed = post_wide(&mut scene, 1_010_000, 101);
    scene.expect_event(&executed, suspended(&scene, 3, true, since));
    // The price stands: an uncertain reading moves nothing.
    assert_eq!((scene.book(0).effective_price.0, scene.book(0).accrued_ts), (PRICE, since - 5));
    only_exits(&mut scene, &crowd, EngineError::OracleUnusable);
    scene.later(5);
    let executed = post_wide(&mut scene, 1_010_000, 101);
    scene.expect_event(&executed, suspended(&scene, 3, false, since));
    let executed = post_wide(&mut scene, 1_010_000, 100);
    assert_eq!(scene.book(0).breakers.oracle_unusable_since, 0);
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::MarketAccrued(MarketAccrued { restored, price_after, .. })] = events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((restored, price_after), (true, 1_010_000));
    }
    all_goes(&mut scene, &crowd);
}

fn while_the_oracle_is_stale_prices_grow_old_and_flat_accounts_may_leave(mut scene: Scene) {
    let Crowd { long, short, flat, staker } = crowd(&mut scene);
    scene.later(31);
    let since = scene.at.chain.now();
    let accrue = scene.at.venue.accrue_market(0, scene.at.feeds[0].address);
    let executed = scene.send(&[accrue]);
    scene.expect_event(&executed, suspended(&scene, 1, true, since));
    scene.refuse(scene.trade_of(&long, &short, 0, 100, PRICE), EngineError::OracleUnusable);
    scene.trade(&short, &long, 0, 100);
    // 60 seconds after the last good price nothing that needs one goes on.
    scene.later(30);
    for instruction in [
        scene.trade_of(&short, &long, 0, 100, PRICE),
        scene.settle_of(&long),
        scene.liquidate_of(&long, &flat, 0, 1),
        scene.resolve_of(&long, None, false),
    ] {
        scene.refuse(instruction, EngineError::StalePrice);
    }
    scene.send(&[scene.withdraw_of(&flat, 500 * USDC)]);
    assert_eq!(scene.unstake(&staker), 100 * USDC);
    scene.wait(0);
    scene.trade(&long, &short, 0, 100);
}

/// A loss of 195 USDC charged to the shorts of 8,800 USDC of open interest.
fn lose(scene: &mut Scene, breaker_bps: u16) -> (Executed, Trader) {
    scene.change_params(0, |params| {
        params.loss_breaker_bps = breaker_bps;
        params.loss_halt_seconds = 300;
    });
    let (long, short) = leveraged(scene);
    scene.move_price(0, 880_000);
    (scene.resolve(&long, None, false), short)
}

fn halted(scene: &Scene, executed: &Executed) -> Option<bool> {
    scene.events(executed).map(|events| {
        let [AnyEvent::BankruptcyResolved(event)] = &events[..] else {
            panic!("{events:?}");
        };
        event.legs[0].halted
    })
}

fn losses_over_the_breaker_halt_opening_for_a_while_and_it_lifts_by_itself(mut scene: Scene) {
    let (executed, short) = lose(&mut scene, 221);
    let until = scene.at.chain.now() + 300;
    assert_ne!(halted(&scene, &executed), Some(false));
    assert_eq!(scene.book(0).breakers.halted_until, until);
    scene.settle(&short);
    let (one, other) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    scene.wait(299);
    scene.refuse(scene.trade_of(&one, &other, 0, 100, 880_000), EngineError::OpeningHalted);
    // Nothing else waits: not even a withdrawal of what the loss left.
    scene.send(&[scene.withdraw_of(&short, 1_000 * USDC)]);
    scene.send(&[scene.withdraw_of(&other, 1)]);
    scene.wait(1);
    scene.trade(&one, &other, 0, 100);
    assert_ne!(scene.book(0).long.shares, Shares(0));
}

fn losses_under_the_breaker_halt_nothing(mut scene: Scene) {
    let (executed, _) = lose(&mut scene, 222);
    assert_ne!(halted(&scene, &executed), Some(true));
    assert_eq!(scene.book(0).breakers.halted_until, 0);
}

fn a_throttled_withdrawal_waits_and_risk_goes_on_being_managed(mut scene: Scene) {
    let [long, short, other] = throttled(&mut scene, [1_010, 100_000, 1_000]);
    scene.trade(&long, &short, 0, 10_000);
    let to = scene.wallet(&other.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&short, &to, 20_000 * USDC), Some(0));
    assert_eq!(scene.withdraw_to(&other, &to, USDC), Some(1));
    scene.move_price(0, 940_000);
    scene.liquidate(&long, &other, 0, 1_000);
    scene.sweep(0);
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    scene.settle(&short);
    scene.deposit(&other, USDC);
}
