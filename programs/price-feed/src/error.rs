//! What the program refuses, numbered for good: append, never renumber.

use solana_program::program_error::ProgramError;
use std::fmt;

/// The program's own errors; each reaches a client as `Custom(number)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum FeedError {
    /// The feed account isn't owned by this program.
    ForeignAccount = 1,
    /// The feed account isn't exactly `FEED_LEN` bytes.
    WrongSize = 2,
    /// The account doesn't begin with the feed's magic bytes.
    NotAFeed = 3,
    /// The feed was written by a layout this code doesn't know.
    UnknownVersion = 4,
    /// The feed was initialised before.
    AlreadyInitialized = 5,
    /// The feed account holds too few lamports to be rent-exempt.
    NotRentExempt = 6,
    /// The signer isn't the feed's authority.
    WrongAuthority = 7,
    /// A posted price is zero or negative.
    PriceNotPositive = 8,
    /// A posted publish time is older than the stored one.
    PublishedBackwards = 9,
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FeedError::ForeignAccount => "the feed account isn't owned by the price-feed program",
            FeedError::WrongSize => "the feed account has the wrong size",
            FeedError::NotAFeed => "the account isn't an initialised feed",
            FeedError::UnknownVersion => "the feed has a layout of another version",
            FeedError::AlreadyInitialized => "the feed is initialised already",
            FeedError::NotRentExempt => "the feed account isn't rent-exempt",
            FeedError::WrongAuthority => "the signer isn't the feed's authority",
            FeedError::PriceNotPositive => "a price must be above zero",
            FeedError::PublishedBackwards => "the publish time is older than the stored one",
        })
    }
}

impl std::error::Error for FeedError {}

impl From<FeedError> for ProgramError {
    fn from(error: FeedError) -> Self {
        ProgramError::Custom(error as u32)
    }
}
