use anchor_lang::prelude::*;

use super::nominate::Role;
use crate::error::ClearingError;
use crate::events::RoleAccepted;
use crate::state::Clearinghouse;

/// Arguments of `accept`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct AcceptArgs {
    /// The role.
    pub role: Role,
}

/// Accounts of `accept`.
#[derive(Accounts)]
pub struct Accept<'info> {
    /// Who was nominated.
    pub nominee: Signer<'info>,
    /// The clearinghouse.
    #[account(mut)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
}

/// Takes a role over. What the former authority has queued is void, and so is what it has signed and not sent. Another
/// fee authority voids nothing: else that role could stop what authority and guardian send.
pub(crate) fn handle(ctx: Context<Accept>, args: AcceptArgs) -> Result<()> {
    let key = ctx.accounts.clearinghouse.key();
    let clearinghouse = &mut *ctx.accounts.clearinghouse.load_mut()?;
    let (holder, nominated) = match args.role {
        Role::Authority => (&mut clearinghouse.authority, &mut clearinghouse.nominated_authority),
        Role::FeeAuthority => (&mut clearinghouse.fee_authority, &mut clearinghouse.nominated_fee_authority),
    };
    // Where nobody is nominated the default key is there, which can't sign.
    require_keys_eq!(ctx.accounts.nominee.key(), *nominated, ClearingError::NotNominated);
    let before = core::mem::replace(holder, *nominated);
    *nominated = Pubkey::default();
    if args.role == Role::Authority {
        clearinghouse.queued_ready_ts = 0;
        clearinghouse.count_revision();
    }
    emit!(RoleAccepted {
        clearinghouse: key,
        role: args.role,
        holder_before: before,
        holder_after: ctx.accounts.nominee.key(),
        revision: clearinghouse.revision,
    });
    Ok(())
}
