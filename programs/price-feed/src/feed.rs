//! The feed account: a fixed layout, little-endian, read at fixed offsets.
//!
//! | bytes | field |
//! |---|---|
//! | 0..8 | magic `JETTFEED` |
//! | 8..40 | authority |
//! | 40..48 | price, i64 |
//! | 48..56 | confidence, u64 |
//! | 56..60 | exponent, i32 |
//! | 60..64 | zero |
//! | 64..72 | publish time, i64 |
//! | 72 | version |
//! | 73..80 | zero |
//!
//! The clearing program reads a feed at every accrual, so reading goes without a deserializer.

use crate::error::FeedError;
use solana_program::pubkey::Pubkey;

/// Size of a feed account in bytes.
pub const FEED_LEN: usize = 80;
/// The first eight bytes of every initialised feed.
pub const FEED_MAGIC: [u8; 8] = *b"JETTFEED";
/// The layout this code reads and writes.
pub const FEED_VERSION: u8 = 1;

const AUTHORITY: usize = 8;
const PRICE: usize = 40;
const CONFIDENCE: usize = 48;
const EXPONENT: usize = 56;
const PUBLISH_TS: usize = 64;
const VERSION: usize = 72;

const _: () = assert!(VERSION < FEED_LEN && PUBLISH_TS.is_multiple_of(8) && FEED_LEN.is_multiple_of(8));

/// One feed, as read from its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceFeed {
    /// Who may post.
    pub authority: Pubkey,
    /// Price in units of 10^`exponent`; 0 until the first post.
    pub price: i64,
    /// Half-width of the price's confidence interval, in the price's units.
    pub confidence: u64,
    /// Power of ten that scales price and confidence.
    pub exponent: i32,
    /// When the price was published, Unix seconds; 0 until the first post.
    pub publish_ts: i64,
}

impl PriceFeed {
    /// Reads a feed account's data.
    ///
    /// The caller checks the account's owner. A feed that was never posted to reads with price 0.
    ///
    /// # Errors
    /// `WrongSize`, `NotAFeed` or `UnknownVersion`.
    #[inline]
    pub fn parse(data: &[u8]) -> Result<PriceFeed, FeedError> {
        let data: &[u8; FEED_LEN] = data.try_into().map_err(|_| FeedError::WrongSize)?;
        if field::<8>(data, 0) != FEED_MAGIC {
            return Err(FeedError::NotAFeed);
        }
        if data[VERSION] != FEED_VERSION {
            return Err(FeedError::UnknownVersion);
        }
        Ok(PriceFeed {
            authority: Pubkey::new_from_array(field(data, AUTHORITY)),
            price: i64::from_le_bytes(field(data, PRICE)),
            confidence: u64::from_le_bytes(field(data, CONFIDENCE)),
            exponent: i32::from_le_bytes(field(data, EXPONENT)),
            publish_ts: i64::from_le_bytes(field(data, PUBLISH_TS)),
        })
    }

    /// Writes the feed as an account's data.
    #[inline]
    pub fn write(&self, data: &mut [u8; FEED_LEN]) {
        put(data, 0, FEED_MAGIC);
        put(data, AUTHORITY, self.authority.to_bytes());
        put(data, PRICE, self.price.to_le_bytes());
        put(data, CONFIDENCE, self.confidence.to_le_bytes());
        put(data, EXPONENT, self.exponent.to_le_bytes());
        put(data, PUBLISH_TS, self.publish_ts.to_le_bytes());
        data[VERSION] = FEED_VERSION;
    }
}

/// `N` bytes at a constant offset; the bounds check folds away.
#[inline(always)]
fn field<const N: usize>(data: &[u8; FEED_LEN], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&data[at..at + N]);
    bytes
}

#[inline(always)]
fn put<const N: usize>(data: &mut [u8; FEED_LEN], at: usize, bytes: [u8; N]) {
    data[at..at + N].copy_from_slice(&bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> PriceFeed {
        PriceFeed {
            authority: Pubkey::new_from_array([7; 32]),
            price: -1_234_567_890_123,
            confidence: u64::MAX - 1,
            exponent: -8,
            publish_ts: 1_767_225_600,
        }
    }

    fn sample_bytes() -> [u8; FEED_LEN] {
        let mut data = [0; FEED_LEN];
        sample().write(&mut data);
        data
    }

    #[test]
    fn a_written_feed_reads_back_the_same() {
        assert_eq!(PriceFeed::parse(&sample_bytes()), Ok(sample()));
    }

    #[test]
    fn the_layout_is_the_documented_one() {
        let data = sample_bytes();
        assert_eq!(&data[0..8], b"JETTFEED");
        assert_eq!(data[8..40], [7; 32]);
        assert_eq!(data[40..48], (-1_234_567_890_123_i64).to_le_bytes());
        assert_eq!(data[48..56], (u64::MAX - 1).to_le_bytes());
        assert_eq!(data[56..60], (-8_i32).to_le_bytes());
        assert_eq!(data[60..64], [0; 4]);
        assert_eq!(data[64..72], 1_767_225_600_i64.to_le_bytes());
        assert_eq!(data[72..80], [1, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn data_of_another_size_is_refused() {
        let mut longer = sample_bytes().to_vec();
        longer.push(0);
        assert_eq!(PriceFeed::parse(&longer), Err(FeedError::WrongSize));
        assert_eq!(PriceFeed::parse(&longer[..FEED_LEN - 1]), Err(FeedError::WrongSize));
        assert_eq!(PriceFeed::parse(&[]), Err(FeedError::WrongSize));
    }

    #[test]
    fn an_account_that_was_never_initialised_is_not_a_feed() {
        assert_eq!(PriceFeed::parse(&[0; FEED_LEN]), Err(FeedError::NotAFeed));
    }

    #[test]
    fn a_layout_of_another_version_is_refused() {
        let mut data = sample_bytes();
        data[VERSION] = 2;
        assert_eq!(PriceFeed::parse(&data), Err(FeedError::UnknownVersion));
    }
}
