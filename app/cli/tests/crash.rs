//! `jettison crash`, run as a user runs it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Enough accounts for every rung of the waterfall, few enough for a quick run.
const ACCOUNTS: &str = "400";

fn crash(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jettison")).arg("crash").args(args).output().expect("the command starts")
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Runs a crash natively that must end well, and reads its JSON.
fn played(name: &str, args: &[&str]) -> Value {
    let json = scratch(&format!("{name}.json"));
    let json_path = json.to_str().expect("the path is UTF-8");
    let mut all = vec!["--json", json_path];
    if !args.contains(&"--runtime") {
        all.extend(["--runtime", "native"]);
    }
    if !args.contains(&"--accounts") {
        all.extend(["--accounts", ACCOUNTS]);
    }
    all.extend(args);
    let output = crash(&all);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}\n{stderr}");
    // The embedded chain warns of its own plumbing thousands of times: a reader wouldn't find the report.
    assert!(!stderr.contains("WARN") && !stdout.contains("WARN"), "{stderr}");
    assert!(stdout.contains("All hold, to the atom."), "{stdout}");
    let text = std::fs::read_to_string(json).expect("the result was written");
    serde_json::from_str(&text).expect("the result is JSON")
}

fn sum(report: &Value, field: &str) -> u64 {
    let markets = report["markets"].as_array().expect("markets");
    markets.iter().map(|market| market[1][field].as_u64().unwrap_or_else(|| panic!("{field}"))).sum()
}

fn sums<const N: usize>(report: &Value, fields: [&str; N]) -> [u64; N] {
    fields.map(|field| sum(report, field))
}

/// Where the index moved, the fund or the market's allowance was used up.
fn spends_insurance_first(report: &Value) {
    let fund_spent = report["vaults"]["insurance_assets"] == 0;
    for market in report["markets"].as_array().expect("markets") {
        let of = |field: &str| market[1][field].as_u64().unwrap_or_else(|| panic!("{field}"));
        assert!(of("allowance_used") <= of("allowance"), "{market}");
        let used_up = of("allowance_used") == of("allowance");
        assert!(of("by_index") == 0 || used_up || fund_spent, "{market}");
    }
}

#[test]
fn the_default_crash_shows_the_whole_waterfall_and_everyone_gets_out() {
    let report = played("default", &["--accounts", "1000"]);
    for field in ["takeovers", "deleverages", "bankruptcies", "by_insurance", "by_index", "haircuts_settled"]
    {
        assert!(sum(&report, field) > 0, "{field}");
    }
    let [deficit, surplus, insurance, index, uncovered] =
        sums(&report, ["deficit", "by_surplus", "by_insurance", "by_index", "uncovered"]);
    assert_eq!(deficit, surplus + insurance + index + uncovered);
    assert!(sum(&report, "halts") > 0, "the index moved, so opening must have been halted");
    spends_insurance_first(&report);
    assert_eq!(report["leftovers"]["open_accounts"], 0);
}

/// The README's picture of a crash is what the command prints.
#[test]
fn the_readme_shows_what_the_default_crash_prints() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md"));
    let readme = readme.expect("there is a README");
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("\n```").next());
    let output = crash(&["--runtime", "native"]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        stdout.contains(shown.expect("the README shows a crash")),
        "paste this into the README:\n{stdout}"
    );
}

#[test]
fn prompt_keepers_leave_no_deficit_in_the_same_crash() {
    let report = played("prompt", &["--prompt-keepers"]);
    assert_eq!(sums(&report, ["bankruptcies", "deficit", "by_index"]), [0, 0, 0]);
    assert!(sum(&report, "takeovers") + sum(&report, "deleverages") > 0);
}

#[test]
fn without_insurance_the_index_alone_balances_the_books() {
    let report = played("uninsured", &["--insurance", "0"]);
    let [deficit, insurance, index] = sums(&report, ["deficit", "by_insurance", "by_index"]);
    assert!(deficit > 0);
    assert_eq!((insurance, index), (0, deficit));
}

#[test]
fn however_ample_insurance_is_a_market_spends_no_more_than_its_allowance() {
    let report = played("insured", &["--insurance", "10000000", "--allowance", "1000"]);
    let [deficit, insurance, index] = sums(&report, ["deficit", "by_insurance", "by_index"]);
    assert!(insurance > 0 && index > 0);
    assert_eq!(deficit, insurance + index);
    spends_insurance_first(&report);
}

#[test]
fn with_ample_insurance_and_allowance_the_index_does_not_move() {
    let report = played("allowed", &["--insurance", "10000000", "--allowance", "10000000"]);
    let [deficit, insurance, index] = sums(&report, ["deficit", "by_insurance", "by_index"]);
    assert!(deficit > 0);
    assert_eq!((insurance, index), (deficit, 0));
}

#[test]
fn the_same_seed_repeats_and_another_does_not() {
    let reports = [("a", "3"), ("b", "3"), ("c", "4")]
        .map(|(name, seed)| played(&format!("seed_{name}"), &["--accounts", "100", "--seed", seed]));
    assert_eq!(reports[0], reports[1]);
    assert_ne!(reports[0]["markets"], reports[2]["markets"]);
}

/// Prices of `pairs` that fall by half within ten minutes and come back a little.
fn price_file(name: &str, pairs: &[(&str, f64)]) -> PathBuf {
    let mut text = String::from("time_utc");
    for (pair, _) in pairs {
        text += &format!(",{pair}");
    }
    for second in 0..900 {
        text += &format!("\n2026-03-01T00:{:02}:{:02}Z", second / 60, second % 60);
        let fallen =
            if second < 600 { f64::from(second) / 1200.0 } else { 0.5 - f64::from(second - 600) / 1500.0 };
        for (_, price) in pairs {
            text += &format!(",{:.9}", price * (1.0 - fallen));
        }
    }
    let path = scratch(name);
    std::fs::write(&path, text).expect("the file is written");
    path
}

#[test]
fn any_file_of_one_to_eight_pairs_is_played_to_the_end() {
    let eight = [
        ("A-USD", 1.0),
        ("B-EUR", 0.000012),
        ("C", 98_765.43),
        ("D/USD", 3.3),
        ("E USD", 250.0),
        ("F-USD", 0.07),
        ("a-pair-with-a-long-name", 14.0),
        ("H-USD", 1_000_000.0),
    ];
    for (name, pairs) in [("one.csv", &eight[..1]), ("eight.csv", &eight[..])] {
        let file = price_file(name, pairs);
        let file = file.to_str().expect("the path is UTF-8");
        let report = played(
            name,
            &["--prices", file, "--accounts", "150", "--outage", "60..500", "--insurance", "1000"],
        );
        assert_eq!(report["markets"].as_array().map(Vec::len), Some(pairs.len()));
        assert!(sum(&report, "by_index") > 0);
    }
}

/// Needs the ELF; without it, it says that it was left out.
#[test]
fn the_elf_clears_the_crash_to_the_same_result_as_the_native_program() {
    if jettison_embedded::ElfFiles::chain_for_test().is_none() {
        return;
    }
    let mut reports = [played("on_native", &[]), played("on_elf", &["--runtime", "elf"])];
    assert!(reports[1]["compute_units"]["resolve_bankruptcy"]["max"].as_u64() > Some(0));
    for report in &mut reports {
        for different in ["runtime", "token_program", "compute_units"] {
            report[different] = Value::Null;
        }
    }
    assert_eq!(reports[0], reports[1]);
}

/// The real second prices, where they lie beside the project.
#[test]
fn the_crash_of_october_10th_2025_clears_with_insurance_from_none_to_ample() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/oct10_2025_prices_1s.csv");
    if !file.is_file() {
        // Not `eprintln!`, which the test runner keeps to itself when a test passes.
        let _ =
            writeln!(std::io::stderr(), "a test on real prices is left out: {} is not there", file.display());
        return;
    }
    let file = file.to_str().expect("the path is UTF-8");
    for (name, insurance) in [("none", "0"), ("some", "30000"), ("ample", "10000000")] {
        // What the fund has is the limit here, not what one market may draw of it.
        let limits = ["--insurance", insurance, "--allowance", "10000000"];
        let args = [&["--prices", file, "--outage", "1850..2050"][..], &limits].concat();
        let report = played(&format!("october_{name}"), &args);
        let [deficit, by_insurance, index] = sums(&report, ["deficit", "by_insurance", "by_index"]);
        assert!(deficit > 0, "{name}");
        match name {
            "none" => assert_eq!((by_insurance, index), (0, deficit)),
            "some" => assert!(by_insurance > 0 && index > 0),
            _ => assert_eq!((by_insurance, index), (deficit, 0)),
        }
    }
    let calm = played("october_prompt", &["--prices", file, "--prompt-keepers"]);
    assert_eq!(sum(&calm, "deficit"), 0);
}

#[test]
fn bad_input_is_refused_with_a_reason_and_nothing_is_written() {
    let json = scratch("refused.json");
    let json_path = json.to_str().expect("the path is UTF-8");
    let bad = scratch("bad.csv");
    std::fs::write(&bad, "time_utc,A\n2026-03-01T00:00:00Z,minus one\n").expect("the file is written");
    let bad = bad.to_str().expect("the path is UTF-8");
    let cases: [(&[&str], &str); 7] = [
        (&["--prices", "no-such-file.csv"], "can't open no-such-file.csv"),
        (&["--prices", bad], "line 2"),
        (&["--outage", "9..3"], "FROM..TO"),
        (&["--max-move", "9999"], "less than a second"),
        (&["--accounts", "0"], "2..=50000"),
        (&["--runtime", "elf", "--elf", "no-such-folder"], "cargo xtask build-sbf"),
        (&["--markets", "no-such-file.toml"], "no-such-file.toml"),
    ];
    for (args, reason) in cases {
        let output = crash(&[args, &["--json", json_path]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains(reason), "{args:?}: {stderr}");
        assert!(!json.exists(), "{args:?} left a result");
    }
}
