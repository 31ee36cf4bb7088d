//! The only account of this program.

use anchor_lang::prelude::*;

use crate::error::VenueError;

/// What is offered, for a number of contracts that isn't part of it.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The market.
    pub market_index: u16,
    /// Atoms per contract.
    pub price: u64,
    /// Whether the maker buys; otherwise the taker does.
    pub maker_buys: bool,
}

/// An offer that rests until it is filled, cancelled or expired.
#[account]
#[derive(InitSpace, Debug)]
pub struct Offer {
    /// The user who made it, and who gets the rent back.
    pub maker: Pubkey,
    /// The maker's margin account.
    pub maker_account: Pubkey,
    /// What is offered.
    pub terms: Terms,
    /// Contracts still offered.
    pub remaining: u64,
    /// When it ends, in Unix seconds.
    pub expires_at_ts: i64,
    /// Number of the offer among its margin account's.
    pub id: u16,
    /// Bump of this address.
    pub bump: u8,
    /// Bump of the delegate's address: to derive it anew costs 1,500 compute units a try.
    pub delegate_bump: u8,
}

impl Offer {
    /// Account size with the discriminator.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + Self::INIT_SPACE;

    /// Takes contracts off the offer, for a taker who agreed to `terms`.
    ///
    /// # Errors
    /// When the offer has expired, has other terms than the taker saw, or has less left.
    pub fn take(&mut self, terms: &Terms, size: u64, now: i64) -> Result<()> {
        require!(now < self.expires_at_ts, VenueError::Expired);
        // A maker can cancel an offer and post another at the same address before the taker's transaction lands.
        require!(self.terms == *terms, VenueError::OtherTerms);
        require!(size > 0, VenueError::BadSize);
        self.remaining = self.remaining.checked_sub(size).ok_or(error!(VenueError::BadSize))?;
        Ok(())
    }
}
