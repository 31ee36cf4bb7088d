//! Instructions of traders.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use clearing::instructions::*;
use clearing::{accounts, instruction};

use super::{build, MarketUse};
use crate::Venue;

impl Venue {
    /// `open_margin_account`, signed by `authority`.
    pub fn open_margin_account(&self, authority: Pubkey, payer: Pubkey, id: u16) -> Instruction {
        let accounts = accounts::OpenMarginAccount {
            authority,
            payer,
            clearinghouse: self.clearinghouse,
            custody: self.custody,
            margin_account: self.margin_account(&authority, id),
            system_program: system_program::ID,
        };
        build(accounts, instruction::OpenMarginAccount { args: OpenMarginAccountArgs { id } }, vec![])
    }

    /// `close_margin_account`, signed by `authority`. With `waive_unpaid`, `markets` are those of its claims.
    pub fn close_margin_account(
        &self,
        authority: Pubkey,
        margin_account: Pubkey,
        receiver: Pubkey,
        waive_unpaid: bool,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::CloseMarginAccount {
            authority,
            receiver,
            clearinghouse: self.clearinghouse,
            custody: self.custody,
            margin_account,
        };
        let args = CloseMarginAccountArgs { waive_unpaid };
        let markets = self.metas(MarketUse::ChangeAll(markets));
        build(accounts, instruction::CloseMarginAccount { args }, markets)
    }

    /// `set_delegate`, signed by `authority`.
    pub fn set_delegate(&self, authority: Pubkey, margin_account: Pubkey, delegate: Pubkey) -> Instruction {
        let accounts = accounts::SetDelegate { authority, margin_account };
        build(accounts, instruction::SetDelegate { args: SetDelegateArgs { delegate } }, vec![])
    }

    /// `deposit` of `amount` atoms, signed by `depositor`, the tokens' owner or delegate.
    pub fn deposit(
        &self,
        depositor: Pubkey,
        from: Pubkey,
        margin_account: Pubkey,
        amount: u64,
    ) -> Instruction {
        let accounts = accounts::Deposit {
            depositor,
            clearinghouse: self.clearinghouse,
            custody: self.custody,
            margin_account,
            from,
            margin_vault: self.margin_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::Deposit { args: DepositArgs { amount } }, vec![])
    }

    /// `withdraw` of `amount` atoms, signed by `authority`. `markets`: all the account's.
    pub fn withdraw(
        &self,
        authority: Pubkey,
        margin_account: Pubkey,
        to: Pubkey,
        amount: u64,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::Withdraw {
            authority,
            clearinghouse: self.clearinghouse,
            custody: self.custody,
            margin_account,
            to,
            margin_vault: self.margin_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        let args = WithdrawArgs { amount };
        build(accounts, instruction::Withdraw { args }, self.metas(MarketUse::Read(markets)))
    }

    /// `settle_trade`, signed for each side by `signers` (buyer's, seller's). `markets`: all of both accounts'.
    pub fn settle_trade(
        &self,
        signers: [Pubkey; 2],
        buyer: Pubkey,
        seller: Pubkey,
        args: SettleTradeArgs,
        markets: &[u16],
    ) -> Instruction {
        let accounts = accounts::SettleTrade {
            buyer_signer: signers[0],
            seller_signer: signers[1],
            clearinghouse: self.clearinghouse,
            buyer,
            seller,
        };
        let markets = self.metas(MarketUse::Change(args.market_index, markets));
        build(accounts, instruction::SettleTrade { args }, markets)
    }
}
