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

    /// Adds `amount` to what is left. Nothing added lets it run off as before.
    pub(crate) fn add(&mut self, amount: Atoms, now: i64, window: u32) -> Result<()> {
        if amount.is_zero() {
            return Ok(());
        }
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

    /// Adds an outflow (positive) or an inflow (negative) to what is left. Nothing added lets it run off as before.
    pub(crate) fn add(&mut self, amount: SignedAtoms, now: i64, window: u32) -> Result<()> {
        if amount.is_zero() {
            return Ok(());
        }
        self.amount = self.value(now, window)?.plus(amount)?;
        self.since = now;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_addition_keeps_what_is_left_and_runs_off_anew() {
        let mut sum = RollingSum::default();
        sum.add(Atoms(1_000), 0, 100).unwrap();
        sum.add(Atoms(100), 50, 100).unwrap();
        assert_eq!((sum.value(50, 100), sum.value(100, 100)), (Ok(Atoms(600)), Ok(Atoms(300))));
        let mut flow = RollingFlow::default();
        flow.add(SignedAtoms(1_000), 0, 100).unwrap();
        flow.add(SignedAtoms(-700), 50, 100).unwrap();
        assert_eq!(
            (flow.value(50, 100), flow.value(100, 100)),
            (Ok(SignedAtoms(-200)), Ok(SignedAtoms(-100)))
        );
    }

    #[test]
    fn an_addition_beyond_64_bits_is_an_overflow() {
        let mut sum = RollingSum { amount: Atoms(u64::MAX), since: 0 };
        assert_eq!(sum.add(Atoms(1), 0, 100), Err(crate::EngineError::Overflow));
        let mut flow = RollingFlow { amount: SignedAtoms(i64::MIN + 1), since: 0 };
        assert_eq!(flow.add(SignedAtoms(-2), 0, 100), Err(crate::EngineError::Overflow));
    }

    #[test]
    fn adding_nothing_does_not_hold_what_runs_off() {
        // 50 × 99 / 100 is rounded up to 50: touched in each second, it would stay for ever.
        let mut sum = RollingSum { amount: Atoms(50), since: 0 };
        let mut flow = RollingFlow { amount: SignedAtoms(50), since: 0 };
        for now in 0..100 {
            sum.add(Atoms(0), now, 100).unwrap();
            flow.add(SignedAtoms(0), now, 100).unwrap();
        }
        assert_eq!((sum.value(100, 100), flow.value(100, 100)), (Ok(Atoms(0)), Ok(SignedAtoms(0))));
    }

    /// Dust renews the clock and is rounded up each time. What it holds back is a few atoms a second of the window.
    #[test]
    fn an_atom_added_each_second_slows_the_rest_down_and_does_not_keep_it() {
        for window in [1, 10, 600, 3_600] {
            let mut sum = RollingSum { amount: Atoms(1 << 40), since: 0 };
            for now in 1..=i64::from(window) * 40 {
                sum.add(Atoms(1), now, window).unwrap();
            }
            let left = sum.amount.0;
            assert!(left <= 2 * u64::from(window), "{left} in {window}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Kept at or under a limit, it lets no more than `limit × (1 + t / window)` through in any `t` seconds.
        #[test]
        fn what_a_limit_lets_through_is_bounded(
            limit in 1..1_000_000u64,
            window in 1..10_000u32,
            tries in vec((0..5_000i64, 0..2_000_000u64), 1..60),
        ) {
            let (mut sum, mut now) = (RollingSum::default(), 0);
            let mut through: std::vec::Vec<(i64, u64)> = std::vec![];
            for (seconds, wanted) in tries {
                now += seconds;
                let amount = wanted.min(limit - sum.value(now, window).unwrap().0);
                sum.add(Atoms(amount), now, window).unwrap();
                through.push((now, amount));
            }
            for (from, (start, _)) in through.iter().enumerate() {
                let mut total = 0;
                for (when, amount) in through.iter().skip(from) {
                    total += amount;
                    let seconds = (when - start).unsigned_abs();
                    let most = limit * (u64::from(window) + seconds) / u64::from(window);
                    prop_assert!(total <= most, "{total} in {seconds} seconds, over {most}");
                }
            }
        }
    }
}
