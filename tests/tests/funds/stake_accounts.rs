//! Whose a stake account is, and when it may be closed.

use anchor_lang::error::ErrorCode;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Foreign, Scene, Staker};
use solana_signer::Signer;

use crate::support::USDC;

on_both_runtimes!(
    another_stakers_account_is_refused,
    a_stake_account_of_another_clearinghouse_is_refused,
    a_stake_account_with_shares_cannot_be_closed,
    a_stake_account_closed_and_opened_in_one_transaction_is_new,
    a_stake_account_cannot_be_opened_twice_or_closed_into_itself,
    a_staker_who_does_not_sign_is_refused,
);

/// The four instructions on a stake account, and where in each it stands.
fn all_of(scene: &Scene, staker: &Staker) -> [(Instruction, usize); 4] {
    let venue = &scene.at.venue;
    [
        (venue.stake(staker.key, staker.wallet, 1), 3),
        (venue.request_unstake(staker.key, 1), 3),
        (venue.unstake(staker.key, staker.wallet), 3),
        (venue.close_stake(staker.key, staker.key), 4),
    ]
}

/// Two stakers who have requested to unstake.
fn stakers(scene: &mut Scene) -> [Staker; 2] {
    [(); 2].map(|()| {
        let staker = scene.staker(2 * USDC);
        scene.stake(&staker, USDC);
        scene.request(&staker, 1_000);
        staker
    })
}

fn another_stakers_account_is_refused(mut scene: Scene) {
    let [thief, victim] = stakers(&mut scene);
    let stake_account = scene.at.venue.stake_account(&victim.key);
    for (mut instruction, slot) in all_of(&scene, &thief) {
        instruction.accounts[slot].pubkey = stake_account;
        scene.refuse(instruction, ClearingError::NotAuthority);
    }
}

fn a_stake_account_of_another_clearinghouse_is_refused(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene);
    let [staker, _] = stakers(&mut scene);
    let payer = scene.at.chain.payer().pubkey();
    scene.send(&[foreign.venue.open_stake(staker.key, payer)]);
    let abroad = foreign.venue.stake_account(&staker.key);
    for (mut instruction, slot) in all_of(&scene, &staker) {
        instruction.accounts[slot].pubkey = abroad;
        scene.refuse(instruction, ClearingError::ForeignAccount);
    }
    // Nor does the other's fund serve for this one's shares.
    for (mut instruction, slot) in all_of(&scene, &staker) {
        instruction.accounts[slot - 1].pubkey = foreign.venue.insurance_fund;
        scene.refuse(instruction, ClearingError::ForeignAccount);
    }
}

fn a_stake_account_with_shares_cannot_be_closed(mut scene: Scene) {
    let staker = scene.staker(USDC);
    scene.stake(&staker, USDC);
    let close = scene.at.venue.close_stake(staker.key, staker.key);
    scene.refuse(close.clone(), EngineError::AccountNotEmpty);
    scene.request(&staker, 1_000_000_000);
    scene.refuse(close.clone(), EngineError::AccountNotEmpty);
    assert_eq!(scene.unstake(&staker), USDC);
    scene.send(&[close]);
    assert_eq!(scene.fund().stakes, 0);
}

fn a_stake_account_closed_and_opened_in_one_transaction_is_new(mut scene: Scene) {
    let (staker, payer) = (scene.staker(USDC), scene.at.chain.payer().pubkey());
    scene.stake(&staker, USDC);
    scene.request(&staker, 1_000_000_000);
    let venue = scene.at.venue.clone();
    let all = [
        scene.unstake_of(&staker),
        venue.close_stake(staker.key, staker.key),
        venue.open_stake(staker.key, payer),
    ];
    scene.send(&all);
    assert_eq!((scene.stake_account(&staker), scene.fund().stakes), (Default::default(), 1));
    scene.refuse(scene.unstake_of(&staker), EngineError::NotStaked);
}

fn a_stake_account_cannot_be_opened_twice_or_closed_into_itself(mut scene: Scene) {
    let (staker, payer) = (scene.staker(USDC), scene.at.chain.payer().pubkey());
    let venue = scene.at.venue.clone();
    // The system program refuses it, by another number on each runtime.
    let before = scene.snapshot();
    scene.attempt(&[venue.open_stake(staker.key, payer)]).unwrap_err();
    assert_eq!(before.changed(&scene.at.chain), []);
    let mut close = venue.close_stake(staker.key, staker.key);
    close.accounts[1].pubkey = venue.stake_account(&staker.key);
    scene.refuse(close, ErrorCode::ConstraintClose);
}

fn a_staker_who_does_not_sign_is_refused(mut scene: Scene) {
    let [staker, _] = stakers(&mut scene);
    let payer = scene.at.chain.payer().pubkey();
    let newcomer = scene.key();
    let open = (scene.at.venue.open_stake(newcomer, payer), 0);
    for (mut instruction, _) in all_of(&scene, &staker).into_iter().chain([open]) {
        instruction.accounts[0].is_signer = false;
        scene.refuse(instruction, ErrorCode::AccountNotSigner);
    }
}
