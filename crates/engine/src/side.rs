//! One side of a market: a pool of contracts that legs own through shares.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::funding::CHANGE_BITS;
use crate::math;
use crate::quantity::{Atoms, Contracts, LossIndex, Price, SettlementIndex, Shares, INDEX_SCALE_BITS};

/// On an empty side one contract is `2^SHARE_BITS` shares.
pub const SHARE_BITS: u32 = 20;

const _: () = assert!(CHANGE_BITS + SHARE_BITS == INDEX_SCALE_BITS);

/// Shares a side can have. Opening beyond it is refused; nothing else depends on it.
pub const MAX_SHARES: u64 = 1 << 62;

/// Long or short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}

impl Direction {
    /// The other side.
    #[inline(always)]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }
}

/// A side of a market.
///
/// While the market is live both sides hold equally many contracts. A side with shares but no contracts is
/// *draining*: nobody can open on it until its remaining legs are settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Side {
    /// Open contracts.
    pub contracts: Contracts,
    /// Shares that own them.
    pub shares: Shares,
    /// Variation margin and funding per share since inception.
    pub settlement_index: SettlementIndex,
    /// The socialized-loss index: losses charged per share since inception.
    pub loss_index: LossIndex,
}

impl Side {
    /// Whether each contract is still `2^SHARE_BITS` shares, so that shifts replace divisions.
    #[inline(always)]
    fn is_undiluted(&self) -> bool {
        self.contracts.0 << SHARE_BITS == self.shares.0
    }

    /// Shares without contracts: only settlement is left.
    #[inline(always)]
    pub const fn is_draining(&self) -> bool {
        self.contracts.is_zero() && !self.shares.is_zero()
    }

    /// `floor(shares × contracts / all shares)`: the size that a leg's shares stand for.
    #[inline(always)]
    pub fn size_of(&self, shares: Shares) -> Result<Contracts> {
        if self.is_undiluted() {
            return Ok(Contracts(shares.0 >> SHARE_BITS));
        }
        if shares.is_zero() {
            return Ok(Contracts::ZERO);
        }
        math::mul_div_floor(shares.0, self.contracts.0, self.shares.0).map(Contracts)
    }

    /// `ceil(shares × contracts × price / all shares)`: what a leg's shares gain and lose by, in atoms. A size leaves out
    /// the fraction of a contract that this counts.
    #[inline(always)]
    pub(crate) fn notional_of(&self, shares: Shares, price: Price) -> Result<Atoms> {
        if self.is_undiluted() {
            return math::mul(shares.0 >> SHARE_BITS, price.0).map(Atoms);
        }
        if shares.is_zero() {
            return Ok(Atoms::ZERO);
        }
        math::mul_div_ceil(shares.0, math::mul(self.contracts.0, price.0)?, self.shares.0).map(Atoms)
    }

    /// Pays `change` (in units of 2⁻⁴⁴ atoms per contract; negative: charges) to every share: `floor`, toward −∞, so
    /// that rounding never mints.
    #[inline(always)]
    pub(crate) fn mark(&mut self, change: i128) -> Result<()> {
        if change == 0 || self.contracts.is_zero() || self.shares.is_zero() {
            return Ok(());
        }
        // A contract is 2²⁰ shares and a unit of change 2⁻⁴⁴ atoms: that many units of the index, which are 2⁻⁶⁴.
        let per_share = if self.is_undiluted() { change } else { self.diluted_change(change)? };
        // Modulo 2¹²⁸ by design: see `SettlementIndex`.
        self.settlement_index = SettlementIndex::new(self.settlement_index.get().wrapping_add(per_share));
        Ok(())
    }

    #[inline(never)]
    fn diluted_change(&self, change: i128) -> Result<i128> {
        // |change × contracts| ≤ 2 × MAX_NOTIONAL × 2⁴⁴; times 2²⁰ it is below 2¹²².
        change
            .checked_mul(i128::from(self.contracts.0))
            .and_then(|total| total.checked_mul(1 << SHARE_BITS))
            .and_then(|total| total.checked_div_euclid(i128::from(self.shares.0)))
            .ok_or(EngineError::Overflow)
    }

    /// Mints shares for `size` new contracts: `floor(size × shares / contracts)`.
    ///
    /// [`EngineError::SideDraining`] while draining; [`EngineError::SideDiluted`] past [`MAX_SHARES`], or when
    /// the contracts are worth less than one share.
    #[inline(always)]
    pub(crate) fn open(&mut self, size: Contracts) -> Result<Shares> {
        if self.is_draining() {
            return Err(EngineError::SideDraining);
        }
        let minted = if self.is_undiluted() {
            size.0.checked_mul(1 << SHARE_BITS).ok_or(EngineError::SideDiluted)?
        } else {
            math::mul_div_floor(size.0, self.shares.0, self.contracts.0)
                .map_err(|_| EngineError::SideDiluted)?
        };
        let shares = self.shares.plus(Shares(minted)).map_err(|_| EngineError::SideDiluted)?;
        if minted == 0 || shares.0 > MAX_SHARES {
            return Err(EngineError::SideDiluted);
        }
        self.shares = shares;
        self.contracts = self.contracts.plus(size)?;
        Ok(Shares(minted))
    }

    /// Removes `size` contracts of a leg that owns `owned` shares of size `whole`; returns the shares burned:
    /// all of them on a full close, else `ceil(size × shares / contracts)`.
    ///
    /// A partial close leaves the leg at least one share, so that contracts never stay behind without an owner.
    #[inline(always)]
    pub(crate) fn close(&mut self, owned: Shares, whole: Contracts, size: Contracts) -> Result<Shares> {
        let burned = if size == whole {
            owned
        } else if self.is_undiluted() {
            Shares(size.0 << SHARE_BITS)
        } else {
            let burned = math::mul_div_ceil(size.0, self.shares.0, self.contracts.0)?;
            Shares(burned.min(owned.0.saturating_sub(1)))
        };
        self.shares = self.shares.minus(burned)?;
        self.contracts = self.contracts.minus(size)?;
        Ok(burned)
    }

    /// Removes contracts and leaves the shares: every leg shrinks by the same fraction.
    #[inline(always)]
    pub(crate) fn shrink(&mut self, size: Contracts) -> Result<()> {
        self.contracts = self.contracts.minus(size)?;
        Ok(())
    }

    /// Charges `loss` to all shares: `loss_index += ceil(loss × 2⁶⁴ / shares)`. The side must have shares.
    pub(crate) fn socialize(&mut self, loss: Atoms) -> Result<()> {
        if self.shares.is_zero() {
            return Err(EngineError::Overflow);
        }
        let per_share = (u128::from(loss.0) << INDEX_SCALE_BITS).div_ceil(u128::from(self.shares.0));
        let index = self.loss_index.get().checked_add(per_share).ok_or(EngineError::Overflow)?;
        self.loss_index = LossIndex::new(index);
        Ok(())
    }
}
