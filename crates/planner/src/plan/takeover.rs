//! Taking over a position of a solvent account with the keeper's own.

use clearing::state::Gate;
use jettison_engine::{assess, liquidate, Atoms, Contracts, EngineError, Margin, MarginAccount, MarketIndex};

use super::distress::{why, Case, Rescue};
use super::draft::{Draft, Writes};
use super::scratch::lag_cost;
use super::signed;
use super::task::{Action, Kind, Plan, Reason, Why};

impl Rescue<'_> {
    /// Plans a takeover of part of a position if the keeper may, can, and gains by it. `ledger` is then as after it.
    pub(super) fn take_over(
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
}
