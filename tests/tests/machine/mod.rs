//! A state machine on the compiled program: random histories of everything that anybody may send, with a reference ledger
//! beside it.
//!
//! The reference is the harness's world, which calls the engine and checks CONSERVATION, INSURANCE, BALANCE, SHARES, BACKING,
//! MONOTONE and LEGS after every operation, and what the program keeps besides. After each transaction the accounts that
//! it names are the reference's, byte for byte, and every token account holds what it says; a refusal is the reference's,
//! by number, and changes nothing. Every fiftieth transaction all accounts are compared.
//!
//! `JETTISON_MACHINE_TXS` says how many transactions, `JETTISON_MACHINE_SEED` which; `scripts/nightly-machine` sends
//! 100,000. A failing history is shortened as far as it goes on failing, and told.

mod action;
mod aim;
mod command;
mod coverage;
mod history;
mod play;
mod reference;
mod stage;
mod wind_down;

use std::cell::{Cell, RefCell};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::Instant;

use jettison_embedded::ElfFiles;
use jettison_harness::history::coverage::Coverage;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use history::History;
use play::Story;

/// Price of a contract in each market, in atoms; the last markets are created on the way.
const PRICES: [u64; 7] = [117_035_140, 2_338_700, 37, 500_000, 1_000_000, 9_000, 64_000];
const FIRST_MARKETS: usize = 4;

/// Transactions of a run that nobody asked more of.
const TRANSACTIONS: usize = 4_000;

/// From so many on, what happens seldom has to happen too.
const MANY_TRANSACTIONS: usize = 50_000;

/// How often a failing history is played again while it is shortened.
const SHORTENINGS: u32 = 2_000;

thread_local! {
    /// Whether this thread's panics are kept quiet: a history that is being shortened panics again and again.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

#[test]
fn every_history_is_the_reference_s() {
    let Some(files) = ElfFiles::for_test() else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = number("JETTISON_MACHINE_SEED").unwrap_or(1);
    let transactions = number("JETTISON_MACHINE_TXS").map_or(TRANSACTIONS, |number| number as usize);
    println!("seed {seed}, {transactions} transactions");
    let mut runner = runner(seed);
    let (seen, sent) = (RefCell::new(Coverage::default()), Cell::new(0));
    let began = Instant::now();
    let mut histories = 0;
    while sent.get() < transactions {
        let tree = history::strategy().new_tree(&mut runner).expect("a history");
        let first = tree.current();
        let result = quietly(|| {
            runner.run_one(tree, |history| {
                let story = Story::default();
                let (coverage, count) =
                    history.play(files.start().expect("the VM takes the programs"), &story);
                seen.borrow_mut().add(&coverage);
                sent.set(sent.get() + count);
                Ok(())
            })
        });
        if let Err(TestError::Fail(reason, history)) = result {
            tell(&files, &first, &history);
            panic!("after {histories} histories of seed {seed}: {reason}");
        }
        histories += 1;
    }
    let seconds = began.elapsed().as_secs_f64();
    let seen = seen.into_inner();
    for (what, count) in seen.counts() {
        println!("{count:>8} {what}");
    }
    println!(
        "{histories} histories, {} transactions, {} operations in {seconds:.1} s",
        sent.get(),
        seen.operations
    );
    seen.require(&coverage::REQUIRED);
    if sent.get() >= MANY_TRANSACTIONS {
        seen.require(&coverage::REQUIRED_OF_MANY);
    }
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, max_shrink_iters: SHORTENINGS, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Plays the shortest failing history once more and tells what was sent.
fn tell(files: &ElfFiles, first: &History, shortest: &History) {
    println!("{} actions were shortened to {shortest:#?}", first.actions.len());
    let story = Story::default();
    let chain = files.start().expect("the VM takes the programs");
    let _ = catch_unwind(AssertUnwindSafe(|| shortest.play(chain, &story)));
    for (now, command, outcome) in story.borrow().iter() {
        let outcome = match outcome {
            Some(Ok(())) => "done".to_owned(),
            Some(Err(refusal)) => format!("refused: {refusal:?}"),
            None => "an invariant fails".to_owned(),
        };
        println!("{now} {command:?}: {outcome}");
    }
}

/// Keeps this thread's panics from being printed.
fn quietly<T>(run: impl FnOnce() -> T) -> T {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !QUIET.get() {
            before(panic);
        }
    }));
    QUIET.set(true);
    let result = run();
    QUIET.set(false);
    result
}
