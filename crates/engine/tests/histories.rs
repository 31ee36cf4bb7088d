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

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use history::coverage::Coverage;

const DEFAULT_OPERATIONS: usize = 120_000;
const HISTORIES_A_BATCH: u32 = 20;

#[test]
fn every_invariant_survives_every_history_and_everybody_gets_out() {
    let wanted = from_environment("JETTISON_HISTORY_OPS").unwrap_or(DEFAULT_OPERATIONS);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&from_environment("JETTISON_HISTORY_SEED").unwrap_or(1).to_le_bytes());
    let config = Config { cases: HISTORIES_A_BATCH, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let coverage = RefCell::new(Coverage::default());
    while coverage.borrow().operations < wanted {
        let outcome = runner.run(&history::strategy(), |history| {
            // A panic inside leaves the coverage of the history out, so that shrinking does not count.
            let seen = history.play();
            coverage.borrow_mut().add(&seen);
            Ok(())
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(why, history)) => panic!("{why}\nin the shortest such {history:#?}"),
            Err(TestError::Abort(why)) => panic!("{why}"),
        }
    }
    println!("{:#?}", coverage.borrow());
    coverage.borrow().require_everything_happened();
}

fn from_environment(name: &str) -> Option<usize> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
