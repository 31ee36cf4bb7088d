//! `jettison study`: what it leaves, and whether it is still that.

use std::fs;

use serde_json::Value;

use crate::place::Place;

const FILES: [&str; 9] = [
    "cohorts.parquet",
    "manifest.json",
    "recommended.toml",
    "report.html",
    "rules.parquet",
    "sizing.parquet",
    "study.toml",
    "summary.json",
    "what_ifs.parquet",
];

#[test]
fn a_study_leaves_tables_a_report_and_a_manifest_that_verify() {
    let place = Place::new();
    let printed = place.study("out", &[]);
    assert!(printed.contains("balanced") && printed.contains("out/report.html"), "{printed}");
    assert_eq!(place.names("out"), FILES);
    let manifest: Value = serde_json::from_str(&place.text("out/manifest.json")).expect("JSON");
    let run = &manifest["run"];
    assert_eq!((&run["seed"], &run["version"]), (&7.into(), &env!("CARGO_PKG_VERSION").into()));
    assert_eq!(run["parameters"]["scenario"]["population"]["pace"], 900.0, "defaults are told too");
    assert_eq!(run["inputs"][0]["file"], "prices.csv");
    let listed = manifest["outputs"].as_array().expect("files").len();
    assert_eq!(listed, FILES.len() - 1, "all but itself");
    let summary: Value = serde_json::from_str(&place.text("out/summary.json")).expect("JSON");
    for (part, length) in [("rules", 6), ("signals", 5), ("cells", 4 * 3), ("recommendations", 2)] {
        assert_eq!(summary[part].as_array().map(Vec::len), Some(length), "{part}");
    }
    assert!(summary["network"].is_object() && summary["replay"].is_object());
    let report = place.text("out/report.html");
    for outside in ["<script src", "<link rel=\"stylesheet", "<img src", "@import"] {
        assert!(!report.contains(outside), "the report opens without a network, but has {outside}");
    }
    let verified = place.good(&["study", "verify", "out"]);
    assert_eq!(verified, "out: 8 files and 1 file of input are as the manifest says\n");
}

#[test]
fn a_changed_byte_a_missing_file_and_changed_prices_are_found_and_named() {
    let place = Place::new();
    place.study("out", &[]);
    let mut bytes = place.read("out/rules.parquet");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(place.path("out/rules.parquet"), &bytes).expect("written");
    let error = place.bad(1, &["study", "verify", "out"]);
    assert!(error.contains("rules.parquet has the hash") && !error.contains("cohorts"), "{error}");
    bytes[middle] ^= 1;
    fs::write(place.path("out/rules.parquet"), &bytes).expect("written");
    place.good(&["study", "verify", "out"]);
    fs::remove_file(place.path("out/sizing.parquet")).expect("removed");
    let error = place.bad(1, &["study", "verify", "out"]);
    assert!(error.contains("sizing.parquet is missing"), "{error}");
    place.write("prices.csv", &(crate::place::prices() + "2025-01-01T00:10:01Z,20,0.1\n"));
    let error = place.bad(1, &["study", "verify", "out"]);
    assert!(error.contains("prices.csv has") && error.contains("bytes, not"), "{error}");
    let error = place.bad(1, &["study", "--repeat", "out", "--out", "again"]);
    assert!(error.contains("prices.csv has") && !place.path("again").exists(), "{error}");
    let error = place.bad(2, &["study", "verify", "nowhere"]);
    assert!(error.contains("nowhere/manifest.json"), "{error}");
}

#[test]
fn the_folder_of_another_study_is_left_alone_unless_forced() {
    let place = Place::new();
    place.study("out", &[]);
    let before = place.read("out/manifest.json");
    let other = ["study", "--config", "study.toml", "--prices", "prices.csv", "--out", "out", "--seed", "8"];
    let error = place.bad(2, &other);
    assert!(error.contains("seed 7") && error.contains("--force"), "{error}");
    assert_eq!(before, place.read("out/manifest.json"));
    place.good(&["study", "verify", "out"]);
    // The same study again is no other one.
    place.study("out", &[]);
    assert_eq!(before, place.read("out/manifest.json"));
    place.write("out/notes.txt", "mine");
    place.good(&[&other[..], &["--force"]].concat());
    assert!(place.text("out/manifest.json").contains("\"seed\": 8"));
    assert_eq!(place.text("out/notes.txt"), "mine", "what the study didn't write it doesn't remove");
    place.good(&["study", "verify", "out"]);
    fs::create_dir(place.path("full")).expect("a folder");
    place.write("full/notes.txt", "mine");
    let error = place.bad(2, &["study", "--config", "study.toml", "--prices", "prices.csv", "--out", "full"]);
    assert!(error.contains("no manifest") && place.names("full") == ["notes.txt"], "{error}");
}

#[test]
fn tables_of_waves_go_into_the_report_and_beside_it() {
    let place = Place::new();
    place.write("waves.csv", crate::waves::WAVES);
    place.study("out", &["--waves", "waves.csv"]);
    assert!(place.names("out").contains(&"waves.json".to_owned()));
    let waves: Value = serde_json::from_str(&place.text("out/waves.json")).expect("JSON");
    assert_eq!(waves["totals"]["waves"], 2);
    place.good(&["study", "verify", "out"]);
}
