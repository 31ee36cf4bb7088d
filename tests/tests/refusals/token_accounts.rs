//! Token accounts in unusual states: frozen, delegated, with a close authority, of another owner. What the token
//! program decides, the same for both token programs.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_spl::token_2022::spl_token_2022::extension::StateWithExtensions;
use anchor_spl::token_2022::spl_token_2022::instruction::{
    approve, freeze_account, set_authority, thaw_account, AuthorityType,
};
use anchor_spl::token_2022::spl_token_2022::state::Account;
use jettison_embedded::{Chain, Trader};
use jettison_tests::{elf, native, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

/// A test each for both token programs on both runtimes.
macro_rules! on_both_token_programs {
    ($($name:ident),* $(,)?) => {
        mod native {
            $(#[test] fn $name() { super::with_both(super::native, super::$name); })*
        }
        mod elf {
            $(#[test] fn $name() {
                if super::elf().is_some() { super::with_both(|| super::elf().unwrap(), super::$name); }
            })*
        }
    };
}

on_both_token_programs!(
    someone_elses_tokens_are_not_deposited,
    a_delegate_deposits_as_much_as_it_was_allowed,
    a_frozen_account_neither_pays_nor_receives,
    a_frozen_vault_stops_tokens_and_nothing_else,
    a_close_authority_or_a_delegate_of_the_wallet_changes_nothing,
    the_vaults_are_the_clearinghouses_alone,
);

/// SPL Token's and Token-2022's errors.
const INSUFFICIENT_FUNDS: u32 = 1;
const OWNER_MISMATCH: u32 = 4;
const ACCOUNT_FROZEN: u32 = 17;

fn with_both(chain: impl Fn() -> Chain, test: fn(Scene)) {
    test(Scene::new(chain()));
    test(Scene::on_token_2022(chain()));
}

fn freeze(scene: &mut Scene, account: Pubkey, frozen: bool) {
    let (venue, payer) = (scene.at.venue.clone(), scene.at.chain.payer().pubkey());
    let build = if frozen { freeze_account } else { thaw_account };
    let instruction = build(&venue.token_program, &account, &venue.quote_mint, &payer, &[]);
    scene.at.chain.send(&[instruction.unwrap()], &[]).unwrap();
}

fn allow(scene: &mut Scene, wallet: Pubkey, delegate: Pubkey, owner: Pubkey, atoms: u64) {
    let program = scene.at.venue.token_program;
    scene.send(&[approve(&program, &wallet, &delegate, &owner, &[], atoms).unwrap()]);
}

/// A deposit and a gift to insurance from a wallet.
fn payments(scene: &Scene, signer: Pubkey, wallet: Pubkey, to: &Trader, atoms: u64) -> [Instruction; 2] {
    let venue = &scene.at.venue;
    [venue.deposit(signer, wallet, to.address, atoms), venue.fund_insurance(signer, wallet, atoms)]
}

fn someone_elses_tokens_are_not_deposited(mut scene: Scene) {
    let (trader, thief) = (scene.trader(USDC), scene.trader(0));
    let wallet = scene.wallet(&trader.key.pubkey(), USDC);
    for payment in payments(&scene, thief.key.pubkey(), wallet, &thief, 1) {
        scene.refuse(payment, OWNER_MISMATCH);
    }
}

/// The depositor needn't be the owner: a delegate may spend its allowance on a deposit as on anything.
fn a_delegate_deposits_as_much_as_it_was_allowed(mut scene: Scene) {
    let (trader, delegate) = (scene.trader(0), scene.trader(0));
    let (owner, spender) = (trader.key.pubkey(), delegate.key.pubkey());
    let wallet = scene.wallet(&owner, USDC);
    allow(&mut scene, wallet, spender, owner, 10);
    for payment in payments(&scene, spender, wallet, &delegate, 11) {
        scene.refuse(payment, INSUFFICIENT_FUNDS);
    }
    let [deposit, fund] = payments(&scene, spender, wallet, &delegate, 5);
    scene.send(&[deposit.clone(), fund]);
    assert_eq!((scene.capital(&delegate), scene.insurance(), scene.tokens(&wallet)), (5, 5, USDC - 10));
    // The allowance is spent, and with it the delegate's right.
    scene.refuse(deposit, OWNER_MISMATCH);
}

fn a_frozen_account_neither_pays_nor_receives(mut scene: Scene) {
    let (trader, _) = leveraged(&mut scene);
    let owner = trader.key.pubkey();
    let wallet = scene.wallet(&owner, USDC);
    freeze(&mut scene, wallet, true);
    for payment in payments(&scene, owner, wallet, &trader, 1) {
        scene.refuse(payment, ACCOUNT_FROZEN);
    }
    let venue = scene.at.venue.clone();
    let withdraw = venue.withdraw(owner, trader.address, wallet, 1, &[0]);
    scene.refuse(withdraw.clone(), ACCOUNT_FROZEN);
    let fee_account = scene.at.fee_account;
    freeze(&mut scene, fee_account, true);
    scene.refuse(venue.sweep_fees(0, fee_account), ACCOUNT_FROZEN);
    // Any other account of the fee authority's will do.
    let authority = scene.at.authority.pubkey();
    let another = scene.wallet(&authority, 0);
    scene.send(&[venue.sweep_fees(0, another)]);
    freeze(&mut scene, wallet, false);
    scene.send(&[withdraw]);
}

/// What a mint's freeze authority can do: nothing is lost, and risk goes on being managed.
fn a_frozen_vault_stops_tokens_and_nothing_else(mut scene: Scene) {
    scene.fund_insurance(50 * USDC);
    let (long, short) = leveraged(&mut scene);
    let keeper = scene.trader(10_000 * USDC);
    let venue = scene.at.venue.clone();
    for vault in [venue.margin_vault, venue.insurance_vault] {
        freeze(&mut scene, vault, true);
    }
    scene.refuse(scene.withdraw_of(&keeper, 1), ACCOUNT_FROZEN);
    scene.at.mint(2).unwrap();
    let authority = scene.at.authority.pubkey();
    let treasury = scene.at.treasury;
    for payment in payments(&scene, authority, treasury, &keeper, 1) {
        scene.refuse(payment, ACCOUNT_FROZEN);
    }
    scene.refuse(venue.sweep_fees(0, scene.at.fee_account), ACCOUNT_FROZEN);
    scene.move_price(0, 940_000);
    scene.liquidate(&long, &keeper, 0, 100);
    scene.trade(&keeper, &short, 0, 100);
    scene.settle(&short);
    scene.move_price(0, 800_000);
    scene.refuse(scene.resolve_of(&long, None, false), ACCOUNT_FROZEN);
    for vault in [venue.margin_vault, venue.insurance_vault] {
        freeze(&mut scene, vault, false);
    }
    scene.resolve(&long, None, false);
    scene.send(&[scene.withdraw_of(&keeper, 1)]);
}

fn a_close_authority_or_a_delegate_of_the_wallet_changes_nothing(mut scene: Scene) {
    let (trader, other) = (scene.trader(USDC), scene.key());
    let owner = trader.key.pubkey();
    let wallet = scene.wallet(&owner, USDC);
    let program = scene.at.venue.token_program;
    let kind = AuthorityType::CloseAccount;
    let close = set_authority(&program, &wallet, Some(&other), kind, &owner, &[]).unwrap();
    scene.send(&[close]);
    allow(&mut scene, wallet, other, owner, USDC);
    let venue = scene.at.venue.clone();
    scene.send(&[venue.deposit(owner, wallet, trader.address, 7)]);
    scene.send(&[venue.withdraw(owner, trader.address, wallet, 5, &[])]);
    assert_eq!((scene.tokens(&wallet), scene.capital(&trader)), (USDC - 2, USDC + 2));
}

fn the_vaults_are_the_clearinghouses_alone(scene: Scene) {
    let venue = &scene.at.venue;
    for vault in [venue.margin_vault, venue.insurance_vault] {
        let account = scene.at.chain.account(&vault).unwrap();
        assert_eq!(account.owner, venue.token_program);
        let state = StateWithExtensions::<Account>::unpack(&account.data).unwrap().base;
        assert_eq!((state.mint, state.owner), (venue.quote_mint, venue.clearinghouse));
        assert!(state.delegate.is_none() && state.close_authority.is_none() && !state.is_frozen());
    }
}
