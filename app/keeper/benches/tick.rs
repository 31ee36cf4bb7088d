//! A price tick: the index against a full rescan, side by side, at 10k, 100k and 1M accounts.
//!
//! `cargo bench -p jettison-keeper --bench tick`; a number after `--` measures only venues of so many accounts.

#[path = "../tests/scene/mod.rs"]
mod scene;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use scene::{Scene, MARKETS};

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    for count in [10_000, 100_000, 1_000_000] {
        measure(&mut criterion, count);
    }
    criterion.final_summary();
}

fn measure(criterion: &mut Criterion, count: usize) {
    let mut scene = Scene::new(count);
    // A thousandth of the accounts is between the two prices.
    let fall = scene.fall_for(0, 10);
    let levels = [fall, 1_000_000];
    side_by_side(&mut scene, fall, count);
    let mut group = criterion.benchmark_group("tick");
    let mut turn = 0;
    group.bench_function(BenchmarkId::new("indexed", count), |bencher| {
        bencher.iter(|| {
            turn += 1;
            black_box(scene.tick(0, levels[turn % 2]))
        })
    });
    group.bench_function(BenchmarkId::new("rescan", count), |bencher| {
        bencher.iter(|| black_box(scene.scan()))
    });
    group.bench_function(BenchmarkId::new("steady", count), |bencher| {
        let mut walk = Walk::new();
        bencher.iter(|| black_box(walk.step(&mut scene)))
    });
    group.finish();
}

/// Measures indexed ticks and rescans in turns, and prints their ratio and what an account takes in memory.
fn side_by_side(scene: &mut Scene, fall: u64, count: usize) {
    let (mut indexed, mut scanned, mut crossed) = (vec![], vec![], 0);
    let before = scene.book.looks();
    for _ in 0..7 {
        let calm = scene.tick(0, 1_000_000);
        let start = Instant::now();
        let found = black_box(scene.tick(0, fall));
        indexed.push(start.elapsed());
        let start = Instant::now();
        let rescanned = black_box(scene.scan());
        scanned.push(start.elapsed());
        assert_eq!(found, rescanned, "the index differs from a rescan");
        crossed = found - calm;
    }
    let after = scene.book.looks();
    let (indexed, scanned) = (median(indexed), median(scanned));
    let mut walk = Walk::new();
    let start = Instant::now();
    let rescued: usize = (0..1_000).map(|_| walk.step(scene)).sum();
    let steady = start.elapsed() / 1_000;
    let walked = scene.book.looks();
    println!(
        "\n{count} accounts, {} legs in the index, {} in need",
        scene.book.waiting_legs(),
        scene.book.in_need().len()
    );
    println!("  memory: {} bytes an account", scene.memory());
    println!(
        "  a tick in which {crossed} accounts cross: {indexed:?} indexed ({} touched), {scanned:?} rescanned: {:.0} times",
        (after.touched - before.touched) / 7,
        scanned.as_secs_f64() / indexed.as_secs_f64(),
    );
    println!(
        "  a tick of a walk of all markets: {steady:?} ({:.1} touched, {:.1} fell into need and were rescued): {:.0} times",
        (walked.touched - after.touched) as f64 / 1_000.0,
        rescued as f64 / 1_000.0,
        scanned.as_secs_f64() / steady.as_secs_f64(),
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Markets in turn move by up to a tenth of a percent; who falls into need is rescued, which changes their accounts.
struct Walk {
    levels: [u64; MARKETS],
    random: u64,
    turn: usize,
}

impl Walk {
    fn new() -> Self {
        Self { levels: [1_000_000; MARKETS], random: 1, turn: 0 }
    }

    fn step(&mut self, scene: &mut Scene) -> usize {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.turn += 1;
        let market = self.turn % MARKETS;
        let level = self.levels[market] + (self.random >> 33) % 2_001 - 1_000;
        self.levels[market] = level.clamp(965_000, 1_035_000);
        scene.tick(market, self.levels[market]);
        scene.rescue(usize::MAX)
    }
}
