use anchor_lang::prelude::*;
use clearing::cpi::accounts::SettleTrade;
use clearing::instructions::SettleTradeArgs;
use clearing::program::Clearing;
use clearing::state::{Clearinghouse, MarginAccount};

use crate::error::VenueError;
use crate::events::OfferFilled;
use crate::instructions::now;
use crate::offer::{Offer, Terms};
use crate::seeds;

/// Arguments of `fill_offer`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct FillOfferArgs {
    /// What the taker agrees to. All of it: a taker who signs for less signs for whatever the rest turns out to be.
    pub terms: Terms,
    /// Contracts.
    pub size: u64,
}

/// Accounts of `fill_offer`. Remaining: all markets of both margin accounts and the traded one, which is writable, in
/// ascending order of index.
#[derive(Accounts)]
pub struct FillOffer<'info> {
    /// Owner of the taker's margin account.
    pub taker: Signer<'info>,
    /// CHECK: the offer names it; it gets the rent when the offer is filled.
    #[account(mut)]
    pub maker: UncheckedAccount<'info>,
    /// The offer.
    #[account(
        mut,
        has_one = maker @ VenueError::WrongMaker,
        has_one = maker_account @ VenueError::WrongMarginAccount
    )]
    pub offer: Account<'info, Offer>,
    /// The clearinghouse. That it is both margin accounts' is for the clearing program to check.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// This program's address as a delegate in the clearinghouse: signs for both sides.
    ///
    /// CHECK: the seeds say which. That both margin accounts name it is for the clearing program to check.
    #[account(seeds = [seeds::DELEGATE, clearinghouse.key().as_ref()], bump = offer.delegate_bump)]
    pub delegate: UncheckedAccount<'info>,
    /// The maker's margin account, which the offer names.
    #[account(mut)]
    pub maker_account: AccountLoader<'info, MarginAccount>,
    /// The taker's margin account. The clearing program would take any that this program is the delegate of: without the
    /// check of its owner, anyone could trade for everyone.
    #[account(mut, constraint = taker_account.load()?.authority == taker.key() @ VenueError::NotOwner)]
    pub taker_account: AccountLoader<'info, MarginAccount>,
    /// The clearing program; by its type, no other.
    pub clearing_program: Program<'info, Clearing>,
}

pub(crate) fn handle<'info>(ctx: Context<'info, FillOffer<'info>>, args: FillOfferArgs) -> Result<()> {
    let accounts = ctx.accounts;
    let remaining_before = accounts.offer.remaining;
    // Before the CPI, so that nothing the clearing program calls could ever meet the offer as it was.
    accounts.offer.take(&args.terms, args.size, now()?)?;
    settle(accounts, ctx.remaining_accounts, &args)?;
    let remaining_after = accounts.offer.remaining;
    emit!(OfferFilled {
        offer: accounts.offer.key(),
        taker_account: accounts.taker_account.key(),
        size: args.size,
        remaining_before,
        remaining_after,
    });
    if remaining_after == 0 {
        accounts.offer.close(accounts.maker.to_account_info())?;
    }
    Ok(())
}

/// Has the clearing program settle the trade. What it refuses ends the transaction: nobody can catch the error of a CPI.
fn settle<'info>(
    accounts: &FillOffer<'info>,
    markets: &[AccountInfo<'info>],
    args: &FillOfferArgs,
) -> Result<()> {
    let maker = accounts.maker_account.to_account_info();
    let taker = accounts.taker_account.to_account_info();
    let (buyer, seller) = if args.terms.maker_buys { (maker, taker) } else { (taker, maker) };
    let delegate = accounts.delegate.to_account_info();
    let trade = SettleTrade {
        buyer_signer: delegate.clone(),
        seller_signer: delegate,
        clearinghouse: accounts.clearinghouse.to_account_info(),
        buyer,
        seller,
    };
    let clearinghouse = accounts.clearinghouse.key();
    let bump = [accounts.offer.delegate_bump];
    let signers: &[&[&[u8]]] = &[&[seeds::DELEGATE, clearinghouse.as_ref(), &bump]];
    let call = CpiContext::new_with_signer(accounts.clearing_program.key(), trade, signers)
        .with_remaining_accounts(markets.to_vec());
    clearing::cpi::settle_trade(
        call,
        SettleTradeArgs {
            market_index: args.terms.market_index,
            size: args.size,
            price: args.terms.price,
            buyer_is_taker: !args.terms.maker_buys,
        },
    )
}
