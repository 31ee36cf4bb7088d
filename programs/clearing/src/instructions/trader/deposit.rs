use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse};
use crate::events::Deposited;
use crate::state::{Clearinghouse, MarginAccount};
use crate::vault;

/// Arguments of `deposit`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct DepositArgs {
    /// Quote atoms.
    pub amount: u64,
}

/// Accounts of `deposit`. Anyone may deposit into any margin account.
#[derive(Accounts)]
pub struct Deposit<'info> {
    /// Owner of the tokens.
    pub depositor: Signer<'info>,
    /// The clearinghouse.
    #[account(has_one = margin_vault @ ClearingError::WrongVault)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The margin account.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// The tokens come from here.
    #[account(mut, constraint = from.mint == margin_vault.mint @ ClearingError::WrongMint)]
    pub from: Account<'info, TokenAccount>,
    /// The clearinghouse's margin vault.
    #[account(mut)]
    pub margin_vault: Account<'info, TokenAccount>,
    /// The SPL Token program.
    pub token_program: Program<'info, Token>,
}

pub(crate) fn handle(ctx: Context<Deposit>, args: DepositArgs) -> Result<()> {
    let accounts = ctx.accounts;
    let (before, after) = {
        let ledger = &mut accounts.margin_account.load_mut()?.ledger;
        let before = ledger.capital;
        ledger.deposit(Atoms(args.amount)).or_refuse()?;
        (before, ledger.capital)
    };
    vault::receive(
        &accounts.token_program,
        &accounts.from,
        &mut accounts.margin_vault,
        &accounts.depositor,
        args.amount,
    )?;
    emit!(Deposited {
        margin_account: accounts.margin_account.key(),
        depositor: accounts.depositor.key(),
        amount: args.amount,
        capital_before: before.0,
        capital_after: after.0,
    });
    Ok(())
}
