use anchor_lang::prelude::*;

use jettison_engine::Stake;

#[cfg(feature = "idl-build")]
use super::layout::InIdl;

/// A staker's account in the insurance fund.
#[account(zero_copy)]
#[derive(Debug)]
pub struct StakeAccount {
    /// Layout version.
    pub version: u8,
    /// Bump of this address.
    pub bump: u8,
    padding: [u8; 6],
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The owner.
    pub authority: Pubkey,
    /// Shares, and what is requested of them.
    pub stake: Stake,
    reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<StakeAccount>() == 8 + 2 * 32 + 40 + 64);

impl StakeAccount {
    /// Layout version that this program writes.
    pub const VERSION: u8 = 1;

    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
}
