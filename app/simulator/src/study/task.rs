//! The pieces of a study's work, and how they are shared out.

use std::ops::Range;

use jettison_harness::Who;
use jettison_paths::PathModel;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::rows::Rows;
use super::spec::StudySpec;
use crate::agents::population::Crowd;
use crate::error::{Error, Result};
use crate::history::Stage;
use crate::output::Shard;
use crate::results::{RuleRow, SizingRow, WhatIfRow};
use crate::rules::Rule;
use crate::scenario::{MarketSpec, Scenario};

/// A piece of work.
#[derive(Clone, Debug, PartialEq)]
enum Task {
    /// A history under every rule.
    Compare { history: u64 },
    /// A history with hedgers who go by signals, under Jettison's rule.
    Signals { history: u64 },
    /// A history in a cell of the sizing grid.
    Sizing { cell: usize, history: u64 },
    /// A history with another fund, or with keepers who are never out.
    WhatIf { place: usize, history: u64 },
}

/// A cell of the sizing grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Margins, in percent of the definitions'.
    pub margin_percent: u64,
    /// Clamps, likewise.
    pub clamp_percent: u64,
    /// Seconds until the first keeper acts.
    pub keeper_seconds: u32,
    markets: Vec<MarketSpec>,
    scenario: Scenario,
}

/// A study that is ready to run.
#[derive(Clone, Debug)]
pub struct Study {
    spec: StudySpec,
    paths: PathModel,
    signals: Scenario,
    cells: Vec<Cell>,
    refused: Vec<(u64, u64)>,
    what_ifs: Vec<WhatIf>,
}

/// A scenario that differs from the study's in one thing.
#[derive(Clone, Debug)]
struct WhatIf {
    insurance_percent: u64,
    scenario: Scenario,
}

/// The funds that are tried, and keepers who are never out.
fn what_ifs(spec: &StudySpec) -> Vec<WhatIf> {
    let size = |percent: &u64| {
        let mut scenario = spec.scenario.clone();
        scenario.insurance.size *= *percent as f64 / 100.0;
        WhatIf { insurance_percent: *percent, scenario }
    };
    let mut steady = spec.scenario.clone();
    steady.keepers.outage = 0;
    let steady = WhatIf { insurance_percent: 100, scenario: steady };
    // Where there is no outage anyway, that is one of the funds.
    let is_new = spec.scenario.keepers.outage > 0 || !spec.sizing.insurance_percent.contains(&100);
    spec.sizing.insurance_percent.iter().map(size).chain(is_new.then_some(steady)).collect()
}

impl Study {
    /// Checks all settings. Cells of the grid whose parameters the engine refuses are left out: see [`Self::refused`].
    pub fn new(spec: StudySpec) -> Result<Self> {
        spec.validate()?;
        let paths = PathModel::new(spec.paths.clone()).map_err(|error| Error::Path(error.to_string()))?;
        let mut signals = spec.scenario.clone();
        signals.population.signals = true;
        let (mut cells, mut refused) = (vec![], vec![]);
        for margin_percent in &spec.sizing.margin_percent {
            for clamp_percent in &spec.sizing.clamp_percent {
                let scale = |market: &MarketSpec| market.scaled(*margin_percent, *clamp_percent);
                let markets: Vec<MarketSpec> = spec.markets.iter().map(scale).collect();
                if markets.iter().any(|market| market.params.validate().is_err()) {
                    refused.push((*margin_percent, *clamp_percent));
                    continue;
                }
                for keeper_seconds in &spec.sizing.keeper_seconds {
                    let mut scenario = spec.scenario.clone();
                    scenario.keepers.latency = *keeper_seconds;
                    // Here the seconds that keepers take are what is varied.
                    scenario.keepers.outage = 0;
                    cells.push(Cell {
                        margin_percent: *margin_percent,
                        clamp_percent: *clamp_percent,
                        keeper_seconds: *keeper_seconds,
                        markets: markets.clone(),
                        scenario,
                    });
                }
            }
        }
        let what_ifs = what_ifs(&spec);
        Ok(Self { spec, paths, signals, cells, refused, what_ifs })
    }

    /// What it is made of.
    pub fn spec(&self) -> &StudySpec {
        &self.spec
    }

    /// Cells of the sizing grid that the engine accepts.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Margins and clamps that the envelope refuses together.
    pub fn refused(&self) -> &[(u64, u64)] {
        &self.refused
    }

    /// The pieces, in the order that shards count them in: by history, so that every shard gets some of each kind.
    fn tasks(&self) -> Vec<Task> {
        let spec = &self.spec;
        let last = spec.histories.max(spec.signal_histories).max(spec.sizing.histories);
        let mut tasks = vec![];
        for history in 0..last {
            tasks.extend((history < spec.histories).then_some(Task::Compare { history }));
            tasks.extend((history < spec.signal_histories).then_some(Task::Signals { history }));
            if history < spec.histories {
                tasks.extend((0..self.what_ifs.len()).map(|place| Task::WhatIf { place, history }));
            }
            if history < spec.sizing.histories {
                tasks.extend((0..self.cells.len()).map(|cell| Task::Sizing { cell, history }));
            }
        }
        tasks
    }

    /// How many what-ifs each history is played in.
    pub fn what_ifs(&self) -> usize {
        self.what_ifs.len()
    }

    /// The numbers of a shard's pieces.
    pub fn pieces(&self, shard: Shard) -> Range<u64> {
        shard.histories(self.tasks().len() as u64)
    }

    /// Runs a shard on the threads of the current rayon pool. `done` is told after each piece.
    pub fn run(&self, shard: Shard, done: &(dyn Fn() + Sync)) -> Result<Rows> {
        let (tasks, mine) = (self.tasks(), self.pieces(shard));
        let mine = &tasks[mine.start as usize..mine.end as usize];
        let run = |task: &Task| {
            let rows = self.piece(task);
            done();
            rows
        };
        let parts: Vec<Rows> = mine.par_iter().map(run).collect::<Result<_>>()?;
        Ok(parts.into_iter().fold(Rows::default(), Rows::with))
    }

    fn piece(&self, task: &Task) -> Result<Rows> {
        let spec = &self.spec;
        let mut rows = Rows::default();
        match *task {
            Task::Compare { history } => self.on_stage(&spec.scenario, &spec.markets, history, |stage| {
                for rule in &spec.rules {
                    rows.rules.push(stage.play(*rule)?.row);
                }
                Ok(())
            })?,
            Task::Signals { history } => self.on_stage(&self.signals, &spec.markets, history, |stage| {
                rows.cohorts = stage.play(Rule::Index)?.cohorts;
                Ok(())
            })?,
            Task::WhatIf { place, history } => {
                let what_if = &self.what_ifs[place];
                self.on_stage(&what_if.scenario, &spec.markets, history, |stage| {
                    rows.what_ifs.push(what_if.row(&stage.play(Rule::Index)?.row));
                    Ok(())
                })?;
            }
            Task::Sizing { cell, history } => {
                let cell = &self.cells[cell];
                self.on_stage(&cell.scenario, &cell.markets, history, |stage| {
                    rows.sizing = cell.rows(stage)?;
                    Ok(())
                })?;
            }
        }
        Ok(rows)
    }

    /// Draws the prices and the people of a history: the same prices for the same number, whatever the scenario.
    pub fn on_stage<T>(
        &self,
        scenario: &Scenario,
        markets: &[MarketSpec],
        history: u64,
        act: impl FnOnce(&Stage<'_>) -> Result<T>,
    ) -> Result<T> {
        self.on_stage_without(scenario, markets, history, &[], act)
    }

    /// As [`Self::on_stage`], without some of the people.
    pub fn on_stage_without<T>(
        &self,
        scenario: &Scenario,
        markets: &[MarketSpec],
        history: u64,
        removed: &[Who],
        act: impl FnOnce(&Stage<'_>) -> Result<T>,
    ) -> Result<T> {
        let (mut random, people) = chance(self.spec.seed, history);
        let prices = self.paths.draw(&mut random, self.spec.steps as usize);
        let prices = prices.map_err(|error| Error::Path(error.to_string()))?;
        let first: Vec<_> =
            markets.iter().zip(&prices[0]).map(|(market, price)| market.price(*price)).collect();
        let crowd = Crowd::draw_without(scenario, markets, &first, people, removed)?;
        act(&Stage {
            history,
            scenario,
            markets,
            step_seconds: i64::from(self.spec.paths.step_seconds),
            prices: &prices,
            crowd: &crowd,
        })
    }
}

/// The chance of a history: for its prices, and the seed of its people.
pub fn chance(seed: u64, history: u64) -> (ChaCha8Rng, u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(history + 1);
    let people = random.next_u64();
    (random, people)
}

impl WhatIf {
    fn row(&self, row: &RuleRow) -> WhatIfRow {
        WhatIfRow {
            history: row.history,
            insurance_percent: self.insurance_percent,
            outage: u64::from(self.scenario.keepers.outage),
            open_interest: row.open_interest,
            deficit: row.deficit,
            needed: row.needed,
            by_insurance: row.by_insurance,
            insurance_start: row.insurance_start,
            insurance_income: row.insurance_income,
        }
    }
}

impl Cell {
    /// What a history costs each market in this cell.
    fn rows(&self, stage: &Stage<'_>) -> Result<Vec<SizingRow>> {
        let played = stage.play(Rule::Index)?;
        let row = |(market, cost): (usize, &crate::history::MarketCost)| SizingRow {
            history: stage.history,
            margin_percent: self.margin_percent,
            clamp_percent: self.clamp_percent,
            keeper_seconds: u64::from(self.keeper_seconds),
            pair: self.markets[market].pair.clone(),
            open_interest: 2 * stage.crowd.open_interest[market] * stage.crowd.venue.price(market).0,
            allowance: stage.crowd.venue.world.markets[market].params.insurance_base.0,
            deficit: cost.deficit,
            income: cost.income,
        };
        Ok(played.markets.iter().enumerate().map(row).collect())
    }
}
