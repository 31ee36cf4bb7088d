use anchor_lang::prelude::*;

use crate::error::{ClearingError, OrRefuse};
use crate::events::{AccountSettled, LegSettled};
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, MarginAccount};

/// Accounts of `settle_account`. Remaining: all the account's markets, writable.
#[derive(Accounts)]
pub struct SettleAccount<'info> {
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The margin account.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub margin_account: AccountLoader<'info, MarginAccount>,
}

pub(crate) fn handle<'info>(ctx: Context<'info, SettleAccount<'info>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let clearinghouse = accounts.clearinghouse.key();
    let mut loaded = markets::load(ctx.remaining_accounts, &clearinghouse, Writable::All)?;
    let mut markets = loaded.set()?;
    let ledger = &mut accounts.margin_account.load_mut()?.ledger;
    let capital_before = ledger.capital.0;
    let settlement = jettison_engine::settle_account(ledger, &mut markets, now()?).or_refuse()?;
    emit!(AccountSettled {
        margin_account: accounts.margin_account.key(),
        equity: settlement.health.equity.0,
        maintenance: settlement.health.requirement.0,
        capital_before,
        capital_after: ledger.capital.0,
        legs: LegSettled::list(&settlement, &markets)?,
    });
    Ok(())
}
