//! Pyth price feed accounts: `PriceUpdateV2` of the Solana receiver program.
//!
//! Borsh, little-endian, after Anchor's discriminator:
//!
//! | bytes | field |
//! |---|---|
//! | 0..8 | discriminator: sha256 of `account:PriceUpdateV2` |
//! | 8..40 | write authority |
//! | 40 | verification level: 0 partial, with a count of signatures as one more byte; 1 full |
//! | 41..73 | feed id |
//! | 73..81 | price, i64 |
//! | 81..89 | confidence, u64 |
//! | 89..93 | exponent, i32 |
//! | 93..101 | publish time, i64, Unix seconds |
//! | 101..109 | publish time of the price before |
//! | 109..125 | exponential moving averages of price and confidence |
//! | 125..133 | slot of the posting |
//!
//! The offsets are those of a fully verified update. A partially verified one is a byte longer before the feed id;
//! accounts are made for that length, so a fully verified one ends in a spare byte.

use anchor_lang::prelude::*;

use super::bytes::field;
use super::{Oracle, OraclePrice};
use crate::error::ClearingError;

/// The receiver program, which verifies updates and owns their accounts.
pub const PYTH_RECEIVER_ID: Pubkey = pubkey!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");

const LEN: usize = 134;
const DISCRIMINATOR: [u8; 8] = [34, 241, 35, 99, 157, 126, 244, 205];
const VERIFICATION_LEVEL: usize = 40;
const FEED_ID: usize = 41;
const PRICE: usize = 73;
const CONFIDENCE: usize = 81;
const EXPONENT: usize = 89;
const PUBLISH_TIME: usize = 93;

const PARTIAL: u8 = 0;
const FULL: u8 = 1;

/// A Pyth price feed.
pub struct PythOracle;

impl Oracle for PythOracle {
    fn read(account: &AccountInfo<'_>, feed_id: &[u8; 32]) -> Result<OraclePrice> {
        require!(*account.owner == PYTH_RECEIVER_ID, ClearingError::BadOracle);
        parse(&account.try_borrow_data()?, feed_id)
    }
}

/// The confidence is Pyth's own: an estimate of one standard deviation.
fn parse(data: &[u8], feed_id: &[u8; 32]) -> Result<OraclePrice> {
    // Whatever a later version of the receiver appends doesn't concern us.
    let data = data.first_chunk::<LEN>().ok_or(ClearingError::BadOracle)?;
    require!(field(data, 0) == DISCRIMINATOR, ClearingError::BadOracle);
    match data[VERIFICATION_LEVEL] {
        FULL => (),
        PARTIAL => return err!(ClearingError::PartiallyVerifiedOracle),
        _ => return err!(ClearingError::BadOracle),
    }
    require!(field(data, FEED_ID) == *feed_id, ClearingError::WrongFeedId);
    Ok(OraclePrice {
        price: i64::from_le_bytes(field(data, PRICE)),
        confidence: u64::from_le_bytes(field(data, CONFIDENCE)),
        exponent: i32::from_le_bytes(field(data, EXPONENT)),
        publish_ts: i64::from_le_bytes(field(data, PUBLISH_TIME)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::tests::refused;

    const FEED: [u8; 32] = [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        28, 29, 30, 31, 32,
    ];

    /// As `PriceUpdateV2::try_serialize` of pyth-solana-receiver-sdk 2.0.0 wrote it: write authority 7…7, feed
    /// [`FEED`], 117,035.14 ± 42 published at 1767225600, each other field a value of its own.
    const AFTER_LEVEL: &str = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\
        806acbefa40a000000ea56fa00000000f8ffffff00b9556900000000ffb85569000000000008581ea40a0000\
        000961f40000000080ed3e1700000000";

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digit).collect()
    }

    /// An account of the length that the receiver gives them all.
    fn account(level: &[u8]) -> Vec<u8> {
        let mut data = bytes("22f123639d7ef4cd");
        data.extend([7; 32]);
        data.extend(level);
        data.extend(bytes(AFTER_LEVEL));
        data.resize(134, 0);
        data
    }

    fn full() -> Vec<u8> {
        account(&[1])
    }

    #[test]
    fn what_the_sdk_wrote_reads_back() {
        let expected = OraclePrice {
            price: 11_703_514_000_000,
            confidence: 4_200_000_000,
            exponent: -8,
            publish_ts: 1_767_225_600,
        };
        assert_eq!(parse(&full(), &FEED).unwrap(), expected);
        let mut longer = full();
        longer.extend([9; 100]);
        assert_eq!(parse(&longer, &FEED).unwrap(), expected);
    }

    #[test]
    fn the_discriminator_is_the_accounts_name() {
        // Anchor derives it from the name alone.
        #[account]
        struct PriceUpdateV2 {}
        assert_eq!(PriceUpdateV2::DISCRIMINATOR, DISCRIMINATOR);
    }

    #[test]
    fn other_data_is_refused() {
        let mut other = full();
        other[0] ^= 1;
        refused(parse(&other, &FEED), ClearingError::BadOracle);
        for length in [0, 7, 8, 40, 41, 132, 133] {
            refused(parse(&full()[..length], &FEED), ClearingError::BadOracle);
        }
        refused(parse(&[0; 134], &FEED), ClearingError::BadOracle);
    }

    #[test]
    fn a_partially_verified_update_is_refused_however_many_signed() {
        for signatures in [0, 1, 5, 12, 13, 255] {
            let partial = account(&[0, signatures]);
            refused(parse(&partial, &FEED), ClearingError::PartiallyVerifiedOracle);
        }
        for level in 2..=u8::MAX {
            refused(parse(&account(&[level]), &FEED), ClearingError::BadOracle);
        }
    }

    #[test]
    fn another_feed_is_refused() {
        for at in [0, 31] {
            let mut other = FEED;
            other[at] ^= 0x80;
            refused(parse(&full(), &other), ClearingError::WrongFeedId);
        }
        refused(parse(&full(), &[0; 32]), ClearingError::WrongFeedId);
    }
}
