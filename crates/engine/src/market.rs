//! A market: its two sides, its pool, its price.

use bytemuck::{Pod, Zeroable};

use crate::allowance::Allowance;
use crate::breakers::Breakers;
use crate::error::{EngineError, Result};
use crate::funding::{Funding, CHANGE_BITS};
use crate::leg::Leg;
use crate::math;
use crate::params::MarketParams;
use crate::quantity::{Atoms, Bps, Contracts, MarketIndex, Price};
use crate::side::{Direction, Side};

/// What bankruptcies have cost since the market's inception, and who paid. In atoms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct LossTally {
    /// Debts that bankrupt accounts could not pay.
    pub deficit: Atoms,
    /// Paid from claims forfeited in earlier bankruptcies.
    pub by_surplus: Atoms,
    /// Paid by the insurance fund.
    pub by_insurance: Atoms,
    /// Charged to the opposite side through its loss index.
    pub by_index: Atoms,
    /// Left uncovered because nobody was on the opposite side.
    pub uncovered: Atoms,
}

/// A market's state. Plain old data: the program maps it straight onto its account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Market {
    /// The long side.
    pub long: Side,
    /// The short side.
    pub short: Side,
    /// The price that everything is marked and margined at.
    pub effective_price: Price,
    /// The oracle's price, toward which the effective price moves.
    pub target_price: Price,
    /// A slow average of the effective price, for initial margin and wind-down.
    pub stable_price: Price,
    /// The highest price it accepts; fixed when it was created, so that a later cap can't outgrow what is open.
    pub max_price: Price,
    /// When the effective price was last moved, in Unix seconds.
    pub accrued_ts: i64,
    /// When the stable price was last moved, in Unix seconds.
    pub stable_ts: i64,
    /// Money that losers have paid and winners have not yet collected.
    pub pool: Atoms,
    /// Claims forfeited in bankruptcies: spent first on the next deficit.
    pub surplus: Atoms,
    /// Losses nobody could be charged for: the first claim on future fees.
    pub uncovered: Atoms,
    /// Fees due to the insurance fund and not yet swept to it.
    pub insurance_fees: Atoms,
    /// Fees due to the protocol and not yet swept to it.
    pub protocol_fees: Atoms,
    /// Losses and who paid them.
    pub losses: LossTally,
    /// Premiums and the funding rate.
    pub funding: Funding,
    /// What it has drawn from insurance.
    pub allowance: Allowance,
    /// Its gates, and its wind-down.
    pub breakers: Breakers,
    /// Risk parameters.
    pub params: MarketParams,
    /// Accounts that have a leg in it, be it only a claim or a debt.
    pub legs: u32,
    /// The market's number.
    pub index: MarketIndex,
    /// Not zero if accounts may have legs in it that `legs` doesn't count yet: those of a market that counted none at
    /// first. Such a market is never wound up.
    pub has_uncounted_legs: u8,
    padding: [u8; 1],
}

/// What an accrual did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accrual {
    /// The effective price before.
    pub price_before: Price,
    /// The effective price after.
    pub price_after: Price,
    /// The oracle's price.
    pub target: Price,
    /// What a long contract paid and a short one received, in units of 2⁻⁴⁴ atoms.
    pub funding: i128,
    /// Whether the oracle's price was unusable before.
    pub restored: bool,
}

/// Where a fee went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeSplit {
    /// To the market's pool, against its uncovered loss.
    pub to_uncovered: Atoms,
    /// To the insurance fund.
    pub to_insurance: Atoms,
    /// To the protocol.
    pub to_protocol: Atoms,
}

impl Market {
    /// A new market at its first price, with nothing open.
    pub fn new(index: MarketIndex, params: MarketParams, price: Price, now: i64) -> Result<Self> {
        params.validate()?;
        let market = Self {
            index,
            params,
            effective_price: price,
            target_price: price,
            stable_price: price,
            max_price: params.max_price(),
            accrued_ts: now,
            stable_ts: now,
            ..Self::default()
        };
        market.check_price(price)?;
        Ok(market)
    }

    /// The side of a direction.
    #[inline(always)]
    pub const fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Long => &self.long,
            Direction::Short => &self.short,
        }
    }

    /// The side of a direction.
    #[inline(always)]
    pub(crate) fn side_mut(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::Long => &mut self.long,
            Direction::Short => &mut self.short,
        }
    }

    /// The size of a leg in this market.
    #[inline(always)]
    pub fn size_of(&self, leg: &Leg) -> Result<Contracts> {
        self.side(leg.direction()).size_of(leg.shares)
    }

    /// Contracts at the effective price, in atoms.
    #[inline(always)]
    pub fn notional(&self, size: Contracts) -> Result<Atoms> {
        self.notional_at(size, self.effective_price)
    }

    /// Contracts at a price, in atoms.
    #[inline(always)]
    pub(crate) fn notional_at(&self, size: Contracts, price: Price) -> Result<Atoms> {
        math::mul(size.0, price.0).map(Atoms)
    }

    /// Whether the effective price has not yet reached the oracle's.
    #[inline(always)]
    pub fn is_lagging(&self) -> bool {
        self.effective_price != self.target_price
    }

    /// [`EngineError::StalePrice`] if the price is older than `max_price_age_seconds`. A final price never is.
    #[inline(always)]
    pub fn require_fresh(&self, now: i64) -> Result<()> {
        let age = now.saturating_sub(self.accrued_ts);
        if age > i64::from(self.params.max_price_age_seconds) && !self.is_settling() {
            return Err(EngineError::StalePrice);
        }
        Ok(())
    }

    fn check_price(&self, price: Price) -> Result<()> {
        if price.is_zero() || price > self.max_price {
            return Err(EngineError::BadPrice);
        }
        Ok(())
    }

    /// Whether the oracle may quote `price`: positive, and no higher than the market's open interest allows.
    pub fn accepts(&self, price: Price) -> bool {
        self.check_price(price).is_ok()
    }

    /// Replaces the parameters. [`EngineError::BadParameter`] if the open interest cap at the market's highest price would
    /// exceed [`crate::MAX_NOTIONAL`].
    pub fn set_params(&mut self, params: MarketParams) -> Result<()> {
        params.validate()?;
        self.require_live()?;
        if params.max_price() < self.max_price {
            return Err(EngineError::BadParameter);
        }
        self.params = params;
        Ok(())
    }

    /// Moves the effective price toward `target`, takes funding, and marks both sides.
    ///
    /// The step is at most `max_move_per_second × dt` of the effective price (at least one atom). Funding is that of `dt`
    /// at the rate and the price of before. `dt` counts for no more than the keeper window: after a time in which nobody
    /// accrued, keepers get their window too.
    pub fn accrue(&mut self, target: Price, now: i64) -> Result<Accrual> {
        self.require_live()?;
        self.check_price(target)?;
        if now < self.accrued_ts {
            return Err(EngineError::ClockWentBack);
        }
        let elapsed = now.saturating_sub(self.accrued_ts);
        let window = i64::from(self.params.keeper_window_seconds);
        let seconds = u64::try_from(elapsed.min(window)).map_err(|_| EngineError::Overflow)?;
        let before = self.effective_price;
        let funding = self.funding.payment(before, seconds, &self.params)?;
        let after = self.step_toward(target, seconds)?;
        self.mark(after, funding)?;
        self.funding.weigh(before, self.long.contracts, seconds, &self.params)?;
        self.follow_stably(before, self.accrued_ts, now)?;
        self.target_price = target;
        self.accrued_ts = now;
        let restored = core::mem::take(&mut self.breakers.oracle_unusable_since) != 0;
        Ok(Accrual { price_before: before, price_after: after, target, funding, restored })
    }

    /// Moves the stable price toward the effective price by `dt / stable_window` of what lies between, rounded down, where
    /// the effective price was `before` until now and last accrued at `last`.
    ///
    /// While that is less than an atom its clock stands, so that frequent accruals don't hold it. When the price moves
    /// meanwhile, the time for which it stood counts for the same part of an atom as before, and no more: else a
    /// price that had long been an atom off would follow a jump at once.
    fn follow_stably(&mut self, before: Price, last: i64, now: i64) -> Result<()> {
        let gap = self.effective_price.0.abs_diff(self.stable_price.0);
        if gap > 0 {
            let window = u64::from(self.params.stable_window_seconds);
            let mut stood = last.saturating_sub(self.stable_ts).unsigned_abs();
            if self.effective_price != before {
                let turned = (before > self.stable_price) != (self.effective_price > self.stable_price);
                let was = if turned { 0 } else { before.0.abs_diff(self.stable_price.0) };
                stood = math::mul_div_ceil(stood, was, gap)?;
            }
            let elapsed = now.saturating_sub(last).unsigned_abs().saturating_add(stood).min(window);
            let step = math::mul_div_floor(gap, elapsed, window)?;
            if step == 0 {
                self.stable_ts = now.saturating_sub_unsigned(elapsed);
                return Ok(());
            }
            self.stable_price = if self.effective_price > self.stable_price {
                self.stable_price.plus(Price(step))?
            } else {
                self.stable_price.minus(Price(step))?
            };
        }
        self.stable_ts = now;
        Ok(())
    }

    fn step_toward(&self, target: Price, seconds: u64) -> Result<Price> {
        if seconds == 0 || target == self.effective_price {
            return Ok(self.effective_price);
        }
        let rate = math::mul(u64::from(self.params.max_move_per_second.0), seconds)?;
        let step = math::mul_div_floor(self.effective_price.0, rate, crate::quantity::BPS_ONE)?.max(1);
        let lowest = self.effective_price.0.saturating_sub(step);
        let highest = self.effective_price.0.saturating_add(step);
        Ok(Price(target.0.clamp(lowest, highest)))
    }

    /// This market as if its price, the oracle's too, had moved to `price` at once and without funding: what an account
    /// would be worth there. For those who look ahead; no rule uses it.
    ///
    /// [`EngineError::BadPrice`] for a price that the market doesn't accept, [`EngineError::MarketSettling`] where the
    /// price is final.
    pub fn at_price(&self, price: Price) -> Result<Self> {
        self.require_live()?;
        self.check_price(price)?;
        let mut moved = *self;
        moved.mark(price, 0)?;
        moved.target_price = price;
        Ok(moved)
    }

    /// Marks both sides from the effective price to `price`, and moves `funding` (in units of 2⁻⁴⁴ atoms a contract) from
    /// longs to shorts.
    pub(crate) fn mark(&mut self, price: Price, funding: i128) -> Result<()> {
        let from = Atoms(self.effective_price.0).signed()?;
        let moved = Atoms(price.0).signed()?.minus(from)?;
        let change =
            (i128::from(moved.0) << CHANGE_BITS).checked_sub(funding).ok_or(EngineError::Overflow)?;
        self.long.mark(change)?;
        self.short.mark(change.checked_neg().ok_or(EngineError::Overflow)?)?;
        self.effective_price = price;
        Ok(())
    }

    /// What the pool can pay to winners: all but what backs the surplus.
    #[inline(always)]
    pub const fn payable(&self) -> Atoms {
        self.pool.saturating_minus(self.surplus)
    }

    /// Books a fee of `amount` that has just left some capital: first against uncovered loss, then `part` of
    /// the rest (rounded up) to insurance, and what remains to the protocol.
    pub(crate) fn take_fee(&mut self, amount: Atoms, part: Bps) -> Result<FeeSplit> {
        if amount.is_zero() {
            return Ok(FeeSplit::default());
        }
        let to_uncovered = amount.min(self.uncovered);
        let rest = amount.minus(to_uncovered)?;
        let to_insurance = Atoms(part.of_ceil(rest.0)?).min(rest);
        let to_protocol = rest.minus(to_insurance)?;
        self.uncovered = self.uncovered.minus(to_uncovered)?;
        self.pool = self.pool.plus(to_uncovered)?;
        self.insurance_fees = self.insurance_fees.plus(to_insurance)?;
        self.protocol_fees = self.protocol_fees.plus(to_protocol)?;
        Ok(FeeSplit { to_uncovered, to_insurance, to_protocol })
    }

    /// Books a claim that its holder gives up: against uncovered loss, and what is left as surplus.
    pub(crate) fn give_up(&mut self, claim: Atoms) -> Result<()> {
        let uncovered = claim.min(self.uncovered);
        self.uncovered = self.uncovered.minus(uncovered)?;
        self.surplus = self.surplus.plus(claim.minus(uncovered)?)?;
        Ok(())
    }

    /// Empties the unswept fees; returns what is due to insurance, of which the market's allowance earns its part, and to
    /// the protocol.
    pub fn sweep(&mut self) -> Result<(Atoms, Atoms)> {
        let due = (self.insurance_fees, self.protocol_fees);
        self.allowance.earn(self.insurance_fees, &self.params)?;
        self.insurance_fees = Atoms::ZERO;
        self.protocol_fees = Atoms::ZERO;
        Ok(due)
    }

    /// Closes a marked leg of a bankrupt account: by deleveraging, or by its own side alone where legs close by
    /// settlement. Returns the size.
    pub(crate) fn close_bankrupt(&mut self, leg: &mut Leg, now: i64) -> Result<Contracts> {
        if self.is_closing(now) {
            return self.close_alone(leg);
        }
        self.deleverage(leg)
    }

    /// Closes a marked leg by its own side alone. Returns the size.
    pub(crate) fn close_alone(&mut self, leg: &mut Leg) -> Result<Contracts> {
        let size = self.size_of(leg)?;
        leg.close(self.side_mut(leg.direction()), size, size)?;
        Ok(size)
    }

    /// Closes a marked leg without a counterparty: contracts of both sides fall by its size, so every leg of
    /// the other side shrinks pro rata. Returns the size.
    pub(crate) fn deleverage(&mut self, leg: &mut Leg) -> Result<Contracts> {
        let direction = leg.direction();
        let size = self.size_of(leg)?;
        leg.close(self.side_mut(direction), size, size)?;
        self.side_mut(direction.opposite()).shrink(size)?;
        Ok(size)
    }
}
