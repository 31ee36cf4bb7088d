//! Circuit breakers of a market, and its wind-down.
//!
//! | gate | closes when | opens when | what it stops |
//! |---|---|---|---|
//! | lag | the effective price is not the oracle's | it is | opening, withdrawing beside a position, counting profit |
//! | oracle | the oracle's price is stale, wide or otherwise unusable | an accrual finds it usable | the same |
//! | loss | losses charged to a side within a window exceed a part of open interest | `loss_halt_seconds` later | opening |
//! | settling | the market is being wound down | never | opening; then trading, liquidating, deleveraging |

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::market::Market;
use crate::quantity::{Atoms, Bps, Price};
use crate::rolling::RollingSum;

/// Seconds between a market's last price and the first closing by settlement. Keepers resolve in it: whoever is bankrupt
/// at the last price is so from its start, and nobody who should share that loss is out yet. Longer than any pause.
pub const SETTLEMENT_GRACE_SECONDS: i64 = 2 * 86_400;

/// Seconds after that for which claims that the pool can't pay are kept; then settling an account gives them up.
pub const SETTLEMENT_CLAIM_SECONDS: i64 = 30 * 86_400;

/// How far from the last effective price the final price may be.
pub const SETTLEMENT_BAND: Bps = Bps(500);

/// The state of a market's gates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Breakers {
    /// Losses charged to a side, within the window.
    pub socialized: RollingSum,
    /// Nobody opens before this time, in Unix seconds.
    pub halted_until: i64,
    /// Since when the oracle's price can't be used, in Unix seconds; zero if it can.
    pub oracle_unusable_since: i64,
    /// When legs begin to close by settlement, in Unix seconds; zero while the market is live.
    pub settles_ts: i64,
}

impl Market {
    /// Whether the oracle's last reading could not be used.
    #[inline(always)]
    pub const fn is_oracle_unusable(&self) -> bool {
        self.breakers.oracle_unusable_since != 0
    }

    /// Whether its final price is fixed.
    #[inline(always)]
    pub const fn is_settling(&self) -> bool {
        self.breakers.settles_ts != 0
    }

    /// Whether its legs close by settlement.
    #[inline(always)]
    pub const fn is_closing(&self, now: i64) -> bool {
        self.is_settling() && now >= self.breakers.settles_ts
    }

    /// Whether claims that its pool can't pay lapse.
    pub const fn has_lapsed(&self, now: i64) -> bool {
        self.is_settling() && now.saturating_sub(self.breakers.settles_ts) >= SETTLEMENT_CLAIM_SECONDS
    }

    /// Whether profit in it counts for nothing and positions in it keep money in their accounts: the effective price
    /// lags, or the oracle is unusable.
    #[inline(always)]
    pub fn is_uncertain(&self) -> bool {
        self.is_lagging() || self.is_oracle_unusable()
    }

    /// [`EngineError::MarketLagging`] or [`EngineError::OracleUnusable`] if the price is uncertain.
    #[inline(always)]
    pub fn require_certain(&self) -> Result<()> {
        if self.is_lagging() {
            return Err(EngineError::MarketLagging);
        }
        if self.is_oracle_unusable() {
            return Err(EngineError::OracleUnusable);
        }
        Ok(())
    }

    /// Refuses an opening trade while any gate is closed.
    pub fn require_openable(&self, now: i64) -> Result<()> {
        if self.is_settling() {
            return Err(EngineError::MarketSettling);
        }
        self.require_certain()?;
        if now < self.breakers.halted_until {
            return Err(EngineError::OpeningHalted);
        }
        Ok(())
    }

    /// [`EngineError::MarketSettling`] once legs close by settlement.
    #[inline(always)]
    pub fn require_not_closing(&self, now: i64) -> Result<()> {
        if self.is_closing(now) {
            return Err(EngineError::MarketSettling);
        }
        Ok(())
    }

    /// Notes that the oracle's price can't be used. Whether that is news.
    ///
    /// The effective price stays, and grows old: `max_price_age_seconds` later nothing that needs a price goes on.
    pub fn suspend(&mut self, now: i64) -> Result<bool> {
        self.require_live()?;
        if self.is_oracle_unusable() {
            return Ok(false);
        }
        // Zero means usable.
        self.breakers.oracle_unusable_since = now.max(1);
        Ok(true)
    }

    /// When an oracle that is unusable will have been so for `dead_oracle_seconds`, in Unix seconds.
    pub fn dead_oracle_ts(&self) -> i64 {
        self.breakers.oracle_unusable_since.saturating_add(i64::from(self.params.dead_oracle_seconds))
    }

    /// Whether the oracle has been unusable for `dead_oracle_seconds`.
    pub fn is_oracle_dead(&self, now: i64) -> bool {
        self.is_oracle_unusable() && now >= self.dead_oracle_ts()
    }

    /// Nobody opens before `until`, at least.
    pub fn halt_opening(&mut self, until: i64) {
        self.breakers.halted_until = self.breakers.halted_until.max(until);
    }

    /// [`EngineError::MarketSettling`] if the market is being wound down.
    pub(crate) const fn require_live(&self) -> Result<()> {
        if self.is_settling() {
            return Err(EngineError::MarketSettling);
        }
        Ok(())
    }

    /// Counts a loss charged to a side while `open_interest` atoms were open, and halts opening if the window's sum
    /// exceeds `loss_breaker` of that. Whether it did.
    pub(crate) fn count_socialized(&mut self, loss: Atoms, open_interest: Atoms, now: i64) -> Result<bool> {
        let window = self.params.loss_window_seconds;
        self.breakers.socialized.add(loss, now, window)?;
        let most = self.params.loss_breaker.of_floor(open_interest.0)?;
        let trips = self.breakers.socialized.value(now, window)?.0 > most;
        if trips {
            self.halt_opening(now.saturating_add(i64::from(self.params.loss_halt_seconds)));
        }
        Ok(trips)
    }

    /// Fixes the final price: the stable price, which is an average over time, no further than [`SETTLEMENT_BAND`] from
    /// the effective price. Both sides are marked to it for the last time. Returns it.
    ///
    /// For [`SETTLEMENT_GRACE_SECONDS`] nobody opens; accounts are settled, liquidated and resolved as before. Then
    /// settling an account closes its leg, each side by itself.
    pub fn begin_settlement(&mut self, now: i64) -> Result<Price> {
        self.require_live()?;
        let band = SETTLEMENT_BAND.of_floor(self.effective_price.0)?;
        let lowest = self.effective_price.0.saturating_sub(band);
        let highest = self.effective_price.0.saturating_add(band);
        let price = Price(self.stable_price.0.clamp(lowest, highest));
        self.mark(price, 0)?;
        self.target_price = price;
        self.stable_price = price;
        self.breakers.oracle_unusable_since = 0;
        self.breakers.settles_ts = now.saturating_add(SETTLEMENT_GRACE_SECONDS).max(1);
        Ok(price)
    }

    /// Empties a market that is wound down: returns what is left in it for insurance, which is the dust in its pool and
    /// its unswept fees, and the protocol's fees.
    ///
    /// [`EngineError::MarketInUse`] unless it is settling and no account has a leg in it, or may have one that is not
    /// counted: no sum of the market's tells of a leg that is only a claim against another's debt.
    pub fn wind_up(&mut self) -> Result<(Atoms, Atoms)> {
        if !self.is_settling() || self.legs > 0 || self.has_uncounted_legs != 0 {
            return Err(EngineError::MarketInUse);
        }
        let (fees, protocol) = self.sweep()?;
        let left = core::mem::take(&mut self.pool);
        // Nobody has a claim any more, so neither has anything to back, or to be backed by.
        self.surplus = Atoms::ZERO;
        self.uncovered = Atoms::ZERO;
        Ok((fees.plus(left)?, protocol))
    }
}
