//! Random histories: after every operation every invariant holds, every refusal is one that the operation is allowed,
//! and at the end everybody gets out.
//!
//! `JETTISON_HISTORY_OPS` sets how many operations to run, `JETTISON_HISTORY_SEED` another seed.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;
mod history;

use std::cell::RefCell;
use std::panic;

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use history::coverage::Coverage;

const DEFAULT_OPERATIONS: usize = 1_000_000;
const HISTORIES_A_BATCH: u32 = 20;

#[test]
fn every_invariant_survives_every_history_and_everybody_gets_out() {
    let wanted = from_environment("JETTISON_HISTORY_OPS").unwrap_or(DEFAULT_OPERATIONS);
    let seed = from_environment("JETTISON_HISTORY_SEED").unwrap_or(1);
    let histories = history::strategy();
    let coverage = RefCell::new(Coverage::default());
    for batch in 0.. {
        if coverage.borrow().operations >= wanted {
            break;
        }
        // The runner reports the shortest history that fails; the panics on the way there are noise.
        let hook = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let outcome = runner(seed, batch).run(&histories, |history| {
            coverage.borrow_mut().add(&history.play());
            Ok(())
        });
        panic::set_hook(hook);
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(why, history)) => panic!("{why}\nin the shortest such {history:#?}"),
            Err(TestError::Abort(why)) => panic!("{why}"),
        }
    }
    println!("{:#?}", coverage.borrow());
    if wanted >= DEFAULT_OPERATIONS {
        coverage.borrow().require_everything_happened();
    }
}

fn runner(seed: usize, batch: usize) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&batch.to_le_bytes());
    let config = Config { cases: HISTORIES_A_BATCH, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn from_environment(name: &str) -> Option<usize> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
