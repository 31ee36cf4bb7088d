use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};

use crate::error::{ClearingError, OrRefuse};
use crate::events::Unstaked;
use crate::instructions::now;
use crate::state::{Clearinghouse, Gate, InsuranceFund, StakeAccount};
use crate::vault::Tokens;

/// Accounts of `unstake`.
#[derive(Accounts)]
pub struct Unstake<'info> {
    /// The staker.
    pub authority: Signer<'info>,
    /// The clearinghouse.
    #[account(
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The stake account.
    #[account(
        mut,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = clearinghouse @ ClearingError::ForeignAccount
    )]
    pub stake_account: AccountLoader<'info, StakeAccount>,
    /// The tokens go here; the staker chooses it. Not the vault itself: the shares would be gone and the tokens stay.
    #[account(
        mut,
        constraint = to.mint == quote_mint.key() @ ClearingError::WrongMint,
        constraint = to.key() != insurance_vault.key() @ ClearingError::VaultMismatch
    )]
    pub to: InterfaceAccount<'info, TokenAccount>,
    /// The insurance vault.
    ///
    /// CHECK: it is the one that the clearinghouse records, which the program made; only the token program reads it.
    #[account(mut)]
    pub insurance_vault: UncheckedAccount<'info>,
    /// The quote mint.
    ///
    /// CHECK: it is the one that the clearinghouse records, checked when it was; only the token program reads it.
    pub quote_mint: UncheckedAccount<'info>,
    /// The token program that owns the mint.
    #[account(address = *quote_mint.owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

/// Takes out what was requested, its cooldown being over.
pub(crate) fn handle(ctx: Context<Unstake>) -> Result<()> {
    let accounts = &ctx.accounts;
    let event = {
        let now = now()?;
        accounts.clearinghouse.load()?.pauses.require_open(Gate::Unstake, now)?;
        let fund = &mut accounts.insurance_fund.load_mut()?.ledger;
        let stake = &mut accounts.stake_account.load_mut()?.stake;
        let (shares, requested_value, assets_before) = (stake.requested, stake.requested_value, fund.assets);
        let amount = fund.unstake(stake, now).or_refuse()?;
        Unstaked {
            clearinghouse: accounts.clearinghouse.key(),
            authority: accounts.authority.key(),
            shares: shares.0,
            requested_value: requested_value.0,
            amount: amount.0,
            shares_after: stake.shares.0,
            assets_before: assets_before.0,
            assets_after: fund.assets.0,
        }
    };
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.send(&accounts.insurance_vault, &accounts.to, event.amount)?;
    emit!(event);
    Ok(())
}
