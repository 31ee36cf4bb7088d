use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse};
use crate::events::Staked;
use crate::instructions::now;
use crate::state::{Clearinghouse, Gate, InsuranceFund, StakeAccount};
use crate::vault::Tokens;

/// Arguments of `stake`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct StakeArgs {
    /// Quote atoms.
    pub amount: u64,
}

/// Accounts of `stake`.
#[derive(Accounts)]
pub struct StakeInsurance<'info> {
    /// The staker, who owns the tokens.
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
    /// The tokens come from here.
    #[account(mut, constraint = from.mint == quote_mint.key() @ ClearingError::WrongMint)]
    pub from: InterfaceAccount<'info, TokenAccount>,
    /// The insurance vault.
    #[account(mut)]
    pub insurance_vault: InterfaceAccount<'info, TokenAccount>,
    /// The quote mint.
    ///
    /// CHECK: it is the one that the clearinghouse records, checked when it was; only the token program reads it.
    pub quote_mint: UncheckedAccount<'info>,
    /// The token program that owns the mint.
    #[account(address = *quote_mint.owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

/// Buys shares in the insurance fund.
pub(crate) fn handle(ctx: Context<StakeInsurance>, args: StakeArgs) -> Result<()> {
    let accounts = ctx.accounts;
    let event = {
        let now = now()?;
        accounts.clearinghouse.load()?.pauses.require_open(Gate::Stake, now)?;
        let fund = &mut accounts.insurance_fund.load_mut()?.ledger;
        let stake = &mut accounts.stake_account.load_mut()?.stake;
        let assets_before = fund.assets;
        let bought = fund.stake(stake, Atoms(args.amount), now).or_refuse()?;
        Staked {
            clearinghouse: accounts.clearinghouse.key(),
            authority: accounts.authority.key(),
            amount: args.amount,
            shares: bought.0,
            shares_after: stake.shares.0,
            all_shares: fund.shares.0,
            assets_before: assets_before.0,
            assets_after: fund.assets.0,
        }
    };
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.receive(&accounts.from, &mut accounts.insurance_vault, &accounts.authority, args.amount)?;
    emit!(event);
    Ok(())
}
