//! Shortens a failing history, and tells it.
//!
//! proptest would simplify every number of every action in turn. Here what counts is which actions are left: the
//! transactions that they come to are told with all their numbers.

use std::cell::Cell;
use std::panic::{catch_unwind, AssertUnwindSafe};

use jettison_embedded::ElfFiles;
use jettison_harness::history::coverage::Coverage;

use super::history::History;
use super::play::Story;

/// How often a failing history is played again, at most.
const TRIES: usize = 1_500;

thread_local! {
    /// Whether this thread's panics are kept quiet: a history that is being shortened panics again and again.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Plays a history; what it panics with is its failure.
pub fn play(files: &ElfFiles, history: &History, story: &Story) -> Result<(Coverage, usize), String> {
    let chain = files.start().expect("the VM takes the programs");
    catch_unwind(AssertUnwindSafe(|| history.play(chain, story))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
    })
}

/// Takes as many actions away as it can and the history still fails: ever smaller runs of them, from the end on.
pub fn shorten(files: &ElfFiles, failing: History) -> History {
    let fails = |history: &History| play(files, history, &Story::default()).is_err();
    let mut shortest = failing;
    let mut tries = 0;
    let mut run = shortest.actions.len().next_power_of_two();
    while run > 0 && tries < TRIES {
        let mut end = shortest.actions.len();
        while end > 0 && tries < TRIES {
            let start = end.saturating_sub(run);
            let mut shorter = shortest.clone();
            shorter.actions.drain(start..end);
            tries += 1;
            if fails(&shorter) {
                shortest = shorter;
            }
            end = start;
        }
        run /= 2;
    }
    for change in [
        |history: &mut History| history.winds_down = false,
        |history: &mut History| history.throttled = false,
    ] {
        let mut simpler = shortest.clone();
        change(&mut simpler);
        if fails(&simpler) {
            shortest = simpler;
        }
    }
    shortest
}

/// Plays a failing history once more and tells what was sent. Returns why it fails.
pub fn tell(files: &ElfFiles, history: &History) -> String {
    let story = Story::default();
    let failure = play(files, history, &story).err().unwrap_or_default();
    let History { insurance, capitals, winds_down, throttled, .. } = history;
    println!("insurance {insurance}, capitals {capitals:?}, throttled {throttled}, winds down {winds_down}");
    for action in &history.actions {
        println!("{action:?}");
    }
    for (now, command, outcome) in story.borrow().iter() {
        let outcome = match outcome {
            Some(Ok(())) => "done".to_owned(),
            Some(Err(refusal)) => format!("refused: {refusal:?}"),
            None => "an invariant fails".to_owned(),
        };
        println!("{now} {command:?}: {outcome}");
    }
    failure
}

/// Keeps this thread's panics from being printed.
pub fn quietly<T>(run: impl FnOnce() -> T) -> T {
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
