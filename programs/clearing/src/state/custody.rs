use anchor_lang::prelude::*;

use jettison_engine::Throttle;

#[cfg(feature = "idl-build")]
use super::layout::InIdl;

/// What is known of the margin vault: its throttle, its queue, and how many margin accounts it serves. Apart from the
/// clearinghouse, because every deposit and withdrawal writes it.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Custody {
    /// Layout version.
    pub version: u8,
    /// Bump of this address.
    pub bump: u8,
    /// Not zero if there may be margin accounts that `margin_accounts` doesn't count yet: those of a clearinghouse of the
    /// first version, which counted none, until each is migrated. Such a clearinghouse is never closed.
    pub has_uncounted_accounts: u8,
    padding: [u8; 1],
    /// Margin accounts that are open.
    pub margin_accounts: u32,
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// Withdrawals within the window, and the queue.
    pub throttle: Throttle,
    reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Custody>() == 8 + 32 + 40 + 64);

impl Custody {
    /// Layout version that this program writes.
    pub const VERSION: u8 = 1;

    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
}
