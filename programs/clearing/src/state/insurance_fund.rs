use anchor_lang::prelude::*;

#[cfg(feature = "idl-build")]
use super::layout::InIdl;

/// The insurance fund.
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
    /// Assets and shares. The first version had only the assets, in the same place, and zeros after them: a fund whose
    /// assets have no shares yet is the same thing now.
    pub ledger: jettison_engine::InsuranceFund,
    reserved: [u8; 96],
}

const _: () = assert!(core::mem::size_of::<InsuranceFund>() == 8 + 32 + 40 + 96);
const _: () = assert!(core::mem::offset_of!(InsuranceFund, ledger) == 40);

impl InsuranceFund {
    /// Layout version that this program writes.
    pub const VERSION: u8 = 1;

    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
}
