//! The prices that a crash plays: a file's, or a made-up path through published prices of 2025-10-10.

use std::path::Path;

use anyhow::Result;
use jettison_embedded::FEED_EXPONENT;
pub use jettison_paths::{feed_units, to_float};
use jettison_paths::{PriceSeries, ReadOptions, PRICE_EXPONENT};
use jiff::Timestamp;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Markets that an account, and so a crash, can be in.
const MAX_PAIRS: usize = 8;

// A file's prices go into the feeds as they are.
const _: () = assert!(PRICE_EXPONENT == FEED_EXPONENT);

/// Reads a CSV of `time_utc` and one to eight columns a pair. An empty cell keeps the price before.
pub fn read(path: &Path) -> Result<PriceSeries> {
    Ok(PriceSeries::read(path, ReadOptions { max_gap_seconds: None, max_pairs: MAX_PAIRS })?)
}

/// The default: last trade prices of 2025-10-10, nine a pair, and a seeded path between them. It is made up, and says so.
///
/// Between two figures the logarithm of the price is a Brownian bridge.
pub fn october_10th(seed: u64) -> Result<PriceSeries> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let start: Timestamp = OCTOBER_10TH_START.parse()?;
    let columns: Vec<Vec<f64>> =
        (0..OCTOBER_10TH_PAIRS.len()).map(|pair| bridge_column(pair, &mut random)).collect();
    let seconds = columns[0].len();
    let rows = (0..seconds)
        .map(|second| {
            let row: Result<Vec<i64>, _> =
                columns.iter().map(|c| feed_units(&format!("{:.6}", c[second]))).collect();
            Ok((second as i64, row?))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(PriceSeries {
        source: format!(
            "a made-up path through nine published prices of 2025-10-10 a pair ({OCTOBER_10TH_SOURCE}), not market data, \
             seed {seed}"
        ),
        pairs: OCTOBER_10TH_PAIRS.map(str::to_owned).to_vec(),
        start_ts: start.as_second(),
        rows,
        filled: vec![0; OCTOBER_10TH_PAIRS.len()],
    })
}

const OCTOBER_10TH_START: &str = "2025-10-10T21:10:00Z";
const OCTOBER_10TH_SOURCE: &str = "last trades on Gemini: BTC, ETH, SOL, and on Coinbase: AVAX, DOGE";
const OCTOBER_10TH_PAIRS: [&str; 5] = ["BTC-USD", "ETH-USD", "SOL-USD", "AVAX-USD", "DOGE-USD"];

/// Seconds after 21:10:00 UTC, and the last trade of each pair by then.
const OCTOBER_10TH: [(usize, [f64; 5]); 9] = [
    (0, [114_522.26, 3_901.84, 197.192, 25.19, 0.21928]),
    (180, [113_036.46, 3_786.99, 188.965, 24.42, 0.21009]),
    (360, [112_000.66, 3_749.99, 182.509, 22.21, 0.19142]),
    (420, [112_000.66, 3_724.91, 180.026, 20.88, 0.17105]),
    (480, [112_000.66, 3_750.00, 186.226, 19.84, 0.16874]),
    (540, [112_000.66, 3_740.29, 186.940, 18.10, 0.17383]),
    (660, [108_313.69, 3_702.22, 180.747, 17.64, 0.17920]),
    (900, [108_998.50, 3_787.48, 181.767, 21.50, 0.19558]),
    (1200, [111_250.44, 3_824.00, 179.956, 23.01, 0.19596]),
];

/// Standard deviation of the logarithm's bridge over one second.
const BRIDGE_VOLATILITY: f64 = 0.0005;

fn bridge_column(pair: usize, random: &mut ChaCha8Rng) -> Vec<f64> {
    let mut column = vec![OCTOBER_10TH[0].1[pair]];
    for ends in OCTOBER_10TH.windows(2) {
        let (from, to) = (ends[0], ends[1]);
        let mut log = from.1[pair].ln();
        for second in from.0 + 1..=to.0 {
            let left = (to.0 - second + 1) as f64;
            let noise: f64 = StandardNormal.sample(random);
            log += (to.1[pair].ln() - log) / left + noise * BRIDGE_VOLATILITY * ((left - 1.0) / left).sqrt();
            column.push(log.exp());
        }
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_more_pairs_than_an_account_can_be_in_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prices.csv");
        std::fs::write(&path, "time_utc,A,B,C,D,E,F,G,H,I\n").unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        assert!(error.contains("prices.csv") && error.contains("one to 8 pairs"), "{error}");
        std::fs::write(&path, "time_utc,A\n2025-10-10T20:45:00Z,1.5\n").unwrap();
        assert_eq!(read(&path).unwrap().at(0), [1_500_000_000_000]);
    }

    #[test]
    fn the_default_path_goes_through_its_figures_and_repeats_with_its_seed() {
        let prices = october_10th(7).unwrap();
        for (second, figures) in OCTOBER_10TH {
            for (price, figure) in prices.at(second as i64).iter().zip(figures) {
                assert!((to_float(*price) / figure - 1.0).abs() < 1e-4);
            }
        }
        assert_eq!(prices, october_10th(7).unwrap());
        assert!(prices.source.contains("made-up") && prices.source.contains("not market data"));
        assert_ne!(prices.rows, october_10th(8).unwrap().rows);
    }
}
