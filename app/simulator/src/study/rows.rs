//! What the pieces of a study bring.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::task::Study;
use crate::error::{Error, Result};
use crate::results::{CohortRow, RuleRow, SizingRow, WhatIfRow};

/// The rows of a study, or of a shard of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Histories under rules.
    pub rules: Vec<RuleRow>,
    /// Hedgers by signal.
    pub cohorts: Vec<CohortRow>,
    /// Histories in cells of the sizing grid, a row a market.
    pub sizing: Vec<SizingRow>,
    /// Histories with other funds, and with keepers who are never out.
    pub what_ifs: Vec<WhatIfRow>,
}

impl Rows {
    /// Both together.
    pub fn with(mut self, other: Self) -> Self {
        self.rules.extend(other.rules);
        self.cohorts.extend(other.cohorts);
        self.sizing.extend(other.sizing);
        self.what_ifs.extend(other.what_ifs);
        self
    }

    /// Puts the rows of all shards in the order in which the whole has them. An error says what is missing or there twice.
    pub fn merge(study: &Study, shards: impl IntoIterator<Item = Self>) -> Result<Self> {
        let mut all = shards.into_iter().fold(Self::default(), Self::with);
        let spec = study.spec();
        let rule = |row: &RuleRow| spec.rules.iter().position(|rule| rule.name() == row.rule);
        all.rules.sort_by_key(|row| (row.history, rule(row)));
        all.cohorts.sort_by_key(|row| (row.history, order(&row.signal)));
        let cell = |row: &SizingRow| {
            let mut cells = study.cells().iter();
            let is = |cell: &super::task::Cell| {
                (cell.margin_percent, cell.clamp_percent, u64::from(cell.keeper_seconds))
                    == (row.margin_percent, row.clamp_percent, row.keeper_seconds)
            };
            (cells.position(is), row.history, spec.markets.iter().position(|market| market.pair == row.pair))
        };
        all.sizing.sort_by_key(cell);
        let what_if = |row: &WhatIfRow| (row.history, row.outage == 0, row.insurance_percent);
        all.what_ifs.sort_by_key(what_if);
        let what_ifs = spec.histories as usize * study.what_ifs();
        once("what-ifs", what_ifs, all.what_ifs.iter().map(what_if))?;
        let rules = spec.histories as usize * spec.rules.len();
        once("histories under rules", rules, all.rules.iter().map(|row| (row.history, row.rule.clone())))?;
        let groups = if spec.scenario.population.hedgers > 0 { crate::agents::Signal::ALL.len() } else { 0 };
        let cohorts = spec.signal_histories as usize * groups;
        once("groups of hedgers", cohorts, all.cohorts.iter().map(|row| (row.history, row.signal.clone())))?;
        let sizing = study.cells().len() * spec.sizing.histories as usize * spec.markets.len();
        once(
            "histories of the sizing grid",
            sizing,
            all.sizing.iter().map(|row| (cell(row), row.pair.clone())),
        )?;
        Ok(all)
    }
}

fn order(signal: &str) -> Option<usize> {
    crate::agents::Signal::ALL.iter().position(|known| known.name() == signal)
}

fn once<K: Ord>(what: &'static str, expected: usize, keys: impl Iterator<Item = K>) -> Result<()> {
    let mut found = 0;
    let distinct: BTreeSet<K> = keys.inspect(|_| found += 1).collect();
    if found != distinct.len() {
        return Err(Error::Shards { what, problem: format!("{} are there twice", found - distinct.len()) });
    }
    if found != expected {
        let problem =
            format!("{found} of {expected} are there: give every shard, each once, all of the same study");
        return Err(Error::Shards { what, problem });
    }
    Ok(())
}
