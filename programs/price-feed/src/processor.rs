//! Checks the accounts, then writes the feed.

use crate::error::FeedError;
use crate::feed::{PriceFeed, FEED_LEN, FEED_MAGIC};
use crate::instruction::FeedInstruction;
use borsh::BorshDeserialize;
use solana_program::account_info::{next_account_info, AccountInfo};
use solana_program::entrypoint::ProgramResult;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;
use solana_program::rent::Rent;
use solana_program::sysvar::Sysvar;

/// The program's entry.
///
/// # Errors
/// A `FeedError`; `InvalidInstructionData`, `NotEnoughAccountKeys` or `MissingRequiredSignature` where the
/// call itself is malformed.
pub fn process_instruction(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let instruction =
        FeedInstruction::try_from_slice(data).map_err(|_| ProgramError::InvalidInstructionData)?;
    let accounts = &mut accounts.iter();
    let feed = next_account_info(accounts)?;
    let authority = next_account_info(accounts)?;
    require(authority.is_signer, ProgramError::MissingRequiredSignature)?;
    require(feed.owner == program_id, FeedError::ForeignAccount)?;
    match instruction {
        FeedInstruction::Initialize { exponent } => initialize(feed, authority, exponent),
        FeedInstruction::Post { price, confidence, publish_ts } => {
            post(feed, authority, price, confidence, publish_ts)
        }
    }
}

fn initialize(feed: &AccountInfo, authority: &AccountInfo, exponent: i32) -> ProgramResult {
    require(feed.is_signer, ProgramError::MissingRequiredSignature)?;
    let lamports = feed.lamports();
    let mut data = feed.try_borrow_mut_data()?;
    let data: &mut [u8; FEED_LEN] = (&mut **data).try_into().map_err(|_| FeedError::WrongSize)?;
    require(data[..8] != FEED_MAGIC, FeedError::AlreadyInitialized)?;
    require(Rent::get()?.is_exempt(lamports, FEED_LEN), FeedError::NotRentExempt)?;
    let fresh = PriceFeed { authority: *authority.key, price: 0, confidence: 0, exponent, publish_ts: 0 };
    fresh.write(data);
    Ok(())
}

fn post(
    feed: &AccountInfo,
    authority: &AccountInfo,
    price: i64,
    confidence: u64,
    publish_ts: i64,
) -> ProgramResult {
    let mut data = feed.try_borrow_mut_data()?;
    let stored = PriceFeed::parse(&data)?;
    require(stored.authority == *authority.key, FeedError::WrongAuthority)?;
    require(price > 0, FeedError::PriceNotPositive)?;
    // No check against the Clock: how old or how early a price may be is the reader's rule.
    require(publish_ts >= stored.publish_ts, FeedError::PublishedBackwards)?;
    let data: &mut [u8; FEED_LEN] = (&mut **data).try_into().map_err(|_| FeedError::WrongSize)?;
    PriceFeed { price, confidence, publish_ts, ..stored }.write(data);
    Ok(())
}

fn require(holds: bool, error: impl Into<ProgramError>) -> ProgramResult {
    if holds {
        Ok(())
    } else {
        Err(error.into())
    }
}

#[cfg(test)]
mod tests;
