//! What a loss costs stakers: pro rata, also those who have asked to leave, and never more than there is.
//!
//! The long of `leveraged` leaves a deficit of 195 USDC at 0.88.

use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_loss_between_request_and_exit_is_borne_by_who_asked_to_leave,
    who_left_before_the_loss_bears_none_of_it,
    who_stakes_after_a_loss_bears_none_of_it,
    shares_that_a_loss_has_wiped_out_lapse_and_their_accounts_close,
    the_funds_own_money_bears_its_part_and_is_never_paid_out,
);

/// A deficit of 195 USDC, all of it paid by insurance if it can.
fn lose(scene: &mut Scene) {
    let (long, _) = leveraged(scene);
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    assert_eq!(scene.book(0).losses.deficit.0, 195 * USDC);
}

fn a_loss_between_request_and_exit_is_borne_by_who_asked_to_leave(mut scene: Scene) {
    scene.change_settings(|settings| settings.unstake_cooldown_seconds = 600);
    let (alice, bob) = (scene.staker(100 * USDC), scene.staker(300 * USDC));
    scene.stake(&alice, 100 * USDC);
    scene.stake(&bob, 300 * USDC);
    scene.request(&alice, 100_000_000_000);
    assert_eq!(scene.stake_account(&alice).requested_value.0, 100 * USDC);
    lose(&mut scene);
    assert_eq!(scene.insurance(), 205 * USDC);
    scene.wait(600);
    assert_eq!(scene.unstake(&alice), 51_250_000);
    scene.request(&bob, 300_000_000_000);
    scene.wait(600);
    assert_eq!(scene.unstake(&bob), 153_750_000);
    assert_eq!(scene.fund().shares.0, 0);
}

fn who_left_before_the_loss_bears_none_of_it(mut scene: Scene) {
    let (alice, bob) = (scene.staker(100 * USDC), scene.staker(300 * USDC));
    scene.stake(&alice, 100 * USDC);
    scene.stake(&bob, 300 * USDC);
    scene.request(&alice, 100_000_000_000);
    assert_eq!(scene.unstake(&alice), 100 * USDC);
    lose(&mut scene);
    scene.request(&bob, 300_000_000_000);
    assert_eq!(scene.unstake(&bob), 105 * USDC);
}

fn who_stakes_after_a_loss_bears_none_of_it(mut scene: Scene) {
    let (alice, bob) = (scene.staker(400 * USDC), scene.staker(100 * USDC));
    scene.stake(&alice, 400 * USDC);
    lose(&mut scene);
    scene.stake(&bob, 100 * USDC);
    let all = scene.stake_account(&bob).shares.0;
    scene.request(&bob, all);
    // Shares are rounded down when bought, and their value when sold.
    assert_eq!(scene.unstake(&bob), 100 * USDC - 1);
}

fn shares_that_a_loss_has_wiped_out_lapse_and_their_accounts_close(mut scene: Scene) {
    let (alice, bob) = (scene.staker(100 * USDC), scene.staker(10 * USDC));
    scene.stake(&alice, 100 * USDC);
    scene.request(&alice, 100_000_000_000);
    lose(&mut scene);
    assert_eq!((scene.insurance(), scene.fund().shares.0, scene.fund().generation), (0, 0, 1));
    assert_eq!(scene.book(0).losses.by_index.0, 95 * USDC);
    scene.refuse(scene.unstake_of(&alice), EngineError::NotStaked);
    // Who stakes now owns all of it, and the old shares have no part in it though they are still written down.
    scene.stake(&bob, 10 * USDC);
    scene.refuse(scene.unstake_of(&alice), EngineError::NotStaked);
    let old = scene.at.venue.request_unstake(alice.key, 1);
    scene.refuse(old, EngineError::NotStaked);
    scene.send(&[scene.at.venue.close_stake(alice.key, alice.key)]);
    scene.request(&bob, 10_000_000_000);
    assert_eq!(scene.unstake(&bob), 10 * USDC);
}

fn the_funds_own_money_bears_its_part_and_is_never_paid_out(mut scene: Scene) {
    let staker = scene.staker(100 * USDC);
    scene.fund_insurance(300 * USDC);
    scene.stake(&staker, 100 * USDC);
    assert_eq!(scene.fund().own_shares.0, 300_000_000_000);
    lose(&mut scene);
    scene.request(&staker, 100_000_000_000);
    assert_eq!(scene.unstake(&staker), 51_250_000);
    assert_eq!((scene.insurance(), scene.fund().own_shares.0), (153_750_000, 300_000_000_000));
}
