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

use std::cell::RefCell;
use std::panic;

use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use jettison_harness::history::{self, coverage::Coverage};

const DEFAULT_OPERATIONS: u64 = 1_000_000;
const HISTORIES_A_BATCH: u32 = 20;

#[test]
fn every_invariant_survives_every_history_and_everybody_gets_out() {
    let wanted = from_environment("JETTISON_HISTORY_OPS").unwrap_or(DEFAULT_OPERATIONS);
    let seed = from_environment("JETTISON_HISTORY_SEED").unwrap_or(1);
    let histories = history::strategy();
    let coverage = RefCell::new(Coverage::default());
    for batch in 0.. {
        if coverage.borrow().operations as u64 >= wanted {
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
    println!("{:#?}\nhistories: {}", coverage.borrow(), coverage.borrow().summary());
    if wanted >= DEFAULT_OPERATIONS {
        coverage.borrow().require_everything_happened();
    }
}

fn runner(seed: u64, batch: u64) -> TestRunner {
    TestRunner::new(Config {
        cases: HISTORIES_A_BATCH,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        rng_seed: RngSeed::Fixed(seed.wrapping_add(batch << 32)),
        ..Config::default()
    })
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
