//! The same promises on both runtimes; on the ELF when `cargo xtask build-sbf` has made it.

mod support;

use anchor_lang::prelude::Pubkey;
use jettison_embedded::{Account, Chain, Runtime, START_TS};
use price_feed::{instruction, FeedError};
use solana_signer::Signer;
use support::Feed;

/// Makes a native and an ELF test of each case.
macro_rules! on_both_runtimes {
    ($($case:ident)*) => {
        mod native {
            $(#[test] fn $case() { super::$case(super::support::native()) })*
        }
        mod elf {
            $(#[test] fn $case() {
                if let Some(chain) = super::support::elf() {
                    super::$case(chain)
                }
            })*
        }
    };
}

on_both_runtimes! {
    a_posted_price_is_on_the_chain
    the_same_instructions_may_be_sent_again_and_again
    an_error_carries_the_index_and_the_programs_number
    a_failed_transaction_changes_nothing
    a_missing_signer_is_refused
    the_clock_stands_where_it_is_set
    addresses_repeat_from_run_to_run
    accounts_can_be_set_and_lamports_made
    tokens_are_minted_and_counted
}

fn a_posted_price_is_on_the_chain(mut chain: Chain) {
    let feed = Feed::create(&mut chain);
    let executed = feed.post(&mut chain, 43_210_000_000, START_TS).unwrap();
    let stored = feed.read(&chain);
    assert_eq!((stored.price, stored.exponent, stored.publish_ts), (43_210_000_000, -6, START_TS));
    assert!(executed.logs.iter().any(|line| line.starts_with(&format!("Program {}", price_feed::ID))));
}

fn the_same_instructions_may_be_sent_again_and_again(mut chain: Chain) {
    let to = Pubkey::new_from_array([5; 32]);
    let from = chain.payer().pubkey();
    let transfer = anchor_lang::solana_program::system_instruction::transfer(&from, &to, 1_000_000_000);
    for _ in 0..500 {
        chain.send(std::slice::from_ref(&transfer), &[]).unwrap();
    }
    assert_eq!(chain.account(&to).unwrap().lamports, 500 * 1_000_000_000);
}

fn an_error_carries_the_index_and_the_programs_number(mut chain: Chain) {
    let feed = Feed::create(&mut chain);
    let post = |price| instruction::post(&feed.address, &feed.authority.pubkey(), price, 1, START_TS);
    let failed = chain.send(&[post(1), post(0)], &[&feed.authority]).unwrap_err();
    assert_eq!(failed.instruction, Some(1));
    assert_eq!(failed.custom, Some(FeedError::PriceNotPositive as u32));
    assert_eq!(failed.message, "Error processing Instruction 1: custom program error: 0x8");
}

fn a_failed_transaction_changes_nothing(mut chain: Chain) {
    let feed = Feed::create(&mut chain);
    feed.post(&mut chain, 7, START_TS).unwrap();
    let before = chain.account(&feed.address);
    let post = |price| instruction::post(&feed.address, &feed.authority.pubkey(), price, 1, START_TS);
    chain.send(&[post(8), post(-1)], &[&feed.authority]).unwrap_err();
    assert_eq!(chain.account(&feed.address), before);
}

fn a_missing_signer_is_refused(mut chain: Chain) {
    let feed = Feed::create(&mut chain);
    let post = instruction::post(&feed.address, &feed.authority.pubkey(), 1, 1, START_TS);
    let failed = chain.send(&[post], &[]).unwrap_err();
    assert_eq!(failed.message, format!("{} must sign and doesn't", feed.authority.pubkey()));
    assert_eq!((failed.instruction, failed.custom), (None, None));
}

fn the_clock_stands_where_it_is_set(mut chain: Chain) {
    let on_chain = |chain: &Chain| {
        let clock = chain.account(&anchor_lang::solana_program::pubkey::Pubkey::from_str_const(
            "SysvarC1ock11111111111111111111111111111111",
        ));
        let data = clock.unwrap().data;
        let slot = u64::from_le_bytes(data[..8].try_into().unwrap());
        (slot, i64::from_le_bytes(data[32..40].try_into().unwrap()))
    };
    assert_eq!(chain.now(), START_TS);
    chain.set_time(START_TS + 86_400);
    chain.set_slot(chain.slot() + 10);
    let expected = (chain.slot(), START_TS + 86_400);
    assert_eq!(on_chain(&chain), expected);
    let feed = Feed::create(&mut chain);
    for second in 0..50 {
        feed.post(&mut chain, 1, second).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(on_chain(&chain), expected);
    assert_eq!((chain.slot(), chain.now()), expected);
}

fn addresses_repeat_from_run_to_run(mut chain: Chain) {
    let mut other = support::native();
    assert_eq!(chain.payer().pubkey(), other.payer().pubkey());
    let (first, second) = (chain.new_keypair(), chain.new_keypair());
    assert_ne!(first.pubkey(), second.pubkey());
    assert_eq!((first, second), (other.new_keypair(), other.new_keypair()));
}

fn accounts_can_be_set_and_lamports_made(mut chain: Chain) {
    let key = Pubkey::new_from_array([5; 32]);
    assert_eq!(chain.account(&key), None);
    assert_eq!(chain.with_account_data(&key, <[u8]>::len), None);
    chain.airdrop(&key, 1_000_000_000);
    chain.airdrop(&key, 5);
    assert_eq!(chain.account(&key).unwrap().lamports, 1_000_000_005);
    let account = Account { data: vec![1, 2, 3], owner: price_feed::ID, ..chain.account(&key).unwrap() };
    chain.set_account(&key, account.clone());
    assert_eq!(chain.account(&key), Some(account));
    assert_eq!(chain.with_account_data(&key, <[u8]>::to_vec), Some(vec![1, 2, 3]));
}

fn tokens_are_minted_and_counted(mut chain: Chain) {
    let owner = Pubkey::new_from_array([5; 32]);
    let mint = chain.create_mint(6).unwrap();
    let account = chain.create_token_account(&mint, &owner).unwrap();
    assert_eq!(chain.token_balance(&account), Some(0));
    chain.mint_to(&mint, &account, 1_500_000).unwrap();
    chain.mint_to(&mint, &account, 1_500_000).unwrap();
    assert_eq!(chain.token_balance(&account), Some(3_000_000));
    assert_eq!(chain.token_balance(&mint), None);
    assert_eq!(chain.create_token_account(&owner, &owner).unwrap_err().instruction, Some(1));
}

#[test]
fn natively_no_compute_units_are_claimed() {
    let mut chain = support::native();
    let executed = Feed::create(&mut chain).post(&mut chain, 1, 1).unwrap();
    assert_eq!((executed.compute_units, executed.instruction_units), (None, vec![]));
    assert_eq!(chain.runtime(), Runtime::Native);
    assert_eq!(chain.token_program(), "SPL Token of solana-program-test 3.1.12");
}

#[test]
fn on_the_elf_compute_units_are_counted_by_instruction() {
    let Some(mut chain) = support::elf() else { return };
    let feed = Feed::create(&mut chain);
    let post = |price| instruction::post(&feed.address, &feed.authority.pubkey(), price, 1, START_TS);
    let executed = chain.send(&[post(1), post(2)], &[&feed.authority]).unwrap();
    let units = executed.instruction_units;
    println!("post: {units:?} CU; {}", chain.token_program());
    assert_eq!(units.len(), 2);
    assert!(units.iter().all(|units| (1..2_000).contains(units)), "{units:?}");
    assert_eq!(executed.compute_units, Some(units.iter().sum::<u64>() + 150));
    assert_eq!(chain.runtime(), Runtime::Elf);
    assert_eq!(chain.token_program(), "p-token (pinocchio_token_program.so of litesvm 0.16.0)");
}

#[test]
fn a_missing_elf_says_how_to_build_it() {
    let missing = std::path::PathBuf::from("no/such/program.so");
    let error = Chain::elf(&[(price_feed::ID, missing)]).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "no/such/program.so isn't there: run `cargo xtask build-sbf`");
}
