//! What keepers do, which is anyone.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::state::Gate;
use jettison_engine::EngineError;
use jettison_harness::history::coverage::Coverage;
use jettison_harness::Who;

use super::{require, Outcome, Reference};
use crate::machine::command::Command;

impl Reference {
    /// The token account that is named to serve a withdrawal: the one it was made to, or another. For an account that never
    /// queued one it is the owner's.
    pub fn destination_of(&self, who: Who, to: Option<Who>) -> Pubkey {
        let recorded = self.accounts[who].map(|account| account.destination);
        let recorded = recorded.filter(|destination| *destination != Pubkey::default());
        to.map_or(recorded.unwrap_or(self.wallet_keys[who]), |to| self.wallet_keys[to])
    }

    pub(super) fn act_as_keeper(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        match *command {
            Command::Settle { who } => {
                self.require_account(who)?;
                let settlement = self.world.settle(who)?;
                seen.note_settlement(&self.world, &settlement);
                let closed = settlement.legs().any(|leg| !leg.closed.is_zero());
                seen.note_if(closed, "leg closed by settlement");
                seen.note_if(settlement.legs().any(|leg| !leg.lapsed.is_zero()), "claim lapsed");
                Ok(())
            }
            Command::Liquidate { who, liquidator, market, max, by } => {
                self.require_account(who)?;
                self.require_account(liquidator)?;
                require(who != liquidator, EngineError::SameAccount)?;
                self.require_trader(liquidator, by)?;
                self.require_passed_market(market)?;
                self.require_gate(Gate::Liquidate)?;
                let outcome = self.world.liquidate(who, liquidator, market, max)?;
                seen.note(if outcome.size.is_zero() { "liquidation lost its race" } else { "liquidation" });
                Ok(())
            }
            Command::Deleverage { who, bounty, market } => {
                self.require_account(who)?;
                if let Some(bounty) = bounty {
                    self.require_account(bounty)?;
                }
                require(bounty != Some(who), EngineError::SameAccount)?;
                self.require_passed_market(market)?;
                self.require_gate(Gate::Deleverage)?;
                let outcome = self.world.deleverage(who, bounty, market)?;
                seen.note(if outcome.eligible { "deleverage" } else { "deleverage lost its race" });
                Ok(())
            }
            Command::Resolve { who, caller, take_over, by } => {
                self.require_account(who)?;
                if let Some(caller) = caller {
                    self.require_account(caller)?;
                    require(caller != who, EngineError::SameAccount)?;
                    self.require_trader(caller, by)?;
                }
                self.require_gate(Gate::Resolve)?;
                let resolution = self.world.resolve(who, caller.map(|caller| (caller, take_over)))?;
                seen.note_resolution(&self.world, &resolution, caller.is_some() && take_over);
                seen.note(if caller.is_some() { "resolved for a bounty" } else { "resolved for nothing" });
                Ok(())
            }
            Command::Flag { who } => {
                self.require_account(who)?;
                self.world.flag(who)?;
                Ok(())
            }
            Command::Sweep { market, to } => {
                self.require_market(market)?;
                let fee_account = self.require_fee_account(to)?;
                self.require_gate(Gate::Sweep)?;
                let before = self.world.protocol;
                self.world.sweep(market);
                self.fees[fee_account] += self.world.protocol - before;
                Ok(())
            }
            Command::Serve { who, to } => {
                let destination = self.require_account(who)?.destination;
                let named = self.destination_of(who, to);
                require(named == destination, ClearingError::BadDestination)?;
                self.require_gate(Gate::Withdraw)?;
                let receives = |key| self.wallet_keys.iter().position(|wallet| *wallet == key);
                let wallet = receives(destination).filter(|wallet| !self.wallets[*wallet].frozen);
                let Some(wallet) = wallet else {
                    self.world.turn_away(who)?;
                    seen.note("turned away");
                    return Ok(());
                };
                let served = self.world.serve(who)?;
                seen.note(if self.world.places[who].amount.is_zero() { "served" } else { "served in part" });
                self.wallets[wallet].receive(served)
            }
            _ => unreachable!("{command:?}"),
        }
    }
}
