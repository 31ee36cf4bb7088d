//! Trades and withdrawals against a rule.

use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Scene, PRICE};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_trade_of_nothing_is_refused,
    a_trade_with_oneself_is_refused,
    a_trade_over_the_open_interest_cap_is_refused,
    a_trade_outside_the_band_is_refused,
    opening_while_the_market_lags_is_refused,
    withdrawing_beside_a_lagging_position_is_refused,
    a_ninth_leg_is_refused,
    opening_without_initial_margin_is_refused,
    a_premium_or_fee_over_capital_is_refused,
    leaving_less_than_the_minimum_notional_is_refused,
    a_reducing_trade_that_worsens_health_is_refused,
    a_bankrupt_account_neither_trades_nor_withdraws,
);

fn a_trade_of_nothing_is_refused(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(USDC), scene.trader(USDC));
    scene.refuse(scene.trade_of(&buyer, &seller, 0, 0, PRICE), EngineError::ZeroSize);
}

fn a_trade_with_oneself_is_refused(mut scene: Scene) {
    let trader = scene.trader(1_000 * USDC);
    scene.refuse(scene.trade_of(&trader, &trader, 0, 100, PRICE), EngineError::SameAccount);
}

fn a_trade_over_the_open_interest_cap_is_refused(mut scene: Scene) {
    let mut args = standard();
    args.settings.params.max_open_interest_contracts = 1_000;
    let market = scene.market(args);
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let other = scene.trader(1_000 * USDC);
    let too_much = scene.trade_of(&buyer, &seller, market, 1_001, PRICE);
    scene.refuse(too_much, EngineError::OpenInterestCap);
    scene.trade(&buyer, &seller, market, 990);
    let over = scene.trade_of(&buyer, &seller, market, 11, PRICE);
    scene.refuse(over, EngineError::OpenInterestCap);
    scene.trade(&buyer, &seller, market, 10);
    // At the cap a position can still change hands.
    scene.trade(&other, &buyer, market, 500);
}

/// Five percent around the effective price, not around the oracle's.
fn a_trade_outside_the_band_is_refused(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    for price in [949_999, 1_050_001, 0, u64::MAX] {
        let trade = scene.trade_of(&buyer, &seller, 0, 100, price);
        scene.refuse(trade, EngineError::PriceOutsideBand);
    }
    for price in [950_000, 1_050_000] {
        scene.send(&[scene.trade_of(&buyer, &seller, 0, 100, price)]);
    }
}

fn lag(scene: &mut Scene) {
    scene.wait(5);
    scene.post(0, 1_200_000);
    assert!(scene.book(0).is_lagging());
}

fn opening_while_the_market_lags_is_refused(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let other = scene.trader(1_000 * USDC);
    lag(&mut scene);
    let opening = scene.trade_of(&long, &short, 0, 100, PRICE);
    scene.refuse(opening, EngineError::MarketLagging);
    // One side reduces, the other opens.
    let half = scene.trade_of(&other, &long, 0, 100, PRICE);
    scene.refuse(half, EngineError::MarketLagging);
}

fn withdrawing_beside_a_lagging_position_is_refused(mut scene: Scene) {
    let (_, short) = leveraged(&mut scene);
    let flat = scene.trader(USDC);
    lag(&mut scene);
    scene.refuse(scene.withdraw_of(&short, 1), EngineError::MarketLagging);
    scene.send(&[scene.withdraw_of(&flat, USDC)]);
}

fn a_ninth_leg_is_refused(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    for _ in 0..8 {
        scene.market(standard());
    }
    for market in 0..8 {
        scene.trade(&buyer, &seller, market, 100);
    }
    let ninth = scene.trade_of(&buyer, &seller, 8, 100, PRICE);
    scene.refuse(ninth, EngineError::TooManyLegs);
    scene.trade(&seller, &buyer, 3, 100);
    scene.trade(&buyer, &seller, 8, 100);
}

/// 10,000 contracts need 1,000.1 USDC after 5 of fees.
fn opening_without_initial_margin_is_refused(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_005_099_999), scene.trader(100_000 * USDC));
    let trade = scene.trade_of(&buyer, &seller, 0, 10_000, PRICE);
    scene.refuse(trade, EngineError::BelowInitialMargin);
    // Nor may the other side.
    let trade = scene.trade_of(&seller, &buyer, 0, 10_052, PRICE);
    scene.refuse(trade, EngineError::BelowInitialMargin);
    scene.deposit(&buyer, 1);
    scene.trade(&buyer, &seller, 0, 10_000);
}

fn a_premium_or_fee_over_capital_is_refused(mut scene: Scene) {
    let (poor, rich) = (scene.trader(40 * USDC), scene.trader(100_000 * USDC));
    let premium = scene.trade_of(&poor, &rich, 0, 1_000, 1_050_000);
    scene.refuse(premium, EngineError::InsufficientCapital);
    let fee = scene.trade_of(&poor, &rich, 0, 100_000, PRICE);
    scene.refuse(fee, EngineError::InsufficientCapital);
}

fn leaving_less_than_the_minimum_notional_is_refused(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let trade = scene.trade_of(&buyer, &seller, 0, 9, PRICE);
    scene.refuse(trade, EngineError::BelowMinNotional);
    scene.trade(&buyer, &seller, 0, 10);
    // Turning 10 long into 5 short.
    let turn = scene.trade_of(&seller, &buyer, 0, 15, PRICE);
    scene.refuse(turn, EngineError::BelowMinNotional);
}

/// At 0.945 the long is below maintenance (455 of 472.6); to sell at 5 % below the mark costs more than it frees.
fn a_reducing_trade_that_worsens_health_is_refused(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.move_price(0, 945_000);
    let dear = scene.trade_of(&short, &long, 0, 1_000, 897_750);
    scene.refuse(dear, EngineError::HealthWorsened);
    scene.send(&[scene.trade_of(&short, &long, 0, 1_000, 940_000)]);
}

fn a_bankrupt_account_neither_trades_nor_withdraws(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    for trade in
        [scene.trade_of(&short, &long, 0, 100, 880_000), scene.trade_of(&long, &short, 0, 100, 880_000)]
    {
        scene.refuse(trade, EngineError::Bankrupt);
    }
    scene.refuse(scene.withdraw_of(&long, 1), EngineError::BelowInitialMargin);
}
