//! Liquidation of a solvent account: a takeover by another account, or deleveraging without one.

use core::ops::DerefMut;

use crate::account::MarginAccount;
use crate::error::{EngineError, Result};
use crate::health::{assess_solvent, require_initial, Health, Margin, Markets};
use crate::leg::Pending;
use crate::market::{FeeSplit, Market};
use crate::math;
use crate::params::MarketParams;
use crate::quantity::{Atoms, Bps, Contracts, MarketIndex, BPS_ONE};
use crate::trade::fill;

/// What a liquidation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiquidationOutcome {
    /// The liquidatee's health before, at maintenance margin.
    pub health: Health,
    /// Contracts taken over; zero if the account was healthy, and then nothing was changed.
    pub size: Contracts,
    /// The penalty paid out of the liquidatee's capital.
    pub penalty: Atoms,
    /// The liquidator's part of it.
    pub reward: Atoms,
    /// Where the rest went.
    pub fees: FeeSplit,
    /// What marking the liquidatee's leg brought.
    pub marked: Pending,
}

/// What a deleverage did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeleverageOutcome {
    /// The account's health before, at maintenance margin.
    pub health: Health,
    /// Whether the account was below the threshold; if not, nothing was changed.
    pub eligible: bool,
    /// Contracts that both sides lost.
    pub size: Contracts,
    /// The penalty paid out of the account's capital.
    pub penalty: Atoms,
    /// The caller's part of it; zero if the caller named no account.
    pub bounty: Atoms,
    /// Where the rest went.
    pub fees: FeeSplit,
    /// What marking the leg brought.
    pub marked: Pending,
}

/// The penalty rate, an auction on health: `max_fee × (maintenance − equity) / maintenance`, rounded down, at
/// least `min_fee`. Equity must be within `0..maintenance`.
pub fn penalty_rate(params: &MarketParams, health: &Health) -> Result<Bps> {
    let missing = health.requirement.minus(health.equity.claim())?;
    let rate = math::mul_div_floor(u64::from(params.liquidation_max_fee.0), missing.0, health.requirement.0)?;
    let rate = u16::try_from(rate).map_err(|_| EngineError::Overflow)?;
    Ok(Bps(rate).max(params.liquidation_min_fee))
}

/// The smallest number of contracts, of a position of `whole`, whose liquidation at penalty `rate` restores
/// equity to `maintenance × (1 + buffer)`; all of them if none does, or if what is left would be under the minimum
/// notional.
///
/// Closing x contracts takes `x × price × rate` from equity and frees the maintenance of x contracts, so the
/// size solves a line; the rounding of requirements to atoms moves it, which the exact test settles.
pub fn liquidation_size(market: &Market, health: &Health, whole: Contracts, rate: Bps) -> Result<Contracts> {
    let params = &market.params;
    let buffered = BPS_ONE.saturating_add(u64::from(params.liquidation_buffer.0));
    let freed = math::mul(u64::from(params.maintenance_margin.0), buffered)?;
    let cost = math::mul(u64::from(rate.0), BPS_ONE)?;
    let goal = math::mul_div_ceil(health.requirement.0, buffered, BPS_ONE)?;
    let missing = goal.saturating_sub(health.equity.claim().0);
    let size = match freed.checked_sub(cost) {
        None | Some(0) => return Ok(whole),
        Some(gain) => smallest_restoring(market, health, whole, rate, estimate(market, missing, gain)?)?,
    };
    let left = whole.0.saturating_sub(size.0);
    if left > 0 && market.notional(Contracts(left))? < params.min_notional {
        return Ok(whole);
    }
    Ok(size)
}

/// `ceil(missing × 10⁸ / (price × gain))`, where `gain` is in units of 10⁻⁸ of notional.
fn estimate(market: &Market, missing: u64, gain: u64) -> Result<u64> {
    const UNIT: u64 = BPS_ONE * BPS_ONE;
    let per_contract = math::wide(market.effective_price.0, gain);
    let size = math::wide(missing, UNIT).div_ceil(per_contract.max(1));
    Ok(u64::try_from(size).unwrap_or(u64::MAX))
}

/// The exact size, which is the estimate or beside it. Only where a contract frees less than the few atoms that
/// rounding is worth can it be further off; then halving what is left finds it.
fn smallest_restoring(
    market: &Market,
    health: &Health,
    whole: Contracts,
    rate: Bps,
    estimate: u64,
) -> Result<Contracts> {
    // `below` does not restore; `above` does, or is the whole position.
    let (mut below, mut above) = (0, whole.0);
    let mut beside = estimate.saturating_sub(1)..=estimate.saturating_add(1);
    while above.saturating_sub(below) > 1 {
        let size = beside.next().unwrap_or_else(|| below.midpoint(above));
        if size <= below || size >= above {
            continue;
        }
        if restores(market, health, whole, Contracts(size), rate)? {
            above = size;
        } else {
            below = size;
        }
    }
    Ok(Contracts(above))
}

/// Whether liquidating `size` of `whole` leaves equity at `maintenance × (1 + buffer)` or above.
pub fn restores(
    market: &Market,
    health: &Health,
    whole: Contracts,
    size: Contracts,
    rate: Bps,
) -> Result<bool> {
    let left = whole.minus(size)?;
    let after = if left.is_zero() {
        Atoms::ZERO
    } else {
        market.requirement_of(market.notional(left)?, Margin::Maintenance)?
    };
    let before = market.requirement_of(market.notional(whole)?, Margin::Maintenance)?;
    let requirement = health.requirement.minus(before)?.plus(after)?;
    let buffer = Atoms(market.params.liquidation_buffer.of_ceil(requirement.0)?);
    let penalty = Atoms(rate.of_floor(market.notional(size)?.0)?);
    let equity = health.equity.minus(penalty.signed()?)?;
    Ok(equity.covers(requirement.plus(buffer)?))
}

/// Takes over up to `max_size` contracts of the liquidatee's position in a market, at the effective price.
///
/// An account at or above maintenance is left alone: the outcome's size is zero. Otherwise the liquidatee pays
/// the penalty (rounded down; never more than its capital or its equity) and the liquidator must meet initial
/// margin afterwards. [`EngineError::Bankrupt`] if equity is negative.
pub fn liquidate<M: DerefMut<Target = Market>>(
    liquidatee: &mut MarginAccount,
    liquidator: &mut MarginAccount,
    markets: &mut Markets<'_, M>,
    index: MarketIndex,
    max_size: Contracts,
    now: i64,
) -> Result<LiquidationOutcome> {
    if max_size.is_zero() {
        return Err(EngineError::ZeroSize);
    }
    let health = assess_solvent(liquidatee, markets, now)?;
    if health.is_met() {
        return Ok(LiquidationOutcome { health, ..LiquidationOutcome::default() });
    }
    let market = markets.get_mut(index)?;
    market.require_not_closing(now)?;
    let marked = liquidatee.mark_and_settle(market)?;
    liquidator.mark_and_settle(market)?;
    let leg = liquidatee.position_mut(index)?;
    let whole = market.size_of(leg)?;
    let rate = penalty_rate(&market.params, &health)?;
    let size = liquidation_size(market, &health, whole, rate)?.min(max_size);
    if size.is_zero() {
        return Err(EngineError::NoPosition);
    }
    let direction = leg.direction();
    fill(market, leg, direction.opposite(), size)?;
    let taken = liquidator.leg_or_new(market)?;
    fill(market, taken, direction, size)?;
    let penalty = take_penalty(liquidatee, market, &health, size, rate)?;
    let insurance = Atoms(market.params.penalty_to_insurance.of_ceil(penalty.0)?).min(penalty);
    let reward = penalty.minus(insurance)?;
    liquidator.credit(reward)?;
    let fees = market.take_fee(insurance, ALL)?;
    require_initial(liquidator, markets, now)?;
    liquidatee.free_done_legs(markets)?;
    liquidator.free_done_legs(markets)?;
    Ok(LiquidationOutcome { health, size, penalty, reward, fees, marked })
}

const ALL: Bps = Bps(10_000);

fn take_penalty(
    account: &mut MarginAccount,
    market: &Market,
    health: &Health,
    size: Contracts,
    rate: Bps,
) -> Result<Atoms> {
    let full = Atoms(rate.of_floor(market.notional(size)?.0)?);
    let penalty = full.min(account.capital).min(health.equity.claim());
    account.pay(penalty)?;
    Ok(penalty)
}

/// Closes a position at the effective price with no counterparty, once equity is below
/// `deleverage_threshold × maintenance`. Every leg of the other side shrinks pro rata.
///
/// The penalty goes to insurance, less a bounty (rounded down) for the caller if it names an account. An account
/// that is not eligible is left alone. [`EngineError::Bankrupt`] if equity is negative.
pub fn deleverage<M: DerefMut<Target = Market>>(
    account: &mut MarginAccount,
    caller: Option<&mut MarginAccount>,
    markets: &mut Markets<'_, M>,
    index: MarketIndex,
    now: i64,
) -> Result<DeleverageOutcome> {
    let health = assess_solvent(account, markets, now)?;
    let market = markets.get_mut(index)?;
    let threshold = market.params.deleverage_threshold.of_floor(health.requirement.0)?;
    if health.equity.covers(Atoms(threshold)) {
        return Ok(DeleverageOutcome { health, ..DeleverageOutcome::default() });
    }
    market.require_not_closing(now)?;
    let marked = account.mark_and_settle(market)?;
    let rate = penalty_rate(&market.params, &health)?;
    let size = market.deleverage(account.position_mut(index)?)?;
    let penalty = take_penalty(account, market, &health, size, rate)?;
    let mut bounty = Atoms::ZERO;
    if let Some(caller) = caller {
        bounty = Atoms(market.params.deleverage_bounty.of_floor(penalty.0)?);
        caller.credit(bounty)?;
    }
    let fees = market.take_fee(penalty.minus(bounty)?, ALL)?;
    account.free_done_legs(markets)?;
    Ok(DeleverageOutcome { health, eligible: true, size, penalty, bounty, fees, marked })
}
