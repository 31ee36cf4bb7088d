use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};
use jettison_engine::Atoms;

use crate::error::{ClearingError, OrRefuse};
use crate::events::InsuranceFunded;
use crate::state::{Clearinghouse, InsuranceFund};
use crate::vault::Tokens;

/// Arguments of `fund_insurance`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct FundInsuranceArgs {
    /// Quote atoms. They can't be withdrawn: the fund itself owns the shares, and they are spent on losses.
    pub amount: u64,
}

/// Accounts of `fund_insurance`.
#[derive(Accounts)]
pub struct FundInsurance<'info> {
    /// Owner of the tokens, or their delegate as far as the token program lets it.
    pub depositor: Signer<'info>,
    /// The clearinghouse.
    #[account(
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund's ledger.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
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

pub(crate) fn handle(ctx: Context<FundInsurance>, args: FundInsuranceArgs) -> Result<()> {
    let accounts = ctx.accounts;
    let (before, after) = {
        let fund = &mut accounts.insurance_fund.load_mut()?.ledger;
        let before = fund.assets;
        fund.endow(Atoms(args.amount)).or_refuse()?;
        (before, fund.assets)
    };
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.receive(&accounts.from, &mut accounts.insurance_vault, &accounts.depositor, args.amount)?;
    emit!(InsuranceFunded {
        clearinghouse: accounts.clearinghouse.key(),
        depositor: accounts.depositor.key(),
        amount: args.amount,
        assets_before: before.0,
        assets_after: after.0,
    });
    Ok(())
}
