use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::SettlementScheduled;
use crate::instructions::now;
use crate::state::{Clearinghouse, Market};

/// Arguments of `schedule_settlement`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct ScheduleSettlementArgs {
    /// `Market::revision_in` its clearinghouse that the authority has looked at.
    pub expected_revision: u64,
}

/// Accounts of `schedule_settlement`.
#[derive(Accounts)]
pub struct ScheduleSettlement<'info> {
    /// The clearinghouse's authority.
    pub authority: Signer<'info>,
    /// The clearinghouse.
    #[account(has_one = authority @ ClearingError::NotAuthority)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
}

/// Schedules a market's wind-down: anyone may begin it once the timelock is over.
pub(crate) fn handle(ctx: Context<ScheduleSettlement>, args: ScheduleSettlementArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let market = &mut *accounts.market.load_mut()?;
    let clearinghouse = accounts.clearinghouse.load()?;
    market.require_revision(&clearinghouse, args.expected_revision)?;
    require!(!market.book.is_settling(), ClearingError::MarketSettling);
    market.queue_against(clearinghouse.revision);
    market.settlement_ready_ts = clearinghouse.ready_ts(now()?);
    emit!(SettlementScheduled { market_index: market.book.index.0, ready_ts: market.settlement_ready_ts });
    Ok(())
}
