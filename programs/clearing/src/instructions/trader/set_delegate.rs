use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::DelegateSet;
use crate::state::MarginAccount;

/// Arguments of `set_delegate`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct SetDelegateArgs {
    /// Who else may trade for the account; the default key is nobody.
    pub delegate: Pubkey,
}

/// Accounts of `set_delegate`.
#[derive(Accounts)]
pub struct SetDelegate<'info> {
    /// The owner.
    pub authority: Signer<'info>,
    /// The margin account.
    #[account(mut, has_one = authority @ ClearingError::NotAuthority)]
    pub margin_account: AccountLoader<'info, MarginAccount>,
}

pub(crate) fn handle(ctx: Context<SetDelegate>, args: SetDelegateArgs) -> Result<()> {
    let mut margin_account = ctx.accounts.margin_account.load_mut()?;
    let before = margin_account.delegate;
    margin_account.delegate = args.delegate;
    emit!(DelegateSet {
        margin_account: ctx.accounts.margin_account.key(),
        delegate_before: before,
        delegate_after: args.delegate,
    });
    Ok(())
}
