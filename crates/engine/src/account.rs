//! A margin account: capital and up to eight legs.

use core::ops::DerefMut;

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::health::Markets;
use crate::leg::{Leg, Pending};
use crate::market::Market;
use crate::quantity::{Atoms, MarketIndex};

/// Markets that an account can be in at a time.
pub const MAX_LEGS: usize = 8;

/// A margin account's money. Plain old data: the program maps it straight onto its account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct MarginAccount {
    /// The trader's own money: senior to every claim.
    pub capital: Atoms,
    /// The legs; slots are reused.
    pub legs: [Leg; MAX_LEGS],
}

impl MarginAccount {
    /// The legs in use.
    #[inline(always)]
    pub fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.is_in_use())
    }

    /// The leg in a market.
    #[inline(always)]
    pub fn leg(&self, market: MarketIndex) -> Option<&Leg> {
        self.legs().find(|leg| leg.market == market)
    }

    /// Whether it has neither a position nor a claim anywhere.
    #[inline(always)]
    pub fn has_no_legs(&self) -> bool {
        self.legs().next().is_none()
    }

    /// The leg in a market, in a new slot if there is none: [`EngineError::TooManyLegs`] if all are in use.
    #[inline(always)]
    pub(crate) fn leg_or_new(&mut self, market: &mut Market) -> Result<&mut Leg> {
        let existing = self.legs.iter().position(|leg| leg.is_in_use() && leg.market == market.index);
        let slot = existing.or_else(|| self.legs.iter().position(|leg| !leg.is_in_use()));
        let leg = slot.and_then(|slot| self.legs.get_mut(slot)).ok_or(EngineError::TooManyLegs)?;
        if !leg.is_in_use() {
            *leg = Leg::new(market.index);
            market.legs = market.legs.checked_add(1).ok_or(EngineError::Overflow)?;
        }
        Ok(leg)
    }

    /// The slot of a leg that owns shares in a market, or [`EngineError::NoPosition`].
    #[inline(always)]
    pub(crate) fn position_mut(&mut self, market: MarketIndex) -> Result<&mut Leg> {
        self.legs
            .iter_mut()
            .find(|leg| leg.is_in_use() && leg.market == market && leg.has_position())
            .ok_or(EngineError::NoPosition)
    }

    /// Frees every slot that holds neither a position nor a claim.
    #[inline(always)]
    pub(crate) fn free_done_legs<M: DerefMut<Target = Market>>(
        &mut self,
        markets: &mut Markets<'_, M>,
    ) -> Result<()> {
        for leg in self.legs.iter_mut().filter(|leg| leg.is_in_use() && leg.is_done()) {
            let market = markets.get_mut(leg.market)?;
            market.legs = market.legs.checked_sub(1).ok_or(EngineError::Overflow)?;
            *leg = Leg::default();
        }
        Ok(())
    }

    /// Counts its legs in their markets, which haven't counted them: once, when an account of a time that didn't count is
    /// taken over. Returns how many there are.
    pub fn count_legs<M: DerefMut<Target = Market>>(&self, markets: &mut Markets<'_, M>) -> Result<u32> {
        let mut count: u32 = 0;
        for leg in self.legs() {
            let market = markets.get_mut(leg.market)?;
            market.legs = market.legs.checked_add(1).ok_or(EngineError::Overflow)?;
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    /// Marks the leg in `market`, if there is one, and moves its cash.
    #[inline(always)]
    pub(crate) fn mark_and_settle(&mut self, market: &mut Market) -> Result<Pending> {
        let index = market.index;
        let capital = &mut self.capital;
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.is_in_use() && leg.market == index) else {
            return Ok(Pending::default());
        };
        let pending = leg.mark(market.side(leg.direction()))?;
        settle_cash(capital, leg, market)?;
        Ok(pending)
    }

    /// Takes `amount` out of capital.
    #[inline(always)]
    pub(crate) fn pay(&mut self, amount: Atoms) -> Result<()> {
        self.capital = self.capital.minus(amount).map_err(|_| EngineError::InsufficientCapital)?;
        Ok(())
    }

    /// Adds `amount` to capital. [`EngineError::ZeroSize`] for nothing.
    pub fn deposit(&mut self, amount: Atoms) -> Result<()> {
        if amount.is_zero() {
            return Err(EngineError::ZeroSize);
        }
        self.credit(amount)
    }

    /// Adds `amount`, which may be nothing, to capital.
    #[inline(always)]
    pub(crate) fn credit(&mut self, amount: Atoms) -> Result<()> {
        let capital = self.capital.plus(amount)?;
        capital.signed()?;
        self.capital = capital;
        Ok(())
    }
}

/// Moves a marked leg's cash: a debt is paid out of capital as far as it reaches, a claim is collected as far
/// as the pool reaches. What is not moved stays on the leg.
#[inline(always)]
pub(crate) fn settle_cash(capital: &mut Atoms, leg: &mut Leg, market: &mut Market) -> Result<()> {
    if leg.unsettled.is_negative() {
        let paid = leg.unsettled.debt().min(*capital);
        *capital = capital.minus(paid)?;
        market.pool = market.pool.plus(paid)?;
        leg.unsettled = leg.unsettled.plus(paid.signed()?)?;
    } else if !leg.unsettled.is_zero() {
        let collected = leg.unsettled.claim().min(market.payable());
        market.pool = market.pool.minus(collected)?;
        *capital = capital.plus(collected)?;
        leg.unsettled = leg.unsettled.minus(collected.signed()?)?;
    }
    Ok(())
}
