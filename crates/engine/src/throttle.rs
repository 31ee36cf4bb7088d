//! The withdrawal throttle: how much may leave the margin vault within a window, and the queue of what has to wait.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::quantity::{Atoms, Bps, SignedAtoms};
use crate::rolling::RollingFlow;

/// How much may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct ThrottleParams {
    /// The least limit, in atoms: so that the last of a vault leaves too.
    pub floor: Atoms,
    /// Seconds within which withdrawals less deposits are held against the limit.
    pub window_seconds: u32,
    /// The limit, of what the margin vault held with them.
    pub limit: Bps,
    /// Zero.
    pub reserved: [u8; 2],
}

/// The state of a clearinghouse's throttle and its queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Throttle {
    /// Withdrawals less deposits within the window.
    pub flow: RollingFlow,
    /// The place in the queue that is served next.
    pub head: u64,
    /// The place that the next to queue gets.
    pub tail: u64,
    /// What waits in all, in atoms. It is in the margin vault and in nobody's capital.
    pub queued: Atoms,
}

/// A margin account's place in the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct QueuedWithdrawal {
    /// What waits, in atoms; zero if nothing does.
    pub amount: Atoms,
    /// Its place.
    pub place: u64,
}

impl ThrottleParams {
    /// The longest window, in seconds.
    ///
    /// At the tightest limit half of a vault leaves in three days, and all but a hundredth in three weeks.
    pub const MAX_WINDOW_SECONDS: u32 = 3_600;
    /// The tightest limit: a throttle delays and doesn't bar.
    pub const MIN_LIMIT: Bps = Bps(100);

    /// Checks the bounds.
    pub fn validate(&self) -> Result<()> {
        let bounded = (1..=Self::MAX_WINDOW_SECONDS).contains(&self.window_seconds)
            && (Self::MIN_LIMIT..=Bps(10_000)).contains(&self.limit)
            && !self.floor.is_zero()
            && self.reserved == [0; 2];
        if !bounded {
            return Err(EngineError::BadParameter);
        }
        Ok(())
    }
}

impl Throttle {
    /// What may leave a margin vault of `vault` atoms now: `limit` of what it held before the window's net withdrawals,
    /// at least `floor`, less these.
    ///
    /// Net deposits of the window may leave again and don't count into the limit: else money borrowed for a
    /// transaction would lift it for the rest.
    pub fn available(&self, params: &ThrottleParams, vault: Atoms, now: i64) -> Result<Atoms> {
        let gone = self.flow.value(now, params.window_seconds)?;
        let held = vault.0.saturating_add_signed(gone.0);
        let limit = params.limit.of_floor(held)?.max(params.floor.0);
        let left = i128::from(limit).saturating_sub(i128::from(gone.0)).max(0);
        Ok(Atoms(u64::try_from(left).unwrap_or(u64::MAX)))
    }

    /// Counts a deposit.
    pub fn deposit(&mut self, params: &ThrottleParams, amount: Atoms, now: i64) -> Result<()> {
        let inflow = SignedAtoms::ZERO.minus(amount.signed()?)?;
        self.flow.add(inflow, now, params.window_seconds)
    }

    /// Lets `amount`, which has just left an account's capital, out of the vault, or queues it if the throttle or the
    /// queue stands before it. Returns whether it may leave now.
    ///
    /// [`EngineError::AlreadyQueued`] if the account has one waiting; [`EngineError::ZeroSize`] for nothing, which would
    /// hold a place that can't be served.
    pub fn withdraw(
        &mut self,
        place: &mut QueuedWithdrawal,
        params: &ThrottleParams,
        vault: Atoms,
        amount: Atoms,
        now: i64,
    ) -> Result<bool> {
        if amount.is_zero() {
            return Err(EngineError::ZeroSize);
        }
        if !place.amount.is_zero() {
            return Err(EngineError::AlreadyQueued);
        }
        if self.queued.is_zero() && amount <= self.available(params, vault, now)? {
            self.flow.add(amount.signed()?, now, params.window_seconds)?;
            return Ok(true);
        }
        *place = QueuedWithdrawal { amount, place: self.tail };
        self.tail = self.tail.checked_add(1).ok_or(EngineError::Overflow)?;
        self.queued = self.queued.plus(amount)?;
        Ok(false)
    }

    /// Lets as much of the first in the queue out as the throttle allows; returns it. It leaves its place when all is out.
    ///
    /// [`EngineError::NotNextInQueue`] for any other; [`EngineError::Throttled`] if nothing may leave now.
    pub fn serve(
        &mut self,
        place: &mut QueuedWithdrawal,
        params: &ThrottleParams,
        vault: Atoms,
        now: i64,
    ) -> Result<Atoms> {
        self.require_next(place)?;
        let amount = place.amount.min(self.available(params, vault, now)?);
        if amount.is_zero() {
            return Err(EngineError::Throttled);
        }
        self.flow.add(amount.signed()?, now, params.window_seconds)?;
        self.release(place, amount)?;
        Ok(amount)
    }

    /// Takes the first in the queue out of it without paying: returns what waited, which goes back to its capital.
    pub fn turn_away(&mut self, place: &mut QueuedWithdrawal) -> Result<Atoms> {
        self.require_next(place)?;
        let amount = place.amount;
        self.release(place, amount)?;
        Ok(amount)
    }

    fn require_next(&self, place: &QueuedWithdrawal) -> Result<()> {
        if place.amount.is_zero() || place.place != self.head {
            return Err(EngineError::NotNextInQueue);
        }
        Ok(())
    }

    fn release(&mut self, place: &mut QueuedWithdrawal, amount: Atoms) -> Result<()> {
        self.queued = self.queued.minus(amount)?;
        place.amount = place.amount.minus(amount)?;
        if place.amount.is_zero() {
            *place = QueuedWithdrawal::default();
            self.head = self.head.checked_add(1).ok_or(EngineError::Overflow)?;
        }
        Ok(())
    }
}
