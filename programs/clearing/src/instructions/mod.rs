//! One file an instruction, grouped by who sends it. A handler loads, validates, calls the engine, moves tokens
//! and emits.

mod admin;
mod insurance;
mod keeper;
mod migration;
mod trader;

pub use admin::*;
pub use insurance::*;
pub use keeper::*;
pub use migration::*;
pub use trader::*;

use anchor_lang::prelude::*;

/// The chain's time in Unix seconds.
pub(crate) fn now() -> Result<i64> {
    Ok(Clock::get()?.unix_timestamp)
}
