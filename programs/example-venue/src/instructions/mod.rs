//! One file an instruction. A handler validates, changes the offer, has the clearing program settle, and emits.

// Public for the code that Anchor generates around them.
pub mod cancel_offer;
pub mod fill_offer;
pub mod post_offer;

pub use cancel_offer::*;
pub use fill_offer::*;
pub use post_offer::*;

use anchor_lang::prelude::*;

/// The chain's time in Unix seconds.
pub(crate) fn now() -> Result<i64> {
    Ok(Clock::get()?.unix_timestamp)
}
