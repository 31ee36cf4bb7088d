//! The fuzzer's way into the engine, on a small corpus that it found itself: what these bytes stand for plays to the
//! end, and between them they still reach everything that histories have to reach.
//!
//! `JETTISON_HISTORY_FILE` plays one more input, such as one that the fuzzer found. If it fails it is shortened, printed
//! and left beside the file as `.shortest`.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, panic};

use jettison_harness::history::action::Action;
use jettison_harness::history::bytes::{LONGEST, SLOT};
use jettison_harness::history::mutation::{add_actions, rearrange, shorten};
use jettison_harness::history::{coverage::Coverage, from_bytes};

/// Kinds of [`Action`].
const KINDS: usize = 20;

fn corpus() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(directory).expect("the corpus");
    files.map(|file| fs::read(file.expect("a file").path()).expect("an input")).collect()
}

#[test]
fn the_corpus_plays_to_the_end_and_everything_happens_in_it() {
    let mut seen = Coverage::default();
    for bytes in corpus() {
        seen.add(&from_bytes(&bytes).play());
    }
    println!("{}", seen.summary());
    seen.require_everything_happened();
}

#[test]
fn bytes_reach_every_kind_of_action() {
    let histories: Vec<_> = corpus().iter().map(|bytes| from_bytes(bytes)).collect();
    let kinds: BTreeSet<String> =
        histories.iter().flat_map(|history| history.actions()).map(Action::kind).collect();
    assert_eq!(kinds.len(), KINDS, "only {kinds:?}");
}

#[test]
fn any_bytes_are_a_history() {
    for length in [0, 1, 50, 95, 96, 97, 105, 106, 107, 400] {
        for byte in [0, 1, 0x7f, 0xff] {
            from_bytes(&vec![byte; length]).play();
        }
    }
}

#[test]
fn a_mutation_leaves_other_actions_what_they_are() {
    let first = corpus().remove(0);
    let before = shown(&first);
    let (mut sizes, mut grown) = (BTreeSet::new(), 0);
    for seed in 0..2_000 {
        let mut room = first.clone();
        room.resize(first.len() + 5 * SLOT, 0);
        let size = rearrange(&mut room, first.len(), seed);
        let after = shown(&room[..size]);
        assert!(after.iter().all(|action| before.contains(action)), "seed {seed} made up an action");
        sizes.insert(size);

        let mut room = first.clone();
        room.resize(LONGEST, 0);
        let size = add_actions(&mut room, first.len(), seed);
        let mut after = shown(&room[..size]).into_iter();
        let kept = before.iter().all(|action| after.any(|other| other == *action));
        assert!(kept, "seed {seed} lost an action");
        grown = grown.max(size);
    }
    assert!(sizes.len() > 10 && grown > first.len() + 100 * SLOT, "only sizes {sizes:?} and {grown}");
}

#[test]
fn the_history_that_was_asked_for_plays_to_the_end() {
    let Some(path) = env::var_os("JETTISON_HISTORY_FILE") else {
        return;
    };
    let bytes = fs::read(&path).expect("JETTISON_HISTORY_FILE");
    let fails = |bytes: &[u8]| panic::catch_unwind(|| from_bytes(bytes).play()).is_err();
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let shortest = fails(&bytes).then(|| shorten(bytes.clone(), fails));
    panic::set_hook(hook);
    let history = from_bytes(shortest.as_ref().unwrap_or(&bytes));
    println!("{history:#?}");
    if let Some(shortest) = shortest {
        fs::write(Path::new(&path).with_extension("shortest"), shortest).expect("a place beside the file");
    }
    println!("{:#?}", history.play());
}

fn shown(bytes: &[u8]) -> Vec<String> {
    from_bytes(bytes).actions().iter().map(|action| format!("{action:?}")).collect()
}
