use anchor_lang::prelude::*;

use jettison_engine::Atoms;

#[cfg(feature = "idl-build")]
use super::layout::InIdl;

/// The insurance fund's ledger.
#[account(zero_copy)]
#[derive(Debug)]
pub struct InsuranceFund {
    /// Layout version.
    pub version: u8,
    /// Bump of this address.
    pub bump: u8,
    padding: [u8; 6],
    /// The clearinghouse it insures.
    pub clearinghouse: Pubkey,
    /// Recorded assets. The vault holds at least as many tokens; what was donated is not recorded.
    pub assets: Atoms,
    reserved: [u8; 128],
}

const _: () = assert!(core::mem::size_of::<InsuranceFund>() == 8 + 32 + 8 + 128);

impl InsuranceFund {
    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
}
