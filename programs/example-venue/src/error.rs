//! Error codes, from 7000: what the clearing program refuses comes through a CPI under its own number, from 6000.

use anchor_lang::prelude::*;

/// Why an instruction was refused.
#[error_code(offset = 7000)]
pub enum VenueError {
    /// The signer doesn't own the margin account.
    #[msg("The margin account belongs to somebody else; pass one of the signer's")]
    NotOwner,
    /// The margin account has another delegate.
    #[msg("The margin account's delegate is not this venue; set it by the clearing program's set_delegate")]
    NotDelegated,
    /// The signer or the account is not the offer's maker.
    #[msg("The offer was made by somebody else")]
    WrongMaker,
    /// The margin account is not the offer's.
    #[msg("The offer is of another margin account; pass the one that it names")]
    WrongMarginAccount,
    /// An offer of nothing, for nothing, or for the past.
    #[msg("An offer needs a size, a price and a time to expire that is ahead")]
    BadOffer,
    /// The offer is over.
    #[msg("The offer has expired; find another")]
    Expired,
    /// The offer is not what the taker signed for.
    #[msg("The offer's terms are not those signed for: it was replaced; look at it again")]
    OtherTerms,
    /// More than there is.
    #[msg("The size is zero or more than the offer has left; take less")]
    BadSize,
}
