//! Funding to the atom: what trades off the mark make one side pay the other.
//!
//! 10,000 contracts traded 5 % over the mark, over an open interest of as many, are a premium of 5 % for the funding period
//! of 28,800 seconds; ten seconds move the rate by ten parts in 28,800 of it.

use clearing::events::MarketAccrued;
use clearing::instructions::SettleTradeArgs;
use jettison_client::AnyEvent;
use jettison_embedded::{Executed, Trader};
use jettison_engine::RATE_ONE;
use jettison_tests::{on_both_runtimes, Scene, PRICE};

use crate::support::USDC;

on_both_runtimes!(
    longs_pay_shorts_after_trades_above_the_mark,
    shorts_pay_longs_after_trades_below_the_mark,
    the_rate_is_clamped_and_what_one_side_pays_the_other_gets,
    a_lone_trade_of_little_moves_the_rate_by_as_little,
    without_a_bound_nothing_is_paid,
    a_market_that_nobody_accrued_pays_for_a_keeper_window_only,
);

/// A long and a short of 10,000 contracts, traded at `price` in a market with funding of up to 1 % a period.
fn traded_at(scene: &mut Scene, price: u64) -> (Trader, Trader) {
    scene.change_params(0, |params| params.max_funding_bps = 100);
    let (long, short) = (scene.trader(10_000 * USDC), scene.trader(10_000 * USDC));
    let args = SettleTradeArgs { market_index: 0, size: 10_000, price, buyer_is_taker: true };
    let trade = scene.at.trade_instruction(&long, &short, args).unwrap();
    scene.send(&[trade]);
    (long, short)
}

/// Ten seconds later, at the same price.
fn accrue(scene: &mut Scene) -> Executed {
    scene.later(10);
    scene.post(0, PRICE)
}

fn accrued(funding: i128, funding_rate: i64, long: i128) -> AnyEvent {
    AnyEvent::MarketAccrued(MarketAccrued {
        market_index: 0,
        price_before: PRICE,
        price_after: PRICE,
        target: PRICE,
        stable_price: PRICE,
        funding,
        funding_rate,
        restored: false,
        long_settlement_index: long,
        short_settlement_index: -long,
    })
}

/// 60.28 atoms: a payer owes 61, a receiver is owed 60.
const PAID: i128 = 106_048_574_530;

fn longs_pay_shorts_after_trades_above_the_mark(mut scene: Scene) {
    let (long, short) = traded_at(&mut scene, 1_050_000);
    let executed = accrue(&mut scene);
    scene.expect_event(&executed, accrued(0, 17_361_111, 0));
    let before = [scene.capital(&long), scene.capital(&short)];
    let executed = accrue(&mut scene);
    scene.expect_event(&executed, accrued(PAID, 34_710_165, -PAID));
    scene.settle(&long);
    scene.settle(&short);
    assert_eq!([scene.capital(&long), scene.capital(&short)], [before[0] - 61, before[1] + 60]);
    assert_eq!(scene.book(0).pool.0, 1);
}

fn shorts_pay_longs_after_trades_below_the_mark(mut scene: Scene) {
    let (long, short) = traded_at(&mut scene, 950_000);
    let executed = accrue(&mut scene);
    scene.expect_event(&executed, accrued(0, -17_361_111, 0));
    let before = [scene.capital(&long), scene.capital(&short)];
    let executed = accrue(&mut scene);
    // Rate and payment are each rounded down, which is toward the longs: by units of 2⁻⁴⁴ atoms.
    scene.expect_event(&executed, accrued(-PAID - 2, -34_710_165, PAID + 2));
    scene.settle(&short);
    scene.settle(&long);
    assert_eq!([scene.capital(&long), scene.capital(&short)], [before[0] + 60, before[1] - 61]);
    assert_eq!(scene.book(0).pool.0, 1);
}

fn the_rate_is_clamped_and_what_one_side_pays_the_other_gets(mut scene: Scene) {
    let (long, short) = traded_at(&mut scene, 1_050_000);
    scene.change_params(0, |params| {
        params.max_funding_bps = 100;
        params.keeper_window_seconds = 60;
        params.max_move_per_second_bps = 5;
    });
    for _ in 0..200 {
        scene.wait(60);
    }
    let book = scene.book(0);
    assert!(book.funding.average > RATE_ONE / 100, "{}", book.funding.average);
    assert_eq!(book.funding.rate(&book.params), RATE_ONE / 100);
    let both = |scene: &Scene| [scene.equity(&long), scene.equity(&short)];
    let before = both(&scene);
    scene.wait(60);
    // 1 % of 10,000 USDC for 60 of 28,800 seconds: 208,333.33 atoms, and what is less than one from before.
    let after = both(&scene);
    let moved = [before[0] - after[0], after[1] - before[1]];
    assert!(moved.iter().all(|atoms| [208_333, 208_334].contains(atoms)), "{moved:?}");
    scene.settle(&long);
    scene.settle(&short);
    let all = scene.capital(&long) + scene.capital(&short) + 7_350_000;
    assert!((20_000 * USDC - 2..=20_000 * USDC).contains(&all), "{all}");
    assert_eq!(scene.book(0).pool.0, 20_000 * USDC - all);
}

fn a_lone_trade_of_little_moves_the_rate_by_as_little(mut scene: Scene) {
    let (long, short) = traded_at(&mut scene, PRICE);
    // What was traded at the mark is gone after a while, and only what is open counts.
    for _ in 0..5 {
        accrue(&mut scene);
    }
    let trade = scene.trade_of(&long, &short, 0, 10, 1_050_000);
    scene.send(&[trade]);
    accrue(&mut scene);
    let rate = scene.book(0).funding.average;
    assert!((17_000..=17_361).contains(&rate), "{rate}");
}

fn without_a_bound_nothing_is_paid(mut scene: Scene) {
    let (long, short) = (scene.trader(10_000 * USDC), scene.trader(10_000 * USDC));
    let trade = scene.trade_of(&long, &short, 0, 10_000, 1_050_000);
    scene.send(&[trade]);
    accrue(&mut scene);
    let before = [scene.equity(&long), scene.equity(&short)];
    let executed = accrue(&mut scene);
    scene.expect_event(&executed, accrued(0, 0, 0));
    assert_eq!([scene.equity(&long), scene.equity(&short)], before);
}

fn a_market_that_nobody_accrued_pays_for_a_keeper_window_only(mut scene: Scene) {
    traded_at(&mut scene, 1_050_000);
    accrue(&mut scene);
    scene.later(86_400);
    let executed = scene.post(0, PRICE);
    scene.expect_event(&executed, accrued(PAID, 34_710_165, -PAID));
}
