//! Events of the clearinghouse, its markets and its fund.

use anchor_lang::prelude::*;

use crate::instructions::CreateMarketArgs;

/// A clearinghouse was created.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearinghouseInitialized {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// Its authority.
    pub authority: Pubkey,
    /// Whose token account receives protocol fees.
    pub fee_authority: Pubkey,
    /// The quote mint.
    pub quote_mint: Pubkey,
}

/// A market was created.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketCreated {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The market.
    pub market: Pubkey,
    /// Its index.
    pub index: u16,
    /// Its oracle.
    pub oracle: Pubkey,
    /// Its first price.
    pub price: u64,
    /// All it was created with.
    pub args: CreateMarketArgs,
}

/// A market's effective price moved toward its oracle's.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketAccrued {
    /// The market.
    pub market_index: u16,
    /// Effective price before.
    pub price_before: u64,
    /// Effective price after.
    pub price_after: u64,
    /// The oracle's price.
    pub target: u64,
    /// Settlement index of the long side after.
    pub long_settlement_index: i128,
    /// Settlement index of the short side after.
    pub short_settlement_index: i128,
}

/// Fees left the margin vault.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeesSwept {
    /// The market.
    pub market_index: u16,
    /// Moved to the insurance vault.
    pub to_insurance: u64,
    /// Moved to the protocol's fee account.
    pub to_protocol: u64,
    /// The insurance fund's assets after.
    pub insurance_after: u64,
}

/// Insurance came in.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsuranceFunded {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// Who paid.
    pub depositor: Pubkey,
    /// How much.
    pub amount: u64,
    /// The fund's assets before.
    pub assets_before: u64,
    /// The fund's assets after.
    pub assets_after: u64,
}
