use anchor_lang::prelude::*;
use jettison_engine::{require_empty, waive_unpaid, Atoms};

use crate::error::{ClearingError, OrRefuse};
use crate::events::MarginAccountClosed;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, Custody, MarginAccount};

/// Arguments of `close_margin_account`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct CloseMarginAccountArgs {
    /// Whether to give up claims that the pools can't pay now. Without it such claims keep the account open.
    pub waive_unpaid: bool,
}

/// Accounts of `close_margin_account`. Remaining: the markets of its claims, writable, if they are waived.
#[derive(Accounts)]
pub struct CloseMarginAccount<'info> {
    /// The owner.
    pub authority: Signer<'info>,
    /// CHECK: receives the rent; the owner chooses it.
    #[account(mut)]
    pub receiver: UncheckedAccount<'info>,
    /// The clearinghouse.
    #[account(has_one = custody @ ClearingError::ForeignAccount)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// What is known of the margin vault.
    #[account(mut)]
    pub custody: AccountLoader<'info, Custody>,
    /// The margin account.
    #[account(
        mut,
        close = receiver,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = clearinghouse @ ClearingError::ForeignAccount
    )]
    pub margin_account: AccountLoader<'info, MarginAccount>,
}

pub(crate) fn handle<'info>(
    ctx: Context<'info, CloseMarginAccount<'info>>,
    args: CloseMarginAccountArgs,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut margin_account = accounts.margin_account.load_mut()?;
    let mut waived = Atoms::ZERO;
    if args.waive_unpaid {
        let clearinghouse = accounts.clearinghouse.key();
        let mut markets = markets::load(ctx.remaining_accounts, &clearinghouse, Writable::All)?;
        waived = waive_unpaid(&mut margin_account.ledger, &mut markets.set()?).or_refuse()?;
    }
    require_empty(&margin_account.ledger).or_refuse()?;
    // What waits in the queue is the owner's money too.
    require!(margin_account.queued.amount.is_zero(), ClearingError::AccountNotEmpty);
    accounts.custody.load_mut()?.margin_accounts -= 1;
    emit!(MarginAccountClosed {
        clearinghouse: accounts.clearinghouse.key(),
        margin_account: accounts.margin_account.key(),
        authority: accounts.authority.key(),
        waived: waived.0,
    });
    Ok(())
}
