//! Accounts in need: take over, deleverage, resolve.

use core::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use anchor_lang::prelude::Pubkey;
use jettison_engine::{
    assess, deleverage, Atoms, EngineError, Margin, MarginAccount, MarketIndex, SignedAtoms,
};

use clearing::state::Gate;

use super::draft::{Draft, Writes};
use super::memory::Memory;
use super::scratch::Scratch;
use super::task::{Action, Kind, Plan, Reason, Subject, Waiting, Why};
use super::urgency::expected_loss;
use super::{signed, Policy};
use crate::book::{Book, Distress, Need};

/// What planning for accounts in need goes by.
pub(super) struct Rescue<'a> {
    pub book: &'a Book,
    pub policy: &'a Policy,
    pub memory: &'a Memory,
    pub scratch: &'a mut Scratch,
    pub now: i64,
    /// Losers that are settled by a task of this plan: their ledgers are no longer what the book says.
    pub settled: HashSet<Pubkey>,
    /// The largest debtors of markets for which they were looked up.
    debtors: BTreeMap<MarketIndex, Vec<(Pubkey, MarginAccount)>>,
}

/// Debtors of a short market among whom losers are chosen.
const DEBTORS: usize = 32;

/// A case: an account in need and what waiting costs.
pub(super) struct Case {
    pub need: Need,
    pub ledger: MarginAccount,
    pub loss: Atoms,
}

impl<'a> Rescue<'a> {
    /// Nothing planned yet.
    pub fn new(
        book: &'a Book,
        policy: &'a Policy,
        memory: &'a Memory,
        scratch: &'a mut Scratch,
        now: i64,
    ) -> Self {
        Self { book, policy, memory, scratch, now, settled: HashSet::new(), debtors: BTreeMap::new() }
    }

    /// The largest debtors of a market. Finding them takes a look at every account, so it is done once a plan and market.
    pub fn debtors(&mut self, market: MarketIndex) -> Vec<(Pubkey, MarginAccount)> {
        self.debtors.entry(market).or_insert_with(|| self.book.debtors(market, DEBTORS)).clone()
    }

    /// Plans for the accounts in need, the most urgent first and among equals the solvent, then the largest: the keeper's
    /// capital goes to these. Those beyond the policy's number are for the next plan.
    pub fn plan(&mut self, plan: &mut Plan) {
        let mut cases: Vec<Case> =
            self.book.in_need().into_iter().filter_map(|need| self.case(need)).collect();
        let urgency = |case: &Case| {
            let solvent = case.need.distress == Distress::Liquidatable;
            (Reverse((case.loss, solvent, case.need.health.requirement)), case.need.address)
        };
        let most = self.policy.most_rescues;
        if cases.len() > most {
            cases.select_nth_unstable_by_key(most, urgency);
            cases.truncate(most);
        }
        cases.sort_unstable_by_key(urgency);
        for case in &cases {
            let planned = plan.tasks.len();
            let outcome = match case.need.distress {
                Distress::Bankrupt => self.resolve(case, plan),
                Distress::Liquidatable => self.reduce(case, plan),
            };
            if let (Err(why), true) = (outcome, plan.tasks.len() == planned) {
                plan.waiting.push(Waiting { account: case.need.address, why, loss: case.loss });
            }
        }
    }

    fn case(&self, need: Need) -> Option<Case> {
        let (_, ledger, _) = self.book.account(need.id)?;
        let loss = expected_loss(&ledger, &self.scratch.markets, &need.health);
        Some(Case { need, ledger, loss })
    }

    /// Takes over or deleverages leg by leg, the largest first, until the account is healthy.
    fn reduce(&mut self, case: &Case, plan: &mut Plan) -> Result<(), Why> {
        let mut ledger = case.ledger;
        let mut outcome = Ok(());
        for market in self.largest_first(&ledger) {
            let now = self.now;
            let health = self
                .scratch
                .attempt(&[&ledger], false, |markets| assess(&ledger, markets, Margin::Maintenance, now));
            if health.map_err(why)?.is_met() {
                return Ok(());
            }
            outcome = self.take_over(case, &mut ledger, market, plan);
            if outcome.is_err() {
                outcome = self.deleverage(case, &mut ledger, market, plan);
            }
        }
        outcome
    }

    fn largest_first(&self, ledger: &MarginAccount) -> Vec<MarketIndex> {
        let mut sized: Vec<(Atoms, MarketIndex)> = ledger
            .legs()
            .filter_map(|leg| {
                let market = self.scratch.markets.get(&leg.market)?;
                let (_, size) = self.scratch.position(ledger, leg.market)?;
                Some((market.notional(size).ok()?, leg.market))
            })
            .filter(|(notional, _)| !notional.is_zero())
            .collect();
        sized.sort_unstable_by(|a, b| b.cmp(a));
        sized.into_iter().map(|(_, market)| market).collect()
    }

    fn deleverage(
        &mut self,
        case: &Case,
        ledger: &mut MarginAccount,
        market: MarketIndex,
        plan: &mut Plan,
    ) -> Result<(), Why> {
        let account = case.need.address;
        self.require_open(Gate::Deleverage, Kind::Deleverage, case, market)?;
        let now = self.now;
        let mut probe = *ledger;
        let outcome = self
            .scratch
            .attempt(&[ledger], true, |markets| deleverage(&mut probe, None, markets, market, now))
            .map_err(why)?;
        if !outcome.eligible {
            return Err(Why::NotWorthTaking);
        }
        *ledger = probe;
        let params = &self.scratch.markets.get(&market).ok_or(Why::Unclear)?.params;
        let bounty = params.deleverage_bounty.of_floor(outcome.penalty.0).unwrap_or(0);
        let own = self.policy.account.filter(|own| *own != account);
        let draft = Draft {
            action: Action::Deleverage { account, market },
            reason: Reason::BelowThreshold {
                equity: case.need.health.equity,
                maintenance: case.need.health.requirement,
            },
            loss: case.loss,
            value: if own.is_some() { signed(i128::from(bounty)) } else { SignedAtoms::ZERO },
            whole: &[account],
            besides: own.as_slice(),
            writes: Writes::Only(market),
        };
        plan.tasks.push(draft.task(self.book, self.now));
        Ok(())
    }

    pub(super) fn require_open(
        &self,
        gate: Gate,
        kind: Kind,
        case: &Case,
        market: MarketIndex,
    ) -> Result<(), Why> {
        let subject = Subject { kind, account: Some(case.need.address), market: Some(market) };
        if !self.book.common.is_open(gate, self.now) || self.memory.is_suppressed(&subject) {
            return Err(Why::Paused);
        }
        Ok(())
    }
}

pub(super) fn why(error: EngineError) -> Why {
    match error {
        EngineError::StalePrice => Why::StalePrice,
        EngineError::MarketSettling => Why::Closing,
        EngineError::BelowInitialMargin => Why::NotWorthTaking,
        _ => Why::Unclear,
    }
}
