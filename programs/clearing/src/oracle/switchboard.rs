//! Switchboard On-Demand pull feeds: `PullFeedAccountData`.
//!
//! A C struct, little-endian, after Anchor's discriminator. What is read of it:
//!
//! | bytes | field |
//! |---|---|
//! | 0..8 | discriminator: sha256 of `account:PullFeedAccountData` |
//! | 2120..2152 | feed hash: of the jobs whose outcome the oracles sign |
//! | 2213 | whether the feed's authority may write prices |
//! | 2264..2280 | result: value, i128, in units of 10⁻¹⁸ |
//! | 2280..2296 | result: standard deviation, i128, in units of 10⁻¹⁸ |
//! | 2361 | result: which of the 32 submissions it is |
//! | 2368..2376 | result: slot, u64; zero before the first |
//! | 2952..3208 | times of the 32 submissions, i64 each, Unix seconds |
//!
//! A result's age is that of the submission that it is. The account's own `last_update_timestamp` is later than
//! that when a submission arrived and the result stayed, which anyone can bring about: by it an old price would
//! pass for a new one.
//!
//! The feed's authority may change the feed's hash, that is, what is measured, and may ask to write prices itself.
//! Both make the account another oracle than the market was created on.

use anchor_lang::prelude::*;

use super::bytes::field;
use super::{Oracle, OraclePrice};
use crate::error::ClearingError;

/// The On-Demand program on mainnet, which verifies submissions and owns the feeds.
pub const SWITCHBOARD_ON_DEMAND_ID: Pubkey = pubkey!("SBondMDrcV3K4kxZR1HNVT7osZxAHVHgYXL5Ze1oMUv");

const LEN: usize = 3_208;
const DISCRIMINATOR: [u8; 8] = [196, 27, 108, 196, 10, 215, 219, 40];
const FEED_HASH: usize = 2_120;
const PERMIT_WRITE_BY_AUTHORITY: usize = 2_213;
const RESULT_VALUE: usize = 2_264;
const RESULT_STD_DEV: usize = 2_280;
const RESULT_SUBMISSION: usize = 2_361;
const RESULT_SLOT: usize = 2_368;
const SUBMISSION_TIMES: usize = 2_952;

const SUBMISSIONS: usize = 32;
/// Decimal exponent of values and standard deviations.
const EXPONENT: i32 = -18;

const _: () = assert!(SUBMISSION_TIMES + SUBMISSIONS * 8 == LEN);

/// A Switchboard pull feed.
pub struct SwitchboardOracle;

impl Oracle for SwitchboardOracle {
    fn read(account: &AccountInfo<'_>, feed_id: &[u8; 32]) -> Result<OraclePrice> {
        require!(*account.owner == SWITCHBOARD_ON_DEMAND_ID, ClearingError::BadOracle);
        parse(&account.try_borrow_data()?, feed_id)
    }
}

/// The price is the result's value: the median submission. The confidence is the standard deviation of the
/// submissions, rounded up. A feed without a result reads as price 0, like a stand-in feed never posted to.
fn parse(data: &[u8], feed_hash: &[u8; 32]) -> Result<OraclePrice> {
    let data = data.first_chunk::<LEN>().ok_or(ClearingError::BadOracle)?;
    require!(field(data, 0) == DISCRIMINATOR, ClearingError::BadOracle);
    require!(field(data, FEED_HASH) == *feed_hash, ClearingError::WrongFeedId);
    require!(data[PERMIT_WRITE_BY_AUTHORITY] == 0, ClearingError::OracleWritableByAuthority);
    let submission = usize::from(data[RESULT_SUBMISSION]);
    require!(submission < SUBMISSIONS, ClearingError::BadOracle);
    let publish_ts = i64::from_le_bytes(field(data, SUBMISSION_TIMES + 8 * submission));
    if u64::from_le_bytes(field(data, RESULT_SLOT)) == 0 {
        return Ok(OraclePrice { price: 0, confidence: 0, exponent: EXPONENT, publish_ts });
    }
    let value = i128::from_le_bytes(field(data, RESULT_VALUE));
    let std_dev = i128::from_le_bytes(field(data, RESULT_STD_DEV));
    let std_dev = u128::try_from(std_dev).map_err(|_| ClearingError::BadOracle)?;
    let (price, confidence, exponent) = narrow(value, std_dev).ok_or(ClearingError::BadOracle)?;
    Ok(OraclePrice { price, confidence, exponent, publish_ts })
}

/// Price, confidence and exponent at the finest exponent at which both fit 64 bits: the price's magnitude rounded
/// down, the confidence rounded up. A price that converts to atoms does so with nothing lost by this.
fn narrow(value: i128, std_dev: u128) -> Option<(i64, u64, i32)> {
    let magnitude = value.unsigned_abs();
    let fits = |unit: u128| {
        magnitude <= unit.saturating_mul(u128::from(i64::MAX.unsigned_abs()))
            && std_dev <= unit.saturating_mul(u128::from(u64::MAX))
    };
    let (mut unit, mut exponent) = (1_u128, EXPONENT);
    while !fits(unit) {
        unit = unit.checked_mul(10)?;
        exponent = exponent.checked_add(1)?;
    }
    // Divisions of 128 bits are dear, and most prices below nine quote units need none.
    let (magnitude, confidence) =
        if unit == 1 { (magnitude, std_dev) } else { (magnitude / unit, std_dev.div_ceil(unit)) };
    let price = i64::try_from(magnitude).ok()?;
    let price = if value < 0 { price.checked_neg()? } else { price };
    Some((price, u64::try_from(confidence).ok()?, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::tests::refused;

    const FEED: [u8; 32] = [3; 32];
    const ONE: i128 = 1_000_000_000_000_000_000;

    /// A feed whose fourth submission is its result, field by field as `PullFeedAccountData` of
    /// switchboard-on-demand 0.13.0 has them, each unread byte filled.
    fn account(value: i128, std_dev: i128) -> Vec<u8> {
        let mut data = DISCRIMINATOR.to_vec();
        data.extend([0xaa; 32 * 64]); // submissions
        data.extend([0xbb; 32]); // authority
        data.extend([0xcc; 32]); // queue
        data.extend(FEED); // feed_hash
        data.extend([0xaa; 3 * 8 + 4]); // initialized_at, permissions, max_variance, min_responses
        data.extend([0xaa; 32]); // name
        data.extend([0xaa, 0, 0xaa, 1]); // padding1, permit_write_by_authority, historical_result_idx, min_sample_size
        data.extend(1_767_229_999_i64.to_le_bytes()); // last_update_timestamp
        data.extend([0xaa; 8 + 32]); // lut_slot, _reserved1
        data.extend(value.to_le_bytes()); // result.value
        data.extend(std_dev.to_le_bytes()); // result.std_dev
        data.extend([0xaa; 4 * 16]); // result.mean, .range, .min_value, .max_value
        data.extend([5, 3]); // result.num_samples, .submission_idx
        data.extend([0xaa; 6]); // result.padding1
        data.extend(390_000_000_u64.to_le_bytes()); // result.slot
        data.extend([0xaa; 2 * 8]); // result.min_slot, .max_slot
        data.extend([0xaa; 4 + 12]); // max_staleness, padding2
        data.extend([0xaa; 32 * 16]); // historical_results
        data.extend([0xaa; 8 + 24]); // _ebuf4, _ebuf3
        for submission in 0..32 {
            data.extend((1_767_225_600_i64 + submission).to_le_bytes()); // submission_timestamps
        }
        data
    }

    #[test]
    fn a_result_reads_at_the_time_of_its_submission() {
        let data = account(65_000 * ONE / 1_000, 13 * ONE / 1_000);
        assert_eq!(data.len(), LEN);
        let read = parse(&data, &FEED).unwrap();
        assert_eq!(
            (read.price, read.confidence, read.exponent),
            (6_500_000_000_000_000_000, 1_300_000_000_000_000, -17)
        );
        assert_eq!(read.publish_ts, 1_767_225_603);
        let mut longer = data;
        longer.push(9);
        assert_eq!(parse(&longer, &FEED).unwrap(), read);
    }

    #[test]
    fn the_discriminator_is_the_accounts_name() {
        // Anchor derives it from the name alone.
        #[account]
        struct PullFeedAccountData {}
        assert_eq!(PullFeedAccountData::DISCRIMINATOR, DISCRIMINATOR);
    }

    #[test]
    fn a_feed_without_a_result_has_no_price() {
        let mut data = account(ONE, 0);
        data[RESULT_SLOT..RESULT_SLOT + 8].fill(0);
        assert_eq!(parse(&data, &FEED).unwrap().price, 0);
    }

    #[test]
    fn other_data_is_refused() {
        let data = account(ONE, 0);
        let altered = |at: usize, byte: u8| {
            let mut data = data.clone();
            data[at] = byte;
            parse(&data, &FEED)
        };
        refused(altered(0, 0), ClearingError::BadOracle);
        refused(altered(FEED_HASH + 31, 0), ClearingError::WrongFeedId);
        refused(altered(PERMIT_WRITE_BY_AUTHORITY, 1), ClearingError::OracleWritableByAuthority);
        refused(altered(RESULT_SUBMISSION, 32), ClearingError::BadOracle);
        refused(altered(RESULT_SUBMISSION, 255), ClearingError::BadOracle);
        refused(parse(&account(ONE, -1), &FEED), ClearingError::BadOracle);
        for length in [0, 8, 2_264, LEN - 1] {
            refused(parse(&data[..length], &FEED), ClearingError::BadOracle);
        }
    }

    #[test]
    fn a_value_keeps_all_the_digits_that_fit() {
        assert_eq!(narrow(1, 1), Some((1, 1, -18)));
        assert_eq!(narrow(0, 0), Some((0, 0, -18)));
        assert_eq!(narrow(i128::from(i64::MAX), 0), Some((i64::MAX, 0, -18)));
        assert_eq!(narrow(i128::from(i64::MAX) + 1, 1), Some((922_337_203_685_477_580, 1, -17)));
        assert_eq!(narrow(-i128::from(i64::MAX) - 1, 0), Some((-922_337_203_685_477_580, 0, -17)));
        // The confidence must fit as well, and rounds up.
        assert_eq!(narrow(7, u128::from(u64::MAX)), Some((7, u64::MAX, -18)));
        assert_eq!(narrow(19, u128::from(u64::MAX) + 1), Some((1, 1_844_674_407_370_955_162, -17)));
        // The ends of the range.
        assert_eq!(narrow(i128::MAX, 0), Some((1_701_411_834_604_692_317, 0, 2)));
        assert_eq!(narrow(i128::MIN, 0), Some((-1_701_411_834_604_692_317, 0, 2)));
        let widest = i128::MAX.unsigned_abs();
        assert_eq!(narrow(1, widest), Some((0, 17_014_118_346_046_923_174, 1)));
    }

    /// Narrowing first and flooring then gives what flooring the value itself gives.
    #[test]
    fn narrowing_never_changes_the_atoms() {
        let value = 117_035_141_592_653_589_793_238_i128;
        for digits in 0..24 {
            let value = value / 10_i128.pow(digits);
            let (price, _, exponent) = narrow(value, 0).unwrap();
            for (contract_exponent, decimals) in [(-3, 6), (0, 6), (-8, 9), (6, 6), (0, 0)] {
                let atoms = jettison_engine::price_per_contract(price, exponent, contract_exponent, decimals);
                let shift = -18 + i32::from(contract_exponent) + i32::from(decimals);
                let exact = value / 10_i128.pow(shift.unsigned_abs());
                match u64::try_from(exact) {
                    Ok(exact) if exact > 0 => assert_eq!(atoms.unwrap().0, exact),
                    _ => assert!(atoms.is_err()),
                }
            }
        }
    }
}
