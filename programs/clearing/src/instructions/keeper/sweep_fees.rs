use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};

use crate::error::{ClearingError, OrRefuse};
use crate::events::FeesSwept;
use crate::instructions::now;
use crate::state::{Clearinghouse, Gate, InsuranceFund, Market};
use crate::vault::Tokens;

/// Accounts of `sweep_fees`.
#[derive(Accounts)]
pub struct SweepFees<'info> {
    /// The clearinghouse.
    #[account(
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault,
        has_one = margin_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
    /// The insurance fund's ledger.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The insurance vault.
    ///
    /// CHECK: it is the one that the clearinghouse records, which the program made; only the token program reads it.
    #[account(mut)]
    pub insurance_vault: UncheckedAccount<'info>,
    /// The margin vault.
    ///
    /// CHECK: it is the one that the clearinghouse records, which the program made; only the token program reads it.
    #[account(mut)]
    pub margin_vault: UncheckedAccount<'info>,
    /// Receives the protocol's part: any token account of the fee authority. The vaults are the clearinghouse's.
    #[account(
        mut,
        constraint = fee_account.mint == quote_mint.key() @ ClearingError::WrongMint,
        constraint = fee_account.owner == clearinghouse.load()?.fee_authority @ ClearingError::WrongFeeAccount
    )]
    pub fee_account: InterfaceAccount<'info, TokenAccount>,
    /// The quote mint.
    ///
    /// CHECK: it is the one that the clearinghouse records, checked when it was; only the token program reads it.
    pub quote_mint: UncheckedAccount<'info>,
    /// The token program that owns the mint.
    #[account(address = *quote_mint.owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

pub(crate) fn handle(ctx: Context<SweepFees>) -> Result<()> {
    let accounts = &ctx.accounts;
    let (market_index, (insurance, protocol)) = {
        accounts.clearinghouse.load()?.pauses.require_open(Gate::Sweep, now()?)?;
        let book = &mut accounts.market.load_mut()?.book;
        (book.index.0, book.sweep().or_refuse()?)
    };
    let assets = {
        let fund = &mut accounts.insurance_fund.load_mut()?.ledger;
        fund.earn(insurance).or_refuse()?;
        fund.assets
    };
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.send(&accounts.margin_vault, &accounts.insurance_vault, insurance.0)?;
    tokens.send(&accounts.margin_vault, &accounts.fee_account, protocol.0)?;
    emit!(FeesSwept {
        market_index,
        to_insurance: insurance.0,
        to_protocol: protocol.0,
        insurance_after: assets.0,
    });
    Ok(())
}
