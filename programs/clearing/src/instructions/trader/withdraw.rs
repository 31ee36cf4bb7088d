use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse};
use crate::events::Withdrawn;
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, MarginAccount};
use crate::vault::Tokens;

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
    #[account(
        has_one = margin_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The margin account.
    #[account(
        mut,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = clearinghouse @ ClearingError::ForeignAccount
    )]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// The tokens go here; the owner chooses it. Not the vault itself: capital would fall and the tokens stay.
    #[account(
        mut,
        constraint = to.mint == quote_mint.key() @ ClearingError::WrongMint,
        constraint = to.key() != margin_vault.key() @ ClearingError::VaultMismatch
    )]
    pub to: InterfaceAccount<'info, TokenAccount>,
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
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.send(&accounts.margin_vault, &accounts.to, args.amount)?;
    emit!(Withdrawn {
        margin_account: accounts.margin_account.key(),
        to: accounts.to.key(),
        amount: args.amount,
        capital_before: before.0,
        capital_after: after.0,
    });
    Ok(())
}
