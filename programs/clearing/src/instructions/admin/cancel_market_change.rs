use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::MarketChangeCancelled;
use crate::state::{Clearinghouse, Market};

/// Accounts of `cancel_market_change`.
#[derive(Accounts)]
pub struct CancelMarketChange<'info> {
    /// The authority or the guardian.
    pub signer: Signer<'info>,
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
}

/// Takes back the queued settings and the scheduled wind-down.
pub(crate) fn handle(ctx: Context<CancelMarketChange>) -> Result<()> {
    let accounts = &ctx.accounts;
    accounts.clearinghouse.load()?.require_authority_or_guardian(accounts.signer.key)?;
    let market = &mut *accounts.market.load_mut()?;
    let queued = market.queued_ready_ts != 0 || market.settlement_ready_ts != 0;
    require!(queued, ClearingError::NothingQueued);
    market.queued_ready_ts = 0;
    market.settlement_ready_ts = 0;
    emit!(MarketChangeCancelled { market_index: market.book.index.0, by: accounts.signer.key() });
    Ok(())
}
