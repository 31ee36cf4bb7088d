use anchor_lang::prelude::*;
use clearing::state::{Clearinghouse, MarginAccount};

use crate::error::VenueError;
use crate::events::OfferPosted;
use crate::instructions::now;
use crate::offer::{Offer, Terms};
use crate::seeds;

/// Arguments of `post_offer`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct PostOfferArgs {
    /// Number of the offer among its margin account's.
    pub id: u16,
    /// What is offered.
    pub terms: Terms,
    /// Contracts.
    pub size: u64,
    /// When it ends, in Unix seconds.
    pub expires_at_ts: i64,
}

/// Accounts of `post_offer`.
#[derive(Accounts)]
#[instruction(args: PostOfferArgs)]
pub struct PostOffer<'info> {
    /// Owner of the margin account; pays the offer's rent.
    #[account(mut)]
    pub maker: Signer<'info>,
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The maker's margin account. Without the check of its owner, anyone could offer in anyone's name.
    #[account(
        constraint = maker_account.load()?.authority == maker.key() @ VenueError::NotOwner,
        constraint = maker_account.load()?.delegate == delegate.key() @ VenueError::NotDelegated
    )]
    pub maker_account: AccountLoader<'info, MarginAccount>,
    /// This program's address as a delegate in the clearinghouse.
    ///
    /// CHECK: the seeds say which; it has no data.
    #[account(seeds = [seeds::DELEGATE, clearinghouse.key().as_ref()], bump)]
    pub delegate: UncheckedAccount<'info>,
    /// The offer.
    #[account(
        init,
        payer = maker,
        space = Offer::SPACE,
        seeds = [seeds::OFFER, maker_account.key().as_ref(), &args.id.to_le_bytes()],
        bump
    )]
    pub offer: Account<'info, Offer>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

/// Whether the offer can be filled isn't asked: margin, price band and breakers may be other ones by then.
pub(crate) fn handle(ctx: Context<PostOffer>, args: PostOfferArgs) -> Result<()> {
    let offered = args.size > 0 && args.terms.price > 0;
    require!(offered && args.expires_at_ts > now()?, VenueError::BadOffer);
    let accounts = ctx.accounts;
    accounts.offer.set_inner(Offer {
        maker: accounts.maker.key(),
        maker_account: accounts.maker_account.key(),
        terms: args.terms,
        remaining: args.size,
        expires_at_ts: args.expires_at_ts,
        id: args.id,
        bump: ctx.bumps.offer,
        delegate_bump: ctx.bumps.delegate,
    });
    emit!(OfferPosted {
        offer: accounts.offer.key(),
        maker_account: accounts.maker_account.key(),
        terms: args.terms,
        size: args.size,
        expires_at_ts: args.expires_at_ts,
    });
    Ok(())
}
