//! Sums that run off over a window: what allowances and breakers count with.

use bytemuck::{Pod, Zeroable};

use crate::error::Result;
use crate::math;
use crate::quantity::{Atoms, SignedAtoms};

/// Seconds of a window of `window` that are left `elapsed` after `since`.
fn left(since: i64, now: i64, window: u32) -> u64 {
    let window = i64::from(window);
    let left = window.saturating_sub(now.saturating_sub(since)).clamp(0, window);
    left.unsigned_abs()
}

/// An amount that runs off linearly, from its last addition, over a window.
///
/// Whoever keeps it at or under a limit `L` lets at most `L × (1 + t / window)` through in any `t` seconds: what is there
/// can be used at once, and no more than `L / window` comes back a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct RollingSum {
    amount: Atoms,
    since: i64,
}

impl RollingSum {
    /// What is left of it at `now`: `ceil(amount × seconds left / window)`.
    #[inline]
    pub fn value(&self, now: i64, window: u32) -> Result<Atoms> {
        if self.amount.is_zero() {
            return Ok(Atoms::ZERO);
        }
        math::mul_div_ceil(self.amount.0, left(self.since, now, window), u64::from(window)).map(Atoms)
    }

    /// Adds `amount` to what is left.
    pub(crate) fn add(&mut self, amount: Atoms, now: i64, window: u32) -> Result<()> {
        self.amount = self.value(now, window)?.plus(amount)?;
        self.since = now;
        Ok(())
    }
}

/// As [`RollingSum`], of an amount that flows both ways: outflow counts up, inflow down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct RollingFlow {
    amount: SignedAtoms,
    since: i64,
}

impl RollingFlow {
    /// What is left of it at `now`, rounded up: outflow counts for more, inflow for less.
    #[inline]
    pub fn value(&self, now: i64, window: u32) -> Result<SignedAtoms> {
        let (left, window) = (left(self.since, now, window), u64::from(window));
        let inflow = math::mul_div_floor(self.amount.debt().0, left, window)?;
        let outflow = math::mul_div_ceil(self.amount.claim().0, left, window)?;
        Atoms(outflow).signed()?.minus(Atoms(inflow).signed()?)
    }

    /// Adds an outflow (positive) or an inflow (negative) to what is left.
    pub(crate) fn add(&mut self, amount: SignedAtoms, now: i64, window: u32) -> Result<()> {
        self.amount = self.value(now, window)?.plus(amount)?;
        self.since = now;
        Ok(())
    }
}
