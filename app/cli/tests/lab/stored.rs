//! A study that is read back: it must be what its manifest says.

use std::fs;

use serde_json::Value;

use crate::place::Place;
use crate::waves::WAVES;

#[test]
fn a_study_toml_changed_by_hand_is_refused_with_what_differs() {
    let place = Place::new();
    place.study("out", &["--shard", "1/1"]);
    let spec = place.text("out/study.toml");
    let refused = |text: &str, named: &str| {
        place.write("out/study.toml", text);
        let error = place.bad(1, &["study", "--repeat", "out", "--out", "again"]);
        assert!(error.contains("out/study.toml") && error.contains(named), "{named}: {error}");
        assert!(!place.path("again").exists(), "{error}");
        let error = place.bad(1, &["study", "merge", "out", "--out", "again"]);
        assert!(error.contains("study.toml has") && !place.path("again").exists(), "{error}");
    };
    assert!(spec.contains("makers = 2\n"), "{spec}");
    refused(&spec.replace("makers = 2\n", "makers = 3\n"), "scenario.population.makers is 3, not 2");
    refused(&(spec.clone() + "# mine\n"), "hash");
    refused("seed = ", "hash");
    place.write("out/study.toml", &spec);
    place.good(&["study", "--repeat", "out", "--out", "again"]);
}

#[test]
fn a_study_of_another_version_is_repeated_with_a_warning() {
    let place = Place::new();
    place.study("out", &[]);
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let manifest = place.text("out/manifest.json");
    assert!(manifest.contains(&version), "{manifest}");
    place.write("out/manifest.json", &manifest.replace(&version, "\"version\": \"0.0.9\""));
    let warning = |arguments: &[&str]| {
        let output = place.run(arguments);
        assert!(output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    let said = warning(&["study", "--repeat", "out", "--out", "again"]);
    assert!(said.contains("warning") && said.contains("0.0.9"), "{said}");
    let said = warning(&["study", "--repeat", "again", "--out", "third"]);
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn published_tables_are_verified_and_repeated_with_the_study() {
    let place = Place::new();
    place.write("waves.csv", WAVES);
    place.study("out", &["--waves", "waves.csv"]);
    let manifest: Value = serde_json::from_str(&place.text("out/manifest.json")).expect("JSON");
    assert_eq!(manifest["run"]["tables"]["waves"]["file"], "waves.csv");
    let verified = place.good(&["study", "verify", "out"]);
    assert!(verified.contains("2 files of input"), "{verified}");
    place.good(&["study", "--repeat", "out", "--out", "again"]);
    assert!(place.read("out/waves.json") == place.read("again/waves.json"));
    // One part of the study has no report, and so needs no tables.
    place.good(&["study", "--repeat", "out", "--shard", "1/2", "--out", "half"]);

    place.write("waves.csv", &WAVES.replace(",-300,", ",-299,"));
    let error = place.bad(1, &["study", "verify", "out"]);
    assert!(error.contains("waves.csv has the hash"), "{error}");
    let error = place.bad(1, &["study", "--repeat", "out", "--out", "third"]);
    assert!(error.contains("waves.csv has") && error.contains("--waves"), "{error}");
    fs::remove_file(place.path("waves.csv")).expect("removed");
    let error = place.bad(2, &["study", "--repeat", "out", "--out", "third"]);
    assert!(error.contains("waves.csv") && error.contains("--waves"), "{error}");
    assert!(!place.path("third").exists());
    place.write("moved.csv", WAVES);
    place.good(&["study", "--repeat", "out", "--out", "third", "--waves", "moved.csv"]);
    assert!(place.read("out/waves.json") == place.read("third/waves.json"));
}

#[cfg(unix)]
#[test]
fn a_study_that_is_interrupted_leaves_the_one_before_and_does_not_stand_in_the_way() {
    let place = Place::new();
    place.study("out", &[]);
    let long = ["study", "--config=study.toml", "--prices=prices.csv", "--out=out", "--force"];
    let long = [&long[..], &["--histories=100000"]].concat();
    let mut running = place.start(&long);
    let staging = place.path("out/.jettison.part");
    // It is there as soon as histories are played.
    for _ in 0..600 {
        if staging.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(staging.exists() && running.try_wait().expect("its state").is_none());
    running.kill().expect("killed");
    running.wait().expect("ended");
    place.good(&["study", "verify", "out"]);
    place.study("out", &[]);
    assert!(!staging.exists());
    place.good(&["study", "verify", "out"]);
}
