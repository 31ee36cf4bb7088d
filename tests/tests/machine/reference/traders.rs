//! What traders do.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use clearing::error::ClearingError;
use clearing::state::{Gate, MarginAccount};
use jettison_engine::{require_empty, EngineError};
use jettison_harness::history::coverage::Coverage;
use jettison_harness::Who;

use super::{require, with, Outcome, Reference, Refusal};
use crate::machine::command::{Command, Person};

impl Reference {
    pub(super) fn act_as_trader(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        match *command {
            Command::Deposit { who, from, amount } => {
                self.require_account(who)?;
                self.require_gate(Gate::Deposit)?;
                self.world.deposit(who, amount)?;
                self.wallets[from].pay(amount)
            }
            Command::Withdraw { who, to, amount, by } => self.withdraw(who, to, amount, by, seen),
            Command::Trade { .. } => self.trade(command, seen),
            Command::OpenAccount { who } => {
                require(self.accounts[who].is_none(), Refusal::InUse)?;
                self.accounts[who] = Some(with(MarginAccount::zeroed(), |account| {
                    account.version = MarginAccount::VERSION;
                    account.clearinghouse = self.address;
                    account.authority = self.people[who];
                }));
                self.custody.margin_accounts += 1;
                Ok(())
            }
            Command::CloseAccount { who, waive, by } => {
                self.require_owner(who, by)?;
                if waive {
                    let waived = self.world.waive(who)?;
                    seen.note_if(waived > 0, "claim waived");
                }
                require_empty(&self.world.accounts[who])?;
                require(self.world.places[who].amount.is_zero(), EngineError::AccountNotEmpty)?;
                self.accounts[who] = None;
                self.world.places[who] = Default::default();
                self.custody.margin_accounts -= 1;
                Ok(())
            }
            Command::SetDelegate { who, delegate, by } => {
                self.require_owner(who, by)?;
                let delegate = delegate.map_or(Pubkey::default(), |delegate| self.people[delegate]);
                if let Some(account) = &mut self.accounts[who] {
                    account.delegate = delegate;
                }
                Ok(())
            }
            Command::Freeze { who, thaw } => {
                self.wallets[who].frozen = !thaw;
                Ok(())
            }
            _ => unreachable!("{command:?}"),
        }
    }

    fn require_owner(&self, who: Who, by: Person) -> Outcome {
        let account = self.accounts[who].as_ref();
        let account = account.ok_or(Refusal::Anchor(ErrorCode::AccountOwnedByWrongProgram))?;
        require(self.is(by, account.authority), ClearingError::NotAuthority)
    }

    fn withdraw(&mut self, who: Who, to: Who, amount: u64, by: Person, seen: &mut Coverage) -> Outcome {
        self.require_owner(who, by)?;
        self.require_gate(Gate::Withdraw)?;
        let waited = self.world.throttle.queued;
        self.world.withdraw(who, amount)?;
        if self.world.throttle.queued == waited {
            return self.wallets[to].receive(amount);
        }
        let destination = self.wallet_keys[to];
        if let Some(account) = &mut self.accounts[who] {
            account.destination = destination;
        }
        seen.note("withdrawal queued");
        Ok(())
    }

    fn trade(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        let Command::Trade { buyer, seller, terms, by } = *command else { unreachable!("{command:?}") };
        let market = usize::from(terms.market.0);
        self.require_account(buyer)?;
        self.require_account(seller)?;
        require(buyer != seller, EngineError::SameAccount)?;
        self.require_trader(buyer, by[0])?;
        self.require_trader(seller, by[1])?;
        self.require_passed_market(market)?;
        let outcome = self.world.trade_at(buyer, seller, terms)?;
        if outcome.opens() {
            self.require_gate(Gate::Open)?;
        }
        seen.note_trade(&self.world, buyer, seller, market, &outcome);
        seen.note_if(by != [buyer, seller], "traded by a delegate");
        let off = terms.price != self.world.markets[market].effective_price;
        seen.note_if(off, "traded off the mark");
        seen.note_if(self.world.markets[market].is_settling(), "traded while settling");
        Ok(())
    }
}
