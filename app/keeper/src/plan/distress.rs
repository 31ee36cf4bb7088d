//! Accounts in need: take over, deleverage, resolve.

use jettison_engine::{
    assess, deleverage, liquidate, penalty_rate, resolve_bankruptcy, Atoms, Caller, Contracts, EngineError,
    Margin, MarginAccount, MarketIndex, Resolution, SignedAtoms,
};

use clearing::state::Gate;

use super::draft::{Draft, Writes};
use super::memory::Memory;
use super::scratch::{lag_cost, Scratch};
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
}

/// A case: an account in need and what waiting costs.
struct Case {
    need: Need,
    ledger: MarginAccount,
    loss: Atoms,
}

impl Rescue<'_> {
    /// Plans for every account in need, the most urgent first: the keeper's capital goes to these.
    pub fn plan(&mut self, plan: &mut Plan) {
        let mut cases: Vec<Case> =
            self.book.in_need().into_iter().filter_map(|need| self.case(need)).collect();
        cases.sort_by_key(|case| (core::cmp::Reverse(case.loss), case.need.address));
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

    fn take_over(
        &mut self,
        case: &Case,
        ledger: &mut MarginAccount,
        market: MarketIndex,
        plan: &mut Plan,
    ) -> Result<(), Why> {
        let account = case.need.address;
        let (Some(own), Some(_)) = (self.policy.account, &self.scratch.keeper) else {
            return Err(Why::NotWorthTaking);
        };
        self.require_open(Gate::Liquidate, Kind::Liquidate, case, market)?;
        let (direction, whole) = self.scratch.position(ledger, market).ok_or(Why::Unclear)?;
        let room = self.policy.room(market, self.scratch.held(market), direction);
        if own == account || room.is_zero() {
            return Err(Why::NotWorthTaking);
        }
        let (size, cap) = self.feasible(ledger, market, room, whole)?;
        let (reward, _) = self.try_taking(ledger, market, cap, false).map_err(why)?;
        let entry = self.scratch.markets.get(&market).ok_or(Why::Unclear)?;
        let value = signed(i128::from(reward.0) - lag_cost(entry, direction, size).max(0));
        if value < self.policy.least_gain {
            return Err(Why::NotWorthTaking);
        }
        self.try_taking(ledger, market, cap, true).map_err(why)?;
        let reason = Reason::BelowMaintenance {
            equity: case.need.health.equity,
            maintenance: case.need.health.requirement,
        };
        let action = Action::Liquidate { account, market, max_contracts: cap };
        let draft = Draft {
            action,
            reason,
            loss: case.loss,
            value,
            whole: &[account, own],
            besides: &[],
            writes: Writes::Only(market),
        };
        plan.tasks.push(draft.task(self.book, self.now));
        Ok(())
    }

    /// How many contracts would be taken, and the cap to ask with: the room if the keeper can take what the program would
    /// give it, else as many as its margin allows.
    fn feasible(
        &mut self,
        ledger: &MarginAccount,
        market: MarketIndex,
        room: Contracts,
        whole: Contracts,
    ) -> Result<(Contracts, Contracts), Why> {
        let mut probe = *ledger;
        match self.try_taking(&mut probe, market, room, false) {
            Ok((_, size)) => return Ok((size, room)),
            Err(EngineError::BelowInitialMargin) => {}
            Err(error) => return Err(why(error)),
        }
        let (mut fits, mut exceeds) = (0, room.0.min(whole.0));
        // A part in a thousand is near enough: prices move meanwhile.
        while exceeds - fits > 1 + exceeds / 1_024 {
            let middle = fits.midpoint(exceeds);
            let mut probe = *ledger;
            match self.try_taking(&mut probe, market, Contracts(middle), false) {
                Ok(_) => fits = middle,
                Err(_) => exceeds = middle,
            }
        }
        if fits == 0 {
            return Err(Why::NotWorthTaking);
        }
        Ok((Contracts(fits), Contracts(fits)))
    }

    /// Liquidates on copies, and keeps what that did if `keep` says so. Returns reward and size.
    fn try_taking(
        &mut self,
        ledger: &mut MarginAccount,
        market: MarketIndex,
        max: Contracts,
        keep: bool,
    ) -> Result<(Atoms, Contracts), EngineError> {
        let (now, least) = (self.now, self.policy.least_equity);
        let (mut account, mut keeper) = (*ledger, self.scratch.keeper.unwrap_or_default());
        let concerned = [&*ledger, &keeper.clone()];
        let outcome = self.scratch.attempt(&concerned, keep, |markets| {
            let outcome = liquidate(&mut account, &mut keeper, markets, market, max, now)?;
            let health = assess(&keeper, markets, Margin::Maintenance, now)?;
            if !health.equity.covers(Atoms(least.of_ceil(health.requirement.0)?)) {
                return Err(EngineError::BelowInitialMargin);
            }
            Ok(outcome)
        })?;
        if keep {
            *ledger = account;
            self.scratch.keeper = Some(keeper);
        }
        Ok((outcome.reward, outcome.size))
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
        let outcome = self.scratch.attempt(&[ledger], true, |markets| {
            let health = assess(&probe, markets, Margin::Maintenance, now)?;
            penalty_rate(&markets.get(market)?.params, &health)?;
            deleverage(&mut probe, None, markets, market, now)
        });
        let outcome = outcome.map_err(why)?;
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

    fn resolve(&mut self, case: &Case, plan: &mut Plan) -> Result<(), Why> {
        let account = case.need.address;
        let subject = Subject { kind: Kind::Resolve, account: Some(account), market: None };
        let open = self.book.common.is_open(Gate::Resolve, self.now);
        if !open || self.memory.is_suppressed(&subject) {
            self.flag(case, plan);
            return Err(Why::Paused);
        }
        let resolution = self.try_resolving(&case.ledger, false).map_err(why)?;
        self.sweep_before(case, &resolution, plan);
        let resolution = self.try_resolving(&case.ledger, true).map_err(why)?;
        let own = self.policy.account.filter(|own| *own != account);
        let bounty = resolution.bounty_from_insurance.0.saturating_add(resolution.bounty_from_fees.0);
        let draft = Draft {
            action: Action::Resolve { account, losers: vec![], take_over: false },
            reason: Reason::Bankrupt { equity: case.need.health.equity },
            loss: case.loss,
            value: signed(i128::from(bounty)),
            whole: &[account],
            besides: own.as_slice(),
            writes: Writes::All,
        };
        plan.tasks.push(draft.task(self.book, self.now));
        Ok(())
    }

    /// Resolves on copies, and keeps what that did if `keep` says so.
    fn try_resolving(&mut self, ledger: &MarginAccount, keep: bool) -> Result<Resolution, EngineError> {
        let (now, fund) = (self.now, self.scratch.fund);
        let (mut account, mut keeper) = (*ledger, self.scratch.keeper);
        let resolution = self.scratch.attempt(&[ledger], keep, |markets| {
            let caller = keeper.as_mut().map(|account| Caller { account, takes_over: false });
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
                value: SignedAtoms(i64::MAX),
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

    fn require_open(&self, gate: Gate, kind: Kind, case: &Case, market: MarketIndex) -> Result<(), Why> {
        let subject = Subject { kind, account: Some(case.need.address), market: Some(market) };
        if !self.book.common.is_open(gate, self.now) || self.memory.is_suppressed(&subject) {
            return Err(Why::Paused);
        }
        Ok(())
    }
}

fn why(error: EngineError) -> Why {
    match error {
        EngineError::StalePrice => Why::StalePrice,
        EngineError::MarketSettling => Why::Closing,
        EngineError::BelowInitialMargin => Why::NotWorthTaking,
        _ => Why::Unclear,
    }
}
