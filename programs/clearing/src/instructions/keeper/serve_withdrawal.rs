use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;

use crate::error::{ClearingError, OrRefuse};
use crate::events::WithdrawalServed;
use crate::instructions::now;
use crate::state::{Clearinghouse, Custody, Gate, MarginAccount};
use crate::vault::{self, Tokens};

/// Accounts of `serve_withdrawal`.
#[derive(Accounts)]
pub struct ServeWithdrawal<'info> {
    /// The clearinghouse.
    #[account(
        has_one = custody @ ClearingError::ForeignAccount,
        has_one = margin_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// What is known of the margin vault.
    #[account(mut)]
    pub custody: AccountLoader<'info, Custody>,
    /// The margin account whose withdrawal is the first in the queue.
    #[account(
        mut,
        has_one = clearinghouse @ ClearingError::ForeignAccount,
        has_one = destination @ ClearingError::BadDestination
    )]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// CHECK: the token account that the withdrawal was made to. It may have been closed or frozen since.
    #[account(mut)]
    pub destination: UncheckedAccount<'info>,
    /// The clearinghouse's margin vault.
    ///
    /// CHECK: it is the one that the clearinghouse records, which the program made; only the token program reads it.
    #[account(mut)]
    pub margin_vault: UncheckedAccount<'info>,
    /// The quote mint.
    ///
    /// CHECK: it is the one that the clearinghouse records, checked when it was; only the token program reads it.
    pub quote_mint: UncheckedAccount<'info>,
    /// The token program that owns the mint.
    #[account(address = *quote_mint.owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

/// Pays the first in the queue, as far as the throttle goes. If its token account can't receive any more, the money goes
/// back to the margin account's capital, so that nobody stops those behind.
pub(crate) fn handle(ctx: Context<ServeWithdrawal>) -> Result<()> {
    let accounts = &ctx.accounts;
    let event = serve(accounts)?;
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.send(&accounts.margin_vault, &accounts.destination, event.paid)?;
    emit!(event);
    Ok(())
}

/// Changes the ledgers; the borrows end here, before tokens move.
fn serve(accounts: &ServeWithdrawal<'_>) -> Result<WithdrawalServed> {
    let clearinghouse = accounts.clearinghouse.load()?;
    let now = now()?;
    clearinghouse.pauses.require_open(Gate::Withdraw, now)?;
    let margin_account = &mut *accounts.margin_account.load_mut()?;
    let place = margin_account.queued.place;
    let throttle = &mut accounts.custody.load_mut()?.throttle;
    let (mut paid, mut returned) = (0, 0);
    if vault::can_receive(&accounts.destination, accounts.quote_mint.key, accounts.token_program.key) {
        let vault = vault::balance(&accounts.margin_vault)?;
        let params = clearinghouse.settings.throttle();
        paid = throttle.serve(&mut margin_account.queued, &params, vault, now).or_refuse()?.0;
    } else {
        let amount = throttle.turn_away(&mut margin_account.queued).or_refuse()?;
        margin_account.ledger.deposit(amount).or_refuse()?;
        returned = amount.0;
    }
    Ok(WithdrawalServed {
        margin_account: accounts.margin_account.key(),
        to: accounts.destination.key(),
        place,
        paid,
        returned,
        left: margin_account.queued.amount.0,
        queued_in_all: throttle.queued.0,
    })
}
