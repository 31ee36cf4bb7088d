use anchor_lang::prelude::*;

use crate::error::{ClearingError, OrRefuse};
use crate::events::SettlementBegun;
use crate::instructions::now;
use crate::oracle::{self, Reading};
use crate::state::{Clearinghouse, Market, CHANGE_LAPSE_SECONDS};

/// Accounts of `begin_settlement`.
#[derive(Accounts)]
pub struct BeginSettlement<'info> {
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
    /// CHECK: must be the market's oracle; it is read to see whether it is still unusable.
    pub oracle: UncheckedAccount<'info>,
}

/// Fixes a market's final price: anyone may, once the authority's schedule is due or the oracle is dead.
pub(crate) fn handle(ctx: Context<BeginSettlement>) -> Result<()> {
    let market = &mut *ctx.accounts.market.load_mut()?;
    let now = now()?;
    let reading = oracle::read(market, &ctx.accounts.oracle, now)?;
    let late = now.saturating_sub(market.settlement_ready_ts);
    // A schedule is of the clearinghouse's settings and authority of its day, as queued settings are.
    let revision = ctx.accounts.clearinghouse.load()?.revision;
    let scheduled = market.settlement_ready_ts != 0
        && market.queued_clearinghouse_revision == revision
        && (0..=CHANGE_LAPSE_SECONDS).contains(&late);
    // An oracle that has come back is not dead, though nobody has accrued since.
    let usable = matches!(reading, Reading::Good(price) if market.book.accepts(price));
    let dead = market.book.is_oracle_dead(now) && !usable;
    require!(scheduled || dead, ClearingError::SettlementNotDue);
    let price_before = market.book.effective_price;
    let price = market.book.begin_settlement(now).or_refuse()?;
    market.settlement_ready_ts = 0;
    market.count_revision();
    emit!(SettlementBegun {
        market_index: market.book.index.0,
        price_before: price_before.0,
        final_price: price.0,
        scheduled,
        closes_ts: market.book.breakers.settles_ts,
    });
    Ok(())
}
