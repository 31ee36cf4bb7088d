//! Plays the history that the fuzzer's bytes stand for. Every invariant is checked after every operation, only
//! expected refusals are let through, and at the end everybody gets out; a panic is a finding.
//!
//! `JETTISON_FUZZ_ACTIONS` ends the run after so many engine actions: operations that succeeded and were checked.
#![no_main]

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex};

use jettison_harness::history::mutation::{add_actions, rearrange};
use jettison_harness::history::{coverage::Coverage, History};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

const REPORT_EVERY: usize = 1_000_000;

/// Counters that libFuzzer reads as if they were of code, and clears before each input: one for each thing that
/// happened. Most of what is rare in a history is a rare state, not a rare branch.
#[link_section = "__libfuzzer_extra_counters"]
static EVENTS: [AtomicU8; 1024] = [const { AtomicU8::new(0) }; 1024];

static SEEN: LazyLock<Mutex<Coverage>> = LazyLock::new(Mutex::default);
static WANTED: LazyLock<usize> = LazyLock::new(|| {
    let wanted = std::env::var("JETTISON_FUZZ_ACTIONS");
    wanted.map_or(usize::MAX, |wanted| wanted.parse().expect("JETTISON_FUZZ_ACTIONS is a number"))
});

fuzz_target!(|history: History| {
    let played = history.play();
    note(&played);
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
    match seed % 8 {
        0 | 1 => rearrange(&mut data[..max_size], size, seed / 8),
        2 => add_actions(&mut data[..max_size], size, seed / 8),
        _ => fuzzer_mutate(data, size, max_size),
    }
});

fn note(played: &Coverage) {
    for (what, count) in played.events() {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(what);
        let counter = &EVENTS[hash as usize % EVENTS.len()];
        counter.store(u8::try_from(count).unwrap_or(u8::MAX), Relaxed);
    }
}

/// libFuzzer takes a call of `exit` for a crash; on this signal it finishes the input, prints its statistics and exits
/// with success.
fn stop() {
    // SAFETY: raising a signal has no preconditions.
    unsafe { libc::raise(libc::SIGUSR1) };
}
