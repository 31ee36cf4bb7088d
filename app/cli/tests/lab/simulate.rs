//! `jettison simulate`.

use serde_json::Value;

use crate::place::Place;

const RULES: [&str; 6] = ["index", "queue", "equity", "capped", "withdrawal_haircut", "none"];

/// Simulates with more arguments; returns what is printed and the rows of the JSON.
fn simulate(place: &Place, more: &[&str]) -> (String, Vec<Value>) {
    let usual = ["simulate", "--config", "study.toml", "--prices", "prices.csv", "--json", "rows.json"];
    let printed = place.good(&[&usual[..], more].concat());
    let rows: Value = serde_json::from_str(&place.text("rows.json")).expect("JSON");
    (printed, rows.as_array().expect("a list").clone())
}

fn number(row: &Value, field: &str) -> u64 {
    row[field].as_u64().unwrap_or_else(|| panic!("{field} in {row}"))
}

#[test]
fn every_rule_is_played_on_the_same_prices_and_shown() {
    let (printed, rows) = simulate(&Place::new(), &[]);
    assert_eq!(rows.iter().map(|row| row["rule"].as_str().expect("a rule")).collect::<Vec<_>>(), RULES);
    for rule in RULES {
        assert!(printed.lines().any(|line| line.starts_with(&format!("│ {rule} "))), "{rule}: {printed}");
    }
    assert!(printed.contains("prices.csv: AAA-USD, BBB-USD in 121 steps"), "{printed}");
    assert!(printed.contains("The books were checked 726 times and balanced"), "{printed}");
    for row in &rows {
        assert_eq!(number(row, "checks"), 121, "every step and the end");
        assert!(number(row, "bankruptcies") > 0, "a fall by a third: {row}");
        let paid = ["by_surplus", "by_insurance", "needed", "uncovered"].map(|field| number(row, field));
        assert_eq!(paid.iter().sum::<u64>(), number(row, "deficit"), "{row}");
        assert_eq!(row["open_interest"], rows[0]["open_interest"], "the same people");
    }
    let index = &rows[0];
    assert!(number(index, "needed") > 0, "there is something to share: {index}");
    let taken = number(index, "shared") as i64 - number(index, "needed") as i64;
    assert!((0..10_000).contains(&taken), "a cent at most of rounding: {index}");
}

#[test]
fn a_history_of_the_model_follows_from_its_seed_and_number_alone() {
    let place = Place::new();
    let model = |more: &[&str]| simulate(&place, &[&["--from", "model"], more].concat()).1;
    let first = model(&["--jobs", "1"]);
    assert_eq!(number(&first[0], "checks"), 25, "24 steps and the end");
    assert_eq!(first, model(&["--jobs", "2"]));
    assert_ne!(first, model(&["--history", "1"]));
    assert_ne!(first, model(&["--seed", "8"]));
    let longer = model(&["--steps", "30"]);
    assert_eq!(number(&longer[0], "checks"), 31);
}

#[test]
fn without_a_price_file_the_figures_of_the_10th_of_october_are_played() {
    let place = Place::new();
    place.write("quick.toml", &place.text("study.toml").replace("step_seconds = 5", "step_seconds = 30"));
    let printed = place.good(&["simulate", "--config", "quick.toml"]);
    assert!(printed.contains("BTC-USD") && printed.contains("DOGE-USD"), "{printed}");
}
