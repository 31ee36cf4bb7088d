//! What bankruptcies in one market may draw from insurance.

use bytemuck::{Pod, Zeroable};

use crate::error::Result;
use crate::params::MarketParams;
use crate::quantity::Atoms;
use crate::rolling::RollingSum;

/// A market's use of its insurance allowance.
///
/// It may draw `insurance_base` within a rolling window ([`RollingSum`]), and besides, once, `insurance_earned` of what its
/// own fees and penalties have paid into the fund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Allowance {
    /// Drawn of the base within the window.
    pub drawn: RollingSum,
    /// Earned by fees and not yet drawn, in atoms.
    pub earned: Atoms,
}

impl Allowance {
    /// What may be drawn at `now`.
    pub fn remaining(&self, params: &MarketParams, now: i64) -> Result<Atoms> {
        let base = self.base_left(params, now)?;
        Ok(Atoms(base.0.saturating_add(self.earned.0)))
    }

    fn base_left(&self, params: &MarketParams, now: i64) -> Result<Atoms> {
        let drawn = self.drawn.value(now, params.insurance_window_seconds)?;
        Ok(params.insurance_base.saturating_minus(drawn))
    }

    /// Draws `amount`, which must be within what remains: of the base first.
    pub(crate) fn draw(&mut self, amount: Atoms, params: &MarketParams, now: i64) -> Result<()> {
        if amount.is_zero() {
            return Ok(());
        }
        let of_base = amount.min(self.base_left(params, now)?);
        self.drawn.add(of_base, now, params.insurance_window_seconds)?;
        self.earned = self.earned.minus(amount.minus(of_base)?)?;
        Ok(())
    }

    /// Counts fees that went to the fund. Rounds down.
    pub(crate) fn earn(&mut self, fees: Atoms, params: &MarketParams) -> Result<()> {
        let part = Atoms(params.insurance_earned.of_floor(fees.0)?);
        self.earned = Atoms(self.earned.0.saturating_add(part.0));
        Ok(())
    }
}
