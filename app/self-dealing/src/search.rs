//! The search: random strategies, and then ones bred from the best. The same seed gives the same result whatever the
//! number of threads.

use std::panic::{catch_unwind, AssertUnwindSafe};

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::play::{play, Outcome};
use crate::scene::Hole;
use crate::strategy::{Mode, Strategy};
use crate::tally::Event;

/// Populations that breed apart, so that one good strategy doesn't crowd out the others.
const ISLANDS: usize = 16;
/// Strategies that an island keeps.
const KEPT: usize = 6;
/// Rounds of breeding.
const ROUNDS: usize = 24;

/// What to search.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Prices and keepers.
    pub mode: Mode,
    /// How many strategies to try; half of them are random.
    pub strategies: usize,
    /// Where the random numbers come from.
    pub seed: u64,
    /// A planted defect.
    pub hole: Option<Hole>,
}

/// A strategy and what it came to.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The strategy.
    pub strategy: Strategy,
    /// What it came to.
    pub outcome: Outcome,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Strategies tried.
    pub tried: usize,
    /// For each event, strategies in which it happened.
    pub events: Vec<(&'static str, usize)>,
    /// The largest gain.
    pub best: Option<Found>,
    /// The largest gain with costs paid back.
    pub best_before_costs: Option<Found>,
    /// The largest gain with exposure reckoned at the oracle's prices.
    pub best_at_oracle: Option<Found>,
    /// The largest part of a deficit of some size that became gain.
    pub best_part: Option<Found>,
    /// Strategies that left a deficit.
    pub deficits: usize,
    /// The one that left the largest.
    pub largest_deficit: Option<Found>,
    /// The largest gain with costs paid back, funding aside.
    pub best_leak: Option<Found>,
    /// One in which insurance paid more than the allowance.
    pub excess: Option<Found>,
    /// One that broke an invariant, and how.
    pub broken: Option<(Strategy, String)>,
}

type Ranking<'a> = (&'a mut Option<Found>, fn(&Outcome) -> i64);
type Played = (Strategy, Result<Outcome, String>);

/// Searches. Panics in the engine's invariants are findings, so what they print is noise: callers may want to set a
/// quiet panic hook.
pub fn search(options: &Options) -> Findings {
    let mut findings = Findings::default();
    let mut islands: Vec<Vec<Found>> = vec![vec![]; ISLANDS];
    let random = options.strategies / 2;
    for start in (0..random).step_by(8_192) {
        let batch = start..random.min(start + 8_192);
        let played = batch.map(|index| (0, index)).collect::<Vec<_>>();
        take_in(options, &mut findings, &mut islands, run(options, &played, &[]));
    }
    let bred = options.strategies - random;
    for round in 0..ROUNDS {
        let batch = bred * round / ROUNDS..bred * (round + 1) / ROUNDS;
        let ids: Vec<_> = batch.map(|index| (1, index)).collect();
        let parents = islands.clone();
        take_in(options, &mut findings, &mut islands, run(options, &ids, &parents));
    }
    findings
}

fn run(options: &Options, ids: &[(u64, usize)], parents: &[Vec<Found>]) -> Vec<(usize, Played)> {
    let one = |(phase, index): &(u64, usize)| {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream(((*index as u64) << 8) | (phase << 4) | options.mode as u64);
        let strategy = match parents.get(index % ISLANDS).filter(|island| !island.is_empty()) {
            Some(island) => breed(island, parents, &mut rng),
            None => Strategy::random(&mut rng),
        };
        let outcome = try_play(&strategy, options.mode, options.hole);
        (index % ISLANDS, (strategy, outcome))
    };
    ids.par_iter().map(one).collect()
}

fn breed(island: &[Found], islands: &[Vec<Found>], rng: &mut ChaCha8Rng) -> Strategy {
    // The better half of the time from the best.
    let parent = &island[rng.random_range(0..island.len()).min(rng.random_range(0..island.len()))];
    let elsewhere = &islands[rng.random_range(0..islands.len())];
    let other = elsewhere.first().unwrap_or(parent);
    parent.strategy.mutate(&other.strategy, rng)
}

/// As [`play`], with a broken invariant as an error.
pub fn try_play(strategy: &Strategy, mode: Mode, hole: Option<Hole>) -> Result<Outcome, String> {
    catch_unwind(AssertUnwindSafe(|| play(strategy, mode, hole))).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
    })
}

fn take_in(
    options: &Options,
    findings: &mut Findings,
    islands: &mut [Vec<Found>],
    played: Vec<(usize, Played)>,
) {
    for (island, (strategy, outcome)) in played {
        findings.tried += 1;
        match outcome {
            Err(how) => drop(findings.broken.get_or_insert((strategy, how))),
            Ok(outcome) => {
                let found = Found { strategy, outcome };
                findings.note(options.mode, &found);
                keep(options.mode, island, &mut islands[island], found);
            }
        }
    }
}

fn keep(mode: Mode, island: usize, kept: &mut Vec<Found>, found: Found) {
    if !found.outcome.events.has(Event::Opened) {
        return;
    }
    let score = |found: &Found| found.score(mode, island);
    let is_known = kept.iter().any(|other| other.strategy == found.strategy);
    let place = kept.partition_point(|other| score(other) >= score(&found));
    if place < KEPT && !is_known {
        kept.insert(place, found);
        kept.truncate(KEPT);
    }
}

impl Found {
    /// What an island breeds for: not all for the same.
    fn score(&self, mode: Mode, island: usize) -> i64 {
        let outcome = &self.outcome;
        match (mode, island % 4) {
            (Mode::Inside, 0) => outcome.gain,
            (Mode::Inside, 1) => outcome.gain_before_costs,
            (Mode::Inside, 2) => outcome.gain_before_costs - outcome.funding,
            // Whatever brings an account to a loss that others bear.
            (Mode::Inside, _) => {
                (outcome.gain_before_costs - outcome.funding) / 1_000 + outcome.deficit as i64
            }
            (Mode::Lagging, 0..2) => outcome.gain_at_oracle,
            (Mode::Lagging, 2) => outcome.deficit as i64,
            (Mode::Lagging, _) => outcome.gain_before_costs - outcome.funding,
            (Mode::Beyond, 0..2) => outcome.taken(),
            (Mode::Beyond, 2) => outcome.part_of_deficit(),
            (Mode::Beyond, _) => (outcome.by_insurance + outcome.bounties) as i64,
        }
    }

    fn is_better(&self, other: &Option<Self>, by: impl Fn(&Outcome) -> i64) -> bool {
        self.outcome.events.has(Event::Opened)
            && other.as_ref().is_none_or(|other| by(&self.outcome) > by(&other.outcome))
    }
}

impl Outcome {
    /// What the owner is richer by, as far as no bet on prices made it so.
    pub fn taken(&self) -> i64 {
        self.gain.min(self.richer)
    }

    /// The gain as a part of deficit and bounties, in parts per million; nothing where these are a few atoms of dust.
    pub fn part_of_deficit(&self) -> i64 {
        let lost = self.deficit + self.bounties;
        if lost < 1_000 {
            return 0;
        }
        let part = i128::from(self.taken()) * 1_000_000 / i128::from(lost);
        i64::try_from(part).unwrap_or(i64::MAX)
    }
}

impl Findings {
    fn note(&mut self, mode: Mode, found: &Found) {
        if self.events.is_empty() {
            self.events = Event::ALL.iter().map(|(_, name)| (*name, 0)).collect();
        }
        for ((event, _), (_, count)) in Event::ALL.iter().zip(&mut self.events) {
            *count += usize::from(found.outcome.events.has(*event));
        }
        self.deficits += usize::from(found.outcome.deficit > 0);
        let ranked: [Ranking<'_>; 6] = [
            (&mut self.best, if mode == Mode::Beyond { Outcome::taken } else { |outcome| outcome.gain }),
            (&mut self.largest_deficit, |outcome| outcome.deficit as i64),
            (&mut self.best_leak, |outcome| outcome.gain_before_costs - outcome.funding),
            (&mut self.best_before_costs, |outcome| outcome.gain_before_costs),
            (&mut self.best_at_oracle, |outcome| outcome.gain_at_oracle),
            (&mut self.best_part, Outcome::part_of_deficit),
        ];
        for (best, by) in ranked {
            if found.is_better(best, by) {
                *best = Some(found.clone());
            }
        }
        if found.outcome.excess.is_some() && self.excess.is_none() {
            self.excess = Some(found.clone());
        }
    }

    /// What makes a search fail, each with the strategy that showed it.
    pub fn failures(&self, mode: Mode) -> Vec<(String, Option<Strategy>)> {
        let mut failures = vec![];
        if let Some((strategy, how)) = &self.broken {
            failures.push((format!("an invariant broke: {how}"), Some(strategy.clone())));
        }
        if let Some(found) = &self.excess {
            let how = found.outcome.excess.clone().unwrap_or_default();
            failures.push((how, Some(found.strategy.clone())));
        }
        if mode != Mode::Beyond {
            failures
                .extend(self.gained().map(|found| ("the owner gained".into(), Some(found.strategy.clone()))));
            failures
                .extend(self.lost().map(|found| ("a deficit arose".into(), Some(found.strategy.clone()))));
        }
        failures.extend(self.missing(mode).iter().map(|name| (format!("never happened: {name}"), None)));
        failures
    }

    fn gained(&self) -> Option<&Found> {
        self.best.as_ref().filter(|found| found.outcome.gain > 0)
    }

    fn lost(&self) -> Option<&Found> {
        self.largest_deficit.as_ref().filter(|found| found.outcome.deficit > 0)
    }

    /// Events that should have happened and did not: what a quiet search has not looked at.
    pub fn missing(&self, mode: Mode) -> Vec<&'static str> {
        let expected = |event: Event| match mode {
            Mode::Inside | Mode::Lagging => (event as u8) < Event::Bankrupt as u8,
            Mode::Beyond => true,
        };
        let quiet =
            |event: Event| !self.events.iter().zip(Event::ALL).any(|((_, n), (e, _))| *e == event && *n > 0);
        let missing = Event::ALL.iter().filter(|(event, _)| expected(*event) && quiet(*event));
        missing.map(|(_, name)| *name).collect()
    }
}
