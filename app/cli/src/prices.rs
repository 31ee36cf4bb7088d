//! The prices that a crash plays: a file's, or a path through figures of 2025-10-10.

use std::path::Path;

use anyhow::{anyhow, ensure, Context, Result};
use jettison_embedded::FEED_EXPONENT;
use jiff::Timestamp;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Markets that an account, and so a crash, can be in.
const MAX_PAIRS: usize = 8;

/// A price path of one or more pairs.
pub struct Prices {
    /// Where it is from, for the report.
    pub source: String,
    /// The pairs.
    pub pairs: Vec<String>,
    /// When it starts, in Unix seconds.
    pub start_ts: i64,
    /// By time: seconds since the start, and a price for each pair in units of the feeds.
    pub rows: Vec<(i64, Vec<i64>)>,
}

impl Prices {
    /// Seconds from the first row to the last.
    pub fn duration(&self) -> i64 {
        self.rows.last().map_or(0, |row| row.0)
    }

    /// The least and the most of a pair's prices.
    pub fn range(&self, pair: usize) -> (i64, i64) {
        let column = || self.rows.iter().map(|row| row.1[pair]);
        (column().min().unwrap_or(0), column().max().unwrap_or(0))
    }

    /// The row in force at a time: the last that isn't later.
    pub fn at(&self, second: i64) -> &[i64] {
        let after = self.rows.partition_point(|row| row.0 <= second);
        &self.rows[after.max(1) - 1].1
    }

    /// Reads a CSV of `time_utc` and one column a pair. An empty cell keeps the price before.
    pub fn read(path: &Path) -> Result<Self> {
        let file = std::fs::File::open(path).with_context(|| format!("can't open {}", path.display()))?;
        let mut prices = Self::parse(file).with_context(|| format!("in {}", path.display()))?;
        prices.source = path.display().to_string();
        Ok(prices)
    }

    /// As [`Prices::read`], from anywhere.
    pub fn parse(input: impl std::io::Read) -> Result<Self> {
        let mut reader = csv::Reader::from_reader(input);
        let header = reader.headers()?.clone();
        ensure!(
            header.get(0) == Some("time_utc") && (2..=MAX_PAIRS + 1).contains(&header.len()),
            "the header must be time_utc and one to {MAX_PAIRS} pairs"
        );
        let pairs: Vec<String> = header.iter().skip(1).map(str::to_owned).collect();
        for (i, pair) in pairs.iter().enumerate() {
            ensure!(!pair.is_empty() && !pairs[..i].contains(pair), "pair {:?} is empty or repeated", pair);
        }
        let mut prices = Self { source: String::new(), pairs, start_ts: 0, rows: vec![] };
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, |position| position.line());
            prices.push(&record).with_context(|| format!("line {line}"))?;
        }
        ensure!(!prices.rows.is_empty(), "there are no rows");
        Ok(prices)
    }

    fn push(&mut self, record: &csv::StringRecord) -> Result<()> {
        let time = record.get(0).unwrap_or_default();
        let time: Timestamp =
            time.parse().map_err(|_| anyhow!("{time:?} is not a time like 2025-10-10T21:00:00Z"))?;
        if self.rows.is_empty() {
            self.start_ts = time.as_second();
        }
        let second = time.as_second() - self.start_ts;
        let before = self.rows.last();
        ensure!(before.is_none_or(|before| second > before.0), "times must ascend");
        let mut row = Vec::with_capacity(self.pairs.len());
        for (column, pair) in self.pairs.iter().enumerate() {
            let cell = record.get(column + 1).unwrap_or_default().trim();
            let price = match (cell, before) {
                ("", Some(before)) => before.1[column],
                _ => feed_units(cell).with_context(|| format!("the price of {pair}"))?,
            };
            row.push(price);
        }
        self.rows.push((second, row));
        Ok(())
    }

    /// The default: last trade prices of 2025-10-10, a few a pair, and a seeded path between them.
    ///
    /// Between two figures the logarithm of the price is a Brownian bridge.
    pub fn october_10th(seed: u64) -> Result<Self> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let start: Timestamp = OCTOBER_10TH_START.parse()?;
        let columns: Vec<Vec<f64>> =
            (0..OCTOBER_10TH_PAIRS.len()).map(|pair| bridge_column(pair, &mut random)).collect();
        let seconds = columns[0].len();
        let rows = (0..seconds)
            .map(|second| {
                let row: Result<Vec<i64>> =
                    columns.iter().map(|c| feed_units(&format!("{:.6}", c[second]))).collect();
                Ok((second as i64, row?))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            source: format!("figures of 2025-10-10 ({OCTOBER_10TH_SOURCE}), seed {seed}"),
            pairs: OCTOBER_10TH_PAIRS.map(str::to_owned).to_vec(),
            start_ts: start.as_second(),
            rows,
        })
    }
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

/// A decimal number, such as 0.5 or 9.5e-6, in units of the feeds, exactly; digits beyond them are cut off.
pub fn feed_units(text: &str) -> Result<i64> {
    let unreadable = || anyhow!("{text:?} is not a positive decimal number");
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unreadable());
    }
    let exponent: i32 = exponent.parse().map_err(|_| unreadable())?;
    let shift = i64::from(exponent) - i64::from(FEED_EXPONENT) - fraction.len() as i64;
    ensure!((-40..=40).contains(&shift), "{text} is too large or too small");
    let digits: u128 = digits.parse().map_err(|_| unreadable())?;
    let power = 10u128.checked_pow(shift.unsigned_abs() as u32).ok_or_else(unreadable)?;
    let scaled = if shift < 0 { Some(digits / power) } else { digits.checked_mul(power) };
    let price =
        scaled.and_then(|price| i64::try_from(price).ok()).ok_or_else(|| anyhow!("{text} is too large"))?;
    ensure!(price > 0, "{text} is zero to twelve decimals; a price must be positive");
    Ok(price)
}

/// A price in units of the feeds, as a number.
pub fn to_float(price: i64) -> f64 {
    price as f64 * 10f64.powi(FEED_EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_feed_units_exactly() {
        assert_eq!(feed_units("0.23387").unwrap(), 233_870_000_000);
        assert_eq!(feed_units("117035").unwrap(), 117_035_000_000_000_000);
        assert_eq!(feed_units("9.5e-06").unwrap(), 9_500_000);
        assert_eq!(feed_units("1.25E2").unwrap(), 125_000_000_000_000);
        for bad in ["", "-1", "e5", "1e", "0", "0.0", "1.2.3", "99999999999", "1e-13", "1e99", "nan"] {
            assert!(feed_units(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_empty_cell_keeps_the_price_and_the_row_in_force_is_the_last_not_later() {
        let csv = "time_utc,A-B\n2025-10-10T20:45:00Z,2\n2025-10-10T20:45:02Z,\n2025-10-10T20:45:05Z,3\n";
        let prices = Prices::parse(csv.as_bytes()).unwrap();
        assert_eq!(prices.duration(), 5);
        let at = |second| to_float(prices.at(second)[0]).round();
        assert_eq!([at(0), at(1), at(2), at(4), at(5), at(9)], [2.0, 2.0, 2.0, 2.0, 3.0, 3.0]);
    }

    #[test]
    fn a_bad_file_is_refused_with_its_line() {
        for (csv, part) in [
            ("time,A\n", "header"),
            ("time_utc\n", "header"),
            ("time_utc,A,A\n", "repeated"),
            ("time_utc,A\n", "no rows"),
            ("time_utc,A\nyesterday,1\n", "line 2"),
            ("time_utc,A\n2025-10-10T20:45:00Z,\n", "line 2"),
            ("time_utc,A\n2025-10-10T20:45:01Z,1\n2025-10-10T20:45:00Z,1\n", "line 3"),
        ] {
            let error = format!("{:#}", Prices::parse(csv.as_bytes()).err().unwrap());
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn the_default_path_goes_through_its_figures_and_repeats_with_its_seed() {
        let prices = Prices::october_10th(7).unwrap();
        for (second, figures) in OCTOBER_10TH {
            for (price, figure) in prices.at(second as i64).iter().zip(figures) {
                assert!((to_float(*price) / figure - 1.0).abs() < 1e-4);
            }
        }
        assert_eq!(prices.rows, Prices::october_10th(7).unwrap().rows);
        assert_ne!(prices.rows, Prices::october_10th(8).unwrap().rows);
    }
}
