//! Token movements in and out of the vaults.

use anchor_lang::prelude::*;
use anchor_spl::token::{self, Token, TokenAccount, Transfer};

use crate::error::ClearingError;
use crate::state::Clearinghouse;

/// Moves tokens into a vault, signed by their owner, and checks what arrived.
pub fn receive<'info>(
    token_program: &Program<'info, Token>,
    from: &Account<'info, TokenAccount>,
    vault: &mut Account<'info, TokenAccount>,
    owner: &Signer<'info>,
    amount: u64,
) -> Result<()> {
    let before = vault.amount;
    let accounts = Transfer {
        from: from.to_account_info(),
        to: vault.to_account_info(),
        authority: owner.to_account_info(),
    };
    token::transfer(CpiContext::new(token_program.key(), accounts), amount)?;
    vault.reload()?;
    require!(vault.amount.checked_sub(before) == Some(amount), ClearingError::VaultMismatch);
    Ok(())
}

/// Moves tokens out of a vault, signed by the clearinghouse. Nothing to move is no transfer.
pub fn send<'info>(
    clearinghouse: &AccountLoader<'info, Clearinghouse>,
    token_program: &Program<'info, Token>,
    vault: &Account<'info, TokenAccount>,
    to: &Account<'info, TokenAccount>,
    amount: u64,
) -> Result<()> {
    if amount == 0 {
        return Ok(());
    }
    let signer = *clearinghouse.load()?;
    let accounts = Transfer {
        from: vault.to_account_info(),
        to: to.to_account_info(),
        authority: clearinghouse.to_account_info(),
    };
    signer.with_signer(|seeds| {
        token::transfer(CpiContext::new_with_signer(token_program.key(), accounts, seeds), amount)
    })
}
