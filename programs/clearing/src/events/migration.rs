//! Events of the migrations from the first version.

use anchor_lang::prelude::*;

use crate::state::{ClearinghouseSettings, MarketParamsArgs};

/// A clearinghouse of the first version was taken over.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearinghouseMigrated {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// Its new custody.
    pub custody: Pubkey,
    /// How many markets it has, which are to be migrated next.
    pub markets: u16,
    /// What its insurance fund holds.
    pub insured: u64,
    /// What each of its markets may draw of that within a window.
    pub insurance_base: u64,
    /// Its settings, which it had none of before.
    pub settings: ClearinghouseSettings,
}

/// A market of the first version was taken over.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketMigrated {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The market.
    pub market: Pubkey,
    /// Its index.
    pub index: u16,
    /// Its parameters: those that it had, and what was set for those that it didn't have.
    pub params: MarketParamsArgs,
}

/// A margin account of the first version was taken over.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarginAccountMigrated {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The margin account.
    pub margin_account: Pubkey,
    /// Its owner.
    pub authority: Pubkey,
    /// Its capital.
    pub capital: u64,
    /// How many legs it has, now counted by their markets.
    pub legs: u32,
    /// How many margin accounts the clearinghouse has counted.
    pub margin_accounts: u32,
}
