//! Stdout of a command that plays a crash is its result: what natively run programs print can be kept out.

use anchor_lang::prelude::{AccountInfo, Pubkey};
use anchor_lang::solana_program::entrypoint::ProgramResult;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::msg;
use jettison_embedded::{native_program, Chain};
use std::process::Command;

const TALKER: Pubkey = Pubkey::new_from_array([9; 32]);

fn talk(_: &Pubkey, _: &[AccountInfo], data: &[u8]) -> ProgramResult {
    msg!("the program says {}", data[0]);
    Ok(())
}

fn say(chain: &mut Chain, word: u8) {
    let call = Instruction::new_with_bytes(TALKER, &[word], vec![]);
    chain.send(&[call], &[]).unwrap();
}

/// Not a test: what the test below runs in a process of its own, whose stdout nobody else uses.
#[test]
#[ignore = "run by a_hushed_program_prints_nothing"]
fn command() {
    let mut chain = Chain::native(vec![native_program!("talker", TALKER, talk)]).unwrap();
    say(&mut chain, 1);
    print!("begun ");
    chain.hush_programs().unwrap();
    say(&mut chain, 2);
    println!("and done");
}

#[test]
fn a_hushed_program_prints_nothing() {
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this)
        .args(["command", "--exact", "--ignored", "--nocapture"])
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(stdout.contains("the program says 1\n"), "{stdout}");
    assert!(!stdout.contains("the program says 2"), "{stdout}");
    assert!(stdout.contains("begun and done\n"), "{stdout}");
    assert_eq!(stderr, "");
}
