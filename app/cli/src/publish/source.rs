//! Where published prices come from.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{ensure, Result};
use jettison_embedded::FEED_EXPONENT;
use jettison_paths::PriceSeries;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::output::Amount;

/// Prices by pair, in units of the stand-in feeds: 10⁻¹² quote units.
pub type Quotes = BTreeMap<String, i64>;

/// A source of prices.
pub enum Source {
    /// Prices that stay; pairs that are not among them keep what their feed has.
    Fixed(Quotes),
    /// A random walk of each pair from what its feed has.
    Walk(Box<Walk>),
    /// A file's prices.
    Replay(Replay),
}

/// A geometric random walk without drift.
pub struct Walk {
    /// Standard deviation of the logarithm over a year.
    volatility: f64,
    random: ChaCha8Rng,
    last: Duration,
}

/// A part of a file, at a speed.
pub struct Replay {
    prices: PriceSeries,
    /// Seconds of the file in a second.
    speed: f64,
    /// Seconds from the file's start.
    from: i64,
    to: i64,
}

const SECONDS_OF_A_YEAR: f64 = 365.25 * 86_400.0;

impl Walk {
    /// A walk that repeats with its seed as long as ticks come at the same times.
    pub fn new(volatility: f64, seed: u64) -> Result<Self> {
        ensure!((0.0..=100.0).contains(&volatility), "the volatility must be from 0 to 100 a year");
        Ok(Self { volatility, random: ChaCha8Rng::seed_from_u64(seed), last: Duration::ZERO })
    }

    fn step(&mut self, present: &Quotes, elapsed: Duration) -> Quotes {
        let years = elapsed.saturating_sub(self.last).as_secs_f64() / SECONDS_OF_A_YEAR;
        self.last = elapsed;
        let deviation = self.volatility * years.sqrt();
        let mut moved = Quotes::new();
        for (pair, price) in present {
            let normal: f64 = StandardNormal.sample(&mut self.random);
            let next = *price as f64 * (deviation * normal - deviation * deviation / 2.0).exp();
            // A float beyond the range becomes its end.
            moved.insert(pair.clone(), (next as i64).max(1));
        }
        moved
    }
}

impl Replay {
    /// The part of a file from one second to another, both from its start.
    pub fn new(prices: PriceSeries, speed: f64, from: Option<i64>, to: Option<i64>) -> Result<Self> {
        ensure!(speed > 0.0 && speed.is_finite(), "the speed must be above 0");
        let (from, to) = (from.unwrap_or(0), to.unwrap_or(prices.duration()));
        ensure!(
            0 <= from && from <= to && to <= prices.duration(),
            "the file has {} seconds: --from and --to must be within, in this order",
            prices.duration()
        );
        Ok(Self { prices, speed, from, to })
    }

    /// Seconds from the file's start.
    fn second(&self, elapsed: Duration) -> i64 {
        let since = (elapsed.as_secs_f64() * self.speed) as i64;
        self.from.saturating_add(since).min(self.to)
    }
}

impl Source {
    /// Prices at a time since the start; `present` is what the feeds have.
    pub fn at(&mut self, elapsed: Duration, present: &Quotes) -> Quotes {
        match self {
            Self::Fixed(quotes) => quotes.clone(),
            Self::Walk(walk) => walk.step(present, elapsed),
            Self::Replay(replay) => {
                let row = replay.prices.at(replay.second(elapsed));
                replay.prices.pairs.iter().cloned().zip(row.iter().copied()).collect()
            }
        }
    }

    /// Whether it has no more prices after a time since the start.
    pub fn is_over(&self, elapsed: Duration) -> bool {
        match self {
            Self::Replay(replay) => replay.second(elapsed) >= replay.to,
            Self::Fixed(_) | Self::Walk(_) => false,
        }
    }

    /// What it is, in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Fixed(_) => "fixed prices".to_owned(),
            Self::Walk(walk) => format!("a random walk, volatility {} a year", walk.volatility),
            Self::Replay(replay) => format!(
                "{} from second {} to {}, {}x",
                replay.prices.source, replay.from, replay.to, replay.speed
            ),
        }
    }
}

/// Prices for people, exactly.
pub fn in_words(quotes: &Quotes) -> String {
    let decimals = u8::try_from(FEED_EXPONENT.unsigned_abs()).unwrap_or(u8::MAX);
    let one = |(pair, price): (&String, &i64)| format!("{pair} {}", Amount::new(*price, decimals));
    quotes.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use jettison_paths::ReadOptions;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn replay(speed: f64, from: Option<i64>, to: Option<i64>) -> Result<Source> {
        let csv = "time_utc,A-B\n2025-10-10T20:45:00Z,1\n2025-10-10T20:45:10Z,2\n2025-10-10T20:45:20Z,3\n";
        Replay::new(PriceSeries::parse(csv.as_bytes(), ReadOptions::default())?, speed, from, to)
            .map(Source::Replay)
    }

    #[test]
    fn a_replay_goes_through_its_part_at_its_speed_and_ends() {
        let mut source = replay(5.0, Some(5), Some(15)).unwrap();
        let price = |source: &mut Source, seconds| {
            source.at(SECOND * seconds, &Quotes::new())["A-B"] / 1_000_000_000_000
        };
        assert_eq!([price(&mut source, 0), price(&mut source, 1), price(&mut source, 9)], [1, 2, 2]);
        assert!(!source.is_over(SECOND) && source.is_over(SECOND * 2));
        for (speed, from, to) in
            [(0.0, None, None), (1.0, Some(9), Some(8)), (1.0, None, Some(21)), (1.0, Some(-1), None)]
        {
            assert!(replay(speed, from, to).is_err(), "{speed} {from:?} {to:?}");
        }
    }

    #[test]
    fn prices_are_shown_exactly() {
        let quotes = Quotes::from([("AVAX-USD".to_owned(), 25_190_000_000_000), ("X".to_owned(), 1)]);
        assert_eq!(in_words(&quotes), "AVAX-USD 25.19, X 0.000000000001");
    }

    #[test]
    fn a_walk_repeats_with_its_seed_and_stays_near_for_its_volatility() {
        let start = Quotes::from([("A-B".to_owned(), 100_000_000_000_000)]);
        let walk = |seed| {
            let mut source = Source::Walk(Box::new(Walk::new(0.8, seed).unwrap()));
            let mut quotes = start.clone();
            for second in 1..=1_000 {
                quotes = source.at(SECOND * second, &quotes);
            }
            quotes["A-B"]
        };
        assert_eq!(walk(7), walk(7));
        assert_ne!(walk(7), walk(8));
        // Half an hour at 80 % a year is half a per cent of deviation.
        assert!((walk(7) - start["A-B"]).abs() < start["A-B"] / 20);
        assert!(Walk::new(f64::NAN, 1).is_err());
    }
}
