//! What stakers do.

use anchor_lang::error::ErrorCode;
use bytemuck::Zeroable;
use clearing::error::ClearingError;
use clearing::state::{Gate, StakeAccount};
use jettison_harness::history::coverage::Coverage;
use jettison_harness::Who;

use super::{require, with, Outcome, Reference, Refusal};
use crate::machine::command::Command;

impl Reference {
    pub(super) fn act_as_staker(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        match *command {
            Command::Fund { from, amount } => {
                self.world.endow(amount)?;
                self.wallets[from].pay(amount)
            }
            Command::OpenStake { who } => {
                require(self.stakes[who].is_none(), Refusal::InUse)?;
                self.world.reopen_stake(who)?;
                self.stakes[who] = Some(with(StakeAccount::zeroed(), |account| {
                    account.version = StakeAccount::VERSION;
                    account.clearinghouse = self.address;
                    account.authority = self.people[who];
                }));
                Ok(())
            }
            Command::Stake { who, amount } => {
                self.require_stake(who)?;
                self.require_gate(Gate::Stake)?;
                self.world.stake(who, amount)?;
                self.wallets[who].pay(amount)
            }
            Command::RequestUnstake { who, shares, by } => {
                self.require_stake(who)?;
                require(by == who, ClearingError::NotAuthority)?;
                let cooldown = self.house().settings.unstake_cooldown_seconds;
                self.world.request_unstake(who, shares, cooldown)?;
                Ok(())
            }
            Command::Unstake { who } => {
                self.require_stake(who)?;
                self.require_gate(Gate::Unstake)?;
                let promised = self.world.stakes[who].requested_value.0;
                let paid = self.world.unstake(who)?;
                seen.note_if(paid < promised, "unstaked after a loss");
                self.wallets[who].receive(paid)
            }
            Command::CloseStake { who } => {
                self.require_stake(who)?;
                self.world.close_stake(who)?;
                self.stakes[who] = None;
                Ok(())
            }
            _ => unreachable!("{command:?}"),
        }
    }

    fn require_stake(&self, who: Who) -> Outcome {
        require(self.stakes[who].is_some(), Refusal::Anchor(ErrorCode::AccountOwnedByWrongProgram))
    }
}
