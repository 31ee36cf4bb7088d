//! A margin account's state.

use jettison_engine as engine;

use super::mirror;

mirror! {
    /// A position and a claim in one market.
    Leg = engine::Leg {
        shares: u64,
        /// The side's settlement index when the leg was last marked: an i128, little-endian.
        settlement_snapshot: [u64; 2],
        /// The side's loss index when the leg was last marked: a u128, little-endian.
        loss_snapshot: [u64; 2],
        /// Atoms marked but not yet moved as cash.
        unsettled: i64,
        market: u16,
    } private {
        /// Zero if the slot is free: what else is in it means nothing then.
        in_use: u8,
        /// Zero if the position is long.
        is_short: u8,
        padding: [u8; 4],
    }
}

mirror! {
    /// The engine's state of a margin account. Capital in atoms.
    Ledger = engine::MarginAccount {
        capital: u64,
        legs: [Leg; 8],
    }
}
