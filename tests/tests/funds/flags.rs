//! Staking and unstaking wait while a bankruptcy is shown to be open.

use clearing::error::ClearingError;
use clearing::events::BankruptcyFlagged;
use jettison_client::AnyEvent;
use jettison_engine::{EngineError, FLAG_SECONDS};
use jettison_tests::{on_both_runtimes, Foreign, Scene, Staker};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    while_a_bankruptcy_is_flagged_nobody_stakes_or_unstakes,
    an_account_that_is_not_bankrupt_cannot_be_flagged,
    a_flag_is_renewed_while_the_account_is_bankrupt_and_no_longer,
    a_flag_needs_a_fresh_price_and_all_markets,
    resolving_and_sweeping_go_on_while_flagged,
    an_account_of_another_clearinghouse_cannot_be_flagged,
);

fn ready_to_leave(scene: &mut Scene) -> Staker {
    let staker = scene.staker(300 * USDC);
    scene.stake(&staker, 200 * USDC);
    scene.request(&staker, 100_000_000_000);
    staker
}

fn while_a_bankruptcy_is_flagged_nobody_stakes_or_unstakes(mut scene: Scene) {
    let staker = ready_to_leave(&mut scene);
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    let flagged = scene.send(&[scene.flag_of(&long)]);
    let until_ts = scene.at.chain.now() + FLAG_SECONDS;
    let event = BankruptcyFlagged { margin_account: long.address, equity: -195_000_000, until_ts };
    scene.expect_event(&flagged, AnyEvent::BankruptcyFlagged(event));
    for seconds in [0, FLAG_SECONDS - 1] {
        scene.at.chain.set_time(until_ts - FLAG_SECONDS + seconds);
        scene.refuse(scene.stake_of(&staker, USDC), EngineError::BankruptcyOpen);
        scene.refuse(scene.unstake_of(&staker), EngineError::BankruptcyOpen);
        // A request moves nothing, and what it is worth is looked at again at the exit.
        scene.request(&staker, 100_000_000_000);
    }
    scene.at.chain.set_time(until_ts);
    scene.stake(&staker, USDC);
    assert_eq!(scene.unstake(&staker), 100 * USDC);
}

fn an_account_that_is_not_bankrupt_cannot_be_flagged(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.refuse(scene.flag_of(&long), EngineError::NotBankrupt);
    // Below maintenance, and worth nothing at all at 0.8995, is not yet bankrupt.
    scene.move_price(0, 899_500);
    scene.refuse(scene.flag_of(&long), EngineError::NotBankrupt);
    scene.later(1);
    scene.post(0, 899_499);
    scene.refuse(scene.flag_of(&short), EngineError::NotBankrupt);
    scene.send(&[scene.flag_of(&long)]);
}

fn a_flag_is_renewed_while_the_account_is_bankrupt_and_no_longer(mut scene: Scene) {
    let staker = ready_to_leave(&mut scene);
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    scene.send(&[scene.flag_of(&long)]);
    scene.wait(30);
    scene.send(&[scene.flag_of(&long)]);
    scene.later(FLAG_SECONDS - 1);
    scene.refuse(scene.unstake_of(&staker), EngineError::BankruptcyOpen);
    scene.wait(0);
    scene.resolve(&long, None, false);
    scene.refuse(scene.flag_of(&long), EngineError::NotBankrupt);
    scene.later(1);
    // 200 less 195.
    assert_eq!(scene.unstake(&staker), 2_500_000);
}

fn a_flag_needs_a_fresh_price_and_all_markets(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    let without = scene.at.venue.flag_bankruptcy(long.address, &[]);
    scene.refuse(without, EngineError::MarketMissing);
    scene.later(61);
    scene.refuse(scene.flag_of(&long), EngineError::StalePrice);
    assert_eq!(scene.fund().flagged_until, 0);
}

fn resolving_and_sweeping_go_on_while_flagged(mut scene: Scene) {
    scene.fund_insurance(100 * USDC);
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    scene.send(&[scene.flag_of(&long)]);
    scene.sweep(0);
    scene.resolve(&long, None, false);
    // A gift comes in too: it is no stake.
    scene.fund_insurance(USDC);
    assert_eq!(scene.insurance(), USDC);
}

fn an_account_of_another_clearinghouse_cannot_be_flagged(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene);
    let flag = scene.at.venue.flag_bankruptcy(foreign.trader.address, &[]);
    scene.refuse(flag, ClearingError::ForeignAccount);
}
