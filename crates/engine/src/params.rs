//! A market's risk parameters and their bounds.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::quantity::{Atoms, Bps, Contracts, Price, BPS_ONE};

/// Open interest at the highest price a market accepts, in quote atoms.
///
/// With it every index step is below 2¹²⁰, every leg's claim below 2⁵⁸, and every sum over eight legs within
/// 64 bits.
pub const MAX_NOTIONAL: u64 = 1 << 56;

/// The largest open interest cap.
pub const MAX_OPEN_INTEREST: u64 = 1 << 36;

/// The highest bound of a funding rate, for a funding period.
pub const MAX_FUNDING: Bps = Bps(1_000);

/// The highest initial margin: beyond what a position is worth twice, nobody could take one over.
pub const MAX_INITIAL_MARGIN: Bps = Bps(20_000);

const HOUR: u32 = 3_600;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;

/// A basis point in the units of [`MarketParams::reach`].
const REACH_UNIT: u64 = 1_000_000;

/// Risk parameters of a market. Rates are in basis points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MarketParams {
    /// Contracts that may be open on a side.
    pub max_open_interest: Contracts,
    /// The least notional, in atoms, that a trade or a liquidation may leave of a position.
    pub min_notional: Atoms,
    /// Added to the requirement of every position, in atoms.
    pub requirement_floor: Atoms,
    /// The most that the caller of one bankruptcy is paid for this market, in atoms.
    pub bankruptcy_bounty_cap: Atoms,
    /// What the market may draw from insurance within a rolling window, in atoms.
    pub insurance_base: Atoms,
    /// A price older than this many seconds can't be used.
    pub max_price_age_seconds: u32,
    /// Time constant of the stable price, in seconds. With 1 it is the effective price.
    pub stable_window_seconds: u32,
    /// Seconds that the funding rate is for, and over which premiums are averaged.
    pub funding_period_seconds: u32,
    /// The window of `insurance_base`, in seconds.
    pub insurance_window_seconds: u32,
    /// The window of `loss_breaker`, in seconds.
    pub loss_window_seconds: u32,
    /// Seconds for which nobody opens after the loss breaker has tripped.
    pub loss_halt_seconds: u32,
    /// An oracle that has been unusable for so many seconds is dead: anyone may wind the market down.
    pub dead_oracle_seconds: u32,
    /// Seconds within which keepers are expected to act.
    pub keeper_window_seconds: u16,
    /// How far the effective price may move toward the oracle's in a second.
    pub max_move_per_second: Bps,
    /// Initial margin rate.
    pub initial_margin: Bps,
    /// Maintenance margin rate.
    pub maintenance_margin: Bps,
    /// Part of positive unsettled profit that counts toward initial margin.
    pub profit_weight: Bps,
    /// How far from the effective price a trade may be.
    pub trade_band: Bps,
    /// Fee of the trade's maker, of notional.
    pub maker_fee: Bps,
    /// Fee of the trade's taker, of notional.
    pub taker_fee: Bps,
    /// Part of trading fees that goes to insurance.
    pub fee_to_insurance: Bps,
    /// Liquidation penalty at zero equity, of the notional closed.
    pub liquidation_max_fee: Bps,
    /// The least liquidation penalty, of the notional closed.
    pub liquidation_min_fee: Bps,
    /// Part of the liquidation penalty that goes to insurance.
    pub penalty_to_insurance: Bps,
    /// How far above maintenance a liquidation restores equity, of maintenance.
    pub liquidation_buffer: Bps,
    /// Equity below this part of maintenance can be deleveraged.
    pub deleverage_threshold: Bps,
    /// Part of the penalty of a deleverage that its caller is paid.
    pub deleverage_bounty: Bps,
    /// Bounty of the caller of a bankruptcy, of the notional closed.
    pub bankruptcy_bounty: Bps,
    /// The highest funding rate, either way, for a funding period.
    pub max_funding: Bps,
    /// Part of what the market's fees have paid into insurance that it may draw besides `insurance_base`.
    pub insurance_earned: Bps,
    /// Losses charged to a side within the window that halt opening, of open interest.
    pub loss_breaker: Bps,
    /// Zero.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub reserved: [u8; 6],
}

impl MarketParams {
    /// The highest price of a market created with these: [`MAX_NOTIONAL`] over the open interest cap.
    #[inline(always)]
    pub fn max_price(&self) -> Price {
        Price(MAX_NOTIONAL.checked_div(self.max_open_interest.0).unwrap_or(0))
    }

    /// What a window of the clamp and its funding can cost, and that with the penalty after it: of the notional at its
    /// start, in units of 10⁻¹⁰, rounded up. With `end` for `(1 + max_move)^window`, because a rising price compounds, these
    /// are `end × (1 + max_funding × window / funding_period) − 1`, and `end × liquidation_max_fee` more.
    fn reach(&self) -> (u64, u64) {
        const ONE: u64 = BPS_ONE * REACH_UNIT;
        // Past twice the start no maintenance margin suffices: the rest of a long window needn't be computed.
        const FAR: u64 = 2 * ONE;
        let part = |value: u64, rate: Bps| rate.of_ceil(value).unwrap_or(FAR);
        let mut end = ONE;
        for _ in 0..self.keeper_window_seconds {
            if end > FAR {
                break;
            }
            end = end.saturating_add(part(end, self.max_move_per_second));
        }
        let window = u64::from(self.keeper_window_seconds);
        let period = u64::from(self.funding_period_seconds);
        let funding = crate::math::mul_div_ceil(part(end, self.max_funding), window, period).unwrap_or(FAR);
        let drift = end.saturating_add(funding).saturating_sub(ONE);
        (drift, drift.saturating_add(part(end, self.liquidation_max_fee)))
    }

    /// The envelope: a keeper who looks at an account once a window leaves no deficit. Who takes over does so below
    /// maintenance, and the penalty must be left; who has no money to take over deleverages below the threshold, where the
    /// penalty is what is left.
    fn envelope_holds(&self) -> bool {
        let (drift, with_penalty) = self.reach();
        let maintenance = u64::from(self.maintenance_margin.0);
        let threshold = maintenance.saturating_mul(u64::from(self.deleverage_threshold.0));
        with_penalty <= maintenance.saturating_mul(REACH_UNIT)
            && drift <= threshold.saturating_mul(REACH_UNIT / BPS_ONE)
    }

    /// Whether going from these parameters to `new` only restricts: such a change need not wait for the timelock.
    ///
    /// Restricting are a lower open interest cap, trade band, profit weight or loss breaker, a longer halt and a higher
    /// initial margin. Everything else waits, also what makes liquidation or fees harsher, and a smaller insurance
    /// allowance: it hurts those who hold positions.
    pub fn only_restricts(&self, new: &Self) -> bool {
        let restricted = Self {
            max_open_interest: new.max_open_interest.min(self.max_open_interest),
            loss_halt_seconds: new.loss_halt_seconds.max(self.loss_halt_seconds),
            initial_margin: new.initial_margin.max(self.initial_margin),
            profit_weight: new.profit_weight.min(self.profit_weight),
            trade_band: new.trade_band.min(self.trade_band),
            loss_breaker: new.loss_breaker.min(self.loss_breaker),
            ..*self
        };
        restricted == *new
    }

    fn windows_are_bounded(&self) -> bool {
        let within = |seconds: u32, least: u32, most: u32| (least..=most).contains(&seconds);
        within(self.max_price_age_seconds, 1, DAY)
            && within(self.stable_window_seconds, 1, WEEK)
            && within(self.funding_period_seconds, HOUR, WEEK)
            && within(self.insurance_window_seconds, 1, 4 * WEEK)
            && within(self.loss_window_seconds, 1, WEEK)
            && within(self.loss_halt_seconds, 1, WEEK)
            && within(self.dead_oracle_seconds, HOUR, 4 * WEEK)
            && self.keeper_window_seconds > 0
            && self.reserved == [0; 6]
    }

    /// Checks every bound, and that the clamp leaves keepers time: `max_move × keeper_window + funding +
    /// liquidation_max_fee ≤ maintenance`, and without the fee `≤ maintenance × deleverage_threshold`, compounded.
    pub fn validate(&self) -> Result<()> {
        let shares_of_one = [
            self.maintenance_margin,
            self.profit_weight,
            self.trade_band,
            self.maker_fee,
            self.taker_fee,
            self.fee_to_insurance,
            self.penalty_to_insurance,
            self.deleverage_threshold,
            self.deleverage_bounty,
            self.bankruptcy_bounty,
            self.liquidation_buffer,
            self.insurance_earned,
            self.loss_breaker,
        ];
        let bounded = shares_of_one.iter().all(|rate| u64::from(rate.0) <= BPS_ONE)
            && (1..=MAX_OPEN_INTEREST).contains(&self.max_open_interest.0)
            && self.min_notional.0 <= MAX_NOTIONAL
            && self.requirement_floor.0 <= MAX_NOTIONAL
            && self.bankruptcy_bounty_cap.0 <= MAX_NOTIONAL
            && self.insurance_base.0 <= MAX_NOTIONAL
            && self.max_funding <= MAX_FUNDING
            && self.windows_are_bounded()
            && self.max_move_per_second.0 > 0
            && self.maintenance_margin.0 > 0
            && (self.maintenance_margin..=MAX_INITIAL_MARGIN).contains(&self.initial_margin)
            && self.liquidation_min_fee <= self.liquidation_max_fee;
        if !bounded {
            return Err(EngineError::BadParameter);
        }
        if !self.envelope_holds() {
            return Err(EngineError::EnvelopeTooWide);
        }
        Ok(())
    }
}
