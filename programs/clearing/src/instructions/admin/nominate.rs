use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::Nominated;
use crate::state::Clearinghouse;

/// A role that its holder hands on in two steps. The guardian is a setting instead: the authority chooses one.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Creates markets and changes settings.
    Authority,
    /// Owns the token account that protocol fees are swept to.
    FeeAuthority,
}

/// Arguments of `nominate`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct NominateArgs {
    /// The clearinghouse's revision that the holder has looked at.
    pub expected_revision: u64,
    /// The role.
    pub role: Role,
    /// Who may accept it; the default key takes a nomination back.
    pub nominee: Pubkey,
}

/// Accounts of `nominate`.
#[derive(Accounts)]
pub struct Nominate<'info> {
    /// Who holds the role.
    pub holder: Signer<'info>,
    /// The clearinghouse.
    #[account(mut)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
}

/// Names who may accept a role. Nothing changes until they do.
pub(crate) fn handle(ctx: Context<Nominate>, args: NominateArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let clearinghouse = &mut *accounts.clearinghouse.load_mut()?;
    clearinghouse.require_revision(args.expected_revision)?;
    let (holder, nominee) = match args.role {
        Role::Authority => (clearinghouse.authority, &mut clearinghouse.nominated_authority),
        Role::FeeAuthority => (clearinghouse.fee_authority, &mut clearinghouse.nominated_fee_authority),
    };
    require_keys_eq!(accounts.holder.key(), holder, ClearingError::NotAuthority);
    *nominee = args.nominee;
    emit!(Nominated {
        clearinghouse: accounts.clearinghouse.key(),
        role: args.role,
        holder,
        nominee: args.nominee,
    });
    Ok(())
}
