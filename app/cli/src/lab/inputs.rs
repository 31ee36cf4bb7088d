//! What a lab command starts from: a configuration, a price file, market definitions.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, Context, Result};
use jettison_engine::MarketParams;
use jettison_paths::{PathFit, PriceSeries, ReadOptions, SeriesError};
use jettison_simulator::config::StudyConfig;
use jettison_simulator::output::FileHash;
use jettison_simulator::scenario::MarketSpec;
use jettison_simulator::study::StudySpec;

use crate::markets::Definitions;
use crate::prices;

/// What a lab command starts from.
#[derive(clap::Args, Clone)]
pub struct Inputs {
    /// Settings of the study, in TOML: see docs/risk-lab.md; without it, the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// CSV of `time_utc` and one to eight columns a pair; without it, a made-up path through nine published prices of 2025-10-10
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// The longest time without a row in the price file, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(i64).range(1..))]
    max_gap: i64,
    /// Market definitions; without it, those of migrations/markets.toml
    #[arg(long, value_name = "FILE")]
    markets: Option<PathBuf>,
    /// What all chance comes from; instead of the configuration's
    #[arg(long)]
    seed: Option<u64>,
    /// Steps of a history; instead of the configuration's
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    steps: Option<u32>,
}

/// Markets that an account can be in.
const MAX_PAIRS: usize = 8;

impl Inputs {
    /// The price file.
    pub fn prices(&self) -> Option<&Path> {
        self.prices.as_deref()
    }

    /// The configuration, with the flags in its place where they are given.
    pub fn config(&self) -> Result<StudyConfig> {
        let mut config = match &self.config {
            Some(path) => {
                let named = || format!("reading {}", path.display());
                toml::from_str(&std::fs::read_to_string(path).with_context(named)?).with_context(named)?
            }
            None => StudyConfig::default(),
        };
        config.seed = self.seed.unwrap_or(config.seed);
        config.steps = self.steps.unwrap_or(config.steps);
        Ok(config)
    }

    /// Files that the result follows from, besides what the parameters say.
    pub fn files(&self) -> Result<Vec<FileHash>> {
        let hash = |path: &PathBuf| Ok(FileHash::read(path, &path.display().to_string())?);
        self.prices.iter().map(hash).collect()
    }

    /// The prices.
    pub fn series(&self, seed: u64) -> Result<PriceSeries> {
        let Some(path) = &self.prices else {
            return prices::october_10th(seed);
        };
        let options = ReadOptions { max_gap_seconds: Some(self.max_gap), max_pairs: MAX_PAIRS };
        PriceSeries::read(path, options).map_err(|why| match &why {
            SeriesError::In { error, .. } => match **error {
                SeriesError::Gap { seconds, .. } => anyhow!("{why} with --max-gap {seconds}"),
                _ => why.into(),
            },
            _ => why.into(),
        })
    }

    /// The markets of the series' pairs, in its order.
    fn markets(&self, series: &PriceSeries) -> Result<Vec<MarketSpec>> {
        let definitions = Definitions::load(self.markets.as_deref())?;
        let market = |(place, pair): (usize, &String)| {
            let (least, most) = series.range(place);
            let args = definitions.market(pair, least, most, None)?;
            Ok(MarketSpec {
                pair: pair.clone(),
                contract_exponent: args.contract_exponent,
                params: MarketParams::from(args.settings.params),
            })
        };
        series.pairs.iter().enumerate().map(market).collect()
    }

    /// Everything, with the models fitted.
    pub fn prepare(&self, config: &StudyConfig) -> Result<(StudySpec, PathFit, PriceSeries)> {
        let series = self.series(config.seed)?;
        let markets = self.markets(&series)?;
        let (spec, fit) = config.fit(&series, markets)?;
        Ok((spec, fit, series))
    }
}
