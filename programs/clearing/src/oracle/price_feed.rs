use anchor_lang::prelude::*;
use price_feed::PriceFeed;

use super::{Oracle, OraclePrice};
use crate::error::ClearingError;

/// The stand-in feed of localnets and tests. An account is a feed; there is no id.
pub struct PriceFeedOracle;

impl Oracle for PriceFeedOracle {
    fn read(account: &AccountInfo<'_>, _feed_id: &[u8; 32]) -> Result<OraclePrice> {
        require!(*account.owner == price_feed::ID, ClearingError::BadOracle);
        let data = account.try_borrow_data()?;
        let feed = PriceFeed::parse(&data).map_err(|_| error!(ClearingError::BadOracle))?;
        Ok(OraclePrice {
            price: feed.price,
            confidence: feed.confidence,
            exponent: feed.exponent,
            publish_ts: feed.publish_ts,
        })
    }
}
