//! The two instructions and their builders.

use borsh::{BorshDeserialize, BorshSerialize};
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;

/// What the program can be asked to do; the data is Borsh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum FeedInstruction {
    /// Turns a fresh account into a feed.
    ///
    /// Accounts: `[feed (writable, signer), authority (signer)]`. The client creates the feed account
    /// first: owned by this program, `FEED_LEN` bytes, rent-exempt. The feed signs so that nobody can
    /// seize an account between its creation and this instruction.
    Initialize {
        /// Power of ten that scales the feed's prices.
        exponent: i32,
    },
    /// Replaces the price.
    ///
    /// Accounts: `[feed (writable), authority (signer)]`.
    Post {
        /// Price in units of 10^exponent; above zero.
        price: i64,
        /// Half-width of the confidence interval, in the price's units.
        confidence: u64,
        /// Unix seconds; not before the stored time.
        publish_ts: i64,
    },
}

/// Makes `feed` a feed of `authority`, its prices in units of 10^`exponent`.
pub fn initialize(feed: &Pubkey, authority: &Pubkey, exponent: i32) -> Instruction {
    build(AccountMeta::new(*feed, true), authority, &FeedInstruction::Initialize { exponent })
}

/// Posts a price and its confidence, both in units of 10^exponent, published at `publish_ts` (Unix seconds).
pub fn post(feed: &Pubkey, authority: &Pubkey, price: i64, confidence: u64, publish_ts: i64) -> Instruction {
    let data = FeedInstruction::Post { price, confidence, publish_ts };
    build(AccountMeta::new(*feed, false), authority, &data)
}

fn build(feed: AccountMeta, authority: &Pubkey, data: &FeedInstruction) -> Instruction {
    let accounts = vec![feed, AccountMeta::new_readonly(*authority, true)];
    Instruction::new_with_borsh(crate::ID, data, accounts)
}
