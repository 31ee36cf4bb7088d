//! A market: its two sides, its pool, its price.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
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
    /// When the effective price was last moved, in Unix seconds.
    pub accrued_ts: i64,
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
    /// Risk parameters.
    pub params: MarketParams,
    /// The market's number.
    pub index: MarketIndex,
    padding: [u8; 6],
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
            accrued_ts: now,
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
        math::mul(size.0, self.effective_price.0).map(Atoms)
    }

    /// Whether the effective price has not yet reached the oracle's.
    #[inline(always)]
    pub fn is_lagging(&self) -> bool {
        self.effective_price != self.target_price
    }

    /// [`EngineError::StalePrice`] if the price is older than `max_price_age_seconds`.
    #[inline(always)]
    pub fn require_fresh(&self, now: i64) -> Result<()> {
        if now.saturating_sub(self.accrued_ts) > i64::from(self.params.max_price_age_seconds) {
            return Err(EngineError::StalePrice);
        }
        Ok(())
    }

    fn check_price(&self, price: Price) -> Result<()> {
        if price.is_zero() || price > self.params.max_price() {
            return Err(EngineError::BadPrice);
        }
        Ok(())
    }

    /// Moves the effective price toward `target` and marks both sides.
    ///
    /// The step is at most `max_move_per_second × dt` of the effective price (at least one atom). `dt` counts
    /// for no more than the keeper window: after a time in which nobody accrued, keepers get their window too.
    pub fn accrue(&mut self, target: Price, now: i64) -> Result<Accrual> {
        self.check_price(target)?;
        if now < self.accrued_ts {
            return Err(EngineError::ClockWentBack);
        }
        let before = self.effective_price;
        let after = self.step_toward(target, now)?;
        self.mark(after)?;
        self.target_price = target;
        self.accrued_ts = now;
        Ok(Accrual { price_before: before, price_after: after, target })
    }

    fn step_toward(&self, target: Price, now: i64) -> Result<Price> {
        let elapsed = now.saturating_sub(self.accrued_ts);
        if elapsed == 0 || target == self.effective_price {
            return Ok(self.effective_price);
        }
        let window = i64::from(self.params.keeper_window_seconds);
        let seconds = u64::try_from(elapsed.min(window)).map_err(|_| EngineError::Overflow)?;
        let rate = math::mul(u64::from(self.params.max_move_per_second.0), seconds)?;
        let step = math::mul_div_floor(self.effective_price.0, rate, crate::quantity::BPS_ONE)?.max(1);
        let lowest = self.effective_price.0.saturating_sub(step);
        let highest = self.effective_price.0.saturating_add(step);
        Ok(Price(target.0.clamp(lowest, highest)))
    }

    /// Marks both sides from the effective price to `price`.
    pub(crate) fn mark(&mut self, price: Price) -> Result<()> {
        let from = Atoms(self.effective_price.0).signed()?;
        let change = Atoms(price.0).signed()?.minus(from)?;
        self.long.mark(change.0)?;
        self.short.mark(change.0.checked_neg().ok_or(EngineError::Overflow)?)?;
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

    /// Empties the unswept fees; returns what is due to insurance and to the protocol.
    pub fn sweep(&mut self) -> (Atoms, Atoms) {
        let due = (self.insurance_fees, self.protocol_fees);
        self.insurance_fees = Atoms::ZERO;
        self.protocol_fees = Atoms::ZERO;
        due
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
