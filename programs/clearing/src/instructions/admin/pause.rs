use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::Paused;
use crate::instructions::now;
use crate::state::Clearinghouse;

/// Arguments of `pause`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct PauseArgs {
    /// The clearinghouse's revision that the guardian has looked at.
    pub expected_revision: u64,
    /// The gates: bit n is the n-th of `Gate`.
    pub gates: u16,
    /// How long, at most a day.
    pub seconds: u32,
}

/// Accounts of `pause`.
#[derive(Accounts)]
pub struct Pause<'info> {
    /// The guardian.
    pub guardian: Signer<'info>,
    /// The clearinghouse.
    #[account(mut)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
}

/// Pauses instructions for a time. Nobody can lift a pause: it expires.
pub(crate) fn handle(ctx: Context<Pause>, args: PauseArgs) -> Result<()> {
    let clearinghouse = &mut *ctx.accounts.clearinghouse.load_mut()?;
    require_keys_eq!(
        ctx.accounts.guardian.key(),
        clearinghouse.settings.guardian,
        ClearingError::NotGuardian
    );
    clearinghouse.require_revision(args.expected_revision)?;
    let until = clearinghouse.pauses.pause(args.gates, args.seconds, now()?)?;
    emit!(Paused { clearinghouse: ctx.accounts.clearinghouse.key(), gates: args.gates, until_ts: until });
    Ok(())
}
