//! The withdrawal throttle's state, and sums that run off over a window.

use jettison_engine as engine;

use super::mirror;

mirror! {
    /// An amount that runs off over a window.
    RollingSum = engine::RollingSum {
    } private {
        /// In atoms, at `since`.
        amount: u64,
        /// In Unix seconds.
        since: i64,
    }
}

mirror! {
    /// A net flow that runs off over a window: outflow is positive.
    RollingFlow = engine::RollingFlow {
    } private {
        /// In atoms, at `since`.
        amount: i64,
        /// In Unix seconds.
        since: i64,
    }
}

mirror! {
    /// The withdrawal throttle and its queue.
    Throttle = engine::Throttle {
        flow: RollingFlow,
        head: u64,
        tail: u64,
        /// In atoms.
        queued: u64,
    }
}

mirror! {
    /// A margin account's place in the queue; no amount is no place.
    QueuedWithdrawal = engine::QueuedWithdrawal {
        /// In atoms.
        amount: u64,
        place: u64,
    }
}
