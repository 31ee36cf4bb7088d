//! The same study gives the same bytes, however it is run.

use crate::place::Place;

/// What follows from the study alone. The manifest and the report also say by what arguments it was run.
const SAME: [&str; 7] = [
    "rules.parquet",
    "cohorts.parquet",
    "sizing.parquet",
    "what_ifs.parquet",
    "summary.json",
    "recommended.toml",
    "study.toml",
];

fn same(place: &Place, one: &str, other: &str) {
    for file in SAME {
        let [one, other] = [one, other].map(|folder| place.read(&format!("{folder}/{file}")));
        assert!(one == other, "{file} differs: {} and {} bytes", one.len(), other.len());
    }
}

#[test]
fn run_on_one_thread_and_repeated_on_two_a_study_writes_the_same_bytes() {
    let place = Place::new();
    place.study("one", &["--jobs", "1"]);
    // What was configured doesn't matter any more.
    place.write("study.toml", "seed = 9");
    place.good(&["study", "--repeat", "one", "--out", "again", "--jobs", "2"]);
    same(&place, "one", "again");
    place.good(&["study", "verify", "again"]);
}

#[test]
fn a_price_file_that_was_moved_is_named_and_another_one_is_refused() {
    let place = Place::new();
    place.study("one", &[]);
    std::fs::rename(place.path("prices.csv"), place.path("moved.csv")).expect("moved");
    let error = place.bad(2, &["study", "--repeat", "one", "--out", "again"]);
    assert!(error.contains("--prices") && !place.path("again").exists(), "{error}");
    place.good(&["study", "--repeat", "one", "--prices", "moved.csv", "--out", "again"]);
    same(&place, "one", "again");
    place.write("other.csv", &crate::place::prices().replace("25.", "26."));
    let error = place.bad(1, &["study", "--repeat", "one", "--prices", "other.csv", "--out", "third"]);
    assert!(
        error.contains("isn't the file that the study was made from") && !place.path("third").exists(),
        "{error}"
    );
}

#[test]
fn published_tables_are_for_the_whole_and_not_for_a_shard() {
    let place = Place::new();
    let arguments = ["study", "--config", "study.toml", "--prices", "prices.csv", "--shard", "1/2"];
    let error = place.bad(2, &[&arguments[..], &["--waves", "waves.csv", "--out", "a"]].concat());
    assert!(error.contains("study merge") && !place.path("a").exists(), "{error}");
}

#[test]
fn the_same_arguments_write_the_same_manifest_and_report_too() {
    let (one, other) = (Place::new(), Place::new());
    for place in [&one, &other] {
        place.study("out", &[]);
    }
    for file in one.names("out") {
        let file = format!("out/{file}");
        assert!(one.read(&file) == other.read(&file), "{file}");
    }
}

#[test]
fn three_shards_in_any_order_merge_to_what_the_whole_is() {
    let place = Place::new();
    place.study("whole", &[]);
    for (shard, folder) in [("1/3", "a"), ("2/3", "b"), ("3/3", "c")] {
        let printed = place.study(folder, &["--shard", shard]);
        assert!(printed.contains(&format!("Shard {shard}")), "{printed}");
        assert!(!place.path(folder).join("report.html").exists());
        place.good(&["study", "verify", folder]);
    }
    place.good(&["study", "merge", "c", "a", "b", "--out", "merged"]);
    same(&place, "whole", "merged");
    assert_eq!(place.names("whole"), place.names("merged"));
    place.good(&["study", "verify", "merged"]);
}

#[test]
fn shards_that_do_not_make_one_study_are_refused_and_nothing_is_written() {
    let place = Place::new();
    place.study("a", &["--shard", "1/2"]);
    place.study("b", &["--shard", "2/2"]);
    place.study("other", &["--shard", "2/2", "--seed", "8"]);
    let merge = |status: i32, shards: &[&str]| {
        let error = place.bad(status, &[&["study", "merge"], shards, &["--out", "merged"]].concat());
        assert!(!place.path("merged").exists(), "{error}");
        error
    };
    assert!(merge(2, &["a"]).contains("1 of 2 were given"));
    assert!(merge(2, &["a", "a"]).contains("shard 2/2 is missing or another is given twice"));
    assert!(merge(2, &["a", "other"]).contains("shards 1/2 and 2/2 differ in their seed"));
    assert!(merge(2, &["a", "nowhere"]).contains("nowhere/manifest.json"));
    let mut bytes = place.read("b/sizing.parquet");
    bytes.push(0);
    std::fs::write(place.path("b/sizing.parquet"), bytes).expect("written");
    let error = merge(1, &["a", "b"]);
    assert!(error.contains("in b: sizing.parquet has"), "{error}");
}
