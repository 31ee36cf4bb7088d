//! Our half of `scripts/numpy_comparison`: writes a crash to a folder, plays it through the books, and writes what each
//! account paid and how long it took.
//!
//! All files are little-endian u64: `positions` (contracts, entry, collateral of each account), `prices`, `losses` (of each
//! price), `pool` and `queue` (what each account paid). `times` has the best times in seconds: of building the pool, of the
//! crash in it from the first price to what each has paid, and the same of the queue.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use jettison_sharing::{Basis, Fill, PoolBook, QueueBook, Ranking, Side};

#[path = "../benches/crash/mod.rs"]
mod crash;
use crash::{Crash, START};

/// The best of so many runs counts, here and in numpy.
const RUNS: usize = 15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(accounts)) = (arguments.next(), arguments.next()) else {
        return Err("usage: comparison FOLDER ACCOUNTS".into());
    };
    let folder = PathBuf::from(folder);
    let write = |name: &str, numbers: &mut dyn Iterator<Item = u64>| {
        fs::write(folder.join(name), numbers.flat_map(u64::to_le_bytes).collect::<Vec<u8>>())
    };
    let crash = Crash::new(accounts.parse()?, 1);
    write("positions", &mut crash.shorts.iter().flat_map(|s| [s.contracts, s.entry, s.collateral]))?;
    write("prices", &mut crash.prices.iter().copied())?;
    write("losses", &mut crash.losses.iter().flatten().copied())?;

    let start = |basis| PoolBook::new(Side::Short, basis, START, &crash.shorts).expect("in bounds");
    let pool = best(|| start(Basis::Gain), |book| through_pool(&crash, book));
    write("pool", &mut pool.paid.into_iter())?;
    let (ranking, fill) = (Ranking::Binance, Fill::Whole);
    let start = || QueueBook::new(Side::Short, ranking, fill, START, &crash.shorts).expect("in bounds");
    let queue = best(start, |book| through_queue(&crash, book));
    write("queue", &mut queue.paid.into_iter())?;
    fs::write(
        folder.join("times"),
        format!("{} {} {} {}\n", pool.build, pool.crash, queue.build, queue.crash),
    )?;
    Ok(())
}

/// The best times, in seconds, and what each account paid.
struct Best {
    build: f64,
    crash: f64,
    paid: Vec<u64>,
}

fn best<Book>(build: impl Fn() -> Book, run: impl Fn(Book) -> Vec<u64>) -> Best {
    let mut best = Best { build: f64::INFINITY, crash: f64::INFINITY, paid: vec![] };
    for _ in 0..RUNS {
        let start = Instant::now();
        let book = build();
        best.build = best.build.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        best.paid = run(book);
        best.crash = best.crash.min(start.elapsed().as_secs_f64());
    }
    best
}

fn through_pool(crash: &Crash, mut book: PoolBook) -> Vec<u64> {
    for (price, losses) in crash.prices.iter().zip(&crash.losses) {
        book.move_to(*price).expect("in bounds");
        for loss in losses {
            assert_eq!(book.lose(*loss), 0, "numpy's half takes every loss whole");
        }
    }
    book.all_paid()
}

fn through_queue(crash: &Crash, mut book: QueueBook) -> Vec<u64> {
    for (price, losses) in crash.prices.iter().zip(&crash.losses) {
        book.move_to(*price).expect("in bounds");
        for loss in losses {
            assert_eq!(book.lose(*loss).uncovered, 0, "numpy's half takes every loss whole");
        }
    }
    book.paid().to_vec()
}
