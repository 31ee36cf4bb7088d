use anchor_lang::prelude::*;

use crate::error::ClearingError;
use crate::events::MarginAccountOpened;
use crate::seeds;
use crate::state::{Clearinghouse, Custody, MarginAccount};

/// Arguments of `open_margin_account`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct OpenMarginAccountArgs {
    /// Number of the account among its authority's.
    pub id: u16,
}

/// Accounts of `open_margin_account`.
#[derive(Accounts)]
#[instruction(args: OpenMarginAccountArgs)]
pub struct OpenMarginAccount<'info> {
    /// The owner.
    pub authority: Signer<'info>,
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The clearinghouse.
    #[account(has_one = custody @ ClearingError::ForeignAccount)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// What is known of the margin vault.
    #[account(mut)]
    pub custody: AccountLoader<'info, Custody>,
    /// The margin account.
    #[account(
        init,
        payer = payer,
        space = MarginAccount::SPACE,
        seeds = [
            seeds::MARGIN_ACCOUNT,
            clearinghouse.key().as_ref(),
            authority.key().as_ref(),
            &args.id.to_le_bytes()
        ],
        bump
    )]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

pub(crate) fn handle(ctx: Context<OpenMarginAccount>, args: OpenMarginAccountArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut margin_account = accounts.margin_account.load_init()?;
    margin_account.version = MarginAccount::VERSION;
    margin_account.bump = ctx.bumps.margin_account;
    margin_account.id = args.id;
    margin_account.clearinghouse = accounts.clearinghouse.key();
    margin_account.authority = accounts.authority.key();
    let custody = &mut *accounts.custody.load_mut()?;
    custody.margin_accounts =
        custody.margin_accounts.checked_add(1).ok_or(error!(ClearingError::Overflow))?;
    emit!(MarginAccountOpened {
        clearinghouse: accounts.clearinghouse.key(),
        margin_account: accounts.margin_account.key(),
        authority: accounts.authority.key(),
        id: args.id,
    });
    Ok(())
}
