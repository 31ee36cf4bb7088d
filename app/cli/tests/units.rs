//! `jettison units`, run as a user runs it: no instruction may cost more than its ceiling.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use jettison_embedded::ElfFiles;

/// The most that each instruction may cost, in compute units, at one leg and at eight.
///
/// Raising one is a promise broken: keepers size their transactions by it, and a market account admits 20 million
/// units a slot.
const CEILINGS: [(&str, u64, u64); 15] = [
    ("initialize_clearinghouse", 45_000, 45_000),
    ("create_market", 20_000, 20_000),
    ("open_margin_account", 20_000, 20_000),
    ("close_margin_account", 5_000, 10_000),
    ("set_delegate", 3_000, 3_000),
    ("deposit", 10_000, 10_000),
    ("withdraw", 15_000, 15_000),
    ("settle_trade", 15_000, 45_000),
    ("accrue_market", 6_000, 6_000),
    ("liquidate", 15_000, 45_000),
    ("deleverage", 10_000, 20_000),
    ("resolve_bankruptcy", 20_000, 60_000),
    ("settle_account", 8_000, 25_000),
    ("sweep_fees", 15_000, 15_000),
    ("fund_insurance", 10_000, 10_000),
];

type Measured = BTreeMap<String, BTreeMap<String, u64>>;

fn units(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jettison")).arg("units").args(args).output().expect("the command starts")
}

/// The command's table and its JSON.
fn measured() -> (String, Measured) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("units.json");
    let output = units(&["--json", file.to_str().expect("the path is UTF-8")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(file).expect("the result was written");
    let table = String::from_utf8(output.stdout).expect("the table is UTF-8");
    (table, serde_json::from_str(&text).expect("the result is JSON"))
}

#[test]
fn no_instruction_costs_more_than_its_ceiling() {
    if ElfFiles::chain_for_test().is_none() {
        return;
    }
    let (table, measured) = measured();
    println!("{table}");
    assert_eq!(measured.len(), CEILINGS.len(), "each instruction has a ceiling");
    for (instruction, one_leg, eight_legs) in CEILINGS {
        for (legs, ceiling) in [("1", one_leg), ("8", eight_legs)] {
            let units = measured[instruction][legs];
            assert!(units <= ceiling, "{instruction} at {legs} legs: {units} units, over {ceiling}");
        }
        assert!(table.contains(&format!("| {instruction} ")), "{instruction} is not in the table");
    }
}

#[test]
fn without_the_elf_it_says_how_to_get_it_and_exits_with_2() {
    let output = units(&["--elf", "no/such/folder"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("no/such/folder") && stderr.contains("cargo xtask build-sbf"), "{stderr}");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
