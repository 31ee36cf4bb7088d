//! One side of a market as one number.

use jettison_engine::{Direction, Leg, Market, Price, Side, BPS_ONE, SHARE_BITS};

/// What a share of one side of a market is worth to its holders' margin, beyond what it was when the gauge was set:
///
/// `settlement index − loss index − maintenance rate × price × contracts / shares`
///
/// A leg's part of its account's excess over maintenance is `shares × (this now − this then)`, but for a few atoms of
/// rounding ([`Gauge::ROUNDING`]) and the requirement floor, which stays. Whatever moves health without the account being
/// touched is in it: prices by the first and last term, funding by the first, haircuts by the second, deleveraging and a
/// change of the maintenance rate by the last. So an account can only fall below maintenance while some reading falls.
///
/// Readings are in units of `2^(shift − 64)` atoms a share, rounded down; the unit is chosen by the market's highest price,
/// so that a reading moves by far less than 2⁶¹.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gauge {
    /// Settlement index less loss index when it was set.
    base: i128,
    /// Bits of the index that a reading leaves out.
    shift: u32,
    reading: i64,
}

impl Gauge {
    /// Atoms that rounding can be worth for each leg between two readings: one for each index, two for the requirement,
    /// and less than one for what a reading leaves out of it.
    pub const ROUNDING: i128 = 5;

    /// Set on a side as it is.
    pub fn set(market: &Market, direction: Direction) -> Self {
        let bits = u64::BITS - market.max_price.0.leading_zeros();
        // The highest price in an undiluted share's index takes `bits + 44`; sixteen times that is to fit 61 bits.
        let shift = (bits + 48).saturating_sub(61).max(10);
        let mut gauge = Self { base: level(market.side(direction)), shift, reading: 0 };
        gauge.read(market, direction);
        gauge
    }

    /// Reads the side as it is now. Returns whether the reading is within range; if not, the gauge must be set anew.
    pub fn read(&mut self, market: &Market, direction: Direction) -> bool {
        let side = market.side(direction);
        let risen = level(side).wrapping_sub(self.base) >> self.shift;
        let reading = self.required(market, side).and_then(|required| risen.checked_sub(required));
        // What can't be read is as low as can be: everyone on the side is looked at.
        self.reading = reading.and_then(|reading| i64::try_from(reading).ok()).unwrap_or(Self::LOWEST);
        risen.unsigned_abs() < 1 << 61
    }

    /// The least reading.
    pub const LOWEST: i64 = i64::MIN + 1;

    /// The last reading.
    pub fn reading(&self) -> i64 {
        self.reading
    }

    /// The reading at which a leg of `shares` may have lost `slack` atoms since the last one: rounded up.
    pub fn trigger(&self, shares: u64, slack: u128) -> i64 {
        let slack = u128::from(u64::try_from(slack).unwrap_or(u64::MAX));
        let fall = (slack << (64 - self.shift)) / u128::from(shares.max(1));
        let fall = i128::try_from(fall).unwrap_or(i128::MAX);
        // Two roundings down made the reading: what they left out is below two units.
        let trigger = (i128::from(self.reading) + 2).saturating_sub(fall);
        i64::try_from(trigger.max(i128::from(Self::LOWEST))).unwrap_or(i64::MAX)
    }

    /// The last term: `ceil(contracts × price × rate / (10 000 × shares))` in units of the reading.
    fn required(&self, market: &Market, side: &Side) -> Option<i128> {
        if side.shares.is_zero() {
            return Some(0);
        }
        let rate = u128::from(market.params.maintenance_margin.0);
        let notional = u128::from(side.contracts.0).checked_mul(u128::from(market.effective_price.0))?;
        let total = notional.checked_mul(rate)?.checked_mul(1 << (64 - self.shift))?;
        i128::try_from(total.div_ceil(u128::from(side.shares.0) * u128::from(BPS_ONE))).ok()
    }
}

/// Settlement index less loss index, modulo 2¹²⁸ as the former is.
fn level(side: &Side) -> i128 {
    side.settlement_index.get().wrapping_sub(side.loss_index.get().cast_signed())
}

/// What the requirement of a leg may grow by at once, in atoms: while each contract of a side is `2^SHARE_BITS` shares the
/// engine leaves out the fraction of a contract that a leg may own, and counts it once that has ended.
pub(crate) fn left_out(market: &Market, leg: &Leg) -> i128 {
    let side = market.side(leg.direction());
    let undiluted = side.contracts.0 << SHARE_BITS == side.shares.0;
    if !undiluted || leg.shares.0.trailing_zeros() >= SHARE_BITS {
        return 0;
    }
    let Price(price) = market.effective_price;
    i128::from(market.params.maintenance_margin.of_ceil(price).unwrap_or(price)) + 1
}
