//! An example of a venue program on Jettison: a maker posts an offer, takers fill it, the clearing program settles.
//!
//! It is complete and small, to be read before writing a venue of one's own; docs/integration.md walks through it.
//! An order book, an auction or a quote server differ in how they find price and size. What follows is the same.
//!
//! # Who is trusted with what
//!
//! - A trader makes this program's address, [`seeds::DELEGATE`], the *delegate* of their margin account. From then on it
//!   can trade for the account in any market, at any price inside the market's band. It can't withdraw, close the account
//!   or name another delegate, and the owner can end it at any time without this program.
//! - The clearing program sees one signer for both sides, this program. So nobody but this program can know whether the
//!   owner of each account agreed: each instruction checks that the account belongs to the user who signs.
//! - The clearing program checks everything about money: both margins, both markets' prices, the band, the fees.
//!
//! # Conventions
//!
//! The markets of both accounts are the remaining accounts of a fill, and are passed on as they come: the clearing
//! program checks each of them. Times are in seconds; nothing depends on slots.

// Anchor's macros expand to cfgs and result types of their own.
#![allow(clippy::result_large_err, clippy::const_is_empty)]

pub mod error;
pub mod events;
pub mod instructions;
pub mod offer;
pub mod seeds;

use anchor_lang::prelude::*;
use instructions::*;

// Library calls that the SBF toolchain leaves unresolved.
#[cfg(target_arch = "bpf")]
use sbf_rt as _;
#[cfg(target_arch = "bpf")]
use solana_compiler_builtins as _;

declare_id!("E86X8nZKTtFdiv5KQf22t9EHaRVRKmKi3oTjRxTNeM2E");

/// The instructions.
#[program]
pub mod example_venue {
    use super::*;

    /// Posts an offer to trade at a price; by the owner of a margin account.
    pub fn post_offer(ctx: Context<PostOffer>, args: PostOfferArgs) -> Result<()> {
        post_offer::handle(ctx, args)
    }

    /// Takes some or all of an offer; the trade is settled at once.
    pub fn fill_offer<'info>(ctx: Context<'info, FillOffer<'info>>, args: FillOfferArgs) -> Result<()> {
        fill_offer::handle(ctx, args)
    }

    /// Takes an offer back; by its maker.
    pub fn cancel_offer(ctx: Context<CancelOffer>) -> Result<()> {
        cancel_offer::handle(ctx)
    }
}
