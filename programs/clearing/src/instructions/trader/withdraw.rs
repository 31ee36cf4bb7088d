use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse};
use crate::events::Withdrawn;
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, Custody, Gate, MarginAccount};
use crate::vault::{self, Tokens};

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
        has_one = custody @ ClearingError::ForeignAccount,
        has_one = margin_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// What is known of the margin vault.
    #[account(mut)]
    pub custody: AccountLoader<'info, Custody>,
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

/// Pays at once what the throttle lets out; otherwise the whole amount leaves capital and waits in the queue, where anyone
/// may have it served. What waits bears no more losses.
pub(crate) fn handle<'info>(ctx: Context<'info, Withdraw<'info>>, args: WithdrawArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let event = withdraw(accounts, ctx.remaining_accounts, Atoms(args.amount))?;
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    if event.queued_place.is_none() {
        tokens.send(&accounts.margin_vault, &accounts.to, args.amount)?;
    }
    emit!(event);
    Ok(())
}

/// Changes the ledgers; the borrows end here, before tokens move.
fn withdraw(accounts: &Withdraw<'_>, remaining: &[AccountInfo<'_>], amount: Atoms) -> Result<Withdrawn> {
    // First, so that none of the instruction's own accounts is borrowed yet: one among the markets is no market.
    let mut markets = markets::load(remaining, &accounts.clearinghouse.key(), Writable::None)?;
    let clearinghouse = accounts.clearinghouse.load()?;
    let now = now()?;
    clearinghouse.pauses.require_open(Gate::Withdraw, now)?;
    let margin_account = &mut *accounts.margin_account.load_mut()?;
    let before = margin_account.ledger.capital;
    jettison_engine::withdraw(&mut margin_account.ledger, &markets.set()?, amount, now).or_refuse()?;
    let throttle = &mut accounts.custody.load_mut()?.throttle;
    let vault = vault::balance(&accounts.margin_vault)?;
    let params = clearinghouse.settings.throttle();
    let at_once = throttle.withdraw(&mut margin_account.queued, &params, vault, amount, now).or_refuse()?;
    if !at_once {
        margin_account.destination = accounts.to.key();
    }
    Ok(Withdrawn {
        margin_account: accounts.margin_account.key(),
        to: accounts.to.key(),
        amount: amount.0,
        capital_before: before.0,
        capital_after: margin_account.ledger.capital.0,
        queued_place: (!at_once).then_some(margin_account.queued.place),
    })
}
