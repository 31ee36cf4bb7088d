use anchor_lang::prelude::*;

use crate::seeds;

/// A clearinghouse: who runs it, its quote mint, its vaults. Holds no money, so that nothing hot writes it.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Clearinghouse {
    /// Layout version.
    pub version: u8,
    /// Bump of this address.
    pub bump: u8,
    /// Decimals of the quote mint.
    pub quote_decimals: u8,
    padding: u8,
    /// Markets created so far; the next one's index.
    pub market_count: u16,
    padding2: [u8; 2],
    /// Who created it; a seed of this address.
    pub creator: Pubkey,
    /// Who may create markets.
    pub authority: Pubkey,
    /// Whose token account receives the protocol's fees.
    pub fee_authority: Pubkey,
    /// The quote mint.
    pub quote_mint: Pubkey,
    /// Token account that holds Σ capital + Σ pools + unswept fees.
    pub margin_vault: Pubkey,
    /// Token account that holds the insurance fund's assets.
    pub insurance_vault: Pubkey,
    /// The insurance fund's ledger.
    pub insurance_fund: Pubkey,
    reserved: [u8; 128],
}

const _: () = assert!(core::mem::size_of::<Clearinghouse>() == 8 + 7 * 32 + 128);

impl Clearinghouse {
    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Calls `f` with the seeds that sign for the vaults.
    pub fn with_signer<T>(&self, f: impl FnOnce(&[&[&[u8]]]) -> T) -> T {
        f(&[&[seeds::CLEARINGHOUSE, self.creator.as_ref(), self.quote_mint.as_ref(), &[self.bump]]])
    }
}
