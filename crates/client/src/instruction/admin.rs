//! Instructions of the authority and of the guardian.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use clearing::instructions::*;
use clearing::state::ClearinghouseSettings;
use clearing::{accounts, instruction};

use super::build;
use crate::Venue;

impl Venue {
    /// `initialize_clearinghouse`, signed by the venue's creator.
    pub fn initialize_clearinghouse(
        &self,
        payer: Pubkey,
        fee_authority: Pubkey,
        settings: ClearinghouseSettings,
    ) -> Instruction {
        let accounts = accounts::InitializeClearinghouse {
            authority: self.creator,
            payer,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            custody: self.custody,
            quote_mint: self.quote_mint,
            margin_vault: self.margin_vault,
            insurance_vault: self.insurance_vault,
            token_program: self.token_program,
            system_program: system_program::ID,
        };
        let args = InitializeClearinghouseArgs { fee_authority, settings };
        build(accounts, instruction::InitializeClearinghouse { args }, vec![])
    }

    /// `create_market` of the next index, signed by the clearinghouse's authority.
    pub fn create_market(
        &self,
        authority: Pubkey,
        payer: Pubkey,
        index: u16,
        oracle: Pubkey,
        args: CreateMarketArgs,
    ) -> Instruction {
        let accounts = accounts::CreateMarket {
            authority,
            payer,
            clearinghouse: self.clearinghouse,
            market: self.market(index),
            oracle,
            system_program: system_program::ID,
        };
        build(accounts, instruction::CreateMarket { args }, vec![])
    }

    /// `change_market`, signed by the clearinghouse's authority. `oracle` is the new settings' account.
    pub fn change_market(
        &self,
        authority: Pubkey,
        market_index: u16,
        oracle: Pubkey,
        args: ChangeMarketArgs,
    ) -> Instruction {
        let accounts = accounts::ChangeMarket {
            authority,
            clearinghouse: self.clearinghouse,
            market: self.market(market_index),
            oracle,
        };
        build(accounts, instruction::ChangeMarket { args }, vec![])
    }

    /// `execute_market_change`, by anyone. `oracle` is the queued settings' account.
    pub fn execute_market_change(&self, market_index: u16, oracle: Pubkey) -> Instruction {
        let market = self.market(market_index);
        let accounts = accounts::ExecuteMarketChange { clearinghouse: self.clearinghouse, market, oracle };
        build(accounts, instruction::ExecuteMarketChange {}, vec![])
    }

    /// `cancel_market_change`, signed by the authority or the guardian.
    pub fn cancel_market_change(&self, signer: Pubkey, market_index: u16) -> Instruction {
        let market = self.market(market_index);
        let accounts = accounts::CancelMarketChange { signer, clearinghouse: self.clearinghouse, market };
        build(accounts, instruction::CancelMarketChange {}, vec![])
    }

    /// `change_clearinghouse`, signed by the authority.
    pub fn change_clearinghouse(&self, authority: Pubkey, args: ChangeClearinghouseArgs) -> Instruction {
        let accounts = accounts::ChangeClearinghouse { authority, clearinghouse: self.clearinghouse };
        build(accounts, instruction::ChangeClearinghouse { args }, vec![])
    }

    /// `execute_clearinghouse_change`, by anyone.
    pub fn execute_clearinghouse_change(&self) -> Instruction {
        let accounts = accounts::ExecuteClearinghouseChange { clearinghouse: self.clearinghouse };
        build(accounts, instruction::ExecuteClearinghouseChange {}, vec![])
    }

    /// `cancel_clearinghouse_change`, signed by the authority or the guardian.
    pub fn cancel_clearinghouse_change(&self, signer: Pubkey) -> Instruction {
        let accounts = accounts::CancelClearinghouseChange { signer, clearinghouse: self.clearinghouse };
        build(accounts, instruction::CancelClearinghouseChange {}, vec![])
    }

    /// `nominate`, signed by who holds the role.
    pub fn nominate(&self, holder: Pubkey, args: NominateArgs) -> Instruction {
        let accounts = accounts::Nominate { holder, clearinghouse: self.clearinghouse };
        build(accounts, instruction::Nominate { args }, vec![])
    }

    /// `accept`, signed by who was nominated.
    pub fn accept(&self, nominee: Pubkey, role: Role) -> Instruction {
        let accounts = accounts::Accept { nominee, clearinghouse: self.clearinghouse };
        build(accounts, instruction::Accept { args: AcceptArgs { role } }, vec![])
    }

    /// `pause`, signed by the guardian.
    pub fn pause(&self, guardian: Pubkey, args: PauseArgs) -> Instruction {
        let accounts = accounts::Pause { guardian, clearinghouse: self.clearinghouse };
        build(accounts, instruction::Pause { args }, vec![])
    }

    /// `schedule_settlement`, signed by the authority.
    pub fn schedule_settlement(
        &self,
        authority: Pubkey,
        market_index: u16,
        expected_revision: u64,
    ) -> Instruction {
        let market = self.market(market_index);
        let accounts = accounts::ScheduleSettlement { authority, clearinghouse: self.clearinghouse, market };
        let args = ScheduleSettlementArgs { expected_revision };
        build(accounts, instruction::ScheduleSettlement { args }, vec![])
    }

    /// `close_market`, signed by the authority. `receiver` gets the rent; `fee_account` is the fee authority's.
    pub fn close_market(
        &self,
        authority: Pubkey,
        market_index: u16,
        receiver: Pubkey,
        fee_account: Pubkey,
    ) -> Instruction {
        let accounts = accounts::CloseMarket {
            authority,
            receiver,
            clearinghouse: self.clearinghouse,
            market: self.market(market_index),
            insurance_fund: self.insurance_fund,
            insurance_vault: self.insurance_vault,
            margin_vault: self.margin_vault,
            fee_account,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::CloseMarket {}, vec![])
    }

    /// `close_clearinghouse`, signed by the authority. `receiver` gets the rent; `fee_account` is the fee authority's.
    pub fn close_clearinghouse(
        &self,
        authority: Pubkey,
        receiver: Pubkey,
        fee_account: Pubkey,
    ) -> Instruction {
        let accounts = accounts::CloseClearinghouse {
            authority,
            receiver,
            clearinghouse: self.clearinghouse,
            custody: self.custody,
            insurance_fund: self.insurance_fund,
            insurance_vault: self.insurance_vault,
            margin_vault: self.margin_vault,
            fee_account,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        };
        build(accounts, instruction::CloseClearinghouse {}, vec![])
    }
}
