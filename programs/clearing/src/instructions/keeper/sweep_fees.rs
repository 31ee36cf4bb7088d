use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};

use crate::error::{ClearingError, OrRefuse};
use crate::events::FeesSwept;
use crate::state::{Clearinghouse, InsuranceFund, Market};
use crate::vault;

/// Accounts of `sweep_fees`.
#[derive(Accounts)]
pub struct SweepFees<'info> {
    /// The clearinghouse.
    #[account(
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault,
        has_one = margin_vault @ ClearingError::WrongVault
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
    /// The insurance fund's ledger.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The insurance vault.
    #[account(mut)]
    pub insurance_vault: Account<'info, TokenAccount>,
    /// The margin vault.
    #[account(mut)]
    pub margin_vault: Account<'info, TokenAccount>,
    /// Receives the protocol's part: any token account of the fee authority.
    #[account(
        mut,
        constraint = fee_account.mint == margin_vault.mint @ ClearingError::WrongMint,
        constraint = fee_account.owner == clearinghouse.load()?.fee_authority @ ClearingError::WrongFeeAccount
    )]
    pub fee_account: Account<'info, TokenAccount>,
    /// The SPL Token program.
    pub token_program: Program<'info, Token>,
}

pub(crate) fn handle(ctx: Context<SweepFees>) -> Result<()> {
    let accounts = &ctx.accounts;
    let (market_index, (insurance, protocol)) = {
        let book = &mut accounts.market.load_mut()?.book;
        (book.index.0, book.sweep())
    };
    let assets = {
        let fund = &mut *accounts.insurance_fund.load_mut()?;
        fund.assets = fund.assets.plus(insurance).or_refuse()?;
        fund.assets
    };
    let from = &accounts.margin_vault;
    let program = &accounts.token_program;
    vault::send(&accounts.clearinghouse, program, from, &accounts.insurance_vault, insurance.0)?;
    vault::send(&accounts.clearinghouse, program, from, &accounts.fee_account, protocol.0)?;
    emit!(FeesSwept {
        market_index,
        to_insurance: insurance.0,
        to_protocol: protocol.0,
        insurance_after: assets.0,
    });
    Ok(())
}
