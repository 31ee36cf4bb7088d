use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::MarketChanged;
use crate::instructions::now;
use crate::oracle;
use crate::state::{require_ready, Clearinghouse, Market, MarketSettings};

/// Accounts of `execute_market_change`.
#[derive(Accounts)]
pub struct ExecuteMarketChange<'info> {
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
    /// CHECK: must be the queued settings' oracle; its adapter checks it.
    pub oracle: UncheckedAccount<'info>,
}

/// Puts the queued settings in force; anyone may, once the timelock is over. A new oracle must give a good price then.
pub(crate) fn handle(ctx: Context<ExecuteMarketChange>) -> Result<()> {
    let accounts = &ctx.accounts;
    let market = &mut *accounts.market.load_mut()?;
    let now = now()?;
    require_ready(market.queued_ready_ts, market.queued_revision, market.revision, now)?;
    accounts.clearinghouse.load()?.require_revision(market.queued_clearinghouse_revision)?;
    let settings = market.queued;
    require_keys_eq!(accounts.oracle.key(), settings.oracle, ClearingError::WrongOracle);
    let keeps_oracle = settings.has_oracle_of(&MarketSettings::of(market));
    settings.apply(market)?;
    if !keeps_oracle {
        let price = oracle::read_good(market, &accounts.oracle, now)?;
        require!(market.book.accepts(price), ClearingError::BadPrice);
    }
    market.count_revision();
    emit!(MarketChanged {
        market_index: market.book.index.0,
        oracle: market.oracle,
        revision: market.revision,
    });
    Ok(())
}
