//! What a guardian may stop, and for how long.

use anchor_lang::prelude::*;

use crate::error::ClearingError;

/// The longest pause.
pub const MAX_PAUSE_SECONDS: u32 = 86_400;

/// Seconds for which a gate stays open after a pause before it can be paused again: so a pause delays and doesn't bar.
pub const PAUSE_REST_SECONDS: i64 = 3 * 86_400;

/// What can be paused: one gate an instruction. Closing and reducing trades, settling, accruing, closing accounts and
/// winding down can't be.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Gate {
    /// Trades that open.
    Open,
    /// `deposit`.
    Deposit,
    /// `withdraw` and `serve_withdrawal`.
    Withdraw,
    /// `liquidate`.
    Liquidate,
    /// `deleverage`.
    Deleverage,
    /// `resolve_bankruptcy`.
    Resolve,
    /// `stake`.
    Stake,
    /// `unstake`.
    Unstake,
    /// `sweep_fees`.
    Sweep,
}

/// How many gates there are.
pub const GATES: usize = 9;

/// Until when each gate is paused.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Pauses {
    /// By the gate's number, in Unix seconds; the last three are unused.
    pub until: [i64; 12],
}

impl Pauses {
    /// [`ClearingError::Paused`] while the gate is.
    #[inline(always)]
    pub fn require_open(&self, gate: Gate, now: i64) -> Result<()> {
        require!(now >= self.until[gate as usize], ClearingError::Paused);
        Ok(())
    }

    /// Pauses the gates whose bits are set until `now + seconds`.
    ///
    /// # Errors
    /// [`ClearingError::BadPause`] without a gate, with an unknown one, or for no time or too long;
    /// [`ClearingError::PauseTooSoon`] if one of them is paused or was within [`PAUSE_REST_SECONDS`].
    pub fn pause(&mut self, gates: u16, seconds: u32, now: i64) -> Result<i64> {
        let known = gates != 0 && gates >> GATES == 0;
        require!(known && (1..=MAX_PAUSE_SECONDS).contains(&seconds), ClearingError::BadPause);
        let end = now.saturating_add(i64::from(seconds));
        for (bit, until) in self.until.iter_mut().take(GATES).enumerate() {
            if gates >> bit & 1 == 1 {
                let rested = *until == 0 || now.saturating_sub(*until) >= PAUSE_REST_SECONDS;
                require!(rested, ClearingError::PauseTooSoon);
                *until = end;
            }
        }
        Ok(end)
    }
}

const _: () = assert!((MAX_PAUSE_SECONDS as i64) < jettison_engine::SETTLEMENT_GRACE_SECONDS);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_767_225_600;

    fn pauses() -> Pauses {
        Pauses { until: [0; 12] }
    }

    #[test]
    fn a_pause_closes_its_gates_and_no_others_until_it_expires() {
        let mut pauses = pauses();
        let gates = 1 << Gate::Withdraw as u16 | 1 << Gate::Sweep as u16;
        assert_eq!(pauses.pause(gates, 60, NOW).unwrap(), NOW + 60);
        for gate in [Gate::Withdraw, Gate::Sweep] {
            assert!(pauses.require_open(gate, NOW + 59).is_err());
            assert!(pauses.require_open(gate, NOW + 60).is_ok());
        }
        assert!(pauses.require_open(Gate::Deposit, NOW).is_ok());
    }

    #[test]
    fn a_pause_can_t_be_renewed_before_the_gate_has_been_open_for_three_days() {
        let mut pauses = pauses();
        pauses.pause(1, 60, NOW).unwrap();
        let rested = NOW + 60 + PAUSE_REST_SECONDS;
        for now in [NOW, NOW + 60, rested - 1] {
            assert!(pauses.pause(1, 60, now).is_err());
        }
        pauses.pause(1, 60, rested).unwrap();
    }

    #[test]
    fn a_pause_is_of_known_gates_and_of_a_day_at_most() {
        for (gates, seconds, good) in [
            (0, 60, false),
            (1 << GATES, 60, false),
            (1, 0, false),
            (1, MAX_PAUSE_SECONDS + 1, false),
            (1, MAX_PAUSE_SECONDS, true),
            ((1 << GATES) - 1, 1, true),
        ] {
            assert_eq!(pauses().pause(gates, seconds, NOW).is_ok(), good, "{gates:b} for {seconds}");
        }
    }
}
