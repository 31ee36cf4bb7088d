//! A price tick: the index against a full rescan, side by side, at 10k, 100k and 1M accounts.
//!
//! `cargo bench -p jettison-planner --bench tick`. With `-- --quick` after it for a first look.

#[path = "../tests/scene/mod.rs"]
mod scene;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use jettison_planner::plan::{Planner, Policy};
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
    println!("\n{count} accounts, {} legs in the index", scene.book.waiting_legs());
    println!("  memory: {} bytes an account", scene.memory());
    // A thousandth of the accounts is between the two prices.
    let fall = scene.fall_for(0, 10);
    let levels = [fall, 1_000_000];
    side_by_side(&mut scene, fall);
    let mut group = criterion.benchmark_group("tick");
    let mut turn = 0;
    group.bench_function(BenchmarkId::new("indexed", count), |bencher| {
        bencher.iter(|| {
            turn += 1;
            black_box(scene.tick(0, levels[turn % 2]))
        })
    });
    scene.tick(0, fall);
    group.bench_function(BenchmarkId::new("rescan", count), |bencher| {
        bencher.iter(|| black_box(scene.scan()))
    });
    plan(&mut scene);
    let rescan = rescan(&scene);
    for (name, reach) in [("calm", 1_000), ("stormy", 10_000)] {
        walk(&mut scene, name, reach, rescan);
        let mut walk = Walk::new(reach);
        group.bench_function(BenchmarkId::new(name, count), |bencher| {
            bencher.iter(|| black_box(walk.step(&mut scene)))
        });
    }
    group.finish();
}

/// Measures indexed ticks and rescans in turns: down, where a thousandth of the accounts falls into need, and back up.
fn side_by_side(scene: &mut Scene, fall: u64) {
    let (mut down, mut up, mut scanned, mut crossed) = (vec![], vec![], vec![], 0);
    let before = scene.book.looks();
    for _ in 0..9 {
        let (calm, time) = timed(|| scene.tick(0, 1_000_000));
        up.push(time);
        let (found, time) = timed(|| scene.tick(0, fall));
        down.push(time);
        let (rescanned, time) = timed(|| scene.scan());
        scanned.push(time);
        assert_eq!(found, rescanned, "the index differs from a rescan");
        crossed = found - calm;
    }
    let touched = (scene.book.looks().touched - before.touched) / 9;
    let (down, up, scanned) = (median(down), median(up), median(scanned));
    let tick = (down + up) / 2;
    println!(
        "  {crossed} accounts cross: {down:?} down ({touched} touched), {up:?} back up; a rescan {scanned:?}: {:.0} times",
        times(scanned, tick)
    );
}

fn rescan(scene: &Scene) -> Duration {
    median((0..5).map(|_| timed(|| scene.scan()).1).collect())
}

/// How long planning takes while a thousandth of the accounts is in need.
fn plan(scene: &mut Scene) {
    let mut planner = Planner::new(Policy::default());
    let now = scene.now + 1;
    let (_, advance) = timed(|| scene.book.advance(now));
    let (plan, time) = timed(|| planner.plan(&scene.book, now));
    let needs = scene.book.in_need().len();
    println!("  {needs} in need: {advance:?} to advance, {time:?} to plan {} tasks", plan.tasks.len());
}

/// A thousand ticks of a walk.
fn walk(scene: &mut Scene, name: &str, reach: u64, rescan: Duration) {
    let before = scene.book.looks();
    let mut walk = Walk::new(reach);
    let (rescued, time) = timed(|| (0..1_000).map(|_| walk.step(scene)).sum::<usize>());
    let after = scene.book.looks();
    let mean = |count: u64| count as f64 / 1_000.0;
    println!(
        "  a {name} walk: {:?} a tick ({:.1} touched, {:.1} of them too early, {:.1} accounts rescued): {:.0} times",
        time / 1_000,
        mean(after.touched - before.touched),
        mean(after.too_early - before.too_early),
        mean(rescued as u64),
        times(rescan, time / 1_000)
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let outcome = black_box(work());
    (outcome, start.elapsed())
}

fn times(slow: Duration, fast: Duration) -> f64 {
    slow.as_secs_f64() / fast.as_secs_f64()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Markets in turn move by up to so many millionths; who falls into need is rescued, which changes their accounts.
struct Walk {
    levels: [u64; MARKETS],
    reach: u64,
    random: u64,
    turn: usize,
}

impl Walk {
    fn new(reach: u64) -> Self {
        Self { levels: [1_000_000; MARKETS], reach, random: 1, turn: 0 }
    }

    fn step(&mut self, scene: &mut Scene) -> usize {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.turn += 1;
        let market = self.turn % MARKETS;
        let level = self.levels[market] + (self.random >> 33) % (2 * self.reach + 1) - self.reach;
        self.levels[market] = level.clamp(965_000, 1_035_000);
        scene.tick(market, self.levels[market]);
        scene.rescue(usize::MAX)
    }
}
