use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};

use crate::error::{ClearingError, OrRefuse};
use crate::events::MarketClosed;
use crate::state::{Clearinghouse, InsuranceFund, Market};
use crate::vault::Tokens;

/// Accounts of `close_market`.
#[derive(Accounts)]
pub struct CloseMarket<'info> {
    /// The clearinghouse's authority.
    pub authority: Signer<'info>,
    /// CHECK: receives the rent; the authority chooses it.
    #[account(mut)]
    pub receiver: UncheckedAccount<'info>,
    /// The clearinghouse.
    #[account(
        mut,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault,
        has_one = margin_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, close = receiver, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
    /// The insurance fund.
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
    /// Receives the protocol's part: any token account of the fee authority.
    #[account(
        mut,
        constraint = fee_account.mint == quote_mint.key() @ ClearingError::WrongMint,
        constraint = fee_account.owner == clearinghouse.load()?.fee_authority @ ClearingError::WrongFeeAccount
    )]
    pub fee_account: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The quote mint.
    ///
    /// CHECK: it is the one that the clearinghouse records, checked when it was; only the token program reads it.
    pub quote_mint: UncheckedAccount<'info>,
    /// The token program that owns the mint.
    #[account(address = *quote_mint.owner @ ClearingError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

/// Closes a market that is wound down and in which no account has a leg. What is left in it goes to insurance, the
/// protocol's fees to the fee authority. Its index is not used again.
pub(crate) fn handle(ctx: Context<CloseMarket>) -> Result<()> {
    let accounts = &ctx.accounts;
    let (market_index, (insurance, protocol)) = {
        let book = &mut accounts.market.load_mut()?.book;
        (book.index.0, book.wind_up().or_refuse()?)
    };
    let assets = {
        let fund = &mut accounts.insurance_fund.load_mut()?.ledger;
        fund.earn(insurance).or_refuse()?;
        fund.assets
    };
    accounts.clearinghouse.load_mut()?.open_markets -= 1;
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.send(&accounts.margin_vault, &accounts.insurance_vault, insurance.0)?;
    tokens.send(&accounts.margin_vault, &*accounts.fee_account, protocol.0)?;
    emit!(MarketClosed {
        market_index,
        market: accounts.market.key(),
        to_insurance: insurance.0,
        to_protocol: protocol.0,
        insurance_after: assets.0,
    });
    Ok(())
}
