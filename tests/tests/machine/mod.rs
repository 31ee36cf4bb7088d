//! A state machine on the compiled program: random histories of everything that anybody may send, with a reference ledger
//! beside it.
//!
//! The reference is the harness's world, which calls the engine and checks CONSERVATION, INSURANCE, BALANCE, SHARES, BACKING,
//! MONOTONE and LEGS after every operation, and what the program keeps besides. After each transaction the accounts that
//! it names are the reference's, byte for byte, and every token account holds what it says; a refusal is the reference's,
//! by number, and changes nothing. Every fiftieth transaction all accounts are compared.
//!
//! `JETTISON_MACHINE_TXS` says how many transactions, `JETTISON_MACHINE_SEED` which; `scripts/nightly machine` sends
//! 100,000. A failing history is shortened as far as it goes on failing, and told.

mod action;
mod aim;
mod command;
mod coverage;
mod history;
mod play;
mod reference;
mod shorten;
mod stage;
mod time;
mod wind_down;

use std::time::Instant;

use jettison_embedded::ElfFiles;
use jettison_harness::history::coverage::Coverage;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use play::Story;
use shorten::{play, quietly, shorten, tell};

/// Price of a contract in each market, in atoms; the last markets are created on the way.
const PRICES: [u64; 7] = [117_035_140, 2_338_700, 37, 500_000, 1_000_000, 9_000, 64_000];
const FIRST_MARKETS: usize = 4;

/// Transactions of a run that nobody asked more of.
const TRANSACTIONS: usize = 12_000;

/// From so many on, what happens seldom has to happen too.
const MANY_TRANSACTIONS: usize = 50_000;

#[test]
fn every_history_is_the_reference_s() {
    let Some(files) = ElfFiles::for_test() else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = number("JETTISON_MACHINE_SEED").unwrap_or(1);
    let transactions = number("JETTISON_MACHINE_TXS").map_or(TRANSACTIONS, |number| number as usize);
    println!("seed {seed}, {transactions} transactions");
    let mut runner = runner(seed);
    let (mut seen, mut sent, mut histories) = (Coverage::default(), 0, 0);
    let began = Instant::now();
    while sent < transactions {
        let history = history::strategy().new_tree(&mut runner).expect("a history").current();
        match quietly(|| play(&files, &history, &Story::default())) {
            Ok((coverage, count)) => {
                seen.add(&coverage);
                sent += count;
                histories += 1;
            }
            Err(_) => {
                let failure = quietly(|| tell(&files, &shorten(&files, history)));
                panic!("history {histories} of seed {seed}: {failure}");
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    for (what, count) in seen.events() {
        println!("{count:>8} {what}");
    }
    println!(
        "machine: {histories} histories, {} transactions, {} operations in {seconds:.1} s",
        sent, seen.operations
    );
    if sent >= TRANSACTIONS {
        seen.require(&coverage::REQUIRED);
    }
    if sent >= MANY_TRANSACTIONS {
        seen.require(&coverage::REQUIRED_OF_MANY);
    }
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
