//! Manifests and shards.

use std::fs;

use jettison_simulator::output::{
    merge_runs, FileHash, Folder, Manifest, Mismatch, OutputError, Run, Shard, MANIFEST,
};
use proptest::prelude::*;
use serde_json::json;

use crate::run;

#[test]
fn a_manifest_is_read_back_and_finds_every_change() {
    let home = tempfile::tempdir().unwrap();
    let input = home.path().join("prices.csv");
    fs::write(&input, "time,price\n").unwrap();
    let name = input.display().to_string();
    let run = Run { inputs: vec![FileHash::read(&input, &name).unwrap()], ..run() };
    let out = home.path().join("out");
    let mut folder = Folder::open(&out, run, false).unwrap();
    folder.text("a.txt", "aaa").unwrap();
    folder.text("b.txt", "bbb").unwrap();
    folder.text("c.txt", "ccc").unwrap();
    let written = folder.finish().unwrap();
    let manifest = Manifest::read(&out).unwrap();
    assert_eq!(manifest, written);
    assert!(manifest.check(&out).is_empty() && manifest.check_inputs().is_empty());
    fs::write(out.join("a.txt"), "aab").unwrap();
    fs::write(out.join("b.txt"), "bbbb").unwrap();
    fs::remove_file(out.join("c.txt")).unwrap();
    fs::write(&input, "time,price,more\n").unwrap();
    let found: Vec<String> = manifest.check(&out).iter().map(ToString::to_string).collect();
    assert!(found[0].starts_with("a.txt has the hash "), "{found:?}");
    assert_eq!(found[1..], ["b.txt has 4 bytes, not 3", "c.txt is missing"]);
    assert!(matches!(&manifest.check_inputs()[..], [Mismatch::Changed { .. }]));
}

#[test]
fn a_published_table_that_changes_is_found_and_makes_another_run() {
    let home = tempfile::tempdir().unwrap();
    let waves = home.path().join("waves.csv");
    let with_waves = |text: &str| {
        fs::write(&waves, text).unwrap();
        let table = FileHash::read(&waves, &waves.display().to_string()).unwrap();
        Run { tables: [("waves".to_owned(), table)].into(), ..run() }
    };
    let one = with_waves("one");
    let out = home.path().join("out");
    let manifest = Folder::open(&out, one.clone(), false).unwrap().finish().unwrap();
    assert!(Manifest::read(&out).unwrap().check_inputs().is_empty());
    let two = with_waves("two");
    assert!(matches!(&manifest.check_inputs()[..], [Mismatch::Changed { .. }]));
    assert_eq!(one.differs_from(&two), Some("published tables"));
    assert!(Folder::open(&out, two, false).is_err());
}

#[test]
fn a_manifest_from_before_tables_were_listed_is_read() {
    let home = tempfile::tempdir().unwrap();
    Folder::open(home.path(), run(), false).unwrap().finish().unwrap();
    let path = home.path().join(MANIFEST);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("    \"tables\": {},\n"), "{text}");
    fs::write(&path, text.replace("    \"tables\": {},\n", "")).unwrap();
    assert_eq!(Manifest::read(home.path()).unwrap().run, run());
}

#[test]
fn a_manifest_of_another_schema_says_so() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(MANIFEST), r#"{"schema": 99, "anything": true}"#).unwrap();
    let why = Manifest::read(home.path()).unwrap_err();
    assert!(matches!(why, OutputError::OtherSchema { found: 99, .. }), "{why}");
    fs::write(home.path().join(MANIFEST), "{").unwrap();
    assert!(matches!(Manifest::read(home.path()).unwrap_err(), OutputError::Json { .. }));
}

#[test]
fn shards_are_read_as_one_of_n() {
    assert_eq!("2/4".parse::<Shard>().unwrap(), Shard { index: 2, count: 4 });
    for text in ["0/4", "5/4", "2", "a/b", "1/0", "-1/4", ""] {
        let why = text.parse::<Shard>().unwrap_err().to_string();
        assert!(why.contains("give it as i/n"), "{text}: {why}");
    }
}

proptest! {
    #[test]
    fn shards_cover_every_history_once(total in 0..1_000_u64, count in 1..50_u64) {
        let parts: Vec<_> = (1..=count).map(|index| Shard { index, count }.histories(total)).collect();
        let all: Vec<u64> = parts.iter().cloned().flatten().collect();
        prop_assert_eq!(all, (0..total).collect::<Vec<_>>());
        let sizes = parts.iter().map(|part| part.end - part.start);
        prop_assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
    }
}

fn part(index: u64, count: u64) -> Run {
    let shard = Shard { index, count };
    let histories = shard.histories(100);
    Run { shard, histories_from: histories.start, histories_to: histories.end, ..run() }
}

#[test]
fn all_shards_of_a_study_make_it_whole_in_any_order() {
    let merged = merge_runs(&[part(3, 3), part(1, 3), part(2, 3)]).unwrap();
    assert_eq!((merged.histories_from, merged.histories_to, merged.shard), (0, 100, Shard::WHOLE));
    assert_eq!(merge_runs(&[run()]).unwrap(), run());
}

#[test]
fn shards_that_do_not_fit_are_refused_with_why() {
    let refused = |runs: &[Run]| merge_runs(runs).unwrap_err().to_string();
    assert!(refused(&[]).contains("there is none"));
    assert!(refused(&[part(1, 3), part(3, 3)]).contains("2 of 3 were given"));
    assert!(refused(&[part(1, 3), part(2, 3), part(2, 3)]).contains("shard 3/3 is missing"));
    let seed = Run { seed: 8, ..part(2, 2) };
    assert!(refused(&[part(1, 2), seed]).contains("differ in their seed"));
    let parameters = Run { parameters: json!({"histories": 100, "horizon": 301}), ..part(2, 2) };
    assert!(refused(&[part(1, 2), parameters]).contains("differ in their parameters"));
    let gap = Run { histories_from: 51, ..part(2, 2) };
    assert!(refused(&[part(1, 2), gap]).contains("begins with history 51, not 50"));
}
