//! The insurance fund's state, and a staker's.

use jettison_engine as engine;

use super::mirror;

mirror! {
    /// The engine's state of the insurance fund. Assets in atoms, shares in shares of the fund, times in Unix seconds.
    Fund = engine::InsuranceFund {
        assets: u64,
        shares: u64,
        own_shares: u64,
        flagged_until: i64,
        generation: u32,
        stakes: u32,
    }
}

mirror! {
    /// The engine's state of a stake.
    StakeLedger = engine::Stake {
        shares: u64,
        requested: u64,
        /// In atoms.
        requested_value: u64,
        ready_ts: i64,
        generation: u32,
    } private {
        padding: [u8; 4],
    }
}
