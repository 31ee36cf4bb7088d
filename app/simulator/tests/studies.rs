//! Studies: the same seed gives the same result, however the work is shared out.

mod common;

use common::spec;
use jettison_simulator::output::Shard;
use jettison_simulator::study::{Rows, Study, Summary};
use rayon::ThreadPoolBuilder;

fn run(study: &Study, jobs: usize, shard: Shard) -> Rows {
    let pool = ThreadPoolBuilder::new().num_threads(jobs).build().expect("threads");
    pool.install(|| study.run(shard, &|| ())).expect("a shard")
}

#[test]
fn one_thread_and_two_and_three_shards_in_any_order_give_the_same_rows_and_summary() {
    let study = Study::new(spec()).expect("a study");
    let whole = run(&study, 1, Shard::WHOLE);
    assert_eq!(whole, run(&study, 2, Shard::WHOLE));
    let shards = [3, 1, 2].map(|index| run(&study, 2, Shard { index, count: 3 }));
    let merged = Rows::merge(&study, shards).expect("all shards");
    let whole = Rows::merge(&study, [whole]).expect("the whole");
    assert_eq!(merged, whole);
    let summary = || Summary::of(&study, &merged, None).expect("a summary");
    let json = serde_json::to_string(&summary()).expect("JSON");
    assert_eq!(json, serde_json::to_string(&summary()).expect("JSON"), "to the bit");
    assert!(whole.rules.iter().any(|row| row.needed > 0), "nothing was shared in any history");
}

#[test]
fn another_seed_gives_other_histories() {
    let other = Study::new(jettison_simulator::study::StudySpec { seed: 7, ..spec() }).expect("a study");
    let study = Study::new(spec()).expect("a study");
    assert_ne!(run(&study, 2, Shard::WHOLE).rules, run(&other, 2, Shard::WHOLE).rules);
}

#[test]
fn a_missing_shard_and_one_given_twice_are_refused() {
    let study = Study::new(spec()).expect("a study");
    let shards = [1, 2].map(|index| run(&study, 2, Shard { index, count: 2 }));
    let missing = Rows::merge(&study, [shards[0].clone()]).expect_err("half of it").to_string();
    assert!(missing.contains(" are there: give every shard"), "{missing}");
    let twice = [shards[0].clone(), shards[1].clone(), shards[1].clone()];
    let twice = Rows::merge(&study, twice).expect_err("too much").to_string();
    assert!(twice.contains("are there twice"), "{twice}");
}

#[test]
fn settings_that_cannot_be_are_refused_by_name() {
    type Change = fn(&mut jettison_simulator::study::StudySpec);
    let changes: [(&str, Change); 17] = [
        ("population.long_part", |spec| spec.scenario.population.long_part = 1.5),
        ("book.depth", |spec| spec.scenario.book.depth = f64::NAN),
        ("keepers.count", |spec| spec.scenario.keepers.count = 0),
        ("steps", |spec| spec.steps = 0),
        ("paths.markets", |spec| spec.paths.markets.reverse()),
        ("paths.step_seconds", |spec| spec.paths.step_seconds = 61),
        ("sizing.margin_percent", |spec| spec.sizing.margin_percent.push(0)),
        ("rules", |spec| spec.rules.clear()),
        ("sizing.margin_percent", |spec| spec.sizing.margin_percent.push(100)),
        ("sizing.recommend_for", |spec| spec.sizing.recommend_for = 7),
        ("population.traders", |spec| spec.scenario.population.traders = u32::MAX),
        ("population.hedgers", |spec| spec.scenario.population.hedgers = u32::MAX),
        ("insurance.stakers", |spec| spec.scenario.insurance.stakers = u32::MAX),
        ("steps", |spec| spec.steps = u32::MAX),
        ("histories", |spec| spec.histories = u64::MAX),
        ("histories", |spec| spec.histories = 0),
        ("seed", |spec| spec.seed = u64::MAX),
    ];
    for (field, change) in changes {
        let mut spec = spec();
        change(&mut spec);
        let error = Study::new(spec).expect_err(field).to_string();
        assert!(error.starts_with(field), "{field}: {error}");
    }
}
