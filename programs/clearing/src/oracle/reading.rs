//! Whether an authentic price can be used.

use anchor_lang::prelude::*;
use jettison_engine::{price_per_contract, EngineError, Price, BPS_ONE};

use super::OraclePrice;
use crate::error::ClearingError;
use crate::state::Market;

/// How far ahead of the chain's clock a publish time may be, in seconds.
const MAX_CLOCK_SKEW_SECONDS: i64 = 10;

/// What a market's oracle says now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A price in atoms per contract, rounded down; above zero.
    Good(Price),
    /// The oracle is the market's own and authentic, and its price must not be used.
    Unusable(Unusable),
}

/// Why an authentic price must not be used. Checked in this order; the first that applies is given. Numbered,
/// append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Unusable {
    /// Older than the market's `max_oracle_age_seconds`.
    Stale = 1,
    /// Published more than ten seconds ahead of the chain's clock.
    FromTheFuture = 2,
    /// The confidence interval is wider than the market's `max_confidence_bps` of the price.
    Wide = 3,
    /// Zero or negative.
    NotPositive = 4,
    /// Less than one atom a contract or more than 64 bits of them.
    NotConvertible = 5,
    /// The account is not, or no longer, of the source's form, or holds another feed, or an unverified price.
    Unreadable = 6,
}

/// The price of a good reading.
///
/// # Errors
/// [`ClearingError::StaleOracle`] for a price too old or from the future, [`ClearingError::UncertainOracle`] for one
/// too wide, [`ClearingError::BadPrice`] for one that isn't positive or doesn't convert.
pub fn require_good(reading: Reading) -> Result<Price> {
    match reading {
        Reading::Good(price) => Ok(price),
        Reading::Unusable(reason) => Err(reason.into()),
    }
}

impl From<Unusable> for Error {
    #[cold]
    fn from(reason: Unusable) -> Self {
        match reason {
            Unusable::Stale | Unusable::FromTheFuture => ClearingError::StaleOracle.into(),
            Unusable::Wide => ClearingError::UncertainOracle.into(),
            Unusable::Unreadable => ClearingError::BadOracle.into(),
            Unusable::NotPositive | Unusable::NotConvertible => {
                ClearingError::from(EngineError::BadPrice).into()
            }
        }
    }
}

/// The market's price of an authentic one.
pub(super) fn judge(market: &Market, price: &OraclePrice, now: i64) -> Reading {
    let age = now.saturating_sub(price.publish_ts);
    if age > i64::from(market.max_oracle_age_seconds) {
        return Reading::Unusable(Unusable::Stale);
    }
    if age < -MAX_CLOCK_SKEW_SECONDS {
        return Reading::Unusable(Unusable::FromTheFuture);
    }
    let width = u128::from(price.confidence) * u128::from(BPS_ONE);
    let widest = u128::from(price.price.unsigned_abs()) * u128::from(market.max_confidence_bps);
    if width > widest {
        return Reading::Unusable(Unusable::Wide);
    }
    if price.price <= 0 {
        return Reading::Unusable(Unusable::NotPositive);
    }
    match price_per_contract(price.price, price.exponent, market.contract_exponent, market.quote_decimals) {
        Ok(price) => Reading::Good(price),
        Err(_) => Reading::Unusable(Unusable::NotConvertible),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    const NOW: i64 = 1_767_225_600;

    /// Contracts of a thousandth, six decimals; 30 seconds, one percent.
    fn market() -> Market {
        let mut market = Market::zeroed();
        market.contract_exponent = -3;
        market.quote_decimals = 6;
        market.max_oracle_age_seconds = 30;
        market.max_confidence_bps = 100;
        market
    }

    fn judged(change: impl FnOnce(&mut OraclePrice)) -> Reading {
        let mut price = OraclePrice { price: 10_000_000_000, confidence: 0, exponent: -8, publish_ts: NOW };
        change(&mut price);
        judge(&market(), &price, NOW)
    }

    #[test]
    fn a_price_within_all_bounds_is_good() {
        let good = Reading::Good(Price(100_000));
        assert_eq!(judged(|_| ()), good);
        assert_eq!(judged(|price| price.publish_ts -= 30), good);
        assert_eq!(judged(|price| price.publish_ts += 10), good);
        assert_eq!(judged(|price| price.confidence = 100_000_000), good);
        assert_eq!(judged(|price| price.price += 99_999), good);
    }

    #[test]
    fn each_reason_is_its_own() {
        type Change = fn(&mut OraclePrice);
        let cases: [(Unusable, Change); 11] = [
            (Unusable::Stale, |price| price.publish_ts -= 31),
            (Unusable::Stale, |price| price.publish_ts = i64::MIN),
            (Unusable::FromTheFuture, |price| price.publish_ts += 11),
            (Unusable::FromTheFuture, |price| price.publish_ts = i64::MAX),
            (Unusable::Wide, |price| price.confidence = 100_000_001),
            (Unusable::Wide, |price| price.confidence = u64::MAX),
            (Unusable::NotPositive, |price| price.price = 0),
            (Unusable::NotPositive, |price| price.price = i64::MIN),
            (Unusable::NotConvertible, |price| price.price = 99_999),
            (Unusable::NotConvertible, |price| price.exponent = 8),
            (Unusable::NotConvertible, |price| price.exponent = i32::MIN),
        ];
        for (reason, change) in cases {
            assert_eq!(judged(change), Reading::Unusable(reason));
        }
    }

    #[test]
    fn the_first_reason_is_given() {
        let all_wrong = |price: &mut OraclePrice| {
            *price = OraclePrice { price: 0, confidence: 1, exponent: i32::MAX, publish_ts: 0 };
        };
        assert_eq!(judged(all_wrong), Reading::Unusable(Unusable::Stale));
        let not_stale = |price: &mut OraclePrice| {
            all_wrong(price);
            price.publish_ts = NOW;
        };
        assert_eq!(judged(not_stale), Reading::Unusable(Unusable::Wide));
    }

    #[test]
    fn an_unusable_reading_has_its_error() {
        let code = |reason| match require_good(Reading::Unusable(reason)) {
            Err(Error::AnchorError(error)) => error.error_code_number,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(Unusable::Stale), u32::from(ClearingError::StaleOracle));
        assert_eq!(code(Unusable::FromTheFuture), u32::from(ClearingError::StaleOracle));
        assert_eq!(code(Unusable::Wide), u32::from(ClearingError::UncertainOracle));
        let bad_price = u32::from(ClearingError::from(EngineError::BadPrice));
        assert_eq!(code(Unusable::NotPositive), bad_price);
        assert_eq!(code(Unusable::NotConvertible), bad_price);
    }
}
