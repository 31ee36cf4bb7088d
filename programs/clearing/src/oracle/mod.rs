//! Oracles: one adapter a source, behind one trait.

mod price_feed;

use anchor_lang::prelude::*;
use jettison_engine::{price_per_contract, Price, BPS_ONE};

use crate::error::{ClearingError, OrRefuse};
use crate::state::{Market, OracleSource};

/// How far ahead of the chain's clock a publish time may be, in seconds.
const MAX_CLOCK_SKEW_SECONDS: i64 = 10;

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

/// Reads a price out of an oracle's account. An adapter checks the account's owner and its form; age, confidence
/// and sign are checked once for all of them.
pub trait Oracle {
    /// The price, or [`ClearingError::BadOracle`].
    fn read(account: &AccountInfo<'_>) -> Result<OraclePrice>;
}

/// The market's price in atoms per contract, from an oracle account that must be the market's own.
pub fn read(market: &Market, account: &AccountInfo<'_>, now: i64) -> Result<Price> {
    require_keys_eq!(*account.key, market.oracle, ClearingError::WrongOracle);
    let price = match market.oracle_source {
        source if source == OracleSource::PriceFeed as u8 => price_feed::PriceFeedOracle::read(account)?,
        _ => return err!(ClearingError::BadOracle),
    };
    check(market, &price, now)?;
    price_per_contract(price.price, price.exponent, market.contract_exponent, market.quote_decimals)
        .or_refuse()
}

fn check(market: &Market, price: &OraclePrice, now: i64) -> Result<()> {
    let age = now.saturating_sub(price.publish_ts);
    require!(
        (-MAX_CLOCK_SKEW_SECONDS..=i64::from(market.max_oracle_age_seconds)).contains(&age),
        ClearingError::StaleOracle
    );
    let width = u128::from(price.confidence) * u128::from(BPS_ONE);
    let widest = u128::from(price.price.unsigned_abs()) * u128::from(market.max_confidence_bps);
    require!(width <= widest, ClearingError::UncertainOracle);
    Ok(())
}
