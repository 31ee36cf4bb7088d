//! The withdrawal throttle on the vault: how much leaves at once, and what comes back over the window.

use clearing::events::Withdrawn;
use jettison_client::AnyEvent;
use jettison_embedded::Trader;
use jettison_tests::{on_both_runtimes, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    the_limit_is_a_part_of_what_the_vault_held,
    what_left_comes_back_over_the_window,
    the_last_of_a_vault_leaves_at_the_floor,
    deposits_and_withdrawals_in_a_loop_leave_the_others_their_room,
    a_borrowed_deposit_takes_out_no_more_than_itself_and_the_limit,
    the_largest_floor_lets_everything_out,
    tokens_sent_to_the_vault_let_nobody_elses_money_out,
);

/// 10 % an hour, at least 10 USDC; traders with these capitals, deposited an hour ago.
pub fn throttled<const N: usize>(scene: &mut Scene, usdc: [u64; N]) -> [Trader; N] {
    scene.change_settings(|settings| {
        settings.withdrawal_floor_atoms = 10 * USDC;
        settings.withdrawal_window_seconds = 3_600;
        settings.withdrawal_limit_bps = 1_000;
    });
    let traders = usdc.map(|usdc| scene.trader(usdc * USDC));
    scene.wait(3_600);
    traders
}

fn the_limit_is_a_part_of_what_the_vault_held(mut scene: Scene) {
    let [one, other] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&one.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&one, &to, 40 * USDC), None);
    assert_eq!(scene.withdraw_to(&other, &to, 60 * USDC), None);
    let withdraw = scene.at.venue.withdraw(one.key.pubkey(), one.address, to, 1, &[]);
    let executed = scene.send(&[withdraw]);
    let event = Withdrawn {
        margin_account: one.address,
        to,
        amount: 1,
        capital_before: 560 * USDC,
        capital_after: 560 * USDC - 1,
        queued_place: Some(0),
    };
    scene.expect_event(&executed, AnyEvent::Withdrawn(event));
    assert_eq!((scene.queued(&one).amount.0, scene.tokens(&to)), (1, 100 * USDC));
    let account = scene.at.margin_account(&one.address).unwrap();
    assert_eq!(account.destination, to);
    // What waits is in the vault and in nobody's capital.
    assert_eq!(scene.at.vaults().unwrap().0, 900 * USDC);
    assert_eq!(scene.capital(&one) + scene.capital(&other), 900 * USDC - 1);
}

/// After half an hour half of the 100 counts: 10 % of 950, less 50.
fn what_left_comes_back_over_the_window(mut scene: Scene) {
    let [one, other] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&one.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&one, &to, 100 * USDC), None);
    scene.later(1_800);
    let before = scene.snapshot();
    assert_eq!(scene.withdraw_to(&other, &to, 45 * USDC + 1), Some(0));
    before.restore(&mut scene.at.chain);
    assert_eq!(scene.withdraw_to(&other, &to, 45 * USDC), None);
    assert_eq!(scene.withdraw_to(&other, &to, 1), Some(0));
}

fn the_last_of_a_vault_leaves_at_the_floor(mut scene: Scene) {
    let [trader] = throttled(&mut scene, [40]);
    let to = scene.wallet(&trader.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&trader, &to, 40 * USDC), Some(0));
    for out in [10, 20, 30, 40] {
        scene.serve(&trader);
        assert_eq!(scene.tokens(&to), out * USDC);
        scene.later(3_600);
    }
    scene.send(&[scene.close_of(&trader, false)]);
    assert_eq!(scene.at.vaults().unwrap().0, 0);
}

fn deposits_and_withdrawals_in_a_loop_leave_the_others_their_room(mut scene: Scene) {
    let [victim, attacker] = throttled(&mut scene, [1_000, 0]);
    let owner = attacker.key.pubkey();
    let wallet = scene.wallet(&owner, 10_000 * USDC);
    let to = scene.wallet(&victim.key.pubkey(), 0);
    let venue = scene.at.venue.clone();
    for _ in 0..20 {
        scene.send(&[
            venue.deposit(owner, wallet, attacker.address, 10_000 * USDC),
            venue.withdraw(owner, attacker.address, wallet, 10_000 * USDC, &[]),
        ]);
    }
    assert_eq!(scene.withdraw_to(&victim, &to, 100 * USDC), None);
    assert_eq!(scene.tokens(&wallet), 10_000 * USDC);
}

fn a_borrowed_deposit_takes_out_no_more_than_itself_and_the_limit(mut scene: Scene) {
    let [rich, attacker] = throttled(&mut scene, [1_000, 1_000]);
    let owner = attacker.key.pubkey();
    let wallet = scene.wallet(&owner, 100_000 * USDC);
    let deposit = scene.at.venue.deposit(owner, wallet, attacker.address, 100_000 * USDC);
    scene.send(&[deposit]);
    let before = scene.snapshot();
    assert_eq!(scene.withdraw_to(&attacker, &wallet, 100_200 * USDC + 1), Some(0));
    before.restore(&mut scene.at.chain);
    assert_eq!(scene.withdraw_to(&attacker, &wallet, 100_200 * USDC), None);
    // The hour's room is used up, by 200 USDC that were the attacker's own.
    let to = scene.wallet(&rich.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&rich, &to, 1), Some(0));
}

fn the_largest_floor_lets_everything_out(mut scene: Scene) {
    let [trader] = throttled(&mut scene, [1_000]);
    scene.change_settings(|settings| settings.withdrawal_floor_atoms = u64::MAX);
    scene.deposit(&trader, USDC);
    let to = scene.wallet(&trader.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&trader, &to, 1_001 * USDC), None);
}

/// A gift counts as held: it lifts the limit by its tenth, and stays in the vault itself.
fn tokens_sent_to_the_vault_let_nobody_elses_money_out(mut scene: Scene) {
    let [trader] = throttled(&mut scene, [1_000]);
    let (long, _) = leveraged(&mut scene);
    let vault = scene.at.venue.margin_vault;
    scene.donate(vault, 1_000_000 * USDC);
    let to = scene.wallet(&trader.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&trader, &to, 1_000 * USDC), None);
    scene.refuse(scene.withdraw_of(&trader, 1), jettison_engine::EngineError::InsufficientCapital);
    assert_eq!(scene.capital(&long), 1_005 * USDC);
    assert!(scene.tokens(&vault) >= 1_000_000 * USDC);
}
