//! What each rule takes in each wave, and how that agrees with what was published.

use std::path::{Path, PathBuf};

use jettison_sharing::{share, Holder, Measure, Rule};
use serde::{Deserialize, Serialize};

use super::check::{Check, NotDerivable};
use super::compare;
use super::model::{Model, ModelledBurden};
use super::policy::{Policies, PolicyTotals};
use super::policy_checks;
use super::shocks::{ShockStudy, Shocks};
use super::table::atoms;
use super::wave::{theta, Wave, Waves};
use super::WaveError;

/// The rules whose total follows from the totals of a wave.
const RULES: [Rule; 4] =
    [Rule::None, Rule::ProRata(Measure::Equity), Rule::ProRata(Measure::Gain), Rule::WATER_FILLING];

/// The tables to study.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Waves: deficits, what was needed, what the queue took, what the winners had.
    pub waves: PathBuf,
    /// The same waves under several rules.
    pub policies: Option<PathBuf>,
    /// Shocks by coin.
    pub shocks: Option<PathBuf>,
}

/// What one rule takes from all winners of a wave together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleOutcome {
    /// The rule; "queue, as it ran" is what the venue did.
    pub rule: String,
    /// What is taken.
    pub taken_atoms: u64,
    /// What was needed and is not taken.
    pub uncovered_atoms: u64,
    /// What is taken beyond what was needed.
    pub overshoot_atoms: u64,
    /// As a part of the deficit, which is larger than what was needed: accounts are closed before they lose all of it.
    pub part_of_deficit: f64,
    /// As a part of the winners' equity. It is what pro rata to equity takes from each of them.
    pub part_of_equity: f64,
    /// As a part of the winners' gains. It is what pro rata to gain takes from each of them.
    pub part_of_gain: f64,
}

/// A wave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaveRow {
    /// Its number.
    pub wave: u32,
    /// When it began.
    pub start: String,
    /// When it ended.
    pub end: String,
    /// What bankrupt accounts were short of.
    pub deficit_atoms: u64,
    /// What had to be taken from winners.
    pub needed_atoms: u64,
    /// What the venue's queue took.
    pub queue_atoms: u64,
    /// What it took more than needed; less where negative.
    pub queue_overshoot_atoms: i128,
    /// The most that it took from one account.
    pub queue_largest_atoms: u64,
    /// What the winners owned.
    pub winners_equity_atoms: u64,
    /// What they had gained.
    pub winners_gain_atoms: u64,
    /// What each rule takes.
    pub rules: Vec<RuleOutcome>,
}

/// Sums over all waves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WaveTotals {
    /// Waves.
    pub waves: usize,
    /// What bankrupt accounts were short of. Waves may count the same account again.
    pub deficit_atoms: i128,
    /// What had to be taken.
    pub needed_atoms: i128,
    /// What the queue took.
    pub queue_atoms: i128,
    /// The sum of its overshoots, those that are negative included.
    pub queue_overshoot_atoms: i128,
    /// The sum of those that are positive.
    pub queue_excess_atoms: i128,
    /// The sum of those that are negative, as a positive amount.
    pub queue_shortfall_atoms: i128,
    /// Waves in which it took more than needed.
    pub waves_with_excess: usize,
    /// What each rule takes in all: rule and atoms.
    pub taken_atoms: Vec<(String, i128)>,
}

/// The study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaveStudy {
    /// Wave by wave.
    pub waves: Vec<WaveRow>,
    /// Sums over waves.
    pub totals: WaveTotals,
    /// Each published policy over all waves; empty without a table of policies.
    pub policies: Vec<PolicyTotals>,
    /// Shocks by coin.
    pub shocks: Option<ShockStudy>,
    /// Every rule on a made-up population with each wave's totals: modelled, not data.
    pub modelled: Vec<ModelledBurden>,
    /// The model behind it.
    pub model: Option<Model>,
    /// Published columns that follow from others, and whether they agree.
    pub checks: Vec<Check>,
    /// Those that don't, and why.
    pub not_derivable: Vec<NotDerivable>,
}

impl WaveStudy {
    /// Whether every check holds.
    pub fn agrees(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }
}

impl WaveRow {
    /// What a rule takes, if its total follows from the wave's.
    pub fn taken_by(&self, rule: Rule) -> Option<&RuleOutcome> {
        self.rules.iter().find(|outcome| outcome.rule == rule.name())
    }
}

/// Reads the tables and studies them; with a model, also what each rule does to single winners of a made-up population.
pub fn study(sources: &Sources, model: Option<&Model>) -> Result<WaveStudy, WaveError> {
    let waves = Waves::open(&sources.waves)?;
    let rows = waves.rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let mut study = WaveStudy {
        totals: totals(&rows),
        policies: vec![],
        shocks: None,
        modelled: vec![],
        model: model.cloned(),
        checks: compare::checks(&waves.rows, &rows),
        not_derivable: compare::not_derivable(),
        waves: rows,
    };
    study.add_policies(&waves, sources.policies.as_deref())?;
    study.add_shocks(&waves, sources.shocks.as_deref())?;
    if let Some(model) = model {
        study.modelled = model.run(&study.waves)?;
    }
    Ok(study)
}

impl WaveStudy {
    fn add_policies(&mut self, waves: &Waves, path: Option<&Path>) -> Result<(), WaveError> {
        let Some(path) = path else { return Ok(()) };
        let policies = Policies::open(path, waves)?;
        self.policies = policies.totals();
        self.checks.extend(policy_checks::checks(&policies, waves)?);
        self.not_derivable.extend(policy_checks::not_derivable());
        Ok(())
    }

    fn add_shocks(&mut self, waves: &Waves, path: Option<&Path>) -> Result<(), WaveError> {
        let Some(path) = path else { return Ok(()) };
        let shocks = Shocks::open(path)?;
        self.shocks = Some(shocks.study(waves)?);
        self.checks.extend(shocks.checks());
        self.not_derivable.extend(Shocks::not_derivable());
        Ok(())
    }
}

/// What a rule takes from holders who together have this much, of `needed`: it depends on the totals alone.
pub(super) fn taken(rule: Rule, needed: u64, gain: u64, equity: u64) -> Result<u64, WaveError> {
    let all = Holder { gain, equity, ..Holder::default() };
    let mut charges = vec![];
    share(rule, needed, &[all], &mut charges)
        .map_err(|source| WaveError::Sharing { what: rule.name().to_owned(), source })?;
    Ok(charges.iter().sum())
}

fn row(wave: &Wave) -> Result<WaveRow, WaveError> {
    let mut rules = vec![];
    for rule in RULES {
        let taken = taken(rule, atoms(wave.needed), atoms(wave.profit), atoms(wave.equity))?;
        rules.push(outcome(rule.name(), taken, wave));
    }
    rules.push(outcome("queue, as it ran", atoms(wave.taken), wave));
    Ok(WaveRow {
        wave: wave.id,
        start: wave.start.to_string(),
        end: wave.end.to_string(),
        deficit_atoms: atoms(wave.deficit),
        needed_atoms: atoms(wave.needed),
        queue_atoms: atoms(wave.taken),
        queue_overshoot_atoms: i128::from(atoms(wave.taken)) - i128::from(atoms(wave.needed)),
        queue_largest_atoms: atoms(wave.max_haircut),
        winners_equity_atoms: atoms(wave.equity),
        winners_gain_atoms: atoms(wave.profit),
        rules,
    })
}

fn outcome(rule: &str, taken: u64, wave: &Wave) -> RuleOutcome {
    let needed = atoms(wave.needed);
    let part = |of: f64| theta(taken as f64, atoms(of) as f64);
    RuleOutcome {
        rule: rule.to_owned(),
        taken_atoms: taken,
        uncovered_atoms: needed.saturating_sub(taken),
        overshoot_atoms: taken.saturating_sub(needed),
        part_of_deficit: part(wave.deficit),
        part_of_equity: part(wave.equity),
        part_of_gain: part(wave.profit),
    }
}

fn totals(rows: &[WaveRow]) -> WaveTotals {
    let sum = |amount: fn(&WaveRow) -> i128| rows.iter().map(amount).sum();
    let by_rule = |index: usize, name: &str| {
        let taken =
            rows.iter().filter_map(|row| row.rules.get(index)).map(|rule| i128::from(rule.taken_atoms));
        (name.to_owned(), taken.sum())
    };
    let names = rows.first().map_or(&[][..], |row| &row.rules);
    WaveTotals {
        waves: rows.len(),
        deficit_atoms: sum(|row| row.deficit_atoms.into()),
        needed_atoms: sum(|row| row.needed_atoms.into()),
        queue_atoms: sum(|row| row.queue_atoms.into()),
        queue_overshoot_atoms: sum(|row| row.queue_overshoot_atoms),
        queue_excess_atoms: sum(|row| row.queue_overshoot_atoms.max(0)),
        queue_shortfall_atoms: sum(|row| (-row.queue_overshoot_atoms).max(0)),
        waves_with_excess: rows.iter().filter(|row| row.queue_overshoot_atoms > 0).count(),
        taken_atoms: names.iter().enumerate().map(|(index, rule)| by_rule(index, &rule.rule)).collect(),
    }
}
