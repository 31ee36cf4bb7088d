//! Funding: what the side that trades above the index pays to the other.
//!
//! The rate is the time-weighted premium of trades over the index, as perpetual futures have had it since BitMEX's
//! XBTUSD of 2016 (premium over the index, averaged over the period, clamped, paid once a period), here accrued
//! continuously: in `t` seconds a long pays, and a short receives,
//! `price × clamp(average premium, ±max_funding) × t / funding_period` for each contract.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::params::MarketParams;
use crate::quantity::{Contracts, Price, SignedAtoms};

/// One, as a premium or a funding rate.
pub const RATE_ONE: i64 = 1_000_000_000_000;

/// A basis point of [`RATE_ONE`].
const BPS_RATE: i64 = 100_000_000;

/// Prices move and funding is paid in units of 2⁻⁴⁴ atoms a contract: one share's part of a unit is a unit of its index.
pub const CHANGE_BITS: u32 = 44;

/// A market's premium and its average. Rates are in units of 10⁻¹² ([`RATE_ONE`]) of the price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Funding {
    /// `Σ (price − effective price) × size` of the trades since the last accrual.
    pub premium_paid: SignedAtoms,
    /// `Σ size` of those trades.
    pub volume: Contracts,
    /// Premium of the last trades: mean over an accrual's interval by size, standing until there are others, for a
    /// funding period at most.
    pub premium: i64,
    /// Its average over time: the funding rate for a period, before the clamp.
    pub average: i64,
    /// When the premium was last taken from trades, in Unix seconds.
    pub sampled_ts: i64,
}

impl Funding {
    /// Counts a trade. Never fails: beyond 64 bits the sums stay where they are.
    #[inline(always)]
    pub(crate) fn record(&mut self, premium: SignedAtoms, size: Contracts) {
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

    /// Takes the premium of the trades since the last accrual, if there were any, and moves the average toward it by
    /// `seconds / funding_period` of what lies between, rounded toward zero.
    ///
    /// Accruals within one second take nothing: a trade between two of them weighs by size beside the second's others.
    pub(crate) fn sample(&mut self, price: Price, seconds: u64, now: i64, params: &MarketParams) {
        if seconds == 0 {
            return;
        }
        let period = i64::from(params.funding_period_seconds);
        if !self.volume.is_zero() {
            self.premium = self.mean_premium(price);
            self.sampled_ts = now;
            self.premium_paid = SignedAtoms::ZERO;
            self.volume = Contracts::ZERO;
        } else if now.saturating_sub(self.sampled_ts) > period {
            self.premium = 0;
        }
        if self.premium == self.average {
            return;
        }
        let seconds = i64::try_from(seconds).unwrap_or(period).min(period);
        let gap = self.premium.saturating_sub(self.average);
        let step = gap.saturating_mul(seconds).checked_div(period).unwrap_or(0);
        self.average = self.average.saturating_add(step);
    }

    /// `Σ premium / (Σ size × price)`, rounded toward zero, at most one.
    fn mean_premium(&self, price: Price) -> i64 {
        let notional = i128::from(self.volume.0).wrapping_mul(i128::from(price.0));
        let paid = i128::from(self.premium_paid.0).wrapping_mul(i128::from(RATE_ONE));
        let one = i128::from(RATE_ONE);
        let mean = paid.checked_div(notional).unwrap_or(0).clamp(one.wrapping_neg(), one);
        i64::try_from(mean).unwrap_or(0)
    }
}
