use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::ClearinghouseChangeCancelled;
use crate::state::Clearinghouse;

/// Accounts of `cancel_clearinghouse_change`.
#[derive(Accounts)]
pub struct CancelClearinghouseChange<'info> {
    /// The authority or the guardian.
    pub signer: Signer<'info>,
    /// The clearinghouse.
    #[account(mut)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
}

/// Takes back the queued settings; the guardian only if they leave it in its place.
pub(crate) fn handle(ctx: Context<CancelClearinghouseChange>) -> Result<()> {
    let accounts = &ctx.accounts;
    let clearinghouse = &mut *accounts.clearinghouse.load_mut()?;
    clearinghouse.require_authority_or_guardian(accounts.signer.key)?;
    require!(clearinghouse.queued_ready_ts != 0, ClearingError::NothingQueued);
    // A guardian has no say in who is guardian: else the first could stay for ever.
    let is_about_guardian = clearinghouse.queued_settings.guardian != clearinghouse.settings.guardian;
    require!(
        !is_about_guardian || *accounts.signer.key == clearinghouse.authority,
        ClearingError::NotAuthority
    );
    clearinghouse.queued_ready_ts = 0;
    emit!(ClearinghouseChangeCancelled {
        clearinghouse: accounts.clearinghouse.key(),
        by: accounts.signer.key(),
    });
    Ok(())
}
