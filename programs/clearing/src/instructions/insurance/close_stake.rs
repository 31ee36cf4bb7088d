use anchor_lang::prelude::*;

use crate::error::{ClearingError, OrRefuse};
use crate::events::StakeClosed;
use crate::state::{Clearinghouse, InsuranceFund, StakeAccount};

/// Accounts of `close_stake`.
#[derive(Accounts)]
pub struct CloseStake<'info> {
    /// The staker.
    pub authority: Signer<'info>,
    /// CHECK: receives the rent; the staker chooses it.
    #[account(mut)]
    pub receiver: UncheckedAccount<'info>,
    /// The clearinghouse.
    #[account(has_one = insurance_fund @ ClearingError::ForeignAccount)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The stake account.
    #[account(
        mut,
        close = receiver,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = clearinghouse @ ClearingError::ForeignAccount
    )]
    pub stake_account: AccountLoader<'info, StakeAccount>,
}

/// Closes a stake account without shares and returns its rent.
pub(crate) fn handle(ctx: Context<CloseStake>) -> Result<()> {
    let accounts = &ctx.accounts;
    let stake = &mut accounts.stake_account.load_mut()?.stake;
    accounts.insurance_fund.load_mut()?.ledger.close_stake(stake).or_refuse()?;
    emit!(StakeClosed {
        clearinghouse: accounts.clearinghouse.key(),
        stake_account: accounts.stake_account.key(),
        authority: accounts.authority.key(),
    });
    Ok(())
}
