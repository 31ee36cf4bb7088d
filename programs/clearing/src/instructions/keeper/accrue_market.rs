use anchor_lang::prelude::*;

use crate::error::OrRefuse;
use crate::events::{MarketAccrued, OracleSuspended};
use crate::instructions::now;
use crate::oracle::{self, Reading, Unusable};
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

/// A price that can't be used is no failure: the market notes it, and is reduce-only until the oracle is usable again.
pub(crate) fn handle(ctx: Context<AccrueMarket>) -> Result<()> {
    let market = &mut *ctx.accounts.market.load_mut()?;
    let now = now()?;
    match oracle::read(market, &ctx.accounts.oracle, now)? {
        Reading::Good(target) if market.book.accepts(target) => accrue(market, target, now),
        Reading::Good(_) => suspend(market, Unusable::NotConvertible, now),
        Reading::Unusable(reason) => suspend(market, reason, now),
    }
}

fn accrue(market: &mut Market, target: jettison_engine::Price, now: i64) -> Result<()> {
    let book = &mut market.book;
    let accrual = book.accrue(target, now).or_refuse()?;
    emit!(MarketAccrued {
        market_index: book.index.0,
        price_before: accrual.price_before.0,
        price_after: accrual.price_after.0,
        target: accrual.target.0,
        stable_price: book.stable_price.0,
        funding: accrual.funding,
        funding_rate: book.funding.rate(&book.params),
        restored: accrual.restored,
        long_settlement_index: book.long.settlement_index.get(),
        short_settlement_index: book.short.settlement_index.get(),
    });
    Ok(())
}

fn suspend(market: &mut Market, reason: Unusable, now: i64) -> Result<()> {
    let news = market.book.suspend(now).or_refuse()?;
    emit!(OracleSuspended {
        market_index: market.book.index.0,
        reason: reason as u8,
        news,
        since_ts: market.book.breakers.oracle_unusable_since,
        dead_ts: market.book.dead_oracle_ts(),
    });
    Ok(())
}
