use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse, RuleError};
use crate::events::InsuranceFunded;
use crate::state::{Clearinghouse, InsuranceFund};
use crate::vault;

/// Arguments of `fund_insurance`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct FundInsuranceArgs {
    /// Quote atoms. They can't be withdrawn: they are spent on losses.
    pub amount: u64,
}

/// Accounts of `fund_insurance`.
#[derive(Accounts)]
pub struct FundInsurance<'info> {
    /// Owner of the tokens.
    pub depositor: Signer<'info>,
    /// The clearinghouse.
    #[account(
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund's ledger.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The tokens come from here.
    #[account(mut, constraint = from.mint == insurance_vault.mint @ ClearingError::WrongMint)]
    pub from: Account<'info, TokenAccount>,
    /// The insurance vault.
    #[account(mut)]
    pub insurance_vault: Account<'info, TokenAccount>,
    /// The SPL Token program.
    pub token_program: Program<'info, Token>,
}

pub(crate) fn handle(ctx: Context<FundInsurance>, args: FundInsuranceArgs) -> Result<()> {
    require!(args.amount > 0, RuleError::ZeroSize);
    let accounts = ctx.accounts;
    let (before, after) = {
        let fund = &mut *accounts.insurance_fund.load_mut()?;
        let before = fund.assets;
        fund.assets = before.plus(Atoms(args.amount)).or_refuse()?;
        (before, fund.assets)
    };
    vault::receive(
        &accounts.token_program,
        &accounts.from,
        &mut accounts.insurance_vault,
        &accounts.depositor,
        args.amount,
    )?;
    emit!(InsuranceFunded {
        clearinghouse: accounts.clearinghouse.key(),
        depositor: accounts.depositor.key(),
        amount: args.amount,
        assets_before: before.0,
        assets_after: after.0,
    });
    Ok(())
}
