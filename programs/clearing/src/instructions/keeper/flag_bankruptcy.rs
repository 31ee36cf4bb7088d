use anchor_lang::prelude::*;

use crate::error::{ClearingError, OrRefuse};
use crate::events::BankruptcyFlagged;
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, InsuranceFund, MarginAccount};

/// Accounts of `flag_bankruptcy`. Remaining: all the account's markets.
#[derive(Accounts)]
pub struct FlagBankruptcy<'info> {
    /// The clearinghouse.
    #[account(has_one = insurance_fund @ ClearingError::ForeignAccount)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The insurance fund.
    #[account(mut)]
    pub insurance_fund: AccountLoader<'info, InsuranceFund>,
    /// The account whose equity is negative.
    #[account(has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub margin_account: AccountLoader<'info, MarginAccount>,
}

/// Shows that an account is bankrupt: for a minute nobody stakes or unstakes.
pub(crate) fn handle<'info>(ctx: Context<'info, FlagBankruptcy<'info>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut loaded = markets::load(ctx.remaining_accounts, &accounts.clearinghouse.key(), Writable::None)?;
    let account = &accounts.margin_account.load()?.ledger;
    let fund = &mut accounts.insurance_fund.load_mut()?.ledger;
    let equity = jettison_engine::flag_bankruptcy(account, &loaded.set()?, fund, now()?).or_refuse()?;
    emit!(BankruptcyFlagged {
        margin_account: accounts.margin_account.key(),
        equity: equity.0,
        until_ts: fund.flagged_until,
    });
    Ok(())
}
