//! The board and the alerts name metrics that there are, and the board shows every one.

use std::collections::BTreeSet;

use jettison_keeper::metrics::Metrics;
use serde_json::Value;

const BOARD: &str = include_str!("../grafana/jettison-keeper.json");
const ALERTS: &str = include_str!("../grafana/alerts.yml");
const PREFIX: &str = "jettison_keeper_";

fn exposed() -> BTreeSet<String> {
    Metrics::new().names().collect()
}

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_part(c)).filter(|word| word.starts_with(PREFIX));
    words.map(str::to_owned).collect()
}

#[test]
fn the_board_shows_every_metric_and_no_other() {
    let board: Value = serde_json::from_str(BOARD).unwrap();
    let panels = board["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "a panel's id comes twice");
        assert!(panel["gridPos"]["w"].as_u64().unwrap() <= 24);
        for target in panel["targets"].as_array().into_iter().flatten() {
            shown.extend(named(target["expr"].as_str().unwrap()));
        }
    }
    assert_eq!(shown, exposed());
}

#[test]
fn the_alerts_are_about_metrics_that_there_are() {
    let unknown: Vec<_> = named(ALERTS).difference(&exposed()).cloned().collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(named(ALERTS).len() >= 10);
}
