//! Instructions around the insurance fund.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use clearing::instructions::*;
use clearing::{accounts, instruction};

use super::build;
use crate::Venue;

impl Venue {
    /// `fund_insurance` with `amount` atoms, signed by `depositor`, the tokens' owner or delegate.
    pub fn fund_insurance(&self, depositor: Pubkey, from: Pubkey, amount: u64) -> Instruction {
        let accounts = accounts::FundInsurance {
            depositor,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            from,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::FundInsurance { args: FundInsuranceArgs { amount } }, vec![])
    }

    /// `open_stake`, signed by `authority`.
    pub fn open_stake(&self, authority: Pubkey, payer: Pubkey) -> Instruction {
        let accounts = accounts::OpenStake {
            authority,
            payer,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            stake_account: self.stake_account(&authority),
            system_program: system_program::ID,
        };
        build(accounts, instruction::OpenStake {}, vec![])
    }

    /// `stake` of `amount` atoms, signed by the staker, who owns the tokens.
    pub fn stake(&self, authority: Pubkey, from: Pubkey, amount: u64) -> Instruction {
        let accounts = accounts::StakeInsurance {
            authority,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            stake_account: self.stake_account(&authority),
            from,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::Stake { args: StakeArgs { amount } }, vec![])
    }

    /// `request_unstake` of `shares`, signed by the staker.
    pub fn request_unstake(&self, authority: Pubkey, shares: u64) -> Instruction {
        let accounts = accounts::RequestUnstake {
            authority,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            stake_account: self.stake_account(&authority),
        };
        build(accounts, instruction::RequestUnstake { args: RequestUnstakeArgs { shares } }, vec![])
    }

    /// `unstake` of what was requested, signed by the staker.
    pub fn unstake(&self, authority: Pubkey, to: Pubkey) -> Instruction {
        let accounts = accounts::Unstake {
            authority,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            stake_account: self.stake_account(&authority),
            to,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::Unstake {}, vec![])
    }

    /// `close_stake`, signed by the staker. `receiver` gets the rent.
    pub fn close_stake(&self, authority: Pubkey, receiver: Pubkey) -> Instruction {
        let accounts = accounts::CloseStake {
            authority,
            receiver,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            stake_account: self.stake_account(&authority),
        };
        build(accounts, instruction::CloseStake {}, vec![])
    }
}
