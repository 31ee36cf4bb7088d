//! Oracles: one adapter a source, behind one trait.
//!
//! An adapter turns the bytes of an account into an [`OraclePrice`] and refuses what is not an authentic price of
//! the market's feed. What an authentic price is worth is decided once for all sources: [`read`] says whether it
//! is good or, if not, why. `docs/oracles.md` has the checks in their order.
//!
//! The adapters read fixed offsets of the accounts' published layouts. The SDKs of both oracles would bring old
//! versions of serialization crates along, and a market reads about a hundred bytes at every accrual.
//!
//! A market names its oracle's address whatever the source. Someone who might choose among accounts of the
//! right owner and feed could post a price of his choice of the last seconds to an account of his own, and pass
//! whichever suits him.

mod bytes;
mod price_feed;
mod pyth;
mod reading;
mod switchboard;

use anchor_lang::prelude::*;
use jettison_engine::Price;

use crate::error::ClearingError;
use crate::state::{Market, OracleSource};

pub use pyth::PYTH_RECEIVER_ID;
pub use reading::{Reading, Unusable};
pub use switchboard::SWITCHBOARD_ON_DEMAND_ID;

/// A price as an oracle states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OraclePrice {
    /// Price of one unit of the base asset, in units of `10^exponent` quote units.
    pub price: i64,
    /// Half-width of the confidence interval, in the same units.
    pub confidence: u64,
    /// Decimal exponent.
    pub exponent: i32,
    /// When it was published, in Unix seconds.
    pub publish_ts: i64,
}

/// Reads a price out of an oracle's account. An adapter checks that the account is authentic: its owner, its form
/// and which feed it holds. Age, confidence and sign are checked once for all of them.
pub trait Oracle {
    /// The price as the account states it, whatever its age, width and sign.
    ///
    /// # Errors
    /// [`ClearingError::BadOracle`] for an account of another program or another form,
    /// [`ClearingError::WrongFeedId`] for one of another feed, and what else the source may refuse.
    fn read(account: &AccountInfo<'_>, feed_id: &[u8; 32]) -> Result<OraclePrice>;
}

/// The market's price in atoms per contract, rounded down, or why there is none, from an oracle account that must
/// be the market's own. `now` is in Unix seconds.
///
/// Only the market's own account gets here, so whatever is wrong with it nobody has brought along: it is no error but
/// [`Reading::Unusable`].
///
/// # Errors
/// [`ClearingError::WrongOracle`] for another account than the market's.
pub fn read(market: &Market, account: &AccountInfo<'_>, now: i64) -> Result<Reading> {
    require_keys_eq!(*account.key, market.oracle, ClearingError::WrongOracle);
    match state(market, account) {
        Ok(price) => Ok(reading::judge(market, &price, now)),
        Err(_) => Ok(Reading::Unusable(Unusable::Unreadable)),
    }
}

/// The market's price as [`read`] gives it, if it can be used.
///
/// # Errors
/// [`ClearingError::WrongOracle`] for another account than the market's, what [`Oracle::read`] refuses, and an error for
/// each reason why an authentic price can't be used.
pub fn read_good(market: &Market, account: &AccountInfo<'_>, now: i64) -> Result<Price> {
    require_keys_eq!(*account.key, market.oracle, ClearingError::WrongOracle);
    reading::require_good(reading::judge(market, &state(market, account)?, now))
}

/// The price as the market's oracle account states it, whatever its age, width and sign.
///
/// # Errors
/// What [`Oracle::read`] refuses.
pub fn state(market: &Market, account: &AccountInfo<'_>) -> Result<OraclePrice> {
    let read = match OracleSource::from_byte(market.oracle_source) {
        Some(OracleSource::PriceFeed) => price_feed::PriceFeedOracle::read,
        Some(OracleSource::Pyth) => pyth::PythOracle::read,
        Some(OracleSource::Switchboard) => switchboard::SwitchboardOracle::read,
        None => return err!(ClearingError::BadOracle),
    };
    read(account, &market.feed_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts that an adapter refused with `expected`.
    pub(super) fn refused(read: Result<OraclePrice>, expected: ClearingError) {
        match read {
            Err(Error::AnchorError(error)) => assert_eq!(error.error_code_number, u32::from(expected)),
            other => panic!("not {expected:?} but {other:?}"),
        }
    }
}
