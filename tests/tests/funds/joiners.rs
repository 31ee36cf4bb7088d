//! Who comes or goes between a deficit and its booking: what a late joiner bears, and what an early leaver escapes.
//!
//! The long of `leveraged` owes 195 USDC more than it has at 0.88, all of which the shorts bear here.

use jettison_embedded::Trader;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    who_joins_the_winners_late_bears_as_much_as_who_held_and_a_long_nothing,
    who_joins_after_the_booking_bears_nothing,
    who_leaves_early_keeps_the_move_and_its_buyer_bears_the_loss,
    who_deposits_withdraws_or_stakes_meanwhile_bears_nothing_in_its_account,
    a_staker_leaves_before_a_loss_only_if_nobody_flags_it,
);

const HELD: u64 = 99_998 * USDC;

fn bankrupt(scene: &mut Scene) -> (Trader, Trader) {
    let pair = leveraged(scene);
    scene.move_price(0, 880_000);
    pair
}

/// 20,000 contracts bear 195 USDC: half of it those who have just come.
fn who_joins_the_winners_late_bears_as_much_as_who_held_and_a_long_nothing(mut scene: Scene) {
    let (long, short) = bankrupt(&mut scene);
    let (joiner, other) = (scene.trader(10_000 * USDC), scene.trader(10_000 * USDC));
    scene.trade(&other, &joiner, 0, 10_000);
    scene.resolve(&long, None, false);
    // Who owes first, so that the pool has what it owes.
    for trader in [&joiner, &other, &short] {
        scene.settle(trader);
    }
    assert_eq!(scene.capital(&short), HELD + (1_200 * USDC - 97_500_000));
    assert_eq!(scene.capital(&joiner), 10_000 * USDC - 1_760_000 - 97_500_000);
    assert_eq!(scene.capital(&other), 10_000 * USDC - 4_400_000);
    // Both shorts have shrunk by half, since the long's contracts are gone.
    assert_eq!([&short, &joiner, &other].map(|trader| scene.size(trader, 0)), [5_000, 5_000, 10_000]);
}

fn who_joins_after_the_booking_bears_nothing(mut scene: Scene) {
    let (long, short) = bankrupt(&mut scene);
    let (joiner, other) = (scene.trader(10_000 * USDC), scene.trader(10_000 * USDC));
    scene.resolve(&long, None, false);
    scene.settle(&short);
    scene.trade(&other, &joiner, 0, 10_000);
    scene.settle(&joiner);
    assert_eq!(scene.capital(&joiner), 10_000 * USDC - 1_760_000);
    assert_eq!(scene.capital(&short), HELD + 1_005 * USDC);
}

/// The one who goes needs someone who comes, signs for it, and bears what it would have borne. It gains no more than the
/// move while it held, less its fee, and is paid as the loser's money comes in.
fn who_leaves_early_keeps_the_move_and_its_buyer_bears_the_loss(mut scene: Scene) {
    let (long, short) = bankrupt(&mut scene);
    let joiner = scene.trader(10_000 * USDC);
    scene.trade(&short, &joiner, 0, 10_000);
    let fee = 4_400_000;
    assert_eq!((scene.capital(&short), scene.unsettled(&short, 0)), (HELD - fee, 1_200_000_000));
    scene.resolve(&long, None, false);
    scene.settle(&short);
    assert_eq!((scene.capital(&short), scene.unsettled(&short, 0)), (HELD - fee + 1_005 * USDC, 195_000_000));
    scene.settle(&joiner);
    assert_eq!(scene.capital(&joiner), 10_000 * USDC - 1_760_000 - 195 * USDC);
    scene.settle(&short);
    assert_eq!(scene.capital(&short), HELD - fee + 1_200 * USDC);
    assert!(scene.ledger(&short).has_no_legs());
}

fn who_deposits_withdraws_or_stakes_meanwhile_bears_nothing_in_its_account(mut scene: Scene) {
    let (long, _) = bankrupt(&mut scene);
    let flat = scene.trader(100 * USDC);
    scene.deposit(&flat, 10 * USDC);
    scene.send(&[scene.withdraw_of(&flat, 30 * USDC)]);
    scene.resolve(&long, None, false);
    assert_eq!(scene.capital(&flat), 80 * USDC);
    scene.send(&[scene.withdraw_of(&flat, 80 * USDC)]);
    scene.send(&[scene.close_of(&flat, false)]);
}

/// With its request ready it may go at the value of then, until somebody shows the bankruptcy: then it bears its part.
fn a_staker_leaves_before_a_loss_only_if_nobody_flags_it(mut scene: Scene) {
    scene.change_settings(|settings| settings.unstake_cooldown_seconds = 600);
    let (early, late) = (scene.staker(200 * USDC), scene.staker(200 * USDC));
    for staker in [&early, &late] {
        scene.stake(staker, 200 * USDC);
        scene.request(staker, 200_000_000_000);
    }
    scene.wait(600);
    let (long, _) = bankrupt(&mut scene);
    let newcomer = scene.staker(200 * USDC);
    assert_eq!(scene.unstake(&early), 200 * USDC);
    // In one transaction too: flagged first, nobody leaves.
    let both = [scene.flag_of(&long), scene.unstake_of(&late)];
    scene.refuse_all(&both, EngineError::BankruptcyOpen);
    scene.send(&[scene.flag_of(&long)]);
    scene.refuse(scene.unstake_of(&late), EngineError::BankruptcyOpen);
    // Nor does anybody come in, to buy cheap what the booking then leaves.
    scene.refuse(scene.stake_of(&newcomer, USDC), EngineError::BankruptcyOpen);
    scene.resolve(&long, None, false);
    scene.wait(60);
    assert_eq!(scene.unstake(&late), 5 * USDC);
}
