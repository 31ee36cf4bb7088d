//! The October prices, where they are.

use std::path::PathBuf;

use jettison_paths::{PriceSeries, ReadOptions};

/// The second prices of 2025-10-10: in the folder that JETTISON_DATA names, or beside the workspace.
pub fn october() -> Option<PriceSeries> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let folder = std::env::var_os("JETTISON_DATA").map_or(beside, PathBuf::from);
    let path = folder.join("oct10_2025_prices_1s.csv");
    if !path.exists() {
        eprintln!("left out: {} isn't there; set JETTISON_DATA to its folder", path.display());
        return None;
    }
    let options = ReadOptions { max_gap_seconds: Some(1), ..ReadOptions::default() };
    Some(PriceSeries::read(&path, options).unwrap())
}
