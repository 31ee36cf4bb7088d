//! Files of a run: whole, readable as they were written, and never over another run's.

mod folder;
mod manifest;
mod table;

use std::collections::BTreeMap;

use jettison_simulator::output::{Run, Shard};
use serde_json::json;

/// A run of a made-up study.
fn run() -> Run {
    Run {
        version: "0.1.0".into(),
        study: "waves".into(),
        command: vec!["study".into(), "waves".into(), "waves.csv".into()],
        seed: 7,
        parameters: json!({"histories": 100, "horizon": 300}),
        fits: vec![],
        inputs: vec![],
        tables: BTreeMap::new(),
        shard: Shard::WHOLE,
        histories_from: 0,
        histories_to: 100,
    }
}
