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
    /// Sizes of the insurance fund, in percent of the scenario's.
    pub insurance_percent: Vec<u64>,
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
            insurance_percent: vec![0, 25, 50, 100, 200, 400, 800, 1_600],
            recommend_for: 20,
            tolerated: 0.02,
        }
    }
}

/// Legs that an account can have, and so markets that people here can be in.
const MOST_MARKETS: usize = 8;

/// The most steps of a history, and the most histories.
const MOST_STEPS: u32 = 1_000_000;
const MOST_HISTORIES: u64 = 10_000_000;

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
        if !(1..=MOST_STEPS).contains(&self.steps) {
            return bad("steps", self.steps.to_string(), "from 1 to 1000000");
        }
        // TOML, which keeps the study, has no larger numbers.
        if i64::try_from(self.seed).is_err() {
            return bad("seed", self.seed.to_string(), "below 2^63");
        }
        let counts = [
            ("histories", self.histories, 1),
            ("signal_histories", self.signal_histories, 0),
            ("sizing.histories", self.sizing.histories, 0),
        ];
        if let Some((field, count, least)) =
            counts.into_iter().find(|(_, count, least)| !(*least..=MOST_HISTORIES).contains(count))
        {
            return bad(field, count.to_string(), &format!("from {least} to {MOST_HISTORIES}"));
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
        let bad = |field, value: String, must: &str| Err(Error::Setting { field, value, must: must.into() });
        let seconds: Vec<u64> = self.keeper_seconds.iter().map(|seconds| u64::from(*seconds)).collect();
        for (field, list, least, most) in [
            ("sizing.margin_percent", &self.margin_percent, 1, 10_000),
            ("sizing.clamp_percent", &self.clamp_percent, 1, 10_000),
            ("sizing.insurance_percent", &self.insurance_percent, 0, 1_000_000),
            ("sizing.keeper_seconds", &seconds, 0, 86_400),
        ] {
            if let Some(value) = list.iter().find(|value| !(least..=most).contains(*value)) {
                return bad(field, value.to_string(), &format!("from {least} to {most}"));
            }
            if let Some(twice) = (1..list.len()).find(|place| list[..*place].contains(&list[*place])) {
                return bad(field, list[twice].to_string(), "there once");
            }
        }
        if self.histories > 0 && !self.keeper_seconds.contains(&self.recommend_for) {
            return bad(
                "sizing.recommend_for",
                self.recommend_for.to_string(),
                "one of sizing.keeper_seconds",
            );
        }
        if !(0.0..1.0).contains(&self.tolerated) {
            return bad("sizing.tolerated", self.tolerated.to_string(), "from 0 to below 1");
        }
        Ok(())
    }
}
