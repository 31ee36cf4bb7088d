use anchor_lang::prelude::*;

use crate::error::VenueError;
use crate::events::OfferCancelled;
use crate::offer::Offer;

/// Accounts of `cancel_offer`.
#[derive(Accounts)]
pub struct CancelOffer<'info> {
    /// Who made the offer; gets the rent.
    #[account(mut)]
    pub maker: Signer<'info>,
    /// The offer.
    #[account(mut, close = maker, has_one = maker @ VenueError::WrongMaker)]
    pub offer: Account<'info, Offer>,
}

pub(crate) fn handle(ctx: Context<CancelOffer>) -> Result<()> {
    let offer = &ctx.accounts.offer;
    emit!(OfferCancelled { offer: offer.key(), remaining: offer.remaining });
    Ok(())
}
