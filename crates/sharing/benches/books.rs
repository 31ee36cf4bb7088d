//! What sharing costs: a crash through each book, over the number of accounts, and one loss under each rule.
#![allow(missing_docs)] // criterion's macros make public functions

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, BatchSize, BenchmarkId, Criterion, Throughput};
use jettison_sharing::{
    share, Basis, Fill, Holder, Measure, PoolBook, Position, QueueBook, Ranking, Rule, Side,
};

mod crash;
use crash::{Crash, LOSSES, START, WAVES};

fn pool(crash: &Crash) -> PoolBook {
    PoolBook::new(Side::Short, Basis::Gain, START, &crash.shorts).expect("in bounds")
}

fn through_pool(crash: &Crash, mut book: PoolBook) -> Vec<u64> {
    for (price, losses) in crash.prices.iter().zip(&crash.losses) {
        book.move_to(*price).expect("in bounds");
        for loss in losses {
            black_box(book.lose(*loss));
        }
    }
    book.all_paid()
}

fn queue(crash: &Crash) -> QueueBook {
    let (ranking, fill) = (Ranking::Binance, Fill::Whole);
    QueueBook::new(Side::Short, ranking, fill, START, &crash.shorts).expect("in bounds")
}

fn through_queue(crash: &Crash, mut book: QueueBook) -> Vec<u64> {
    for (price, losses) in crash.prices.iter().zip(&crash.losses) {
        book.move_to(*price).expect("in bounds");
        for loss in losses {
            black_box(book.lose(*loss));
        }
    }
    book.paid().to_vec()
}

/// A whole crash: from the first price to what each account has paid. Throughput counts accounts × losses.
fn crashes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("crash");
    group.sample_size(20);
    for accounts in [10_000, 100_000, 1_000_000] {
        let crash = Crash::new(accounts, 1);
        group.throughput(Throughput::Elements((accounts * WAVES * LOSSES) as u64));
        let large = BatchSize::LargeInput;
        group.bench_with_input(BenchmarkId::new("pro rata", accounts), &crash, |bencher, crash| {
            bencher.iter_batched(|| pool(crash), |book| through_pool(crash, book), large);
        });
        group.bench_with_input(BenchmarkId::new("queue", accounts), &crash, |bencher, crash| {
            bencher.iter_batched(|| queue(crash), |book| through_queue(crash, book), large);
        });
    }
    group.finish();
}

/// What a book costs before the first price.
fn builds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build a book");
    group.sample_size(20);
    for accounts in [10_000, 100_000, 1_000_000] {
        let crash = Crash::new(accounts, 1);
        group.throughput(Throughput::Elements(accounts as u64));
        group.bench_with_input(BenchmarkId::new("pro rata", accounts), &crash, |bencher, crash| {
            bencher.iter_with_large_drop(|| pool(crash));
        });
        group.bench_with_input(BenchmarkId::new("queue", accounts), &crash, |bencher, crash| {
            bencher.iter_with_large_drop(|| queue(crash));
        });
    }
    group.finish();
}

fn holder(short: &Position, price: u64) -> Holder {
    let gain = short.entry.saturating_sub(price) * short.contracts;
    Holder {
        gain,
        equity: short.collateral + gain,
        notional: short.contracts * price,
        contracts: short.contracts,
    }
}

/// One loss under each rule, by the call that looks at everyone.
fn rules(criterion: &mut Criterion) {
    let crash = Crash::new(100_000, 1);
    let holders: Vec<Holder> = crash.shorts.iter().map(|short| holder(short, START * 9 / 10)).collect();
    let queue = Rule::Queue { side: Side::Short, ranking: Ranking::Binance, fill: Fill::Whole };
    let mut group = criterion.benchmark_group("one loss, 100,000 holders");
    group.sample_size(20).throughput(Throughput::Elements(holders.len() as u64));
    for rule in [Rule::ByContracts, Rule::ProRata(Measure::Gain), Rule::WATER_FILLING, queue] {
        let mut charges = vec![];
        group.bench_function(rule.name(), |bencher| {
            bencher.iter(|| share(rule, 1_000_000_000_000, black_box(&holders), &mut charges));
        });
    }
    group.finish();
}

criterion_group!(benches, crashes, builds, rules);
criterion_main!(benches);
