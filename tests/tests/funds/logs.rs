//! Events are read from the runtime's log. Whatever it has cut off is noticed.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use anchor_lang::solana_program::instruction::Instruction;
use clearing::events::Deposited;
use jettison_client::{event, AnyEvent, DecodeError};
use jettison_tests::{on_elf, Scene};
use solana_signer::Signer;

use crate::support::USDC;

on_elf!(
    a_log_that_the_runtime_cut_short_says_so,
    a_memo_that_reads_like_an_event_is_none,
    bytes_that_are_no_event_are_refused,
);

const MEMO: Pubkey = Pubkey::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

fn a_log_that_the_runtime_cut_short_says_so(mut scene: Scene) {
    let (trader, owner) = (scene.trader(USDC), scene.key());
    let wallet = scene.wallet(&owner, USDC);
    let deposit = scene.at.venue.deposit(owner, wallet, trader.address, 1);
    let few = scene.send(&vec![deposit.clone(); 3]);
    assert!(!few.logs_truncated);
    assert_eq!(few.program_data.len(), 3);
    // Ten thousand bytes are all that is kept; the deposits go through all the same.
    let many = scene.send(&vec![deposit; 25]);
    assert!(many.logs_truncated && many.program_data.len() < 25);
    assert_eq!(scene.capital(&trader), USDC + 28);
}

/// Another program's line beside a real one: only ours counts.
fn a_memo_that_reads_like_an_event_is_none(mut scene: Scene) {
    let (trader, owner) = (scene.trader(USDC), scene.key());
    let wallet = scene.wallet(&owner, USDC);
    let deposit = scene.at.venue.deposit(owner, wallet, trader.address, 1);
    let real = scene.send(std::slice::from_ref(&deposit));
    let line = real.logs.iter().find(|line| line.starts_with("Program data: ")).unwrap();
    let invoke = format!("Program {} invoke [1]\n{line}", clearing::ID);
    let memo = Instruction {
        program_id: MEMO,
        accounts: vec![AccountMeta::new_readonly(owner, true)],
        data: invoke.into_bytes(),
    };
    let executed = scene.send(&[memo.clone(), deposit, memo]);
    assert!(executed.logs.iter().filter(|entry| entry.contains(line.as_str())).count() >= 2);
    let event = Deposited {
        margin_account: trader.address,
        depositor: owner,
        amount: 1,
        capital_before: USDC + 1,
        capital_after: USDC + 2,
    };
    scene.expect_event(&executed, AnyEvent::Deposited(event));
}

fn bytes_that_are_no_event_are_refused(mut scene: Scene) {
    let trader = scene.trader(0);
    let executed = scene.deposit(&trader, 5);
    let data = &executed.program_data[0];
    assert!(event(data).is_ok());
    for length in 0..data.len() {
        assert!(event(&data[..length]).is_err(), "{length}");
    }
    assert_eq!(event(&data[1..]), Err(DecodeError::WrongDiscriminator));
    let account = scene.at.chain.account(&scene.at.venue.clearinghouse).unwrap();
    assert_eq!(event(&account.data), Err(DecodeError::WrongDiscriminator));
    assert_ne!(scene.at.authority.pubkey(), Pubkey::default());
}
