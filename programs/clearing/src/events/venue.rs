//! Events of the clearinghouse, its markets and its fund.

use anchor_lang::prelude::*;

use crate::instructions::CreateMarketArgs;
use crate::state::ClearinghouseSettings;

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
    /// Its settings.
    pub settings: ClearinghouseSettings,
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
    /// When trading may begin, in Unix seconds: the timelock's end, or zero for at once.
    pub opens_ts: i64,
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
    /// The stable price after.
    pub stable_price: u64,
    /// Funding that a long contract paid and a short one received, in units of 2⁻⁴⁴ atoms.
    pub funding: i128,
    /// The funding rate that the next accrual takes, in units of 10⁻¹² of the price a funding period.
    pub funding_rate: i64,
    /// Whether the oracle's price could not be used before.
    pub restored: bool,
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

/// A market's oracle gave no price that can be used: the market is reduce-only.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OracleSuspended {
    /// The market.
    pub market_index: u16,
    /// An `oracle::Unusable`.
    pub reason: u8,
    /// Whether it was usable before.
    pub news: bool,
    /// Since when it can't be used, in Unix seconds.
    pub since_ts: i64,
    /// When anyone may wind the market down for it, in Unix seconds.
    pub dead_ts: i64,
}

/// A market's final price was fixed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementBegun {
    /// The market.
    pub market_index: u16,
    /// The effective price before.
    pub price_before: u64,
    /// The final price.
    pub final_price: u64,
    /// Whether the authority had scheduled it; otherwise the oracle was dead.
    pub scheduled: bool,
    /// When positions begin to close by settlement, in Unix seconds.
    pub closes_ts: i64,
}
