//! Instructions of keepers, which is anyone.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::*;
use clearing::{accounts, instruction};

use super::{build, MarketUse};
use crate::Venue;

impl Venue {
    /// `accrue_market`.
    pub fn accrue_market(&self, index: u16, oracle: Pubkey) -> Instruction {
        let accounts = accounts::AccrueMarket { market: self.market(index), oracle };
        build(accounts, instruction::AccrueMarket {}, vec![])
    }

    /// `liquidate`, signed by the liquidator's authority or delegate. `markets`: all of both accounts'.
    pub fn liquidate(
        &self,
        signer: Pubkey,
        liquidatee: Pubkey,
        liquidator: Pubkey,
        args: LiquidateArgs,
        markets: &[u16],
    ) -> Instruction {
        let accounts =
            accounts::Liquidate { signer, clearinghouse: self.clearinghouse, liquidatee, liquidator };
        let markets = self.metas(MarketUse::Change(args.market_index, markets));
        build(accounts, instruction::Liquidate { args }, markets)
    }

    /// `deleverage`, by anyone. `markets`: all the account's.
    pub fn deleverage(
        &self,
        margin_account: Pubkey,
        bounty_account: Option<Pubkey>,
        market_index: u16,
        markets: &[u16],
    ) -> Instruction {
        let accounts =
            accounts::Deleverage { clearinghouse: self.clearinghouse, margin_account, bounty_account };
        let args = DeleverageArgs { market_index };
        build(
            accounts,
            instruction::Deleverage { args },
            self.metas(MarketUse::Change(market_index, markets)),
        )
    }

    /// `resolve_bankruptcy`, signed by anyone, or by the authority or delegate of `caller_account`. `markets`: all
    /// the bankrupt account's; with `take_over` also the caller's.
    pub fn resolve_bankruptcy(
        &self,
        caller: Pubkey,
        margin_account: Pubkey,
        caller_account: Option<Pubkey>,
        take_over: bool,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::ResolveBankruptcy {
            caller,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            margin_account,
            caller_account,
            insurance_vault: self.insurance_vault,
            margin_vault: self.margin_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        let args = ResolveBankruptcyArgs { take_over };
        build(accounts, instruction::ResolveBankruptcy { args }, self.metas(MarketUse::ChangeAll(markets)))
    }

    /// `settle_account`, by anyone. `markets`: all the account's.
    pub fn settle_account(&self, margin_account: Pubkey, markets: &[u16]) -> Instruction {
        let accounts = accounts::SettleAccount { clearinghouse: self.clearinghouse, margin_account };
        build(accounts, instruction::SettleAccount {}, self.metas(MarketUse::ChangeAll(markets)))
    }

    /// `sweep_fees`, by anyone. `fee_account`: a token account of the fee authority.
    pub fn sweep_fees(&self, market_index: u16, fee_account: Pubkey) -> Instruction {
        let accounts = accounts::SweepFees {
            clearinghouse: self.clearinghouse,
            market: self.market(market_index),
            insurance_fund: self.insurance_fund,
            insurance_vault: self.insurance_vault,
            margin_vault: self.margin_vault,
            fee_account,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::SweepFees {}, vec![])
    }

    /// `flag_bankruptcy`, by anyone. `markets`: all the account's.
    pub fn flag_bankruptcy(&self, margin_account: Pubkey, markets: &[u16]) -> Instruction {
        let accounts = accounts::FlagBankruptcy {
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            margin_account,
        };
        build(accounts, instruction::FlagBankruptcy {}, self.metas(MarketUse::Read(markets)))
    }

    /// `serve_withdrawal` of the first in the queue, by anyone. `destination` is the one that the margin account names.
    pub fn serve_withdrawal(&self, margin_account: Pubkey, destination: Pubkey) -> Instruction {
        let accounts = accounts::ServeWithdrawal {
            clearinghouse: self.clearinghouse,
            custody: self.custody,
            margin_account,
            destination,
            margin_vault: self.margin_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::ServeWithdrawal {}, vec![])
    }

    /// `begin_settlement`, by anyone once it is due.
    pub fn begin_settlement(&self, market_index: u16, oracle: Pubkey) -> Instruction {
        let market = self.market(market_index);
        let accounts = accounts::BeginSettlement { clearinghouse: self.clearinghouse, market, oracle };
        build(accounts, instruction::BeginSettlement {}, vec![])
    }
}
