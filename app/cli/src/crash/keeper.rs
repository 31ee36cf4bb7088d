//! The keepers of a crash: they find accounts in need, and land so many transactions a second.
//!
//! Work is ordered: solvent accounts below maintenance first, the closest to bankruptcy first, because acting on
//! them prevents a loss; then bankruptcies, the largest first; then settlement of those who were charged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::Result;
use jettison_client::{losers_to_settle, LoserLimits};
use jettison_engine::{Atoms, Contracts, Health, MAX_LEGS};

use super::op::{Op, Outcome};
use super::world::{Id, World};

/// How keepers behave.
#[derive(Clone, Copy, Debug)]
pub struct Conduct {
    /// Seconds from when an account falls into need to when keepers act on it.
    pub delay: i64,
    /// Transactions that land a second; none limits it.
    pub capacity: Option<u64>,
    /// Seconds of the crash in which nothing of theirs lands.
    pub outage: Option<(i64, i64)>,
}

/// The keepers' accounts and memory.
pub struct Keepers {
    conduct: Conduct,
    accounts: Vec<Id>,
    in_need_since: BTreeMap<Id, i64>,
    to_settle: VecDeque<Id>,
    turn: usize,
}

/// An account in need.
struct Case {
    id: Id,
    health: Health,
}

impl Keepers {
    /// Keepers with these margin accounts.
    pub fn new(conduct: Conduct, accounts: Vec<Id>) -> Self {
        Self { conduct, accounts, in_need_since: BTreeMap::new(), to_settle: VecDeque::new(), turn: 0 }
    }

    /// Lets them act without delay, limit or outage, as in the final phase.
    pub fn free(&mut self) {
        self.conduct = Conduct { delay: 0, capacity: None, outage: None };
    }

    /// Acts at a second of the crash. Returns how many accounts were in need.
    pub fn act(&mut self, world: &mut World, second: i64) -> Result<usize> {
        let cases = self.find(world, second);
        let down = self.conduct.outage.is_some_and(|(from, to)| (from..to).contains(&second));
        if down {
            return Ok(cases.len());
        }
        let mut left = self.conduct.capacity.unwrap_or(u64::MAX);
        for case in &cases {
            if left == 0 {
                return Ok(cases.len());
            }
            if second - self.in_need_since[&case.id] >= self.conduct.delay {
                left -= self.serve(world, case, left)?;
            }
        }
        while let (true, Some(id)) = (left > 0, self.to_settle.pop_front()) {
            if world.transact(&[Op::Settle { account: id }])?.is_ok() {
                left -= 1;
            }
        }
        Ok(cases.len())
    }

    /// Accounts below maintenance, in order of work.
    fn find(&mut self, world: &mut World, second: i64) -> Vec<Case> {
        let mut cases = vec![];
        for id in world.open_ids() {
            match world.health(id) {
                Ok(health) if !health.is_met() => {
                    self.in_need_since.entry(id).or_insert(second);
                    cases.push(Case { id, health });
                }
                _ => {
                    self.in_need_since.remove(&id);
                }
            }
        }
        cases.sort_by_key(|case| case.urgency());
        cases
    }

    /// Serves one account with at most `budget` transactions; returns how many landed.
    fn serve(&mut self, world: &mut World, case: &Case, budget: u64) -> Result<u64> {
        if case.health.equity.is_negative() {
            return self.resolve(world, case.id);
        }
        let mut landed = 0;
        // One leg a transaction, the largest first, until it is healthy or nothing more can be done.
        while landed < budget {
            let Ok(health) = world.health(case.id) else { break };
            if health.is_met() || health.equity.is_negative() || !self.reduce(world, case.id)? {
                break;
            }
            landed += 1;
        }
        Ok(landed)
    }

    /// Takes over or deleverages the account's largest position.
    fn reduce(&mut self, world: &mut World, account: Id) -> Result<bool> {
        let Some(market) = largest_position(world, account) else {
            return Ok(false);
        };
        for _ in 0..self.accounts.len() {
            self.turn = (self.turn + 1) % self.accounts.len();
            let keeper = self.accounts[self.turn];
            if keeper == account || !worth_taking(world, account, market) {
                continue;
            }
            let max = Contracts(u64::MAX);
            if moved(world.transact(&[Op::Liquidate { account, keeper, market, max }])?.ok()) {
                return Ok(true);
            }
        }
        if !can_be_deleveraged(world, account, market) {
            return Ok(false);
        }
        let keeper = self.other_keeper(account);
        Ok(moved(world.transact(&[Op::Deleverage { account, keeper, market }])?.ok()))
    }

    /// Settles losers of the account's short pools, then resolves it, in one transaction.
    fn resolve(&mut self, world: &mut World, account: Id) -> Result<u64> {
        let keeper = self.other_keeper(account);
        let mut ops = losers_of_short_pools(world, account)?;
        ops.push(Op::Resolve { account, keeper });
        if let Ok(outcomes) = world.transact(&ops)? {
            self.queue_charged(world, &outcomes);
            return Ok(1);
        }
        Ok(0)
    }

    fn other_keeper(&self, account: Id) -> Id {
        self.accounts.iter().copied().find(|keeper| *keeper != account).unwrap_or(account)
    }

    /// Whoever is on a side that was just charged is to be settled, each once until then.
    fn queue_charged(&mut self, world: &World, outcomes: &[Outcome]) {
        for outcome in outcomes {
            let Outcome::Resolved(resolution) = outcome else {
                continue;
            };
            for leg in resolution.legs().filter(|leg| !leg.by_index.is_zero()) {
                for id in &world.holders[usize::from(leg.market.0)] {
                    if !self.to_settle.contains(id) {
                        self.to_settle.push_back(*id);
                    }
                }
            }
        }
    }
}

impl Case {
    /// Lower is sooner: solvent by how much of maintenance is left, then bankrupt by the size of the debt.
    fn urgency(&self) -> (bool, i128) {
        let equity = i128::from(self.health.equity.0);
        if equity < 0 {
            return (true, equity);
        }
        (false, equity * 1_000_000 / i128::from(self.health.requirement.0.max(1)))
    }
}

fn moved(outcomes: Option<Vec<Outcome>>) -> bool {
    matches!(
        outcomes.as_ref().and_then(|outcomes| outcomes.last()),
        Some(Outcome::Liquidated(outcome)) if !outcome.size.is_zero()
    ) || matches!(
        outcomes.as_ref().and_then(|outcomes| outcomes.last()),
        Some(Outcome::Deleveraged(outcome)) if outcome.eligible
    )
}

fn largest_position(world: &World, id: Id) -> Option<u16> {
    let size_of = |market: u16| -> Option<u128> {
        let (_, size) = world.position(id, market)?;
        Some(u128::from(size) * u128::from(world.books[usize::from(market)].effective_price.0))
    };
    let markets = 0..world.books.len() as u16;
    markets
        .filter_map(|market| Some((size_of(market)?, market)))
        .filter(|found| found.0 > 0)
        .max()
        .map(|max| max.1)
}

/// Whether equity is below the market's part of maintenance, so that no transaction is spent for nothing.
fn can_be_deleveraged(world: &mut World, account: Id, market: u16) -> bool {
    let threshold = world.books[usize::from(market)].params.deleverage_threshold;
    world.health(account).is_ok_and(|health| {
        threshold.of_floor(health.requirement.0).is_ok_and(|least| !health.equity.covers(Atoms(least)))
    })
}

/// A keeper takes a position over only if the least penalty beats what the lag of the effective price would cost.
fn worth_taking(world: &World, account: Id, market: u16) -> bool {
    let book = &world.books[usize::from(market)];
    let Some((direction, _)) = world.position(account, market) else {
        return false;
    };
    let (effective, target) = (i128::from(book.effective_price.0), i128::from(book.target_price.0));
    let cost = match direction {
        jettison_engine::Direction::Long => effective - target,
        jettison_engine::Direction::Short => target - effective,
    };
    let kept = 10_000 - i128::from(book.params.penalty_to_insurance.0);
    let reward = effective * i128::from(book.params.liquidation_min_fee.0) * kept / 100_000_000;
    cost <= reward
}

/// Settlements of losers in markets whose pool can't pay what the account has won there. At most a few: the transaction must
/// stay small.
fn losers_of_short_pools(world: &World, account: Id) -> Result<Vec<Op>> {
    const ROOM: LoserLimits = LoserLimits { accounts: 3, markets: MAX_LEGS };
    let bankrupt = &world.ledgers[account];
    let holders = bankrupt.legs().flat_map(|leg| &world.holders[usize::from(leg.market.0)]);
    let candidates: BTreeSet<Id> = holders.copied().collect();
    let candidates = candidates.into_iter().map(|id| (id, &world.ledgers[id]));
    let choice = losers_to_settle(bankrupt, candidates, &world.books, ROOM, world.now())?;
    Ok(choice.losers.into_iter().map(|(account, _)| Op::Settle { account }).collect())
}
