//! What a pumped price is worth: nothing, until it has lasted.
//!
//! Initial margin takes the worse of the effective and a slow stable price, and only a part of profit that was not paid.

use clearing::events::MarketAccrued;
use jettison_client::AnyEvent;
use jettison_embedded::Trader;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::USDC;

on_both_runtimes!(
    a_pumped_price_opens_no_long_until_it_has_lasted,
    a_dumped_price_opens_no_short_until_it_has_lasted,
    a_pumped_profit_cannot_be_withdrawn,
    unpaid_profit_counts_by_its_weight_and_paid_profit_in_full,
    profit_in_a_lagging_market_opens_nothing_elsewhere,
    a_pumped_price_liquidates_as_the_effective_price_says,
);

/// With a stable price of an hour, and the effective price at `atoms` for an instant.
fn pumped(scene: &mut Scene, atoms: u64, stable_price: u64) {
    scene.later(10);
    let executed = scene.post(0, atoms);
    assert_eq!((scene.book(0).effective_price.0, scene.book(0).stable_price.0), (atoms, stable_price));
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::MarketAccrued(MarketAccrued { stable_price: told, .. })] = events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(told, stable_price);
    }
}

fn slow(scene: &mut Scene) {
    scene.change_params(0, |params| params.stable_window_seconds = 3_600);
}

/// A long of 1,000 contracts at 1 USDC with 109.5 of capital, and the short against it.
fn long_of_1000(scene: &mut Scene) -> (Trader, Trader) {
    let (long, short) = (scene.trader(110 * USDC), scene.trader(10_000 * USDC));
    scene.trade(&long, &short, 0, 1_000);
    assert_eq!(scene.capital(&long), 109_500_000);
    (long, short)
}

/// 110 USDC are enough for 1,000 contracts at 1.03, and not by 29.9 at what the stable price says they are worth.
fn a_pumped_price_opens_no_long_until_it_has_lasted(mut scene: Scene) {
    slow(&mut scene);
    let (buyer, seller) = (scene.trader(110 * USDC), scene.trader(110 * USDC));
    let rich = scene.trader(10_000 * USDC);
    pumped(&mut scene, 1_030_000, 1_000_083);
    let trade = scene.trade_of(&buyer, &rich, 0, 1_000, 1_030_000);
    scene.refuse(trade, EngineError::BelowInitialMargin);
    // For a short the effective price is the worse.
    scene.trade(&rich, &seller, 0, 1_000);
    scene.wait(3_600);
    assert_eq!(scene.book(0).stable_price.0, 1_030_000);
    scene.trade(&buyer, &rich, 0, 1_000);
}

fn a_dumped_price_opens_no_short_until_it_has_lasted(mut scene: Scene) {
    slow(&mut scene);
    let (buyer, seller) = (scene.trader(110 * USDC), scene.trader(110 * USDC));
    let rich = scene.trader(10_000 * USDC);
    pumped(&mut scene, 970_000, 999_917);
    let trade = scene.trade_of(&rich, &seller, 0, 1_000, 970_000);
    scene.refuse(trade, EngineError::BelowInitialMargin);
    scene.trade(&buyer, &rich, 0, 1_000);
    scene.wait(3_600);
    scene.trade(&rich, &seller, 0, 1_000);
}

/// Profit counts in full here, and the pump's 30 USDC for 0.083 all the same. Needed are 100.1083.
fn a_pumped_profit_cannot_be_withdrawn(mut scene: Scene) {
    scene.change_params(0, |params| {
        params.stable_window_seconds = 3_600;
        params.profit_weight_bps = 10_000;
    });
    let (long, _) = long_of_1000(&mut scene);
    pumped(&mut scene, 1_030_000, 1_000_083);
    scene.refuse(scene.withdraw_of(&long, 9_474_701), EngineError::BelowInitialMargin);
    let before = scene.snapshot();
    scene.send(&[scene.withdraw_of(&long, 9_474_700)]);
    before.restore(&mut scene.at.chain);
    // Once it has lasted: 109.5 and 30 less 103.1.
    scene.wait(3_600);
    scene.refuse(scene.withdraw_of(&long, 36_400_001), EngineError::BelowInitialMargin);
    scene.send(&[scene.withdraw_of(&long, 36_400_000)]);
}

/// 30 USDC of profit at a weight of a half.
fn unpaid_profit_counts_by_its_weight_and_paid_profit_in_full(mut scene: Scene) {
    let (long, short) = long_of_1000(&mut scene);
    scene.move_price(0, 1_030_000);
    scene.refuse(scene.withdraw_of(&long, 21_400_001), EngineError::BelowInitialMargin);
    let before = scene.snapshot();
    scene.send(&[scene.withdraw_of(&long, 21_400_000)]);
    before.restore(&mut scene.at.chain);
    // The loser pays: 139.5 of capital.
    scene.settle(&short);
    scene.settle(&long);
    scene.refuse(scene.withdraw_of(&long, 36_400_001), EngineError::BelowInitialMargin);
    scene.send(&[scene.withdraw_of(&long, 36_400_000)]);
}

fn profit_in_a_lagging_market_opens_nothing_elsewhere(mut scene: Scene) {
    scene.market(standard());
    let (long, short) = long_of_1000(&mut scene);
    scene.move_price(0, 1_030_000);
    // 100 contracts of market 1 need 10.1 beside the 103.1: less than 109.5 and 15.
    scene.later(1);
    scene.post(1, 1_000_000);
    scene.post(0, 1_100_000);
    scene.wait(0);
    assert!(scene.book(0).is_lagging());
    let price = scene.book(1).effective_price.0;
    let trade = scene.trade_of(&long, &short, 1, 100, price);
    scene.refuse(trade, EngineError::BelowInitialMargin);
    let effective = scene.book(0).effective_price.0;
    scene.post(0, effective);
    scene.trade(&long, &short, 1, 100);
}

/// Maintenance knows no stable price: who is under it at the effective price is liquidated.
fn a_pumped_price_liquidates_as_the_effective_price_says(mut scene: Scene) {
    slow(&mut scene);
    let (_, rich) = (scene.trader(0), scene.trader(10_000 * USDC));
    let (other, short) = (scene.trader(10_000 * USDC), scene.trader(81 * USDC));
    scene.change_params(0, |params| {
        params.stable_window_seconds = 3_600;
        params.initial_margin_bps = 700;
    });
    scene.trade(&other, &short, 0, 1_000);
    pumped(&mut scene, 1_030_000, 1_000_083);
    let liquidated = scene.liquidate(&short, &rich, 0, 1_000);
    if let Some(events) = scene.events(&liquidated) {
        let [AnyEvent::Liquidated(event)] = &events[..] else {
            panic!("{events:?}");
        };
        assert!(event.size > 0 && event.price == 1_030_000, "{event:?}");
    }
    assert!(scene.size(&rich, 0) > 0);
}
