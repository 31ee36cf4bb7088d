use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse};
use crate::events::Withdrawn;
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, MarginAccount};
use crate::vault;

/// Arguments of `withdraw`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct WithdrawArgs {
    /// Quote atoms.
    pub amount: u64,
}

/// Accounts of `withdraw`. Remaining: all the account's markets.
#[derive(Accounts)]
pub struct Withdraw<'info> {
    /// The owner; a delegate can't withdraw.
    pub authority: Signer<'info>,
    /// The clearinghouse.
    #[account(has_one = margin_vault @ ClearingError::WrongVault)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The margin account.
    #[account(
        mut,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = clearinghouse @ ClearingError::ForeignAccount
    )]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// The tokens go here; the owner chooses it.
    #[account(mut, constraint = to.mint == margin_vault.mint @ ClearingError::WrongMint)]
    pub to: Account<'info, TokenAccount>,
    /// The clearinghouse's margin vault.
    #[account(mut)]
    pub margin_vault: Account<'info, TokenAccount>,
    /// The SPL Token program.
    pub token_program: Program<'info, Token>,
}

pub(crate) fn handle<'info>(ctx: Context<'info, Withdraw<'info>>, args: WithdrawArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let clearinghouse = accounts.clearinghouse.key();
    let (before, after) = {
        let ledger = &mut accounts.margin_account.load_mut()?.ledger;
        let mut markets = markets::load(ctx.remaining_accounts, &clearinghouse, Writable::None)?;
        let before = ledger.capital;
        jettison_engine::withdraw(ledger, &markets.set()?, Atoms(args.amount), now()?).or_refuse()?;
        (before, ledger.capital)
    };
    vault::send(
        &accounts.clearinghouse,
        &accounts.token_program,
        &accounts.margin_vault,
        &accounts.to,
        args.amount,
    )?;
    emit!(Withdrawn {
        margin_account: accounts.margin_account.key(),
        to: accounts.to.key(),
        amount: args.amount,
        capital_before: before.0,
        capital_after: after.0,
    });
    Ok(())
}
