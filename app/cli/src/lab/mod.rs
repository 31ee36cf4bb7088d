//! The risk lab: `jettison simulate` and `jettison study`.

mod inputs;
mod rules_table;
pub mod simulate;
pub mod study;

use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Threads to work on: so many, or one a core.
fn pool(jobs: Option<u16>) -> Result<ThreadPool> {
    let threads = jobs.map_or(0, usize::from);
    ThreadPoolBuilder::new().num_threads(threads).build().context("starting threads")
}

/// A bar that shows how much of so many pieces is done, on a terminal.
fn progress(pieces: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(pieces).with_message(what.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}, {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
