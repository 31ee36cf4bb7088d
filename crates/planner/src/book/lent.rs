//! Markets on loan to the engine.

use core::ops::{Deref, DerefMut};

use jettison_engine::{
    assess, EngineError, Health, Margin, MarginAccount, Market, MarketIndex, Markets, MAX_LEGS,
};

/// A market on loan. The engine takes markets that it might change; it would change a copy.
enum Lent<'a> {
    Whole(&'a Market),
    Copy(Box<Market>),
}

impl Deref for Lent<'_> {
    type Target = Market;

    fn deref(&self) -> &Market {
        match self {
            Self::Whole(market) => market,
            Self::Copy(market) => market,
        }
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Market {
        if let Self::Whole(market) = self {
            *self = Self::Copy(Box::new(**market));
        }
        match self {
            Self::Copy(market) => market,
            Self::Whole(_) => unreachable!("it was copied above"),
        }
    }
}

/// Health at maintenance margin, however old prices are, by the engine.
pub(super) fn health<'a>(
    ledger: &MarginAccount,
    market_of: impl Fn(MarketIndex) -> Option<&'a Market>,
) -> Result<Health, EngineError> {
    // Nothing is too old at the beginning of time.
    const NOW: i64 = i64::MIN;
    let mut found: [Option<&Market>; MAX_LEGS] = [None; MAX_LEGS];
    let mut count = 0;
    for (leg, place) in ledger.legs().zip(&mut found) {
        *place = Some(market_of(leg.market).ok_or(EngineError::MarketMissing)?);
        count += 1;
    }
    let Some(first) = found[0] else {
        return assess(ledger, &Markets::<Lent>::new(&mut [])?, Margin::Maintenance, NOW);
    };
    let mut lent: [Lent; MAX_LEGS] = core::array::from_fn(|at| Lent::Whole(found[at].unwrap_or(first)));
    let lent = &mut lent[..count];
    lent.sort_unstable_by_key(|market| market.index);
    assess(ledger, &Markets::new(lent)?, Margin::Maintenance, NOW)
}
