//! Folders of runs.

use std::fs;

use jettison_simulator::output::{write_atomic, Folder, Manifest, OutputError, Run};
use serde_json::json;

use crate::run;

fn write(path: &std::path::Path, run: Run, text: &str, force: bool) -> Result<Manifest, OutputError> {
    let mut folder = Folder::open(path, run, force)?;
    folder.text("report.html", text)?;
    folder.json("results.json", &json!({"text": text}))?;
    folder.finish()
}

#[test]
fn a_run_lists_its_files_and_may_be_written_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("deep/out");
    let first = write(&path, run(), "one", false).unwrap();
    let names: Vec<&str> = first.outputs.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(names, ["report.html", "results.json"]);
    assert_eq!(first.outputs[0].blake3, blake3::hash(b"one").to_hex().to_string());
    assert_eq!(write(&path, run(), "one", false).unwrap(), first);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 3, "no file is left beside them");
}

#[test]
fn another_runs_folder_is_refused_and_says_whose_it_is() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), run(), "one", false).unwrap();
    let other = Run { seed: 8, ..run() };
    let why = write(home.path(), other.clone(), "two", false).unwrap_err().to_string();
    assert!(why.contains("another run (study waves, seed 7, shard 1/1") && why.contains("--force"), "{why}");
    assert_eq!(fs::read_to_string(home.path().join("report.html")).unwrap(), "one");
    assert_eq!(write(home.path(), other, "two", true).unwrap().run.seed, 8);
    assert_eq!(fs::read_to_string(home.path().join("report.html")).unwrap(), "two");
}

#[test]
fn a_folder_of_something_else_is_refused_and_by_force_only_joined() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("thesis.tex"), "years of work").unwrap();
    let why = write(home.path(), run(), "one", false).unwrap_err().to_string();
    assert!(why.contains("files but no manifest"), "{why}");
    write(home.path(), run(), "one", true).unwrap();
    assert_eq!(fs::read_to_string(home.path().join("thesis.tex")).unwrap(), "years of work");
}

#[test]
fn an_unfinished_run_is_not_complete() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), run(), "one", false).unwrap();
    let mut again = Folder::open(home.path(), run(), false).unwrap();
    again.text("report.html", "half").unwrap();
    drop(again);
    assert!(Manifest::read(home.path()).is_err());
}

#[test]
fn a_name_that_leaves_the_folder_or_takes_the_manifests_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(home.path(), run(), false).unwrap();
    for name in ["../report.html", "a/b", "", "/etc/motd", "manifest.json"] {
        assert!(matches!(folder.text(name, ""), Err(OutputError::BadName(_))), "{name}");
    }
}

#[test]
fn a_write_that_fails_leaves_what_was_there() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("taken");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("inside"), "kept").unwrap();
    // A folder can't be replaced by a file.
    assert!(write_atomic(&path, b"new").is_err());
    assert_eq!(fs::read_to_string(path.join("inside")).unwrap(), "kept");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing is left beside it");
}
