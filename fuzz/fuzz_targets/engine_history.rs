//! Plays the history that the fuzzer's bytes stand for. Every invariant is checked after every operation, only
//! expected refusals are let through, and at the end everybody gets out; a panic is a finding.
//!
//! `JETTISON_FUZZ_ACTIONS` ends the run after so many engine actions: operations that succeeded and were checked.
#![no_main]

use std::sync::{LazyLock, Mutex};

use jettison_harness::history::{coverage::Coverage, mutation::rearrange, History};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

const REPORT_EVERY: usize = 1_000_000;

static SEEN: LazyLock<Mutex<Coverage>> = LazyLock::new(Mutex::default);
static WANTED: LazyLock<usize> = LazyLock::new(|| {
    let wanted = std::env::var("JETTISON_FUZZ_ACTIONS");
    wanted.map_or(usize::MAX, |wanted| wanted.parse().expect("JETTISON_FUZZ_ACTIONS is a number"))
});

fuzz_target!(|history: History| {
    let played = history.play();
    let mut seen = SEEN.lock().expect("a panic ends the run");
    let before = seen.operations;
    seen.add(&played);
    if before < *WANTED && seen.operations >= *WANTED {
        eprintln!("{seen:#?}\nengine_history: {}", seen.summary());
        stop();
    } else if before / REPORT_EVERY != seen.operations / REPORT_EVERY {
        eprintln!("engine_history so far: {}", seen.summary());
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 4 == 0 {
        rearrange(&mut data[..max_size], size, seed)
    } else {
        fuzzer_mutate(data, size, max_size)
    }
});

/// libFuzzer takes a call of `exit` for a crash; on this signal it finishes the input, prints its statistics and exits
/// with success.
fn stop() {
    // SAFETY: raising a signal has no preconditions.
    unsafe { libc::raise(libc::SIGUSR1) };
}
