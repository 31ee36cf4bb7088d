//! Picks a small corpus from a fuzzer's large one: everything that was tried, or happened, in any input is in one that is
//! kept, and each is shortened as far as it goes.
//!
//! ```text
//! cargo run --release -p jettison-harness --features arbitrary --example choose_seeds -- FROM TO
//! ```
#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

use jettison_harness::history::from_bytes;
use jettison_harness::history::mutation::shorten;

type Events = BTreeSet<String>;

fn main() {
    let [from, to] = [1, 2].map(|nth| PathBuf::from(env::args().nth(nth).expect("FROM TO")));
    let read =
        |entry: std::io::Result<fs::DirEntry>| fs::read(entry.expect("an entry").path()).expect("a file");
    let inputs: Vec<Vec<u8>> = fs::read_dir(from).expect("FROM").map(read).collect();
    let mut inputs: Vec<(Events, Vec<u8>)> =
        inputs.into_iter().map(|bytes| (events(&bytes), bytes)).collect();
    let all: Events = inputs.iter().flat_map(|(events, _)| events.clone()).collect();
    fs::create_dir_all(&to).expect("TO");
    let (mut covered, mut size) = (Events::new(), 0);
    while covered.len() < all.len() {
        // The one with the most news is shortened to its news, which may be less than a shorter one has.
        inputs.sort_by_key(|(events, bytes)| (events.difference(&covered).count(), usize::MAX - bytes.len()));
        let (found, bytes) = inputs.pop().expect("an input for every event");
        let news: Events = found.difference(&covered).cloned().collect();
        let bytes = shorten(bytes, |fewer| events(fewer).is_superset(&news));
        covered.extend(events(&bytes));
        size += bytes.len();
        let name = news.first().expect("news").replace(": ", "-").replace(' ', "-");
        println!("{:5} bytes, {} new: {news:?}", bytes.len(), news.len());
        fs::write(to.join(format!("{name}.bin")), bytes).expect("a seed");
    }
    println!("{} events in {size} bytes", covered.len());
}

fn events(bytes: &[u8]) -> Events {
    let history = from_bytes(bytes);
    let kinds = history.actions().iter().map(|action| format!("action: {}", action.kind()));
    kinds.chain(history.play().events().map(|(what, _)| what.to_string())).collect()
}
