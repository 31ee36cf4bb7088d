//! Relative moves, and the search for the nearest value at which something holds.

use jettison_engine::{EngineError, Market, Price, Result};

/// A relative move of one is so many.
pub const MILLION: i64 = 1_000_000;

/// The furthest relative move looked at: to a hundred times the price.
const FURTHEST: i64 = 99 * MILLION;

/// A relative move of a price, in millionths of it: −250 000 is a fall by a quarter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Move(pub i64);

impl Move {
    /// Where a price is after the move: rounded down, at least an atom.
    pub fn of(self, price: Price) -> Result<Price> {
        let factor = u128::try_from(self.0.saturating_add(MILLION)).unwrap_or(0);
        let moved = u128::from(price.0).saturating_mul(factor) / u128::from(MILLION.unsigned_abs());
        u64::try_from(moved.max(1)).map(Price).map_err(|_| EngineError::Overflow)
    }

    /// How far `to` is from `from`, in whole millionths, rounded toward zero.
    pub fn between(from: Price, to: Price) -> Self {
        let moved = (i128::from(to.0) - i128::from(from.0)).saturating_mul(i128::from(MILLION));
        Self(
            moved
                .checked_div(i128::from(from.0))
                .and_then(|part| i64::try_from(part).ok())
                .unwrap_or(i64::MAX),
        )
    }

    /// The largest rise after which a market still accepts its price.
    pub(crate) fn highest(market: &Market) -> Self {
        let most = u128::from(market.max_price.0).saturating_mul(u128::from(MILLION.unsigned_abs()));
        let most = most.checked_div(u128::from(market.effective_price.0)).unwrap_or(0);
        let rise = i64::try_from(most).unwrap_or(i64::MAX).saturating_sub(MILLION);
        Self(rise.clamp(0, FURTHEST))
    }
}

/// The value nearest to `near`, on the way to `far`, at which `holds`: it does there, and not one nearer. `near` itself if it
/// holds already, none if not even `far` does. `holds` must not cease on the way.
pub(crate) fn nearest(
    near: i64,
    far: i64,
    mut holds: impl FnMut(i64) -> Result<bool>,
) -> Result<Option<i64>> {
    if holds(near)? {
        return Ok(Some(near));
    }
    if !holds(far)? {
        return Ok(None);
    }
    let (mut without, mut with) = (near, far);
    while without.abs_diff(with) > 1 {
        let middle = without.midpoint(with);
        if holds(middle)? {
            with = middle;
        } else {
            without = middle;
        }
    }
    Ok(Some(with))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_found_in_either_direction() {
        for (near, far, bound, expected) in [
            (100, 1, 40, Some(40)),
            (100, 1, 99, Some(99)),
            (100, 1, 100, Some(100)),
            (100, 1, 1, Some(1)),
            (100, 1, 0, None),
        ] {
            assert_eq!(nearest(near, far, |x| Ok(x <= bound)), Ok(expected), "down to {bound}");
            let up = nearest(-near, -far, |x| Ok(-x <= bound));
            assert_eq!(up, Ok(expected.map(|x: i64| -x)), "up to -{bound}");
        }
    }

    #[test]
    fn a_move_rounds_down_and_leaves_an_atom() {
        assert_eq!(Move(-250_000).of(Price(101)), Ok(Price(75)));
        assert_eq!(Move(-MILLION).of(Price(101)), Ok(Price(1)));
        assert_eq!(Move(500_000).of(Price(3)), Ok(Price(4)));
        assert_eq!(Move::between(Price(300), Price(200)), Move(-333_333));
        assert_eq!(Move::between(Price(300), Price(400)), Move(333_333));
    }
}
