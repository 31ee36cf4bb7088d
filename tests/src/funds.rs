//! What stakers, those who withdraw and keepers do around the vaults; and settings other than the standard ones.

use crate::{standard, Scene};
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs};
use clearing::state::{ClearinghouseSettings, MarketParamsArgs};
use jettison_client::markets_of;
use jettison_embedded::{Executed, Trader};
use jettison_engine::{InsuranceFund, QueuedWithdrawal, Stake};
use solana_signer::Signer;

/// Someone with a stake account.
#[derive(Clone, Copy, Debug)]
pub struct Staker {
    /// Who it is.
    pub key: Pubkey,
    /// Their token account.
    pub wallet: Pubkey,
}

impl Scene {
    /// Changes the clearinghouse's settings; its timelock is zero.
    pub fn change_settings(&mut self, change: impl FnOnce(&mut ClearinghouseSettings)) {
        let house = self.at.clearinghouse().expect("a clearinghouse");
        let mut settings = house.settings;
        change(&mut settings);
        let args = ChangeClearinghouseArgs { expected_revision: house.revision, settings };
        let authority = self.at.authority.pubkey();
        self.send(&[self.at.venue.change_clearinghouse(authority, args)]);
        if self.at.clearinghouse().expect("a clearinghouse").queued_ready_ts != 0 {
            self.send(&[self.at.venue.execute_clearinghouse_change()]);
        }
        assert_eq!(self.at.clearinghouse().expect("a clearinghouse").settings, settings);
    }

    /// Gives a market the standard parameters with a change.
    pub fn change_params(&mut self, market: u16, change: impl FnOnce(&mut MarketParamsArgs)) {
        let mut settings = standard().settings;
        change(&mut settings.params);
        let revision = self.at.market_revision(market).expect("a market");
        let args = ChangeMarketArgs { expected_revision: revision, settings };
        let (authority, oracle) = (self.at.authority.pubkey(), self.at.feeds[usize::from(market)].address);
        self.send(&[self.at.venue.change_market(authority, market, oracle, args)]);
        if self.at.market(market).expect("a market").queued_ready_ts != 0 {
            self.send(&[self.at.venue.execute_market_change(market, oracle)]);
        }
        assert_eq!(self.book(market).params, settings.params.into());
    }

    /// Lets seconds pass and nothing else.
    pub fn later(&mut self, seconds: i64) {
        let now = self.at.chain.now();
        self.at.chain.set_time(now + seconds);
    }

    /// Sends tokens to an account past the program.
    pub fn donate(&mut self, vault: Pubkey, atoms: u64) {
        let mint = self.at.venue.quote_mint;
        self.at.chain.mint_to(&mint, &vault, atoms).expect("the payer mints");
        *self.held.donated.entry(vault).or_default() += atoms;
    }

    /// A new staker with `atoms` in the wallet and none staked.
    pub fn staker(&mut self, atoms: u64) -> Staker {
        let key = self.key();
        let wallet = self.wallet(&key, atoms);
        let payer = self.at.chain.payer().pubkey();
        self.send(&[self.at.venue.open_stake(key, payer)]);
        Staker { key, wallet }
    }

    /// Staking `atoms`.
    pub fn stake_of(&self, staker: &Staker, atoms: u64) -> Instruction {
        self.at.venue.stake(staker.key, staker.wallet, atoms)
    }

    /// Stakes.
    pub fn stake(&mut self, staker: &Staker, atoms: u64) -> Executed {
        let stake = self.stake_of(staker, atoms);
        self.send(&[stake])
    }

    /// Requests to unstake.
    pub fn request(&mut self, staker: &Staker, shares: u64) -> Executed {
        let request = self.at.venue.request_unstake(staker.key, shares);
        self.send(&[request])
    }

    /// Taking out what was requested.
    pub fn unstake_of(&self, staker: &Staker) -> Instruction {
        self.at.venue.unstake(staker.key, staker.wallet)
    }

    /// Takes out what was requested; returns how much.
    pub fn unstake(&mut self, staker: &Staker) -> u64 {
        let before = self.tokens(&staker.wallet);
        let unstake = self.unstake_of(staker);
        self.send(&[unstake]);
        self.tokens(&staker.wallet) - before
    }

    /// A staker's shares and request.
    pub fn stake_account(&self, staker: &Staker) -> Stake {
        self.at.stake_account(&staker.key).expect("a stake account").stake
    }

    /// The insurance fund's ledger.
    pub fn fund(&self) -> InsuranceFund {
        self.at.fund().expect("an insurance fund")
    }

    /// Showing that an account is bankrupt.
    pub fn flag_of(&self, trader: &Trader) -> Instruction {
        let markets = markets_of(&[self.ledger(trader)]);
        self.at.venue.flag_bankruptcy(trader.address, &markets)
    }

    /// Withdraws to a token account. `None` if it is paid; otherwise its place in the queue.
    pub fn withdraw_to(&mut self, trader: &Trader, to: &Pubkey, atoms: u64) -> Option<u64> {
        let markets = markets_of(&[self.ledger(trader)]);
        let owner = trader.key.pubkey();
        let before = (self.tokens(to), self.queued(trader).amount.0);
        let withdraw = self.at.venue.withdraw(owner, trader.address, *to, atoms, &markets);
        self.send(&[withdraw]);
        let after = (self.tokens(to), self.queued(trader).amount.0);
        if after == (before.0 + atoms, before.1) {
            return None;
        }
        assert_eq!(after, (before.0, before.1 + atoms), "it is paid whole or queued whole");
        Some(self.queued(trader).place)
    }

    /// Capital and all claims of an account, less its debts.
    pub fn equity(&self, trader: &Trader) -> i64 {
        let ledger = self.ledger(trader);
        let claim = |leg: &jettison_engine::Leg| {
            let book = self.book(leg.market.0);
            let pending = leg.pending(book.side(leg.direction())).and_then(|pending| pending.net());
            leg.unsettled.0 + pending.expect("a claim").0
        };
        ledger.capital.0 as i64 + ledger.legs().map(claim).sum::<i64>()
    }

    /// What an account has in the queue.
    pub fn queued(&self, trader: &Trader) -> QueuedWithdrawal {
        self.at.margin_account(&trader.address).expect("a margin account").queued
    }

    /// Serving an account's place in the queue.
    pub fn serve_of(&self, trader: &Trader) -> Instruction {
        let account = self.at.margin_account(&trader.address).expect("a margin account");
        self.at.venue.serve_withdrawal(trader.address, account.destination)
    }

    /// Serves an account's place in the queue.
    pub fn serve(&mut self, trader: &Trader) -> Executed {
        let serve = self.serve_of(trader);
        self.send(&[serve])
    }
}
