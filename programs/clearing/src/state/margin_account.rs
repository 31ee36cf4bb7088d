use anchor_lang::prelude::*;

#[cfg(feature = "idl-build")]
use super::layout::InIdl;
use crate::error::ClearingError;
use jettison_engine::QueuedWithdrawal;

/// A margin account: whose it is, and the engine's ledger of its money.
///
/// Its discriminator is the layout's: an account of an earlier version is of another type until it is migrated, so that no
/// instruction can touch one whose legs its markets don't count.
#[account(zero_copy, discriminator = b"margin_2")]
#[derive(Debug)]
pub struct MarginAccount {
    /// Layout version.
    pub version: u8,
    /// Bump of this address.
    pub bump: u8,
    /// Number of this account among its authority's.
    pub id: u16,
    padding: [u8; 4],
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The owner.
    pub authority: Pubkey,
    /// Who else may trade for it; the default key is nobody.
    pub delegate: Pubkey,
    /// Capital and legs.
    pub ledger: jettison_engine::MarginAccount,
    /// Its place in the withdrawal queue; in the first version's reserve.
    pub queued: QueuedWithdrawal,
    /// The token account that the queued withdrawal goes to.
    pub destination: Pubkey,
    reserved: [u8; 16],
}

const _: () = assert!(core::mem::size_of::<MarginAccount>() == 8 + 3 * 32 + 456 + 64);
const _: () = assert!(core::mem::offset_of!(MarginAccount, ledger) == 104);

impl MarginAccount {
    /// Layout version that this program writes and reads.
    pub const VERSION: u8 = 2;

    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Refuses a signer who is neither the authority nor the delegate.
    pub fn require_trader(&self, signer: &Pubkey) -> Result<()> {
        // An account without a delegate has the default key there, which can't sign.
        require!(
            *signer == self.authority || *signer == self.delegate,
            ClearingError::NotAuthorityOrDelegate
        );
        Ok(())
    }
}
