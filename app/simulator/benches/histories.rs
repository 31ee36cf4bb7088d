//! What histories cost: account-steps a second over accounts, over steps, and over threads.
//!
//! At its end it times the smallest against the largest, and one thread against two, in turn in the same run, and prints the
//! ratios: of processor time, so that what else the computer does changes little.
#![allow(missing_docs)] // the helpers of the tests are public

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use jettison_simulator::agents::population::Crowd;
use jettison_simulator::history::Stage;
use jettison_simulator::output::Shard;
use jettison_simulator::rules::Rule;
use jettison_simulator::scenario::{InsuranceSpec, KeeperSpec, MarketSpec, Population, Scenario};
use jettison_simulator::study::{Study, StudySpec};
use rayon::{ThreadPool, ThreadPoolBuilder};

#[path = "../tests/common/mod.rs"]
mod common;

const ACCOUNTS: [u32; 3] = [250, 1_000, 4_000];
const STEPS: [usize; 2] = [60, 240];

/// Accounts where steps vary, and steps where accounts do.
const USUAL: (u32, usize) = (1_000, 120);

/// The falls that are timed: prices that stay where they are, and a crash in which accounts by the dozen go bankrupt; longer
/// histories have more of them, one after the other.
const FALLS: [(&str, f64); 2] = [("calm", 0.0), ("crash", 0.3)];

/// Steps of a crash.
const CRASH: usize = 60;

/// Times that each of two is timed for a ratio.
const ROUNDS: usize = 5;

/// A history that is ready to be played.
struct World {
    scenario: Scenario,
    markets: Vec<MarketSpec>,
    prices: Vec<Vec<f64>>,
    crowd: Crowd,
}

impl World {
    /// So many accounts in all, of the default mix. As many transactions land in a second however many there are.
    fn new(accounts: u32, steps: usize, fall: f64) -> Self {
        let (makers, keepers) = (4, KeeperSpec::default());
        let markets = common::markets();
        let others = makers * markets.len() as u32 + keepers.count + 1;
        let part = |percent: u32| accounts * percent / 100;
        let (momentum, panic, hedgers) = (part(7), part(14), part(5));
        let traders = accounts - momentum - panic - hedgers - others;
        let population = Population { traders, momentum, panic, hedgers, makers, ..Population::default() };
        let insurance = InsuranceSpec::default();
        let scenario = Scenario { population, keepers, insurance, ..Scenario::default() };
        let prices: Vec<_> = common::crash(CRASH, fall).into_iter().cycle().take(steps + 1).collect();
        let first: Vec<_> =
            markets.iter().zip(&prices[0]).map(|(market, price)| market.price(*price)).collect();
        let crowd = Crowd::draw(&scenario, &markets, &first, 1).expect("a crowd");
        Self { scenario, markets, prices, crowd }
    }

    /// Plays it under Jettison's rule; returns the account-steps.
    fn play(&self) -> u64 {
        let Self { scenario, markets, prices, crowd } = self;
        let stage = Stage { history: 0, scenario, markets, step_seconds: 10, prices, crowd };
        black_box(stage.play(Rule::Index).expect("books that balance")).row.account_steps
    }
}

/// A small study of all kinds of work.
fn study() -> Study {
    Study::new(StudySpec { histories: 8, ..common::spec() }).expect("a study")
}

fn threads(count: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(count).build().expect("threads")
}

fn run(study: &Study, pool: &ThreadPool) {
    black_box(pool.install(|| study.run(Shard::WHOLE, &|| ())).expect("books that balance"));
}

fn over_accounts(criterion: &mut Criterion) {
    for (name, fall) in FALLS {
        let mut group = criterion.benchmark_group(format!("{name}, over accounts"));
        for accounts in ACCOUNTS {
            let world = World::new(accounts, USUAL.1, fall);
            group.throughput(Throughput::Elements(world.play()));
            group.bench_function(BenchmarkId::from_parameter(accounts), |bencher| {
                bencher.iter(|| world.play());
            });
        }
        group.finish();
    }
}

fn over_steps(criterion: &mut Criterion) {
    for (name, fall) in FALLS {
        let mut group = criterion.benchmark_group(format!("{name}, over steps"));
        for steps in STEPS {
            let world = World::new(USUAL.0, steps, fall);
            group.throughput(Throughput::Elements(world.play()));
            group.bench_function(BenchmarkId::from_parameter(steps), |bencher| {
                bencher.iter(|| world.play());
            });
        }
        group.finish();
    }
}

fn over_threads(criterion: &mut Criterion) {
    let study = study();
    let mut group = criterion.benchmark_group("study, over threads");
    group.throughput(Throughput::Elements(study.pieces(Shard::WHOLE).end));
    for count in [1, 2] {
        let pool = threads(count);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| run(&study, &pool));
        });
    }
    group.finish();
}

fn seconds(work: impl Fn()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Seconds that processors have spent on this process's threads; none where the system doesn't say.
fn processor() -> Option<f64> {
    let mut nanoseconds = 0.0;
    for thread in std::fs::read_dir("/proc/self/task").ok()? {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += text.split(' ').next()?.parse::<f64>().ok()?;
    }
    Some(nanoseconds / 1e9)
}

/// The least seconds of a measurement: the system counts in ticks of some milliseconds.
const LEAST: f64 = 0.25;

/// Seconds of processors that some work takes, however busy the computer is; of the clock where the system doesn't say.
fn effort(work: impl Fn()) -> f64 {
    let (before, start, mut times) = (processor(), Instant::now(), 0.0);
    while times == 0.0 || start.elapsed().as_secs_f64() < LEAST {
        work();
        times += 1.0;
    }
    let clock = start.elapsed().as_secs_f64();
    before.zip(processor()).map_or(clock, |(before, after)| after - before) / times
}

/// The middle of the ratios of `one` to `other`, timed in turn.
fn ratio(one: impl Fn() -> f64, other: impl Fn() -> f64) -> f64 {
    let mut ratios: Vec<f64> = (0..ROUNDS).map(|_| one() / other()).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ROUNDS / 2]
}

fn side_by_side() {
    println!("Side by side, the middle of {ROUNDS} ratios:");
    let each = |world: &World, steps: u64| effort(|| assert_eq!(world.play(), steps)) / steps as f64;
    for (name, fall) in FALLS {
        let (few, many) = (World::new(ACCOUNTS[0], USUAL.1, fall), World::new(ACCOUNTS[2], USUAL.1, fall));
        let (less, more) = (few.play(), many.play());
        let cost = ratio(|| each(&many, more), || each(&few, less));
        println!(
            "  {name}: an account-step at {} accounts costs {cost:.2} × one at {}",
            ACCOUNTS[2], ACCOUNTS[0]
        );
        let (short, long) = (World::new(USUAL.0, STEPS[0], fall), World::new(USUAL.0, STEPS[1], fall));
        let (less, more) = (short.play(), long.play());
        let cost = ratio(|| each(&long, more), || each(&short, less));
        println!("  {name}: an account-step in {} steps costs {cost:.2} × one in {}", STEPS[1], STEPS[0]);
    }
    let (study, one, two) = (study(), threads(1), threads(2));
    let speed = ratio(|| seconds(|| run(&study, &one)), || seconds(|| run(&study, &two)));
    println!("  a study on 2 threads is {speed:.2} × as fast by the clock as on 1, on a computer that does whatever else it does,");
    let work = ratio(|| effort(|| run(&study, &two)), || effort(|| run(&study, &one)));
    println!("  and takes {work:.2} × its processor time");
    println!("  with both processors free that is up to {:.2} × as fast.", 2.0 / work);
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    over_accounts(&mut criterion);
    over_steps(&mut criterion);
    over_threads(&mut criterion);
    criterion.final_summary();
    // `--test` and `--list` want no times.
    if std::env::args().any(|argument| argument == "--bench") && std::env::args().count() == 2 {
        side_by_side();
    }
}
