//! `jettison units`, run as a user runs it: nothing may cost more than was committed, or than was promised.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jettison_embedded::ElfFiles;
use serde_json::Value;

/// What was promised for the instructions that keepers and traders send most, in compute units.
const PROMISED: [(&str, &str, u64); 9] = [
    ("liquidate", "1 leg", 15_000),
    ("liquidate", "8 legs", 45_000),
    ("settle_account", "1 leg", 8_000),
    ("accrue_market", "", 6_000),
    ("resolve_bankruptcy", "8 legs", 60_000),
    ("deposit", "", 15_000),
    ("withdraw", "1 leg", 15_000),
    // Promised 15,000, and kept with up to five legs: docs/compute-units.md says where the rest goes.
    ("withdraw", "8 legs", 20_000),
    ("serve_withdrawal", "", 15_000),
];

fn units(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jettison")).arg("units").args(args).output().expect("the command starts")
}

fn in_workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines(measured: &Value) -> BTreeMap<String, u64> {
    serde_json::from_value(measured["units"].clone()).expect("units by line")
}

#[test]
fn nothing_costs_more_than_committed_or_than_promised() {
    if ElfFiles::chain_for_test().is_none() {
        return;
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("units.json");
    let output = units(&["--check", "--json", file.to_str().expect("the path is UTF-8")]);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    let measured = lines(&read_json(&file));
    for (instruction, legs, most) in PROMISED {
        let of_it = measured.iter().filter(|(line, _)| line.split(", ").next() == Some(instruction));
        let of_legs: Vec<_> = of_it.filter(|(line, _)| line.ends_with(legs)).collect();
        assert!(!of_legs.is_empty(), "{instruction} at {legs} is not measured");
        for (line, units) in of_legs {
            assert!(*units <= most, "{line}: {units} units, over {most}");
        }
    }
}

/// Whatever measures them: the committed file and the interface of the program name the same instructions.
#[test]
fn every_instruction_of_the_program_is_measured() {
    let idl = read_json(&in_workspace("idl/clearing.json"));
    let instructions = idl["instructions"].as_array().expect("instructions");
    let named: BTreeSet<_> =
        instructions.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect();
    let measured: BTreeSet<_> = lines(&read_json(&in_workspace("app/cli/units.json")))
        .keys()
        .filter_map(|line| Some(line.split(", ").next()?.to_owned()))
        .collect();
    assert_eq!(measured, named);
}

#[test]
fn without_the_elf_it_says_how_to_get_it_and_exits_with_2() {
    let output = units(&["--elf", "no/such/folder"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("no/such/folder") && stderr.contains("cargo xtask build-sbf"), "{stderr}");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
