use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::ClearinghouseChangeQueued;
use crate::instructions::now;
use crate::state::{Clearinghouse, ClearinghouseSettings};

/// Arguments of `change_clearinghouse`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct ChangeClearinghouseArgs {
    /// The clearinghouse's revision that the authority has looked at.
    pub expected_revision: u64,
    /// The new settings, all of them.
    pub settings: ClearinghouseSettings,
}

/// Accounts of `change_clearinghouse`.
#[derive(Accounts)]
pub struct ChangeClearinghouse<'info> {
    /// The authority.
    pub authority: Signer<'info>,
    /// The clearinghouse.
    #[account(mut, has_one = authority @ ClearingError::NotAuthority)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
}

/// Puts new settings in force at once if they only restrict; otherwise queues them, in place of any queued before, until
/// the timelock is over.
pub(crate) fn handle(ctx: Context<ChangeClearinghouse>, args: ChangeClearinghouseArgs) -> Result<()> {
    let key = ctx.accounts.clearinghouse.key();
    let clearinghouse = &mut *ctx.accounts.clearinghouse.load_mut()?;
    clearinghouse.require_revision(args.expected_revision)?;
    args.settings.validate()?;
    let at_once = clearinghouse.settings.only_restricts(&args.settings);
    if at_once {
        clearinghouse.settings = args.settings;
        clearinghouse.queued_ready_ts = 0;
        clearinghouse.count_revision();
    } else {
        clearinghouse.queued_settings = args.settings;
        clearinghouse.queued_ready_ts = clearinghouse.ready_ts(now()?);
        clearinghouse.queued_revision = clearinghouse.revision;
    }
    emit!(ClearinghouseChangeQueued {
        clearinghouse: key,
        settings: args.settings,
        in_force: at_once,
        ready_ts: clearinghouse.queued_ready_ts,
        revision: clearinghouse.revision,
    });
    Ok(())
}
