use anchor_lang::prelude::*;

use crate::events::ClearinghouseChanged;
use crate::instructions::now;
use crate::state::{require_ready, Clearinghouse};

/// Accounts of `execute_clearinghouse_change`.
#[derive(Accounts)]
pub struct ExecuteClearinghouseChange<'info> {
    /// The clearinghouse.
    #[account(mut)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
}

/// Puts the queued settings in force; anyone may, once the timelock is over.
pub(crate) fn handle(ctx: Context<ExecuteClearinghouseChange>) -> Result<()> {
    let key = ctx.accounts.clearinghouse.key();
    let clearinghouse = &mut *ctx.accounts.clearinghouse.load_mut()?;
    require_ready(
        clearinghouse.queued_ready_ts,
        clearinghouse.queued_revision,
        clearinghouse.revision,
        now()?,
    )?;
    clearinghouse.settings = clearinghouse.queued_settings;
    clearinghouse.queued_ready_ts = 0;
    clearinghouse.count_revision();
    emit!(ClearinghouseChanged {
        clearinghouse: key,
        settings: clearinghouse.settings,
        revision: clearinghouse.revision,
    });
    Ok(())
}
