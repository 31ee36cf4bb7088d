//! One account's position and claim in one market.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::math;
use crate::quantity::{Atoms, Contracts, LossIndex, MarketIndex, SettlementIndex, Shares, SignedAtoms};
use crate::side::{Direction, Side};

/// A leg: shares in one side of a market, and what is due from or to that market's pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Leg {
    /// Shares owned in the side; zero once the position is closed.
    pub shares: Shares,
    /// The side's settlement index when the leg was last marked.
    pub settlement_snapshot: SettlementIndex,
    /// The side's loss index when the leg was last marked.
    pub loss_snapshot: LossIndex,
    /// Marked but not yet moved as cash.
    pub unsettled: SignedAtoms,
    /// The market.
    pub market: MarketIndex,
    in_use: u8,
    is_short: u8,
    padding: [u8; 4],
}

/// What a leg has earned and been charged since it was last marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Variation margin and funding, rounded down.
    pub variation: SignedAtoms,
    /// Socialized loss, rounded up.
    pub haircut: Atoms,
}

impl Pending {
    /// Variation less haircut.
    #[inline(always)]
    pub fn net(self) -> Result<SignedAtoms> {
        self.variation.minus(self.haircut.signed()?)
    }
}

impl Leg {
    pub(crate) fn new(market: MarketIndex) -> Self {
        Self { market, in_use: 1, ..Self::default() }
    }

    /// Whether the slot holds a leg.
    #[inline(always)]
    pub const fn is_in_use(&self) -> bool {
        self.in_use != 0
    }

    /// Which side the shares are in.
    #[inline(always)]
    pub const fn direction(&self) -> Direction {
        if self.is_short == 0 {
            Direction::Long
        } else {
            Direction::Short
        }
    }

    /// Whether it owns shares, be it of less than one contract.
    #[inline(always)]
    pub const fn has_position(&self) -> bool {
        !self.shares.is_zero()
    }

    /// What has accumulated since the last mark:
    /// `floor(shares × Δsettlement_index / 2⁶⁴)` and `ceil(shares × Δloss_index / 2⁶⁴)`.
    #[inline(always)]
    pub fn pending(&self, side: &Side) -> Result<Pending> {
        if !self.has_position() {
            return Ok(Pending::default());
        }
        Ok(Pending { variation: self.pending_variation(side)?, haircut: self.pending_haircut(side)? })
    }

    #[inline(always)]
    fn pending_variation(&self, side: &Side) -> Result<SignedAtoms> {
        if side.settlement_index == self.settlement_snapshot {
            return Ok(SignedAtoms::ZERO);
        }
        let change = side.settlement_index.get().wrapping_sub(self.settlement_snapshot.get());
        math::mul_shift_floor(change, self.shares.0).map(SignedAtoms)
    }

    #[inline(always)]
    fn pending_haircut(&self, side: &Side) -> Result<Atoms> {
        if side.loss_index == self.loss_snapshot {
            return Ok(Atoms::ZERO);
        }
        let change = side.loss_index.get().checked_sub(self.loss_snapshot.get());
        math::mul_shift_ceil(change.ok_or(EngineError::Overflow)?, self.shares.0).map(Atoms)
    }

    /// Moves what is pending into `unsettled` and renews both snapshots.
    #[inline(always)]
    pub(crate) fn mark(&mut self, side: &Side) -> Result<Pending> {
        let pending = self.pending(side)?;
        self.unsettled = self.unsettled.plus(pending.net()?)?;
        self.settlement_snapshot = side.settlement_index;
        self.loss_snapshot = side.loss_index;
        Ok(pending)
    }

    /// Adds a position of `size` on `side`. The leg must be marked, and flat or on the same side.
    #[inline(always)]
    pub(crate) fn open(&mut self, side: &mut Side, direction: Direction, size: Contracts) -> Result<()> {
        if !self.has_position() {
            self.is_short = u8::from(direction == Direction::Short);
            self.settlement_snapshot = side.settlement_index;
            self.loss_snapshot = side.loss_index;
        }
        self.shares = self.shares.plus(side.open(size)?)?;
        Ok(())
    }

    /// Closes `size` of the leg, whose whole size is `whole`. The leg must be marked.
    #[inline(always)]
    pub(crate) fn close(&mut self, side: &mut Side, whole: Contracts, size: Contracts) -> Result<()> {
        self.shares = self.shares.minus(side.close(self.shares, whole, size)?)?;
        Ok(())
    }

    /// Whether neither position nor claim is left.
    #[inline(always)]
    pub(crate) const fn is_done(&self) -> bool {
        !self.has_position() && self.unsettled.is_zero()
    }
}
