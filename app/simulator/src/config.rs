//! What a study's configuration says; what it leaves out is a default.

use jettison_paths::{PathConfig, PathFit, PriceSeries};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::rules::Rule;
use crate::scenario::{MarketSpec, Scenario};
use crate::study::{SizingSpec, StudySpec};

/// A study as a configuration file says it: prices are to be fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StudyConfig {
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
    /// Accounts whose removal is tried.
    pub removals: u32,
    /// Models of prices.
    pub paths: PathConfig,
    /// What histories start from.
    pub scenario: Scenario,
    /// The sizing grid.
    pub sizing: SizingSpec,
}

impl Default for StudyConfig {
    fn default() -> Self {
        Self {
            seed: 20_251_010,
            histories: 300,
            signal_histories: 100,
            steps: 720,
            rules: Rule::ALL.to_vec(),
            removals: 12,
            paths: PathConfig::default(),
            scenario: Scenario::default(),
            sizing: SizingSpec::default(),
        }
    }
}

impl StudyConfig {
    /// Fits the models to a price file; `markets` are those of its pairs, in their order.
    pub fn fit(&self, series: &PriceSeries, markets: Vec<MarketSpec>) -> Result<(StudySpec, PathFit)> {
        let fit = self.paths.fit(series).map_err(|error| Error::Path(error.to_string()))?;
        let spec = StudySpec {
            seed: self.seed,
            histories: self.histories,
            signal_histories: self.signal_histories,
            steps: self.steps,
            rules: self.rules.clone(),
            markets,
            paths: fit.spec.clone(),
            scenario: self.scenario.clone(),
            sizing: self.sizing.clone(),
            removals: self.removals,
        };
        spec.validate()?;
        Ok((spec, fit))
    }
}
