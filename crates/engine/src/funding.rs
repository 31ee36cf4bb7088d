//! Funding: what the side that trades above the index pays to the other.
//!
//! The rate is the time-weighted premium of trades over the index, as perpetual futures have had it since BitMEX's
//! XBTUSD of 2016 (premium over the index, averaged over the period, clamped, paid once a period), here accrued
//! continuously: in `t` seconds a long pays, and a short receives,
//! `price × clamp(average premium, ±max_funding) × t / funding_period` for each contract.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::math;
use crate::params::MarketParams;
use crate::quantity::{Contracts, Price, SignedAtoms};

/// One, as a premium or a funding rate.
pub const RATE_ONE: i64 = 1_000_000_000_000;

/// A basis point of [`RATE_ONE`].
const BPS_RATE: i64 = 100_000_000;

/// Prices move and funding is paid in units of 2⁻⁴⁴ atoms a contract: one share's part of a unit is a unit of its index.
pub const CHANGE_BITS: u32 = 44;

/// A market's premium and its average. Rates are in units of 10⁻¹² ([`RATE_ONE`]) of the price.
///
/// A trade weighs by its size, and runs off over the funding period. Trades of less than the open interest count as that
/// part of a premium: a contract traded with oneself says next to nothing about a market in which many are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Funding {
    /// `Σ (price − effective price) × size` of the trades, less what has run off.
    pub premium_paid: SignedAtoms,
    /// `Σ size` of the trades, less what has run off.
    pub volume: Contracts,
    /// Premium at the last accrual: `premium_paid / (max(volume, open interest) × price)`.
    pub premium: i64,
    /// Its average over time: the funding rate for a period, before the clamp.
    pub average: i64,
    /// When a trade was last counted, in Unix seconds.
    pub traded_ts: i64,
}

impl Funding {
    /// Counts a trade. Never fails: beyond 64 bits the sums stay where they are.
    #[inline(always)]
    pub(crate) fn record(&mut self, premium: SignedAtoms, size: Contracts, now: i64) {
        self.traded_ts = now;
        self.premium_paid.0 = self.premium_paid.0.saturating_add(premium.0);
        self.volume.0 = self.volume.0.saturating_add(size.0);
    }

    /// The clamped rate for a funding period: positive if longs pay.
    pub fn rate(&self, params: &MarketParams) -> i64 {
        let most = i64::from(params.max_funding.0).saturating_mul(BPS_RATE);
        self.average.clamp(most.saturating_neg(), most)
    }

    /// What a contract at `price` pays in `seconds`, in units of 2⁻⁴⁴ atoms, rounded down.
    pub(crate) fn payment(&self, price: Price, seconds: u64, params: &MarketParams) -> Result<i128> {
        let rate = self.rate(params);
        if rate == 0 || seconds == 0 {
            return Ok(0);
        }
        // |rate| ≤ 10¹¹, seconds < 2¹⁶, period ≥ 3,600: the fraction, in units of 2⁻⁶⁴, is below 2⁶⁶.
        let period = i128::from(params.funding_period_seconds).wrapping_mul(i128::from(RATE_ONE));
        let fraction = i128::from(rate).wrapping_mul(i128::from(seconds)).wrapping_shl(64);
        let fraction = fraction.checked_div_euclid(period).ok_or(EngineError::Overflow)?;
        let payment = fraction.checked_mul(i128::from(price.0)).ok_or(EngineError::Overflow)?;
        Ok(payment >> 20)
    }

    /// Weighs the trades of late, moves the average toward their premium by `seconds / funding_period` of what lies between
    /// (rounded toward zero), and lets the same part of the trades run off (rounded up).
    ///
    /// Accruals within one second weigh nothing.
    pub(crate) fn weigh(
        &mut self,
        price: Price,
        open_interest: Contracts,
        seconds: u64,
        params: &MarketParams,
    ) -> Result<()> {
        if seconds == 0 {
            return Ok(());
        }
        self.premium = self.mean_premium(price, self.volume.max(open_interest));
        let period = u64::from(params.funding_period_seconds);
        let seconds = seconds.min(period);
        let gap = self.premium.saturating_sub(self.average);
        let step = Self::part(gap, math::mul_div_floor(gap.unsigned_abs(), seconds, period)?)?;
        self.average = self.average.saturating_add(step);
        let paid = self.premium_paid.0;
        let gone = Self::part(paid, math::mul_div_ceil(paid.unsigned_abs(), seconds, period)?)?;
        self.premium_paid.0 = paid.saturating_sub(gone);
        let gone = math::mul_div_ceil(self.volume.0, seconds, period)?;
        self.volume = Contracts(self.volume.0.saturating_sub(gone));
        Ok(())
    }

    /// `part` with the sign of `whole`.
    fn part(whole: i64, part: u64) -> Result<i64> {
        let part = i64::try_from(part).map_err(|_| EngineError::Overflow)?;
        Ok(if whole < 0 { part.saturating_neg() } else { part })
    }

    /// `Σ premium / (contracts × price)`, rounded toward zero, at most one.
    fn mean_premium(&self, price: Price, contracts: Contracts) -> i64 {
        let notional = i128::from(contracts.0).wrapping_mul(i128::from(price.0));
        let paid = i128::from(self.premium_paid.0).wrapping_mul(i128::from(RATE_ONE));
        let one = i128::from(RATE_ONE);
        let mean = paid.checked_div(notional).unwrap_or(0).clamp(one.wrapping_neg(), one);
        i64::try_from(mean).unwrap_or(0)
    }
}
