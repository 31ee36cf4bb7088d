use anchor_lang::prelude::*;

use crate::error::{ClearingError, OrRefuse};
use crate::events::StakeOpened;
use crate::seeds;
use crate::state::{Clearinghouse, InsuranceFund, StakeAccount};

/// Accounts of `open_stake`.
#[derive(Accounts)]
pub struct OpenStake<'info> {
    /// The staker.
    pub authority: Signer<'info>,
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The clearinghouse.
    #[account(has_one = insurance_fund @ ClearingError::ForeignAccount)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The stake account; one for each staker.
    #[account(
        init,
        payer = payer,
        space = StakeAccount::SPACE,
        seeds = [seeds::STAKE, clearinghouse.key().as_ref(), authority.key().as_ref()],
        bump
    )]
    pub stake_account: AccountLoader<'info, StakeAccount>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

/// Opens a stake account.
pub(crate) fn handle(ctx: Context<OpenStake>) -> Result<()> {
    let accounts = &ctx.accounts;
    let stake_account = &mut *accounts.stake_account.load_init()?;
    stake_account.version = StakeAccount::VERSION;
    stake_account.bump = ctx.bumps.stake_account;
    stake_account.clearinghouse = accounts.clearinghouse.key();
    stake_account.authority = accounts.authority.key();
    accounts.insurance_fund.load_mut()?.ledger.open_stake(&mut stake_account.stake).or_refuse()?;
    emit!(StakeOpened {
        clearinghouse: accounts.clearinghouse.key(),
        stake_account: accounts.stake_account.key(),
        authority: accounts.authority.key(),
    });
    Ok(())
}
