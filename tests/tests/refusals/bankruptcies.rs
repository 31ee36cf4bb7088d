//! Liquidations, deleverages and resolutions against a rule.

use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::leveraged;

on_both_runtimes!(
    a_self_liquidation_is_refused,
    a_liquidation_of_nothing_is_refused,
    a_liquidator_without_margin_is_refused,
    a_bankrupt_account_is_neither_liquidated_nor_deleveraged,
    a_solvent_account_is_not_resolved,
    resolving_twice_is_refused,
    an_account_does_not_resolve_or_deleverage_itself_for_the_bounty,
    there_must_be_a_position_to_liquidate,
);

fn a_self_liquidation_is_refused(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 940_000);
    scene.refuse(scene.liquidate_of(&long, &long, 0, 10), EngineError::SameAccount);
}

fn a_liquidation_of_nothing_is_refused(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.move_price(0, 940_000);
    scene.refuse(scene.liquidate_of(&long, &short, 0, 0), EngineError::ZeroSize);
}

/// 2,251 contracts at 0.94 need 211.694 USDC, of which the reward is 2.962316.
fn a_liquidator_without_margin_is_refused(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let poor = scene.trader(208_731_683);
    scene.move_price(0, 940_000);
    let liquidate = scene.liquidate_of(&long, &poor, 0, u64::MAX);
    scene.refuse(liquidate, EngineError::BelowInitialMargin);
    scene.deposit(&poor, 1);
    scene.liquidate(&long, &poor, 0, u64::MAX);
    assert_eq!(scene.size(&poor, 0), 2_251);
}

fn a_bankrupt_account_is_neither_liquidated_nor_deleveraged(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    scene.refuse(scene.liquidate_of(&long, &short, 0, 10), EngineError::Bankrupt);
    scene.refuse(scene.deleverage_of(&long, None, 0), EngineError::Bankrupt);
}

fn a_solvent_account_is_not_resolved(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    // Equity of 1,005 less 1,005 is zero.
    scene.move_price(0, 899_500);
    for caller in [None, Some(&short)] {
        scene.refuse(scene.resolve_of(&long, caller, false), EngineError::NotBankrupt);
    }
    scene.move_price(0, 899_499);
    scene.resolve(&long, None, false);
}

fn resolving_twice_is_refused(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    scene.refuse(scene.resolve_of(&long, None, false), EngineError::NotBankrupt);
}

fn an_account_does_not_resolve_or_deleverage_itself_for_the_bounty(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 920_000);
    let deleverage = scene.deleverage_of(&long, Some(&long), 0);
    scene.refuse(deleverage, EngineError::SameAccount);
    scene.move_price(0, 880_000);
    for take_over in [false, true] {
        let resolve = scene.resolve_of(&long, Some(&long), take_over);
        scene.refuse(resolve, EngineError::SameAccount);
    }
}

fn there_must_be_a_position_to_liquidate(mut scene: Scene) {
    let market = scene.market(standard());
    let (long, short) = leveraged(&mut scene);
    scene.move_price(0, 920_000);
    let liquidate = scene.liquidate_of(&long, &short, market, 10);
    scene.refuse(liquidate, EngineError::NoPosition);
    scene.refuse(scene.deleverage_of(&long, None, market), EngineError::NoPosition);
}
