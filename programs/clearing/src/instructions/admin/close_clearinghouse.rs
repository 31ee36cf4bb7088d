use anchor_lang::prelude::*;
use anchor_spl::token_interface::{self, CloseAccount, TokenAccount, TokenInterface};

use crate::error::ClearingError;
use crate::events::ClearinghouseClosed;
use crate::state::{Clearinghouse, Custody, InsuranceFund};
use crate::vault::Tokens;

/// Accounts of `close_clearinghouse`.
#[derive(Accounts)]
pub struct CloseClearinghouse<'info> {
    /// The authority.
    pub authority: Signer<'info>,
    /// CHECK: receives the rent; the authority chooses it.
    #[account(mut)]
    pub receiver: UncheckedAccount<'info>,
    /// The clearinghouse.
    #[account(
        mut,
        close = receiver,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = custody @ ClearingError::ForeignAccount,
        has_one = insurance_fund @ ClearingError::ForeignAccount,
        has_one = insurance_vault @ ClearingError::WrongVault,
        has_one = margin_vault @ ClearingError::WrongVault,
        has_one = quote_mint @ ClearingError::WrongMint
    )]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// What is known of the margin vault.
    #[account(mut, close = receiver)]
    pub custody: AccountLoader<'info, Custody>,
    /// The insurance fund.
    #[account(mut, close = receiver)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The insurance vault.
    #[account(mut)]
    pub insurance_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The margin vault.
    #[account(mut)]
    pub margin_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Receives what is left in the vaults: any token account of the fee authority but the vaults.
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

impl<'info> CloseClearinghouse<'info> {
    /// Nobody has a market, a margin account or a stake: what the vaults hold is owed to no one. Not so if there may be
    /// margin accounts that nobody has counted.
    fn validate(&self) -> Result<()> {
        let custody = self.custody.load()?;
        let empty = self.clearinghouse.load()?.open_markets == 0
            && custody.margin_accounts == 0
            && custody.has_uncounted_accounts == 0
            && self.insurance_fund.load()?.ledger.stakes == 0;
        require!(empty, ClearingError::ClearinghouseInUse);
        Ok(())
    }

    fn close_vault(&self, vault: &InterfaceAccount<'info, TokenAccount>) -> Result<()> {
        let signer = *self.clearinghouse.load()?;
        let accounts = CloseAccount {
            account: vault.to_account_info(),
            destination: self.receiver.to_account_info(),
            authority: self.clearinghouse.to_account_info(),
        };
        signer.with_signer(|seeds| {
            token_interface::close_account(CpiContext::new_with_signer(
                self.token_program.key(),
                accounts,
                seeds,
            ))
        })
    }
}

/// Closes a clearinghouse that nobody uses any more. What is left is the insurance that was given and not staked, and
/// donations: they go to the fee authority, the rents to the receiver.
pub(crate) fn handle(ctx: Context<CloseClearinghouse>) -> Result<()> {
    let accounts = &ctx.accounts;
    accounts.validate()?;
    let left = (accounts.margin_vault.amount, accounts.insurance_vault.amount);
    let tokens = Tokens {
        clearinghouse: &accounts.clearinghouse,
        mint: &accounts.quote_mint,
        program: &accounts.token_program,
    };
    tokens.send(&*accounts.margin_vault, &*accounts.fee_account, left.0)?;
    tokens.send(&*accounts.insurance_vault, &*accounts.fee_account, left.1)?;
    accounts.close_vault(&accounts.margin_vault)?;
    accounts.close_vault(&accounts.insurance_vault)?;
    emit!(ClearinghouseClosed {
        clearinghouse: accounts.clearinghouse.key(),
        from_margin_vault: left.0,
        from_insurance_vault: left.1,
    });
    Ok(())
}
