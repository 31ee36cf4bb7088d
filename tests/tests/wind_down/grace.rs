//! The hour between the final price and the first closing by settlement.

use clearing::error::ClearingError;
use jettison_engine::{EngineError, SETTLEMENT_GRACE_SECONDS};
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    nobody_is_settled_out_before_the_grace_is_over,
    in_the_grace_positions_are_only_reduced,
    in_the_grace_the_bankrupt_are_resolved_and_the_weak_liquidated,
    a_bankrupt_keeps_the_others_waiting_for_nobody_after_the_grace,
);

fn nobody_is_settled_out_before_the_grace_is_over(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.wind_down(0);
    let begun = scene.at.chain.now();
    for seconds in [0, SETTLEMENT_GRACE_SECONDS - 1] {
        scene.at.chain.set_time(begun + seconds);
        for trader in [&long, &short] {
            scene.settle(trader);
            assert_eq!(scene.size(trader, 0), 10_000);
        }
    }
    scene.pass(1);
    scene.settle(&short);
    assert_eq!((scene.size(&long, 0), scene.size(&short, 0)), (10_000, 0));
    scene.settle(&long);
    assert_eq!((scene.size(&long, 0), scene.book(0).legs), (0, 0));
}

fn in_the_grace_positions_are_only_reduced(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let other = scene.trader(10_000 * USDC);
    scene.wind_down(0);
    // The price is final: it doesn't grow old.
    scene.pass(SETTLEMENT_GRACE_SECONDS - 1);
    for (buyer, seller) in [(&long, &short), (&other, &short), (&other, &long)] {
        let trade = scene.trade_of(buyer, seller, 0, 100, 1_000_000);
        scene.refuse(trade, EngineError::MarketSettling);
    }
    scene.trade(&short, &long, 0, 4_000);
    assert_eq!((scene.size(&long, 0), scene.size(&short, 0)), (6_000, 6_000));
    let trade = scene.trade_of(&short, &long, 0, 100, 1_000_000);
    scene.pass(1);
    scene.refuse(trade, EngineError::MarketSettling);
}

fn in_the_grace_the_bankrupt_are_resolved_and_the_weak_liquidated(mut scene: Scene) {
    let (broke, short) = leveraged(&mut scene);
    let (weak, keeper) = (scene.trader(1_150 * USDC), scene.trader(10_000 * USDC));
    scene.trade(&weak, &short, 0, 10_000);
    scene.fund_insurance(100 * USDC);
    scene.move_price(0, 890_000);
    scene.wind_down(0);
    scene.liquidate(&weak, &keeper, 0, 1_000);
    assert_eq!(scene.size(&keeper, 0), 1_000);
    // 1,005 against a loss of 1,100: 95 of insurance.
    scene.resolve(&broke, None, false);
    assert_eq!(scene.book(0).losses.by_insurance.0, 95 * USDC);
    assert_eq!((scene.size(&broke, 0), scene.size(&short, 0)), (0, 10_000));
    scene.pass(SETTLEMENT_GRACE_SECONDS);
    let late = scene.liquidate_of(&weak, &keeper, 0, 1_000);
    scene.refuse(late, EngineError::MarketSettling);
    scene.refuse(scene.deleverage_of(&weak, None, 0), ClearingError::MarketSettling);
    for trader in [&short, &weak, &keeper] {
        scene.settle(trader);
    }
    scene.settle(&short);
    assert_eq!((scene.book(0).legs, scene.book(0).pool.0), (0, 0));
}

/// Its deficit is found late: those still there share it, and those who are out have what they have.
fn a_bankrupt_keeps_the_others_waiting_for_nobody_after_the_grace(mut scene: Scene) {
    let (broke, short) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    scene.wind_down(0);
    scene.pass(SETTLEMENT_GRACE_SECONDS);
    // Of a bankrupt nothing is closed by settling.
    scene.settle(&broke);
    assert_eq!(scene.size(&broke, 0), 10_000);
    scene.settle(&short);
    assert_eq!((scene.size(&short, 0), scene.unsettled(&short, 0)), (0, 1_200_000_000));
    scene.resolve(&broke, None, false);
    assert_eq!((scene.size(&broke, 0), scene.book(0).uncovered.0), (0, 195 * USDC));
    scene.settle(&short);
    // 1,005 of its 1,200 are there.
    assert_eq!((scene.unsettled(&short, 0), scene.book(0).pool.0), (195_000_000, 0));
}
