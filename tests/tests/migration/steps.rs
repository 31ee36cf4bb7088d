//! The steps: what each costs, says and takes, and their order.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Rent;
use clearing::error::ClearingError;
use clearing::events::{ClearinghouseMigrated, MarginAccountMigrated, MarketMigrated};
use clearing::state::{v1, Clearinghouse, Custody, Market};
use jettison_client::AnyEvent;
use jettison_engine::EngineError;

use super::on_former;
use super::scene::{Former, TRADERS};

on_former!(
    the_payer_pays_what_the_rents_grow_by,
    lamports_at_the_custodys_address_count_and_hinder_nothing,
    lamports_beyond_the_rent_count,
    each_step_says_what_it_did,
    nothing_migrates_twice,
    the_clearinghouse_comes_first_and_markets_before_accounts,
    all_markets_of_an_account_come_with_it_writable,
);

fn lamports(former: &Former, name: &str) -> u64 {
    former.scene.at.chain.account(&former.golden.address(name)).map_or(0, |account| account.lamports)
}

fn paid(
    former: &mut Former,
    step: fn(&Former) -> anchor_lang::solana_program::instruction::Instruction,
) -> u64 {
    let before = former.scene.at.chain.account(&former.payer).unwrap().lamports;
    let instruction = step(former);
    former.attempt(&instruction);
    before - former.scene.at.chain.account(&former.payer).unwrap().lamports
}

fn the_payer_pays_what_the_rents_grow_by(mut former: Former) {
    let rent = |space| Rent::default().minimum_balance(space);
    let grown = rent(Clearinghouse::SPACE) - lamports(&former, "clearinghouse");
    assert!(grown > 0);
    assert_eq!(paid(&mut former, Former::migrate_clearinghouse), grown + rent(Custody::SPACE));
    assert_eq!(lamports(&former, "clearinghouse"), rent(Clearinghouse::SPACE));
    let grown = rent(Market::SPACE) - lamports(&former, "market_1");
    assert_eq!(paid(&mut former, |former| former.migrate_market(1)), grown);
    assert_eq!(lamports(&former, "market_1"), rent(Market::SPACE));
}

fn lamports_at_the_custodys_address_count_and_hinder_nothing(mut former: Former) {
    let custody = former.scene.at.venue.custody;
    former.scene.at.chain.airdrop(&custody, 1_000_000);
    let rent = |space| Rent::default().minimum_balance(space);
    let grown = rent(Clearinghouse::SPACE) - lamports(&former, "clearinghouse");
    let due = grown + rent(Custody::SPACE) - 1_000_000;
    assert_eq!(paid(&mut former, Former::migrate_clearinghouse), due);
    assert_eq!(former.scene.at.custody().unwrap().clearinghouse, former.scene.at.venue.clearinghouse);
}

fn lamports_beyond_the_rent_count(mut former: Former) {
    let (house, custody) = (former.scene.at.venue.clearinghouse, former.scene.at.venue.custody);
    former.scene.at.chain.airdrop(&house, 1_000_000_000);
    former.scene.at.chain.airdrop(&custody, 1_000_000_000);
    assert_eq!(paid(&mut former, Former::migrate_clearinghouse), 0);
}

fn each_step_says_what_it_did(mut former: Former) {
    let (clearinghouse, custody) = (former.scene.at.venue.clearinghouse, former.scene.at.venue.custody);
    let executed = former.attempt(&former.migrate_clearinghouse());
    former.scene.expect_event(
        &executed,
        AnyEvent::ClearinghouseMigrated(ClearinghouseMigrated {
            clearinghouse,
            custody,
            markets: 2,
            insured: 1_000_000_001,
            insurance_base: 500_000_000,
            settings: v1::SETTINGS,
        }),
    );
    let executed = former.attempt(&former.migrate_market(1));
    former.scene.expect_event(
        &executed,
        AnyEvent::MarketMigrated(MarketMigrated {
            clearinghouse,
            market: former.golden.address("market_1"),
            index: 1,
            params: former.scene.book(1).params.into(),
        }),
    );
    let executed = former.attempt(&former.migrate_account("winner"));
    let winner = former.trader("winner");
    former.scene.expect_event(
        &executed,
        AnyEvent::MarginAccountMigrated(MarginAccountMigrated {
            clearinghouse,
            margin_account: winner.address,
            authority: solana_signer::Signer::pubkey(&winner.key),
            capital: 499_298_000,
            legs: 1,
            margin_accounts: 1,
        }),
    );
}

fn nothing_migrates_twice(mut former: Former) {
    former.migrate_all();
    let mut again = vec![former.migrate_clearinghouse(), former.migrate_market(0), former.migrate_market(1)];
    again.extend(TRADERS.map(|name| former.migrate_account(name)));
    for step in again {
        former.scene.refuse(step, ClearingError::WrongVersion);
    }
}

fn the_clearinghouse_comes_first_and_markets_before_accounts(mut former: Former) {
    former.scene.refuse(former.migrate_market(0), ErrorCode::AccountDiscriminatorMismatch);
    former.scene.refuse(former.migrate_account("short"), ErrorCode::AccountDiscriminatorMismatch);
    former.attempt(&former.migrate_clearinghouse());
    former.scene.refuse(former.migrate_account("short"), ClearingError::WrongVersion);
    former.attempt(&former.migrate_market(1));
    // It has legs in both.
    former.scene.refuse(former.migrate_account("short"), ClearingError::WrongVersion);
    former.attempt(&former.migrate_account("winner"));
    // Without legs an account needs no market.
    former.attempt(&former.migrate_account("idle"));
    former.attempt(&former.migrate_market(0));
    former.attempt(&former.migrate_account("short"));
}

fn all_markets_of_an_account_come_with_it_writable(mut former: Former) {
    former.migrate_venue();
    let whole = former.migrate_account("short");
    let last = whole.accounts.len() - 1;
    let mut without = whole.clone();
    without.accounts.pop();
    former.scene.refuse(without, EngineError::MarketMissing);
    let mut read_only = whole.clone();
    read_only.accounts[last].is_writable = false;
    former.scene.refuse(read_only, ClearingError::MarketNotWritable);
    let mut repeated = whole.clone();
    repeated.accounts.push(repeated.accounts[last].clone());
    former.scene.refuse(repeated, EngineError::MarketRepeated);
    let mut turned = whole.clone();
    turned.accounts.swap(last - 1, last);
    former.scene.refuse(turned, EngineError::MarketsOutOfOrder);
    // One that it has no leg in counts nothing.
    let mut more = former.migrate_account("winner");
    more.accounts.insert(last - 1, whole.accounts[last - 1].clone());
    former.attempt(&more);
    assert_eq!((former.scene.book(0).legs, former.scene.book(1).legs), (0, 1));
}
