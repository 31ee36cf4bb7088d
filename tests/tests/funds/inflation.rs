//! Attempts to move the price of a share: gifts to the vault, and being the first.

use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Scene, Staker};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    tokens_sent_to_the_insurance_vault_change_no_share_price,
    the_first_depositor_who_sends_tokens_costs_the_next_one_nothing,
    the_first_depositor_who_earns_fees_costs_the_next_one_less_than_himself,
    a_gift_through_the_program_raises_nobodys_shares,
    a_stake_of_less_than_a_share_is_refused,
);

fn worth(scene: &Scene, staker: &Staker) -> u64 {
    scene.fund().value_of(scene.stake_account(staker).shares).unwrap().0
}

fn leave(scene: &mut Scene, staker: &Staker) -> u64 {
    let shares = scene.stake_account(staker).shares.0;
    scene.request(staker, shares);
    scene.unstake(staker)
}

fn tokens_sent_to_the_insurance_vault_change_no_share_price(mut scene: Scene) {
    let (alice, bob) = (scene.staker(100 * USDC), scene.staker(100 * USDC));
    let vaults = [scene.at.venue.insurance_vault, scene.at.venue.margin_vault];
    scene.stake(&alice, 100 * USDC);
    let before = scene.fund();
    for vault in vaults {
        scene.donate(vault, 1_000_000 * USDC);
    }
    assert_eq!((scene.fund(), worth(&scene, &alice)), (before, 100 * USDC));
    scene.stake(&bob, 100 * USDC);
    assert_eq!(scene.stake_account(&bob).shares, scene.stake_account(&alice).shares);
    assert_eq!([leave(&mut scene, &alice), leave(&mut scene, &bob)], [100 * USDC; 2]);
    // The gift stays where it is, and is nobody's.
    assert_eq!((scene.insurance(), scene.tokens(&vaults[0])), (0, 1_000_000 * USDC));
}

fn the_first_depositor_who_sends_tokens_costs_the_next_one_nothing(mut scene: Scene) {
    let (attacker, victim) = (scene.staker(1), scene.staker(1_000));
    scene.stake(&attacker, 1);
    scene.donate(scene.at.venue.insurance_vault, 1_000_000 * USDC);
    scene.stake(&victim, 1_000);
    assert_eq!(leave(&mut scene, &victim), 1_000);
    assert_eq!(leave(&mut scene, &attacker), 1);
}

/// Fees are the one way to raise the price of a share; half of them go to the virtual shares and are lost.
fn the_first_depositor_who_earns_fees_costs_the_next_one_less_than_himself(mut scene: Scene) {
    let (attacker, victim) = (scene.staker(1), scene.staker(10 * USDC));
    scene.stake(&attacker, 1);
    leveraged(&mut scene);
    scene.sweep(0);
    assert_eq!(scene.insurance(), 3_500_001);
    scene.stake(&victim, 10 * USDC);
    let lost = 10 * USDC - leave(&mut scene, &victim);
    // At most the price of a share: 3,500,002 atoms over 2,000 shares.
    assert!(lost <= 1_750, "{lost}");
    let gained = leave(&mut scene, &attacker);
    assert!(gained + 1_750_000 - 1_750 < 3_500_001, "{gained}");
}

/// The fund buys shares with it at the price of the day.
fn a_gift_through_the_program_raises_nobodys_shares(mut scene: Scene) {
    let staker = scene.staker(100 * USDC);
    scene.stake(&staker, 100 * USDC);
    scene.fund_insurance(1_000_000 * USDC);
    assert_eq!(worth(&scene, &staker), 100 * USDC);
    assert_eq!(leave(&mut scene, &staker), 100 * USDC);
    assert_eq!(scene.insurance(), 1_000_000 * USDC);
}

fn a_stake_of_less_than_a_share_is_refused(mut scene: Scene) {
    let (first, next) = (scene.staker(1), scene.staker(2_000));
    scene.stake(&first, 1);
    leveraged(&mut scene);
    scene.sweep(0);
    // A share costs 3,500,002 / 2,000 atoms.
    scene.refuse(scene.stake_of(&next, 1_750), EngineError::ZeroSize);
    scene.stake(&next, 1_751);
    assert_eq!(scene.stake_account(&next).shares.0, 1);
}
