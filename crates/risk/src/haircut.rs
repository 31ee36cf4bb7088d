//! How a haircut came about.

use core::ops::RangeInclusive;

use jettison_engine::{Atoms, Leg, LossIndex, Result, Shares, Side, INDEX_SCALE_BITS};

/// A loss that was charged to a side through its loss index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The loss, in atoms.
    pub loss: Atoms,
    /// The side's loss index before.
    pub before: LossIndex,
    /// The index after: `before + ceil(loss × 2⁶⁴ / the side's shares)`.
    pub after: LossIndex,
}

impl Charge {
    /// What the index rose by: atoms per share, in units of 2⁻⁶⁴.
    pub fn rise(&self) -> u128 {
        self.after.get().saturating_sub(self.before.get())
    }
}

/// What a leg of `shares`, marked last at `from`, is charged, charge by charge in their order. They add up to what marking it
/// after the last charges in all, which is rounded up: `ceil(shares × (after − from) / 2⁶⁴)`. So of a part that is no whole
/// number of atoms, the rest is in one of the parts beside it.
pub fn parts_of_haircut(shares: Shares, from: LossIndex, charges: &[Charge]) -> Result<Vec<Atoms>> {
    let mut leg = Leg::default();
    leg.shares = shares;
    leg.loss_snapshot = from;
    let mut so_far = Atoms::ZERO;
    let mut parts = Vec::with_capacity(charges.len());
    for charge in charges {
        let side = Side { loss_index: charge.after, ..Side::default() };
        let charged = leg.pending(&side)?.haircut;
        parts.push(charged.minus(so_far)?);
        so_far = charged;
    }
    Ok(parts)
}

/// How many shares the side had when it was charged, as far as the index tells: nearly always one number. None for a charge
/// that didn't move the index.
pub fn side_shares(charge: &Charge) -> Option<RangeInclusive<u64>> {
    let scaled = u128::from(charge.loss.0) << INDEX_SCALE_BITS;
    let least = scaled.checked_div(charge.rise())?;
    let least = least.saturating_add(u128::from(least.saturating_mul(charge.rise()) < scaled));
    // The rise is the quotient rounded up: with this many shares, and one more, it would be an index lower.
    let most = match charge.rise().checked_sub(1) {
        None | Some(0) => u128::from(u64::MAX),
        Some(lower) => scaled.div_ceil(lower).saturating_sub(1),
    };
    Some(u64::try_from(least).ok()?..=u64::try_from(most).unwrap_or(u64::MAX))
}
