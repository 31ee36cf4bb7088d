use anchor_lang::prelude::*;

#[cfg(feature = "idl-build")]
use super::layout::InIdl;
use super::{Clearinghouse, MarketSettings};
use crate::error::ClearingError;

/// Where a market's prices come from. Stored as a byte in this order: append-only.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum OracleSource {
    /// The stand-in feed of `programs/price-feed`, for localnets and tests.
    PriceFeed,
    /// A Pyth price feed account (`PriceUpdateV2`).
    Pyth,
    /// A Switchboard On-Demand pull feed (`PullFeedAccountData`).
    Switchboard,
}

impl OracleSource {
    /// The source of a market's byte; `None` if no such source is known.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::PriceFeed),
            1 => Some(Self::Pyth),
            2 => Some(Self::Switchboard),
            _ => None,
        }
    }

    /// Whether the source's accounts name the feed that they hold, so that a market must name it too.
    pub const fn has_feed_id(self) -> bool {
        !matches!(self, Self::PriceFeed)
    }
}

/// A market: its oracle, and the engine's state of its sides, pool and price.
///
/// Its discriminator is the layout's: an account of an earlier version is of another type until it is migrated.
#[account(zero_copy, discriminator = b"market_2")]
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
    /// Which feed the oracle's account must hold: Pyth's feed id or Switchboard's feed hash; zero for a source
    /// without one.
    pub feed_id: [u8; 32],
    /// Counts changes of the settings: a transaction of the authority names the one it was made for.
    pub revision: u64,
    /// Settings that wait for the timelock; of use only while `queued_ready_ts` is not zero.
    pub queued: MarketSettings,
    /// When the queued settings may be put in force, in Unix seconds; zero if none are queued.
    pub queued_ready_ts: i64,
    /// The revision that they were queued against.
    pub queued_revision: u64,
    /// The clearinghouse's revision then, and when the wind-down was scheduled.
    pub queued_clearinghouse_revision: u64,
    /// When the authority's scheduled wind-down may begin, in Unix seconds; zero if none is scheduled.
    pub settlement_ready_ts: i64,
    reserved: [u8; 88],
}

const _: () = assert!(core::mem::size_of::<Market>() == 16 + 2 * 32 + 16 + 448 + 32 + 8 + 184 + 32 + 88);
const _: () = assert!(core::mem::offset_of!(Market, clearinghouse) == 16);
const _: () = assert!(core::mem::offset_of!(Market, book) == 96);
const _: () = assert!(core::mem::offset_of!(Market, feed_id) == 544);

impl Market {
    /// Layout version that this program writes and reads.
    pub const VERSION: u8 = 2;

    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// What a transaction of the authority names: it grows with every change of the market's settings and of its
    /// clearinghouse's, so that one which was signed before any of them is refused.
    pub fn revision_in(&self, clearinghouse: &Clearinghouse) -> u64 {
        self.revision.wrapping_add(clearinghouse.revision)
    }

    /// [`ClearingError::WrongRevision`] unless the transaction was made for the settings in force.
    pub fn require_revision(&self, clearinghouse: &Clearinghouse, expected: u64) -> Result<()> {
        require!(self.revision_in(clearinghouse) == expected, ClearingError::WrongRevision);
        Ok(())
    }

    /// Notes the clearinghouse's revision for what is queued or scheduled now; what was so against another is void.
    pub fn queue_against(&mut self, clearinghouse_revision: u64) {
        if self.queued_clearinghouse_revision != clearinghouse_revision {
            self.queued_ready_ts = 0;
            self.settlement_ready_ts = 0;
        }
        self.queued_clearinghouse_revision = clearinghouse_revision;
    }

    /// Counts a change of the settings; what was queued against the former ones is void.
    pub fn count_revision(&mut self) {
        self.revision = self.revision.wrapping_add(1);
        self.queued_ready_ts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_keeps_its_byte() {
        let sources = [OracleSource::PriceFeed, OracleSource::Pyth, OracleSource::Switchboard];
        for (byte, source) in (0..).zip(sources) {
            assert_eq!(source as u8, byte);
            assert_eq!(OracleSource::from_byte(byte), Some(source));
        }
        for byte in 3..=u8::MAX {
            assert_eq!(OracleSource::from_byte(byte), None);
        }
    }
}
