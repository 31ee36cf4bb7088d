//! Token accounts and vaults that are not the right ones, and those in unusual states, for stakers and for the queue.

use anchor_lang::error::ErrorCode;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_spl::token_2022::spl_token_2022::instruction::{
    approve, freeze_account, set_authority, thaw_account, AuthorityType,
};
use anchor_spl::{token, token_2022};
use clearing::error::ClearingError;
use jettison_tests::{on_both_runtimes, Foreign, Scene, Staker};
use solana_signer::Signer;

use super::throttle::throttled;
use crate::support::USDC;

on_both_runtimes!(
    a_wallet_of_another_mint_is_refused,
    a_vault_mint_or_token_program_that_is_not_recorded_is_refused,
    an_unstaking_into_the_vault_itself_is_refused,
    someone_elses_tokens_are_staked_only_as_far_as_allowed,
    a_frozen_wallet_neither_stakes_nor_receives,
    a_frozen_vault_keeps_stakers_and_the_queue_waiting_and_costs_nobody,
    a_close_authority_or_a_delegate_of_the_wallet_changes_nothing,
);

/// SPL Token's and Token-2022's errors.
const INSUFFICIENT_FUNDS: u32 = 1;
const OWNER_MISMATCH: u32 = 4;
const ACCOUNT_FROZEN: u32 = 17;

fn ready_to_leave(scene: &mut Scene) -> Staker {
    let staker = scene.staker(2 * USDC);
    scene.stake(&staker, USDC);
    scene.request(&staker, 1_000_000_000);
    staker
}

fn freeze(scene: &mut Scene, account: anchor_lang::prelude::Pubkey, frozen: bool) {
    let (venue, payer) = (scene.at.venue.clone(), scene.at.chain.payer().pubkey());
    let build = if frozen { freeze_account } else { thaw_account };
    let instruction = build(&venue.token_program, &account, &venue.quote_mint, &payer, &[]);
    scene.at.chain.send(&[instruction.unwrap()], &[]).unwrap();
}

fn a_wallet_of_another_mint_is_refused(mut scene: Scene) {
    let staker = ready_to_leave(&mut scene);
    let mint = scene.at.chain.create_mint(6).unwrap();
    let other = scene.at.chain.create_token_account(&mint, &staker.key).unwrap();
    scene.at.chain.mint_to(&mint, &other, 10).unwrap();
    let other = Staker { wallet: other, ..staker };
    scene.refuse(scene.stake_of(&other, 1), ClearingError::WrongMint);
    scene.refuse(scene.unstake_of(&other), ClearingError::WrongMint);
}

fn a_vault_mint_or_token_program_that_is_not_recorded_is_refused(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene);
    let staker = ready_to_leave(&mut scene);
    let [first, _] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&first.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&first, &to, 150 * USDC), Some(0));
    let venue = scene.at.venue.clone();
    let lookalike = scene.wallet(&venue.clearinghouse, USDC);
    let mint = scene.at.chain.create_mint(6).unwrap();
    let all = [
        (scene.stake_of(&staker, 1), 5, venue.margin_vault),
        (scene.unstake_of(&staker), 5, venue.margin_vault),
        (scene.serve_of(&first), 4, venue.insurance_vault),
    ];
    let with = |instruction: &Instruction, slot: usize, key| {
        let mut instruction = instruction.clone();
        instruction.accounts[slot].pubkey = key;
        instruction
    };
    for (instruction, vault, other) in all {
        for key in [other, foreign.venue.insurance_vault, foreign.venue.margin_vault, lookalike] {
            scene.refuse(with(&instruction, vault, key), ClearingError::WrongVault);
        }
        scene.refuse(with(&instruction, vault + 1, mint), ClearingError::WrongMint);
        let other_program = with(&instruction, vault + 2, token_2022::ID);
        scene.refuse(other_program, ClearingError::WrongTokenProgram);
        assert_eq!(instruction.accounts[vault + 2].pubkey, token::ID);
        let fake = with(&instruction, vault + 2, clearing::ID);
        scene.refuse(fake, ErrorCode::InvalidProgramId);
    }
}

fn an_unstaking_into_the_vault_itself_is_refused(mut scene: Scene) {
    let staker = ready_to_leave(&mut scene);
    let vault = scene.at.venue.insurance_vault;
    let unstake = scene.at.venue.unstake(staker.key, vault);
    scene.refuse(unstake, ClearingError::VaultMismatch);
}

/// As with any payment a delegate may spend what it was allowed; the shares are then its own.
fn someone_elses_tokens_are_staked_only_as_far_as_allowed(mut scene: Scene) {
    let (owner, spender) = (scene.staker(100), scene.staker(0));
    let stake = |atoms| scene.at.venue.stake(spender.key, owner.wallet, atoms);
    let (much, little) = (stake(11), stake(10));
    scene.refuse(little.clone(), OWNER_MISMATCH);
    let program = scene.at.venue.token_program;
    scene.send(&[approve(&program, &owner.wallet, &spender.key, &owner.key, &[], 10).unwrap()]);
    scene.refuse(much, INSUFFICIENT_FUNDS);
    scene.send(std::slice::from_ref(&little));
    assert_eq!([&owner, &spender].map(|staker| scene.stake_account(staker).shares.0), [0, 10_000]);
    scene.refuse(little, OWNER_MISMATCH);
}

fn a_frozen_wallet_neither_stakes_nor_receives(mut scene: Scene) {
    let staker = ready_to_leave(&mut scene);
    freeze(&mut scene, staker.wallet, true);
    scene.refuse(scene.stake_of(&staker, 1), ACCOUNT_FROZEN);
    scene.refuse(scene.unstake_of(&staker), ACCOUNT_FROZEN);
    // Any other account of the quote mint will do.
    let another = scene.wallet(&staker.key, 0);
    scene.send(&[scene.at.venue.unstake(staker.key, another)]);
    assert_eq!(scene.tokens(&another), USDC);
}

fn a_frozen_vault_keeps_stakers_and_the_queue_waiting_and_costs_nobody(mut scene: Scene) {
    let staker = ready_to_leave(&mut scene);
    let [first, _] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&first.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&first, &to, 150 * USDC), Some(0));
    let vaults = [scene.at.venue.margin_vault, scene.at.venue.insurance_vault];
    for vault in vaults {
        freeze(&mut scene, vault, true);
    }
    scene.refuse(scene.stake_of(&staker, 1), ACCOUNT_FROZEN);
    scene.refuse(scene.unstake_of(&staker), ACCOUNT_FROZEN);
    scene.refuse(scene.serve_of(&first), ACCOUNT_FROZEN);
    for vault in vaults {
        freeze(&mut scene, vault, false);
    }
    assert_eq!(scene.unstake(&staker), USDC);
    scene.serve(&first);
    assert_eq!(scene.tokens(&to), 100 * USDC);
}

fn a_close_authority_or_a_delegate_of_the_wallet_changes_nothing(mut scene: Scene) {
    let staker = ready_to_leave(&mut scene);
    let (program, other) = (scene.at.venue.token_program, scene.key());
    let kind = AuthorityType::CloseAccount;
    scene.send(&[
        set_authority(&program, &staker.wallet, Some(&other), kind, &staker.key, &[]).unwrap(),
        approve(&program, &staker.wallet, &other, &staker.key, &[], USDC).unwrap(),
    ]);
    scene.stake(&staker, 7);
    assert_eq!(scene.unstake(&staker), USDC);
    assert_eq!(scene.tokens(&staker.wallet), 2 * USDC - 7);
}
