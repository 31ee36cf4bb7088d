use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse};
use crate::events::Deposited;
use crate::instructions::now;
use crate::state::{Clearinghouse, Custody, Gate, MarginAccount};
use crate::vault::Tokens;

/// Arguments of `deposit`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct DepositArgs {
    /// Quote atoms.
    pub amount: u64,
}

/// Accounts of `deposit`. Anyone may deposit into any margin account.
#[derive(Accounts)]
pub struct Deposit<'info> {
    /// Owner of the tokens, or their delegate as far as the token program lets it.
    pub depositor: Signer<'info>,
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
    /// The margin account.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// The tokens come from here.
    #[account(mut, constraint = from.mint == quote_mint.key() @ ClearingError::WrongMint)]
    pub from: InterfaceAccount<'info, TokenAccount>,
    /// The clearinghouse's margin vault.
    #[account(mut)]
    pub margin_vault: InterfaceAccount<'info, TokenAccount>,
    /// The quote mint.
    ///
    /// CHECK: it is the one that the clearinghouse records, checked when it was; only the token program reads it.
    pub quote_mint: UncheckedAccount<'info>,
    /// The token program that owns the mint.
    #[account(address = *quote_mint.owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

pub(crate) fn handle(ctx: Context<Deposit>, args: DepositArgs) -> Result<()> {
    let accounts = ctx.accounts;
    let amount = Atoms(args.amount);
    {
        let clearinghouse = accounts.clearinghouse.load()?;
        let now = now()?;
        clearinghouse.pauses.require_open(Gate::Deposit, now)?;
        let throttle = &mut accounts.custody.load_mut()?.throttle;
        throttle.deposit(&clearinghouse.settings.throttle(), amount, now).or_refuse()?;
    }
    let (before, after) = {
        let ledger = &mut accounts.margin_account.load_mut()?.ledger;
        let before = ledger.capital;
        ledger.deposit(amount).or_refuse()?;
        (before, ledger.capital)
    };
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.receive(&accounts.from, &mut accounts.margin_vault, &accounts.depositor, args.amount)?;
    emit!(Deposited {
        margin_account: accounts.margin_account.key(),
        depositor: accounts.depositor.key(),
        amount: args.amount,
        capital_before: before.0,
        capital_after: after.0,
    });
    Ok(())
}
