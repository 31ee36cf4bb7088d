//! What the venue can expect to lose by waiting.

use jettison_engine::{Atoms, Health, MarginAccount, Market, MarketIndex, BPS_ONE};
use std::collections::BTreeMap;

use super::atoms;
use super::scratch::lag_cost;

/// What the venue can expect to lose, in atoms, by leaving an account alone for a keeper window.
///
/// Within a window the clamp lets the account's positions move by `D` either way, of which `L` is known: the way from the
/// effective to the oracle's price. Taking the rest as even between `−D` and `D`, the deficit at the end is that of
/// `x = L − equity`, spread by `D`: nothing below `−D`, `x` above `D`, and `(x + D)² / 4D` between. What is lost already
/// is no reason to hurry, so it is taken off. So a large account at zero equity comes before all others, and a hopeless
/// one comes only for what is known to get worse.
pub(super) fn expected_loss(
    ledger: &MarginAccount,
    markets: &BTreeMap<MarketIndex, Market>,
    health: &Health,
) -> Atoms {
    let (mut spread, mut known) = (0i128, 0i128);
    for leg in ledger.legs().filter(|leg| leg.has_position()) {
        let Some(market) = markets.get(&leg.market).filter(|market| !market.is_settling()) else { continue };
        let Ok(size) = market.size_of(leg) else { continue };
        let reach = reach(market, i128::from(size.0));
        known += lag_cost(market, leg.direction(), size).clamp(-reach, reach);
        spread += reach;
    }
    let equity = i128::from(health.equity.0);
    let lost_already = (-equity).max(0);
    atoms(expected_deficit(known - equity, spread) - lost_already)
}

/// How far `size` contracts may move in a keeper window, in atoms.
fn reach(market: &Market, size: i128) -> i128 {
    let params = &market.params;
    let rate = i128::from(params.max_move_per_second.0) * i128::from(params.keeper_window_seconds);
    let rate = rate.min(i128::from(BPS_ONE));
    let notional = size.saturating_mul(i128::from(market.effective_price.0));
    notional.saturating_mul(rate) / i128::from(BPS_ONE)
}

/// The mean of what is above zero of a value that lies evenly within `spread` of `middle`.
fn expected_deficit(middle: i128, spread: i128) -> i128 {
    if middle >= spread {
        return middle.max(0);
    }
    if middle <= -spread {
        return 0;
    }
    let above = middle + spread;
    // Halved first, so that no product of notionals leaves the range: above is at most twice the spread.
    (above / 2).saturating_mul(above) / (2 * spread).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_deficit_grows_from_nothing_to_the_whole() {
        assert_eq!(expected_deficit(-10, 10), 0);
        assert_eq!(expected_deficit(0, 0), 0);
        assert_eq!(expected_deficit(0, 40), 10);
        assert_eq!(expected_deficit(20, 40), 22);
        assert_eq!(expected_deficit(40, 40), 40);
        assert_eq!(expected_deficit(70, 40), 70);
    }
}
