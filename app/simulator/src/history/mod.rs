//! One history under one rule: prices move, people trade, keepers act, and the books are checked after every step.

mod end;

use std::collections::BTreeSet;

use jettison_engine::{Atoms, MarginAccount, QueuedWithdrawal};
use jettison_harness::Who;
use jettison_risk::{check_books, Books};

use crate::agents::keeper::Keepers;
use crate::agents::population::Crowd;
use crate::agents::staker::Stakers;
use crate::agents::{Agent, Kind};
use crate::book::Book;
use crate::error::{Error, Result};
use crate::floor::Floor;
use crate::results::{CohortRow, RuleRow};
use crate::rules::Rule;
use crate::scenario::{MarketSpec, Scenario};
use crate::signals::Signals;
use crate::tally::Tally;

/// Seconds for which hedgers go by the same reading of their signals.
const SIGNAL_SECONDS: i64 = 120;

/// What a history is played on: the same for every rule.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    /// Its number.
    pub history: u64,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The markets.
    pub markets: &'a [MarketSpec],
    /// Seconds of a step.
    pub step_seconds: i64,
    /// Prices in quote units, by step, by market; the first are those at which everybody opened.
    pub prices: &'a [Vec<f64>],
    /// Everybody, with their first positions.
    pub crowd: &'a Crowd,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Played {
    /// What it cost, and whom.
    pub row: RuleRow,
    /// How hedgers fared, by signal.
    pub cohorts: Vec<CohortRow>,
    /// By step, if it was asked for.
    pub trace: Vec<Moment>,
    /// By market.
    pub markets: Vec<MarketCost>,
}

/// What one market cost in a history, in atoms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct MarketCost {
    /// What bankrupt accounts owed and could not pay.
    pub deficit: u64,
    /// Fees that came into insurance.
    pub income: u64,
}

/// One step, for a chart.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Moment {
    /// Seconds since the start.
    pub second: i64,
    /// Effective prices, in quote units for a unit of the base asset.
    pub prices: Vec<f64>,
    /// Contracts open on a side, by market.
    pub open_interest: Vec<u64>,
    /// Losses charged through the index so far, in atoms, by market.
    pub by_index: Vec<u64>,
    /// What the insurance fund has, in atoms.
    pub insurance: u64,
    /// Takeovers, deleverages and bankruptcies so far.
    pub events: [u64; 3],
}

struct Play<'a> {
    stage: &'a Stage<'a>,
    rule: Rule,
    floor: Floor,
    agents: Vec<Agent>,
    keepers: Keepers,
    stakers: Stakers,
    signals: Signals,
    pairs: Vec<String>,
    tally: Tally,
    /// Accounts as they are checked, in memory that is used again: there are many, and many checks.
    checked: Vec<(MarginAccount, QueuedWithdrawal)>,
    start: i64,
    highest: Vec<u64>,
    income: Vec<u64>,
    traced: bool,
    trace: Vec<Moment>,
}

impl Stage<'_> {
    /// Plays it under a rule.
    pub fn play(&self, rule: Rule) -> Result<Played> {
        self.run(rule, false)
    }

    /// As [`Self::play`], with every step.
    pub fn trace(&self, rule: Rule) -> Result<Played> {
        self.run(rule, true)
    }

    fn run(&self, rule: Rule, traced: bool) -> Result<Played> {
        let mut play = Play::new(self, rule, traced);
        for step in 1..self.prices.len() {
            play.step(step)?;
        }
        play.finish()
    }
}

impl<'a> Play<'a> {
    fn new(stage: &'a Stage<'a>, rule: Rule, traced: bool) -> Self {
        let Crowd { mut venue, agents, makers, keepers, clearer, open_interest } = stage.crowd.clone();
        venue.defers = rule == Rule::WithdrawalHaircut;
        let accounts = venue.world.accounts.len();
        let hedges = |agent: &&Agent| matches!(agent.kind, Kind::Hedger(_));
        let hedgers: BTreeSet<Who> = agents.iter().filter(hedges).map(|agent| agent.who).collect();
        let row = RuleRow {
            history: stage.history,
            rule: rule.name().into(),
            open_interest: stage.crowd.notional(),
            insurance_start: venue.world.insurance,
            ..RuleRow::default()
        };
        let book = |(market, open): (usize, &u64)| {
            Book::new(&stage.scenario.book, *open as f64, stage.prices[0][market])
        };
        let books = open_interest.iter().enumerate().map(book).collect();
        Self {
            stage,
            rule,
            keepers: Keepers::new(&stage.scenario.keepers, keepers, clearer, &venue),
            stakers: Stakers::new(&stage.scenario.insurance, &venue),
            signals: Signals::calm(stage.markets.len()),
            pairs: stage.markets.iter().map(|market| market.pair.clone()).collect(),
            tally: Tally::new(row, accounts, hedgers, stage.scenario.horizon.0),
            checked: vec![],
            start: venue.world.now,
            highest: venue.world.markets.iter().map(|market| market.effective_price.0).collect(),
            income: vec![0; stage.markets.len()],
            floor: Floor::new(venue, books, makers),
            agents,
            traced,
            trace: vec![],
        }
    }

    fn step(&mut self, step: usize) -> Result<()> {
        self.floor.venue.world.now += self.stage.step_seconds;
        self.accrue(step)?;
        self.read_signals(step)?;
        let (now, people) = (self.floor.venue.world.now, &self.stage.scenario.population);
        for agent in self.agents.iter_mut().filter(|agent| agent.next <= now) {
            agent.next = now;
            match agent.kind {
                Kind::Hedger(_) => agent.hedge(&mut self.floor, &self.signals),
                _ => agent.look(&mut self.floor, people),
            }
        }
        self.keepers.look(&mut self.floor, self.rule, &mut self.tally, self.stage.step_seconds)?;
        let venue = &mut self.floor.venue;
        for market in 0..venue.world.markets.len() {
            let swept = venue.sweep(market);
            self.income[market] += swept;
            self.tally.row.insurance_income += swept;
        }
        self.stakers.look(venue);
        let deferred = std::mem::take(&mut venue.deferred);
        self.tally.deferred(&deferred);
        self.tally.look(venue, false);
        self.tally.row.account_steps += venue.world.accounts.len() as u64;
        self.check()?;
        if self.traced {
            self.note();
        }
        Ok(())
    }

    /// Moves the oracles to the history's prices, and as far beyond as trades have pushed them.
    fn accrue(&mut self, step: usize) -> Result<()> {
        let world = &mut self.floor.venue.world;
        for market in 0..world.markets.len() {
            let pushed = self.stage.prices[step][market] * self.floor.books[market].impact().exp();
            let price = self.stage.markets[market].price(pushed).min(world.markets[market].max_price);
            let accrued = world.accrue(market, price.0, 0);
            let accrual = accrued.map_err(|source| Error::Engine { what: "accruing".into(), source })?;
            self.floor.books[market].pass(self.stage.step_seconds as f64, pushed);
            let highest = &mut self.highest[market];
            *highest = (*highest).max(accrual.price_after.0);
            let fall = 1.0 - accrual.price_after.0 as f64 / *highest as f64;
            self.tally.row.largest_fall = self.tally.row.largest_fall.max(fall);
        }
        Ok(())
    }

    fn read_signals(&mut self, step: usize) -> Result<()> {
        let every = (SIGNAL_SECONDS / self.stage.step_seconds).max(1) as usize;
        if self.stage.scenario.population.signals && step.is_multiple_of(every) {
            self.signals = Signals::read(&self.floor.venue, &self.pairs, &[self.stage.crowd.clearer])?;
        }
        Ok(())
    }

    /// Every invariant that the books can show, over all accounts.
    fn check(&mut self) -> Result<()> {
        let world = &self.floor.venue.world;
        let accounts = world.accounts.iter().map(|ledger| (*ledger, QueuedWithdrawal::default()));
        self.checked.clear();
        self.checked.extend(accounts);
        let books = Books {
            markets: &world.markets,
            accounts: &self.checked,
            fund: &world.fund,
            stakes: &world.stakes,
            throttle: &world.throttle,
            margin_vault: Atoms(world.vault),
            insurance_vault: Atoms(world.insurance),
            now: world.now,
        };
        for check in check_books(&books) {
            if !check.holds || (check.of_vault && check.left != check.right) {
                return Err(Error::Invariant {
                    history: self.stage.history,
                    rule: self.rule.name().into(),
                    second: world.now - self.start,
                    check: format!("{check:?}"),
                });
            }
        }
        self.tally.row.checks += 1;
        Ok(())
    }

    fn note(&mut self) {
        let world = &self.floor.venue.world;
        let scale = |market: usize| {
            let one = self.stage.markets[market].price(1e6).0 as f64 / 1e6;
            world.markets[market].effective_price.0 as f64 / one
        };
        let row = &self.tally.row;
        self.trace.push(Moment {
            second: world.now - self.start,
            prices: (0..world.markets.len()).map(scale).collect(),
            open_interest: world.markets.iter().map(|market| market.long.contracts.0).collect(),
            by_index: world.markets.iter().map(|market| market.losses.by_index.0).collect(),
            insurance: world.insurance,
            events: [row.liquidations, row.deleverages, row.bankruptcies],
        });
    }
}
