//! Every instruction against accounts of the first version: none touches them before they are migrated.

use anchor_lang::error::ErrorCode;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use clearing::instructions::{
    ChangeClearinghouseArgs, ChangeMarketArgs, LiquidateArgs, NominateArgs, PauseArgs, Role, SettleTradeArgs,
};
use clearing::state::v1::{self, Former as _};
use jettison_embedded::open_settings;
use jettison_tests::{standard, Code};
use solana_signer::Signer;
use std::collections::BTreeSet;

use super::on_former;
use super::scene::{Former, TRADERS};
use crate::idl::committed;

on_former!(
    no_instruction_takes_an_account_of_the_first_version,
    a_market_of_the_first_version_beside_new_accounts_is_refused,
);

/// Instructions that make an account, or migrate one.
const OTHERS: [&str; 4] =
    ["initialize_clearinghouse", "migrate_clearinghouse", "migrate_market", "migrate_margin_account"];

type Row = (&'static str, Instruction);

fn of_authority(former: &Former) -> Vec<Row> {
    let (venue, authority) = (&former.scene.at.venue, former.scene.at.authority.pubkey());
    let (oracle, fee) = (former.scene.at.feeds[0].address, former.scene.at.fee_account);
    let settings = ChangeMarketArgs { expected_revision: 0, settings: standard().settings };
    let house = ChangeClearinghouseArgs { expected_revision: 0, settings: open_settings() };
    let nominate = NominateArgs { expected_revision: 0, role: Role::Authority, nominee: former.payer };
    let pause = PauseArgs { expected_revision: 0, gates: 1, seconds: 1 };
    vec![
        ("create_market", venue.create_market(authority, former.payer, 2, oracle, standard())),
        ("change_market", venue.change_market(authority, 0, oracle, settings)),
        ("execute_market_change", venue.execute_market_change(0, oracle)),
        ("cancel_market_change", venue.cancel_market_change(authority, 0)),
        ("change_clearinghouse", venue.change_clearinghouse(authority, house)),
        ("execute_clearinghouse_change", venue.execute_clearinghouse_change()),
        ("cancel_clearinghouse_change", venue.cancel_clearinghouse_change(authority)),
        ("nominate", venue.nominate(authority, nominate)),
        ("accept", venue.accept(authority, Role::Authority)),
        ("pause", venue.pause(authority, pause)),
        ("schedule_settlement", venue.schedule_settlement(authority, 0, 0)),
        ("close_market", venue.close_market(authority, 0, authority, fee)),
        ("close_clearinghouse", venue.close_clearinghouse(authority, authority, fee)),
        ("begin_settlement", venue.begin_settlement(0, oracle)),
        ("accrue_market", venue.accrue_market(0, oracle)),
        ("sweep_fees", venue.sweep_fees(0, fee)),
    ]
}

fn of_traders(former: &Former) -> Vec<Row> {
    let (venue, treasury) = (&former.scene.at.venue, former.scene.at.treasury);
    let authority = former.scene.at.authority.pubkey();
    let (short, both) = (former.trader("short"), former.trader("both"));
    let (owner, other) = (short.key.pubkey(), both.key.pubkey());
    let (short, both, all) = (short.address, both.address, [0, 1]);
    let trade = SettleTradeArgs { market_index: 0, size: 1, price: 880_000, buyer_is_taker: true };
    let liquidate = LiquidateArgs { market_index: 0, max_size: 1 };
    vec![
        ("open_margin_account", venue.open_margin_account(owner, former.payer, 7)),
        ("close_margin_account", venue.close_margin_account(owner, short, owner, false, &[])),
        ("close_margin_account", venue.close_margin_account(owner, short, owner, true, &all)),
        ("set_delegate", venue.set_delegate(owner, short, other)),
        ("deposit", venue.deposit(authority, treasury, short, 1)),
        ("withdraw", venue.withdraw(owner, short, treasury, 1, &all)),
        ("settle_trade", venue.settle_trade([owner, other], short, both, trade, &all)),
        ("liquidate", venue.liquidate(owner, both, short, liquidate, &all)),
        ("deleverage", venue.deleverage(both, Some(short), 0, &all)),
        ("resolve_bankruptcy", venue.resolve_bankruptcy(owner, both, None, false, &all)),
        ("resolve_bankruptcy", venue.resolve_bankruptcy(owner, both, Some(short), true, &all)),
        ("settle_account", venue.settle_account(short, &all)),
        ("flag_bankruptcy", venue.flag_bankruptcy(both, &all)),
        ("serve_withdrawal", venue.serve_withdrawal(short, treasury)),
        ("fund_insurance", venue.fund_insurance(authority, treasury, 1)),
        ("open_stake", venue.open_stake(owner, former.payer)),
        ("stake", venue.stake(authority, treasury, 1)),
        ("request_unstake", venue.request_unstake(authority, 1)),
        ("unstake", venue.unstake(authority, treasury)),
        ("close_stake", venue.close_stake(authority, authority)),
    ]
}

/// Whether an instruction names an account of the first version that has a present one.
fn names_a_former(former: &Former, instruction: &Instruction) -> bool {
    let of = |data: &[u8]| {
        let kinds =
            [v1::Clearinghouse::DISCRIMINATOR, v1::Market::DISCRIMINATOR, v1::MarginAccount::DISCRIMINATOR];
        kinds.iter().any(|kind| data.starts_with(kind))
    };
    let chain = &former.scene.at.chain;
    instruction.accounts.iter().any(|meta| chain.with_account_data(&meta.pubkey, of).unwrap_or(false))
}

/// Refuses every instruction that names an account of the first version; returns how many did.
fn refuse_all(former: &mut Former) -> usize {
    let expected = [ErrorCode::AccountDiscriminatorMismatch.code(), ClearingError::WrongVersion.code()];
    let mut refused = 0;
    for (name, instruction) in of_authority(former).into_iter().chain(of_traders(former)) {
        if !names_a_former(former, &instruction) {
            continue;
        }
        let before = former.scene.snapshot();
        let failed = former.scene.attempt(std::slice::from_ref(&instruction));
        let failed = failed.map(|executed| executed.logs).expect_err(name);
        let code = failed.custom.unwrap_or_else(|| panic!("{name}: {failed}"));
        assert!(expected.contains(&code), "{name}: {code}");
        assert!(before.changed(&former.scene.at.chain).is_empty(), "{name}");
        refused += 1;
    }
    refused
}

fn no_instruction_takes_an_account_of_the_first_version(mut former: Former) {
    let rows: Vec<Row> = of_authority(&former).into_iter().chain(of_traders(&former)).collect();
    let tried: BTreeSet<&str> = rows.iter().map(|(name, _)| *name).chain(OTHERS).collect();
    let idl = committed();
    let all: BTreeSet<&str> = idl.instructions.iter().map(|instruction| instruction.name.as_str()).collect();
    assert_eq!(tried, all, "each instruction has a row here");

    assert_eq!(refuse_all(&mut former), rows.len());
    former.attempt(&former.migrate_clearinghouse());
    assert_eq!(refuse_all(&mut former), 21);
    for index in [0, 1] {
        former.attempt(&former.migrate_market(index));
    }
    // All that take a margin account.
    assert_eq!(refuse_all(&mut former), 13);
    for name in TRADERS {
        former.attempt(&former.migrate_account(name));
    }
    assert_eq!(refuse_all(&mut former), 0);
}

fn a_market_of_the_first_version_beside_new_accounts_is_refused(mut former: Former) {
    former.attempt(&former.migrate_clearinghouse());
    former.attempt(&former.migrate_market(1));
    // Invariants know nothing of accounts that have yet to migrate, so these steps go without.
    let (authority, payer) = (former.scene.at.authority.pubkey(), former.payer);
    former.scene.at.mint(2_000_000_000).unwrap();
    let venue = former.scene.at.venue.clone();
    let owners = [former.scene.key(), former.scene.key()];
    let accounts = owners.map(|owner| venue.margin_account(&owner, 0));
    for (owner, account) in owners.into_iter().zip(accounts) {
        former.attempt(&venue.open_margin_account(owner, payer, 0));
        former.attempt(&venue.deposit(authority, former.scene.at.treasury, account, 1_000_000_000));
    }
    let trade = SettleTradeArgs { market_index: 0, size: 100, price: 880_000, buyer_is_taker: true };
    let trade = venue.settle_trade(owners, accounts[0], accounts[1], trade, &[]);
    former.scene.refuse(trade, ClearingError::WrongVersion);
}
