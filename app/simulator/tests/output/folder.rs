//! Folders of runs.

use std::fs;
use std::path::Path;

use jettison_simulator::output::{write_atomic, Folder, Manifest, OutputError, Run};
use serde_json::json;

use crate::run;

fn write(path: &Path, run: Run, text: &str, force: bool) -> Result<Manifest, OutputError> {
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

/// What is in a folder, sorted.
fn names(path: &Path) -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().expect("a name");
    let mut names: Vec<String> = fs::read_dir(path).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn an_unfinished_run_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(home.path(), run(), false).unwrap();
    folder.text("report.html", "half").unwrap();
    drop(folder);
    assert_eq!(names(home.path()), [""; 0]);
}

#[test]
fn an_unfinished_run_over_an_old_one_leaves_the_old_one_whole() {
    let home = tempfile::tempdir().unwrap();
    let old = write(home.path(), run(), "one", false).unwrap();
    for (run, force) in [(run(), false), (Run { seed: 8, ..run() }, true)] {
        let mut again = Folder::open(home.path(), run, force).unwrap();
        assert!(old.check(home.path()).is_empty(), "it is there while the new one is played");
        again.text("report.html", "half").unwrap();
        drop(again);
        assert_eq!(Manifest::read(home.path()).unwrap(), old);
        assert!(old.check(home.path()).is_empty());
        assert_eq!(names(home.path()), ["manifest.json", "report.html", "results.json"]);
    }
}

#[test]
fn what_an_interrupted_run_left_does_not_count_and_is_removed() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".jettison.part")).unwrap();
    for left in [".jettison.part/lock", ".jettison.part/rules.parquet", ".summary.json.4711.part"] {
        fs::write(home.path().join(left), "half").unwrap();
    }
    write(home.path(), run(), "one", false).unwrap();
    assert_eq!(names(home.path()), ["manifest.json", "report.html", "results.json"]);
}

#[test]
fn a_part_of_something_else_is_not_taken_for_ours() {
    for name in [".film.part", "film.12.part", ".film.a1.part", "..12.part"] {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(name), "half a film").unwrap();
        let why = write(home.path(), run(), "one", false).unwrap_err().to_string();
        assert!(why.contains("files but no manifest"), "{name}: {why}");
        write(home.path(), run(), "one", true).unwrap();
        assert_eq!(fs::read_to_string(home.path().join(name)).unwrap(), "half a film");
    }
}

#[test]
fn two_runs_at_once_do_not_write_into_one_folder() {
    let home = tempfile::tempdir().unwrap();
    let first = Folder::open(home.path(), run(), false).unwrap();
    let why = Folder::open(home.path(), run(), true).unwrap_err().to_string();
    assert!(why.contains("another run is writing"), "{why}");
    first.finish().unwrap();
    Folder::open(home.path(), run(), false).unwrap();
}

#[test]
fn what_came_into_the_folder_while_the_run_was_played_is_not_written_over() {
    let home = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(home.path(), run(), false).unwrap();
    folder.text("report.html", "one").unwrap();
    fs::write(home.path().join("report.html"), "another's").unwrap();
    let why = folder.finish().unwrap_err().to_string();
    assert!(why.contains("files but no manifest"), "{why}");
    assert_eq!(fs::read_to_string(home.path().join("report.html")).unwrap(), "another's");
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
