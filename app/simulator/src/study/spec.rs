//! All that a study is made of.

use jettison_paths::PathSpec;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::rules::Rule;
use crate::scenario::{MarketSpec, Scenario};

/// A study. Two runs of the same one give the same rows, whatever the threads and shards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySpec {
    /// What all chance comes from.
    pub seed: u64,
    /// Histories in which the rules are compared.
    pub histories: u64,
    /// Histories in which hedgers go by signals.
    pub signal_histories: u64,
    /// Steps of a history.
    pub steps: u32,
    /// The sharing rules.
    pub rules: Vec<Rule>,
    /// The markets, in the order of `paths`.
    pub markets: Vec<MarketSpec>,
    /// What prices are drawn from.
    pub paths: PathSpec,
    /// What histories start from.
    pub scenario: Scenario,
    /// The sizing grid.
    pub sizing: SizingSpec,
    /// Accounts whose removal is tried.
    pub removals: u32,
}

/// Margins, clamps and keepers that are tried against each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SizingSpec {
    /// Histories of each cell.
    pub histories: u64,
    /// Margins, in percent of the definitions'.
    pub margin_percent: Vec<u64>,
    /// Clamps, in percent of the definitions'.
    pub clamp_percent: Vec<u64>,
    /// Seconds until the first keeper acts.
    pub keeper_seconds: Vec<u32>,
    /// What is recommended is for keepers who take this long: one of `keeper_seconds`.
    pub recommend_for: u32,
    /// The greatest chance, in a history and at the upper end of its 95 % interval, that a market's losses exceed what
    /// insurance may pay for it.
    pub tolerated: f64,
}

impl Default for SizingSpec {
    fn default() -> Self {
        Self {
            histories: 200,
            margin_percent: vec![75, 100, 150, 200, 300],
            clamp_percent: vec![50, 100, 200],
            keeper_seconds: vec![5, 20, 60],
            recommend_for: 20,
            tolerated: 0.02,
        }
    }
}

/// Legs that an account can have, and so markets that people here can be in.
const MOST_MARKETS: usize = 8;

impl StudySpec {
    /// Names the first setting that can't be.
    pub fn validate(&self) -> Result<()> {
        self.scenario.validate()?;
        let bad = |field, value: String, must: &str| Err(Error::Setting { field, value, must: must.into() });
        if self.markets.is_empty() || self.markets.len() > MOST_MARKETS {
            return bad("markets", self.markets.len().to_string(), "one to eight");
        }
        let pairs = |name: &str| self.markets.iter().filter(|market| market.pair == name).count();
        if let Some(twice) = self.markets.iter().find(|market| pairs(&market.pair) > 1) {
            return bad("markets.pair", twice.pair.clone(), "there once");
        }
        let ordered = self.paths.markets.len() == self.markets.len()
            && self.paths.markets.iter().zip(&self.markets).all(|(path, market)| path.pair == market.pair);
        if !ordered {
            return bad(
                "paths.markets",
                format!("{} pairs", self.paths.markets.len()),
                "those of markets, in their order",
            );
        }
        for market in &self.markets {
            market
                .params
                .validate()
                .map_err(|source| Error::Engine { what: format!("market {}", market.pair), source })?;
        }
        if self.steps == 0 {
            return bad("steps", "0".into(), "at least 1");
        }
        if self.paths.step_seconds == 0 || self.paths.step_seconds > self.least_age() {
            let must = format!("1 to the markets' max_price_age_seconds, {}", self.least_age());
            return bad("paths.step_seconds", self.paths.step_seconds.to_string(), &must);
        }
        if self.rules.is_empty() || (1..self.rules.len()).any(|n| self.rules[..n].contains(&self.rules[n])) {
            return bad("rules", format!("{:?}", self.rules), "some, each once");
        }
        self.sizing.validate()
    }

    fn least_age(&self) -> u32 {
        self.markets.iter().map(|market| market.params.max_price_age_seconds).min().unwrap_or(0)
    }

    /// The pairs, in order.
    pub fn pairs(&self) -> Vec<String> {
        self.markets.iter().map(|market| market.pair.clone()).collect()
    }
}

impl SizingSpec {
    fn validate(&self) -> Result<()> {
        let percents =
            [("sizing.margin_percent", &self.margin_percent), ("sizing.clamp_percent", &self.clamp_percent)];
        for (field, list) in percents {
            if let Some(percent) = list.iter().find(|percent| !(1..=10_000).contains(*percent)) {
                return Err(Error::Setting {
                    field,
                    value: percent.to_string(),
                    must: "from 1 to 10000".into(),
                });
            }
        }
        if self.histories > 0 && !self.keeper_seconds.contains(&self.recommend_for) {
            let (field, value) = ("sizing.recommend_for", self.recommend_for.to_string());
            return Err(Error::Setting { field, value, must: "one of sizing.keeper_seconds".into() });
        }
        if !(0.0..1.0).contains(&self.tolerated) {
            let (field, value) = ("sizing.tolerated", self.tolerated.to_string());
            return Err(Error::Setting { field, value, must: "from 0 to below 1".into() });
        }
        Ok(())
    }
}
