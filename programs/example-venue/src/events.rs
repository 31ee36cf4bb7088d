//! One event for each change of state. What a fill did to money is in the clearing program's `TradeSettled`, which is in
//! the same transaction's log.

use anchor_lang::prelude::*;

use crate::offer::Terms;

/// An offer was posted.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferPosted {
    /// The offer.
    pub offer: Pubkey,
    /// The maker's margin account.
    pub maker_account: Pubkey,
    /// What is offered.
    pub terms: Terms,
    /// Contracts.
    pub size: u64,
    /// When it ends, in Unix seconds.
    pub expires_at_ts: i64,
}

/// An offer was filled, in part or whole.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferFilled {
    /// The offer.
    pub offer: Pubkey,
    /// The taker's margin account.
    pub taker_account: Pubkey,
    /// Contracts of this fill.
    pub size: u64,
    /// Contracts still offered before.
    pub remaining_before: u64,
    /// Contracts still offered after; at zero the offer is closed.
    pub remaining_after: u64,
}

/// An offer was taken back.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferCancelled {
    /// The offer.
    pub offer: Pubkey,
    /// Contracts that were still offered.
    pub remaining: u64,
}
