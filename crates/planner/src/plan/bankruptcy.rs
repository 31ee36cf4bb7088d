//! Bankrupt accounts: settle those who owe to their short pools, sweep what insurance lacks, resolve.

use anchor_lang::prelude::Pubkey;
use clearing::state::Gate;
use jettison_client::{losers_to_settle, LoserLimits};
use jettison_engine::{
    resolve_bankruptcy, settle_account, Atoms, Caller, EngineError, MarginAccount, Market, Resolution,
    SignedAtoms,
};

use super::distress::{why, Case, Rescue};
use super::draft::{Draft, Writes};
use super::signed;
use super::task::{Action, Kind, Plan, Reason, Subject, Why};

impl Rescue<'_> {
    /// Plans the resolution of a bankrupt account, with what should come before it.
    pub(super) fn resolve(&mut self, case: &Case, plan: &mut Plan) -> Result<(), Why> {
        let account = case.need.address;
        let subject = Subject { kind: Kind::Resolve, account: Some(account), market: None };
        let open = self.book.common.is_open(Gate::Resolve, self.now);
        if !open || self.memory.is_suppressed(&subject) {
            self.flag(case, plan);
            return Err(Why::Paused);
        }
        let resolution = self.try_resolving(&case.ledger, false, false).map_err(why)?;
        let losers = self.settle_losers(case, &resolution);
        let resolution = self.try_resolving(&case.ledger, false, false).map_err(why)?;
        self.sweep_before(case, &resolution, plan);
        let (resolution, take_over) = self.resolve_well(&case.ledger).map_err(why)?;
        let own = self.policy.account.filter(|own| *own != account);
        let bounty = resolution.bounty_from_insurance.0.saturating_add(resolution.bounty_from_fees.0);
        let mut whole = vec![account];
        whole.extend(&losers);
        whole.extend(own.filter(|_| take_over));
        let besides = own.filter(|_| !take_over);
        let draft = Draft {
            action: Action::Resolve { account, losers, take_over },
            reason: Reason::Bankrupt { equity: case.need.health.equity },
            loss: case.loss,
            value: if own.is_some() { signed(i128::from(bounty)) } else { SignedAtoms::ZERO },
            whole: &whole,
            besides: besides.as_slice(),
            writes: Writes::All,
        };
        plan.tasks.push(draft.task(self.book, self.now));
        Ok(())
    }

    /// Settles on copies those who owe to the pools that can't pay the account's claims; returns them.
    fn settle_losers(&mut self, case: &Case, resolution: &Resolution) -> Vec<Pubkey> {
        let short = resolution.legs().filter(|leg| !leg.forfeited.is_zero()).map(|leg| leg.market);
        let mut candidates: Vec<(Pubkey, MarginAccount)> = vec![];
        for market in short {
            for (address, ledger) in self.debtors(market) {
                let is_known = candidates.iter().any(|(known, _)| *known == address);
                let is_own = self.policy.account == Some(address);
                if !is_known && !is_own && !self.settled.contains(&address) {
                    candidates.push((address, ledger));
                }
            }
        }
        if candidates.is_empty() {
            return vec![];
        }
        let limits = LoserLimits { accounts: self.policy.most_losers, markets: self.policy.most_markets };
        let markets: Vec<Market> = self.scratch.markets.values().copied().collect();
        let listed = candidates.iter().map(|(address, ledger)| (*address, ledger));
        let Ok(chosen) = losers_to_settle(&case.ledger, listed, &markets, limits, self.now) else {
            return vec![];
        };
        let mut losers = vec![];
        for (loser, _) in chosen.losers {
            let Some((_, ledger)) = candidates.iter().find(|(address, _)| *address == loser) else {
                continue;
            };
            let (mut probe, now) = (*ledger, self.now);
            if self
                .scratch
                .attempt(&[ledger], true, |markets| settle_account(&mut probe, markets, now))
                .is_ok()
            {
                self.settled.insert(loser);
                losers.push(loser);
            }
        }
        losers
    }

    /// Resolves on the plan's copies. The keeper takes the positions over if that leaves it with none larger than before: so
    /// its own shrink, and nobody is deleveraged.
    fn resolve_well(&mut self, ledger: &MarginAccount) -> Result<(Resolution, bool), EngineError> {
        let shrinks = ledger.legs().filter(|leg| leg.has_position()).all(|leg| {
            let taken = self.scratch.position(ledger, leg.market);
            let held = self.scratch.held(leg.market);
            // What is twice its own or less leaves it no larger on the other side.
            matches!((taken, held), (Some((side, size)), Some((own, held)))
                if side != own && size.0 / 2 <= held.0)
        });
        if shrinks && self.try_resolving(ledger, true, false)?.taken_over {
            return Ok((self.try_resolving(ledger, true, true)?, true));
        }
        Ok((self.try_resolving(ledger, false, true)?, false))
    }

    /// Resolves on copies, and keeps what that did if `keep` says so.
    fn try_resolving(
        &mut self,
        ledger: &MarginAccount,
        takes_over: bool,
        keep: bool,
    ) -> Result<Resolution, EngineError> {
        let (now, fund) = (self.now, self.scratch.fund);
        let (mut account, mut keeper) = (*ledger, self.scratch.keeper);
        let others = keeper.filter(|_| takes_over);
        let concerned: Vec<&MarginAccount> = [ledger].into_iter().chain(&others).collect();
        let resolution = self.scratch.attempt(&concerned, keep, |markets| {
            let caller = keeper.as_mut().map(|account| Caller { account, takes_over });
            resolve_bankruptcy(&mut account, caller, markets, fund, now)
        })?;
        if keep {
            self.scratch.fund = fund.saturating_minus(resolution.insurance_drawn()?);
            self.scratch.keeper = keeper;
        }
        Ok(resolution)
    }

    /// Unswept fees are no insurance: they are swept before a loss that insurance would not cover.
    fn sweep_before(&mut self, case: &Case, resolution: &Resolution, plan: &mut Plan) {
        let is_open = self.book.common.is_open(Gate::Sweep, self.now);
        let short = resolution.legs().filter(|leg| !leg.by_index.is_zero() || !leg.uncovered.is_zero());
        for leg in short {
            let Some(market) = self.scratch.markets.get_mut(&leg.market) else { continue };
            let amount = market.insurance_fees;
            if !is_open || amount.is_zero() {
                continue;
            }
            if let Ok((insurance, _)) = market.sweep() {
                self.scratch.fund = Atoms(self.scratch.fund.0.saturating_add(insurance.0));
            }
            let draft = Draft {
                action: Action::SweepFees { market: leg.market },
                reason: Reason::FeesDue { amount },
                loss: case.loss,
                value: SignedAtoms::ZERO,
                whole: &[],
                besides: &[],
                writes: Writes::Only(leg.market),
            };
            plan.tasks.push(draft.task(self.book, self.now));
        }
    }

    /// Shows that an account is bankrupt while it can't be resolved, so that nobody leaves the fund meanwhile.
    fn flag(&mut self, case: &Case, plan: &mut Plan) {
        if self.book.common.fund.stakes == 0 || self.book.common.fund.flagged_until > self.now {
            return;
        }
        let account = case.need.address;
        let draft = Draft {
            action: Action::FlagBankruptcy { account },
            reason: Reason::Bankrupt { equity: case.need.health.equity },
            loss: case.loss,
            value: SignedAtoms::ZERO,
            whole: &[account],
            besides: &[],
            writes: Writes::None,
        };
        plan.tasks.push(draft.task(self.book, self.now));
    }
}
