use anchor_lang::prelude::*;

#[cfg(feature = "idl-build")]
use super::layout::InIdl;

/// Where a market's prices come from.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum OracleSource {
    /// The stand-in feed of `programs/price-feed`, for localnets and tests.
    PriceFeed,
}

/// A market: its oracle, and the engine's state of its sides, pool and price.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Market {
    /// Layout version.
    pub version: u8,
    /// Bump of this address.
    pub bump: u8,
    /// An [`OracleSource`].
    pub oracle_source: u8,
    /// A contract is `10^contract_exponent` units of the base asset.
    pub contract_exponent: i8,
    /// Decimals of the quote mint.
    pub quote_decimals: u8,
    padding: u8,
    /// The widest confidence interval accepted, in basis points of the price.
    pub max_confidence_bps: u16,
    /// The oldest price accepted, in seconds.
    pub max_oracle_age_seconds: u32,
    padding2: [u8; 4],
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The oracle's account.
    pub oracle: Pubkey,
    /// A short name for people: UTF-8, zero-padded.
    pub name: [u8; 16],
    /// Sides, pool, price, parameters.
    pub book: jettison_engine::Market,
    reserved: [u8; 128],
}

const _: () = assert!(core::mem::size_of::<Market>() == 16 + 2 * 32 + 16 + 280 + 128);
const _: () = assert!(core::mem::offset_of!(Market, clearinghouse) == 16);
const _: () = assert!(core::mem::offset_of!(Market, book) == 96);

impl Market {
    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
}
