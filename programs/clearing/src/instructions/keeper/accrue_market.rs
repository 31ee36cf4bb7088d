use anchor_lang::prelude::*;

use crate::error::OrRefuse;
use crate::events::MarketAccrued;
use crate::instructions::now;
use crate::oracle;
use crate::state::Market;

/// Accounts of `accrue_market`.
#[derive(Accounts)]
pub struct AccrueMarket<'info> {
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// CHECK: must be the market's oracle; its adapter checks owner, form and feed.
    pub oracle: UncheckedAccount<'info>,
}

pub(crate) fn handle(ctx: Context<AccrueMarket>) -> Result<()> {
    let mut market = ctx.accounts.market.load_mut()?;
    let now = now()?;
    let target = oracle::require_good(oracle::read(&market, &ctx.accounts.oracle, now)?)?;
    let accrual = market.book.accrue(target, now).or_refuse()?;
    emit!(MarketAccrued {
        market_index: market.book.index.0,
        price_before: accrual.price_before.0,
        price_after: accrual.price_after.0,
        target: accrual.target.0,
        long_settlement_index: market.book.long.settlement_index.get(),
        short_settlement_index: market.book.short.settlement_index.get(),
    });
    Ok(())
}
