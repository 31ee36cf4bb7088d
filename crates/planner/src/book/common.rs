//! What all markets and accounts of a clearinghouse share.

use clearing::state::{Clearinghouse, Gate, Pauses};
use jettison_engine::{Atoms, InsuranceFund, Throttle, ThrottleParams};

/// The clearinghouse, its insurance fund and its custody, as far as the keeper plans by them. Whoever fills it keeps the
/// order of slots.
#[derive(Clone, Copy, Debug)]
pub struct Common {
    /// The insurance fund's ledger.
    pub fund: InsuranceFund,
    /// The margin vault's throttle and queue.
    pub throttle: Throttle,
    /// The throttle's limits.
    pub throttle_params: ThrottleParams,
    /// What the margin vault holds, in atoms.
    pub margin_vault: Atoms,
    /// What is paused, and until when.
    pub pauses: Pauses,
    /// The clearinghouse's revision.
    pub revision: u64,
}

impl Default for Common {
    fn default() -> Self {
        Self {
            fund: InsuranceFund::default(),
            throttle: Throttle::default(),
            throttle_params: ThrottleParams::default(),
            margin_vault: Atoms::ZERO,
            pauses: Pauses { until: [0; 12] },
            revision: 0,
        }
    }
}

impl Common {
    /// Takes over what the clearinghouse's account says.
    pub fn apply_clearinghouse(&mut self, clearinghouse: &Clearinghouse) {
        self.throttle_params = clearinghouse.settings.throttle();
        self.pauses = clearinghouse.pauses;
        self.revision = clearinghouse.revision;
    }

    /// Whether a gate is open at `now`, in Unix seconds.
    pub fn is_open(&self, gate: Gate, now: i64) -> bool {
        self.pauses.require_open(gate, now).is_ok()
    }
}
