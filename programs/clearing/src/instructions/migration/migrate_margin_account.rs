use anchor_lang::prelude::*;

use crate::error::{ClearingError, OrRefuse};
use crate::events::MarginAccountMigrated;
use crate::markets::{self, Writable};
use crate::migration;
use crate::state::{v1, Clearinghouse, Custody};

/// Accounts of `migrate_margin_account`. Remaining: all the account's markets, migrated and writable.
#[derive(Accounts)]
pub struct MigrateMarginAccount<'info> {
    /// The clearinghouse, migrated.
    #[account(has_one = custody @ ClearingError::ForeignAccount)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// What is known of the margin vault.
    #[account(mut)]
    pub custody: AccountLoader<'info, Custody>,
    /// CHECK: owner, type, version and size are checked when it is read.
    #[account(mut)]
    pub margin_account: UncheckedAccount<'info>,
}

/// Takes a margin account of the first version over: its clearinghouse counts it, its markets count its legs. Until then
/// no other instruction knows it; anyone may send this one, also right before another in one transaction.
pub(crate) fn handle<'info>(ctx: Context<'info, MigrateMarginAccount<'info>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let clearinghouse = accounts.clearinghouse.key();
    let former: v1::MarginAccount = migration::read(&accounts.margin_account)?;
    require!(former.clearinghouse == clearinghouse.to_bytes(), ClearingError::ForeignAccount);
    let present = former.upgrade();
    let mut markets = markets::load(ctx.remaining_accounts, &clearinghouse, Writable::All)?;
    let legs = present.ledger.count_legs(&mut markets.set()?).or_refuse()?;
    let custody = &mut *accounts.custody.load_mut()?;
    custody.margin_accounts =
        custody.margin_accounts.checked_add(1).ok_or(error!(ClearingError::Overflow))?;
    migration::write(&accounts.margin_account, &present)?;
    emit!(MarginAccountMigrated {
        clearinghouse,
        margin_account: accounts.margin_account.key(),
        authority: present.authority,
        capital: present.ledger.capital.0,
        legs,
        margin_accounts: custody.margin_accounts,
    });
    Ok(())
}
