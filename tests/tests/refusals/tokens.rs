//! Wrong vaults, mints, token programs; amounts that are not there.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::Discriminator;
use clearing::error::ClearingError;
use clearing::instruction::CloseClearinghouse;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Code, Foreign, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, wait_in_the_queue, USDC};

on_both_runtimes!(
    a_vault_that_is_not_recorded_is_refused,
    a_token_account_of_another_mint_is_refused,
    a_fake_token_program_is_refused,
    the_other_token_program_is_refused,
    a_mint_that_is_not_recorded_is_refused,
    an_insurance_fund_of_another_clearinghouse_is_refused,
    withdrawing_more_than_capital_is_refused,
    withdrawing_what_is_only_claimed_is_refused,
    nothing_is_no_amount,
    depositing_more_than_one_has_is_refused,
    fees_go_to_the_fee_authority_only,
    a_withdrawal_to_the_vault_itself_is_refused,
);

/// Anchor's error for an account that is writable twice.
const TWICE: u32 = ErrorCode::ConstraintDuplicateMutableAccount as u32;

/// SPL Token's error for a transfer of more than the account holds.
const INSUFFICIENT_FUNDS: u32 = 1;

fn a_vault_that_is_not_recorded_is_refused(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene);
    let venue = scene.at.venue.clone();
    // An own account beside the vault, though the clearinghouse be its owner, is no vault either.
    let lookalike = scene.wallet(&venue.clearinghouse, USDC);
    let own = [venue.margin_vault, venue.insurance_vault];
    let others = [
        venue.margin_vault,
        venue.insurance_vault,
        foreign.venue.margin_vault,
        foreign.venue.insurance_vault,
        lookalike,
    ];
    let mut refused = 0;
    for instruction in movements(&mut scene) {
        let closes_clearinghouse = instruction.data.starts_with(CloseClearinghouse::DISCRIMINATOR);
        for (index, meta) in instruction.accounts.iter().enumerate() {
            for other in others.iter().filter(|other| own.contains(&meta.pubkey) && **other != meta.pubkey) {
                // There both are read as token accounts, and one account can't be two of these.
                let twice = closes_clearinghouse && own.contains(other);
                let mut instruction = instruction.clone();
                instruction.accounts[index].pubkey = *other;
                scene.refuse(instruction, if twice { TWICE } else { ClearingError::WrongVault.code() });
                refused += 1;
            }
        }
    }
    // Four others for the one vault of six instructions and for each of both of four.
    assert_eq!(refused, 4 * (6 + 2 * 4));
}

fn a_token_account_of_another_mint_is_refused(mut scene: Scene) {
    let trader = scene.trader(USDC);
    let owner = trader.key.pubkey();
    let mint = scene.at.chain.create_mint(6).unwrap();
    let other = scene.at.chain.create_token_account(&mint, &owner).unwrap();
    scene.at.chain.mint_to(&mint, &other, 10).unwrap();
    let venue = scene.at.venue.clone();
    scene.refuse(venue.deposit(owner, other, trader.address, 1), ClearingError::WrongMint);
    scene.refuse(venue.withdraw(owner, trader.address, other, 1, &[]), ClearingError::WrongMint);
    scene.refuse(venue.fund_insurance(owner, other, 1), ClearingError::WrongMint);
    scene.refuse(venue.sweep_fees(0, other), ClearingError::WrongMint);
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    scene.send(&[venue.open_stake(owner, payer)]);
    scene.refuse(venue.stake(owner, other, 1), ClearingError::WrongMint);
    scene.refuse(venue.unstake(owner, other), ClearingError::WrongMint);
    scene.refuse(venue.close_market(authority, 0, owner, other), ClearingError::WrongMint);
    scene.refuse(venue.close_clearinghouse(authority, owner, other), ClearingError::WrongMint);
}

/// Every instruction that names the token program after the clearinghouse is made.
fn movements(scene: &mut Scene) -> Vec<Instruction> {
    let (long, short) = leveraged(scene);
    scene.move_price(0, 880_000);
    scene.at.mint(10 * USDC).unwrap();
    let (authority, treasury) = (scene.at.authority.pubkey(), scene.at.treasury);
    let (venue, fees) = (scene.at.venue.clone(), scene.at.fee_account);
    let payer = scene.at.chain.payer().pubkey();
    scene.send(&[venue.open_stake(authority, payer), venue.stake(authority, treasury, USDC)]);
    scene.send(&[venue.request_unstake(authority, 1_000)]);
    let withdraw = scene.withdraw_of(&short, 1);
    wait_in_the_queue(scene, &short);
    vec![
        venue.deposit(authority, treasury, short.address, 1),
        withdraw,
        venue.fund_insurance(authority, treasury, 1),
        scene.resolve_of(&long, None, false),
        venue.sweep_fees(0, fees),
        venue.stake(authority, treasury, 1),
        venue.unstake(authority, treasury),
        venue.serve_withdrawal(short.address, treasury),
        venue.close_market(authority, 0, authority, fees),
        venue.close_clearinghouse(authority, authority, fees),
    ]
}

fn replace(instruction: &mut Instruction, account: Pubkey, other: Pubkey) {
    instruction.accounts.iter_mut().find(|meta| meta.pubkey == account).unwrap().pubkey = other;
}

fn a_fake_token_program_is_refused(mut scene: Scene) {
    for mut instruction in movements(&mut scene) {
        replace(&mut instruction, anchor_spl::token::ID, price_feed::ID);
        scene.refuse(instruction, ErrorCode::InvalidProgramId);
    }
}

/// Token-2022 is a token program, but not this mint's.
fn the_other_token_program_is_refused(mut scene: Scene) {
    for mut instruction in movements(&mut scene) {
        replace(&mut instruction, anchor_spl::token::ID, anchor_spl::token_2022::ID);
        scene.refuse(instruction, ClearingError::WrongTokenProgram);
    }
}

fn a_mint_that_is_not_recorded_is_refused(mut scene: Scene) {
    let others = [scene.at.chain.create_mint(6).unwrap(), scene.at.chain.create_mint_2022(6, &[]).unwrap()];
    let mint = scene.at.venue.quote_mint;
    for instruction in movements(&mut scene) {
        for other in others {
            let mut instruction = instruction.clone();
            replace(&mut instruction, mint, other);
            scene.refuse(instruction, ClearingError::WrongMint);
        }
    }
}

fn an_insurance_fund_of_another_clearinghouse_is_refused(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene);
    let mut instructions = movements(&mut scene);
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let (venue, newcomer) = (scene.at.venue.clone(), scene.key());
    let bystander = scene.trader(0).address;
    instructions.extend([
        venue.flag_bankruptcy(bystander, &[]),
        venue.open_stake(newcomer, payer),
        venue.request_unstake(authority, 1),
        venue.close_stake(authority, authority),
    ]);
    let fund = venue.insurance_fund;
    instructions.retain(|instruction| instruction.accounts.iter().any(|meta| meta.pubkey == fund));
    assert_eq!(instructions.len(), 11);
    for mut instruction in instructions {
        replace(&mut instruction, fund, foreign.venue.insurance_fund);
        scene.refuse(instruction, ClearingError::ForeignAccount);
    }
}

fn withdrawing_more_than_capital_is_refused(mut scene: Scene) {
    let (trader, _) = (scene.trader(USDC), scene.trader(USDC));
    for amount in [USDC + 1, u64::MAX] {
        scene.refuse(scene.withdraw_of(&trader, amount), EngineError::InsufficientCapital);
    }
}

/// The gain of 200 USDC is not capital before the loser has paid it.
fn withdrawing_what_is_only_claimed_is_refused(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 1_020_000);
    scene.settle(&long);
    scene.refuse(scene.withdraw_of(&long, 1_006 * USDC), EngineError::InsufficientCapital);
    // Half of it counts toward initial margin: 1,005 + 100 − 1,020.1.
    scene.refuse(scene.withdraw_of(&long, 84_900_001), EngineError::BelowInitialMargin);
    scene.send(&[scene.withdraw_of(&long, 84_900_000)]);
}

fn nothing_is_no_amount(mut scene: Scene) {
    let trader = scene.trader(USDC);
    let (authority, treasury) = (scene.at.authority.pubkey(), scene.at.treasury);
    let venue = scene.at.venue.clone();
    let deposit = venue.deposit(authority, treasury, trader.address, 0);
    scene.refuse(deposit, EngineError::ZeroSize);
    scene.refuse(scene.withdraw_of(&trader, 0), EngineError::ZeroSize);
    scene.refuse(venue.fund_insurance(authority, treasury, 0), EngineError::ZeroSize);
}

fn depositing_more_than_one_has_is_refused(mut scene: Scene) {
    let trader = scene.trader(USDC);
    let owner = trader.key.pubkey();
    let wallet = scene.wallet(&owner, 10);
    let venue = scene.at.venue.clone();
    scene.refuse(venue.deposit(owner, wallet, trader.address, 11), INSUFFICIENT_FUNDS);
    scene.refuse(venue.fund_insurance(owner, wallet, 11), INSUFFICIENT_FUNDS);
    // Capital of 2⁶³ atoms and more is not representable as equity.
    let most = venue.deposit(owner, wallet, trader.address, u64::MAX);
    scene.refuse(most, EngineError::Overflow);
}

fn fees_go_to_the_fee_authority_only(mut scene: Scene) {
    leveraged(&mut scene);
    let thief = scene.wallet(&Pubkey::new_unique(), 0);
    let venue = scene.at.venue.clone();
    scene.refuse(venue.sweep_fees(0, thief), ClearingError::WrongFeeAccount);
    for vault in [venue.margin_vault, venue.insurance_vault] {
        scene.refuse(venue.sweep_fees(0, vault), ClearingError::WrongFeeAccount);
    }
}

/// It would lower capital and leave the tokens where they are.
fn a_withdrawal_to_the_vault_itself_is_refused(mut scene: Scene) {
    let trader = scene.trader(USDC);
    let venue = scene.at.venue.clone();
    let withdraw = venue.withdraw(trader.key.pubkey(), trader.address, venue.margin_vault, 1, &[]);
    scene.refuse(withdraw, ClearingError::VaultMismatch);
}
