//! The exposure network of a clearinghouse: see [`jettison_contagion`].

use jettison_contagion::{
    Account, AccountId, ContagionError, Direction, Exposure, ExposureNetwork, Market, MarketId,
};
use jettison_harness::Who;

use crate::agents::population::QUOTE;
use crate::venue::Venue;

/// The part of its notional that a defaulting account is taken to leave unpaid.
pub const LOSS_GIVEN_DEFAULT: f64 = 0.1;

/// The network of everybody who has a position, without `but`.
pub fn exposures(venue: &Venue, pairs: &[String], but: &[Who]) -> Result<ExposureNetwork, ContagionError> {
    let markets = pairs.iter().enumerate().map(|(market, pair)| Market {
        id: MarketId(market as u16),
        name: pair.clone(),
        loss_given_default: LOSS_GIVEN_DEFAULT,
    });
    let (mut accounts, mut exposures) = (vec![], vec![]);
    for who in (0..venue.world.accounts.len()).filter(|who| !but.contains(who)) {
        let id = AccountId(who as u32);
        let before = exposures.len();
        for market in 0..pairs.len() {
            let size = venue.position(who, market);
            if size != 0 {
                let direction = if size > 0 { Direction::Long } else { Direction::Short };
                let notional = size.unsigned_abs() as f64 * venue.price(market).0 as f64 / QUOTE;
                exposures.push(Exposure {
                    account: id,
                    market: MarketId(market as u16),
                    direction,
                    notional,
                });
            }
        }
        if exposures.len() > before {
            accounts.push(Account { id, equity: (venue.world.equity(who) as f64 / QUOTE).max(0.0) });
        }
    }
    ExposureNetwork::new(accounts, markets.collect(), &exposures)
}
