//! Instructions that take accounts of the first version over, by anyone: the clearinghouse, then its markets, then its
//! margin accounts.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use clearing::{accounts, instruction};

use super::{build, MarketUse};
use crate::Venue;

impl Venue {
    /// `migrate_clearinghouse`; `payer` pays what the rent grows by.
    pub fn migrate_clearinghouse(&self, payer: Pubkey) -> Instruction {
        let accounts = accounts::MigrateClearinghouse {
            payer,
            clearinghouse: self.clearinghouse,
            insurance_fund: self.insurance_fund,
            custody: self.custody,
            system_program: system_program::ID,
        };
        build(accounts, instruction::MigrateClearinghouse {}, vec![])
    }

    /// `migrate_market`; `payer` pays what the rent grows by.
    pub fn migrate_market(&self, payer: Pubkey, market_index: u16) -> Instruction {
        let accounts = accounts::MigrateMarket {
            payer,
            clearinghouse: self.clearinghouse,
            market: self.market(market_index),
            system_program: system_program::ID,
        };
        build(accounts, instruction::MigrateMarket {}, vec![])
    }

    /// `migrate_margin_account`. `markets`: all the account's, which [`crate::former_markets`] reads.
    pub fn migrate_margin_account(&self, margin_account: Pubkey, markets: &[u16]) -> Instruction {
        let accounts = accounts::MigrateMarginAccount {
            clearinghouse: self.clearinghouse,
            custody: self.custody,
            margin_account,
        };
        build(accounts, instruction::MigrateMarginAccount {}, self.metas(MarketUse::ChangeAll(markets)))
    }
}
