use anchor_lang::prelude::*;
use jettison_engine::StakeShares;

use crate::error::{ClearingError, OrRefuse};
use crate::events::UnstakeRequested;
use crate::instructions::now;
use crate::state::{Clearinghouse, InsuranceFund, StakeAccount};

/// Arguments of `request_unstake`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct RequestUnstakeArgs {
    /// Shares, in place of any requested before; zero takes a request back.
    pub shares: u64,
}

/// Accounts of `request_unstake`.
#[derive(Accounts)]
pub struct RequestUnstake<'info> {
    /// The staker.
    pub authority: Signer<'info>,
    /// The clearinghouse.
    #[account(has_one = insurance_fund @ ClearingError::ForeignAccount)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund.
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The stake account.
    #[account(
        mut,
        has_one = authority @ ClearingError::NotAuthority,
        has_one = clearinghouse @ ClearingError::ForeignAccount
    )]
    pub stake_account: AccountLoader<'info, StakeAccount>,
}

/// Begins the cooldown after which shares can be taken out, at the smaller of their value now and then.
pub(crate) fn handle(ctx: Context<RequestUnstake>, args: RequestUnstakeArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let cooldown = accounts.clearinghouse.load()?.settings.unstake_cooldown_seconds;
    let stake = &mut accounts.stake_account.load_mut()?.stake;
    let fund = &accounts.insurance_fund.load()?.ledger;
    let value = fund.request_unstake(stake, StakeShares(args.shares), cooldown, now()?).or_refuse()?;
    emit!(UnstakeRequested {
        clearinghouse: accounts.clearinghouse.key(),
        authority: accounts.authority.key(),
        shares: args.shares,
        value: value.0,
        ready_ts: stake.ready_ts,
    });
    Ok(())
}
