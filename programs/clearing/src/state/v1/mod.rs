//! The first version of the accounts, as it lay: read by the migrations and never changed.
//!
//! Plain numbers and bytes, so that no change of a type elsewhere moves anything here. tests/golden has accounts that the
//! program of that version wrote.

mod account;
mod clearinghouse;
mod market;
mod upgrade;

pub use account::{Ledger, Leg, MarginAccount};
pub use clearinghouse::{Clearinghouse, InsuranceFund, SETTINGS};
pub use market::{Book, LossTally, Market, Params, Side};

use anchor_lang::Discriminator;
use bytemuck::Pod;

/// An account of the first version, and what it becomes.
pub trait Former: Pod {
    /// Its first eight bytes.
    const DISCRIMINATOR: [u8; 8];
    /// The account in the present version.
    type Present: Pod + Discriminator;
}

/// The version byte of all of them.
pub const VERSION: u8 = 1;

/// Seconds in a day.
const DAY: u32 = 86_400;
