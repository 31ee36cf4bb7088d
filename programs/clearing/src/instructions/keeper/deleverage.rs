use anchor_lang::prelude::*;
use jettison_engine::MarketIndex;

use crate::error::{ClearingError, OrRefuse};
use crate::events::Deleveraged;
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, Gate, MarginAccount};

/// Arguments of `deleverage`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct DeleverageArgs {
    /// The market.
    pub market_index: u16,
}

/// Accounts of `deleverage`. Remaining: all markets of the account; the deleveraged one is writable.
#[derive(Accounts)]
pub struct Deleverage<'info> {
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The account far below maintenance margin.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub margin_account: AccountLoader<'info, MarginAccount>,
    /// Receives the bounty. Needs no signature: it is only credited.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub bounty_account: Option<AccountLoader<'info, MarginAccount>>,
}

impl Deleverage<'_> {
    fn validate(&self) -> Result<()> {
        if let Some(bounty_account) = &self.bounty_account {
            require_keys_neq!(self.margin_account.key(), bounty_account.key(), ClearingError::SameAccount);
        }
        Ok(())
    }
}

pub(crate) fn handle<'info>(ctx: Context<'info, Deleverage<'info>>, args: DeleverageArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    accounts.validate()?;
    let clearinghouse = accounts.clearinghouse.key();
    let mut loaded =
        markets::load(ctx.remaining_accounts, &clearinghouse, Writable::Only(args.market_index))?;
    let mut markets = loaded.set()?;
    let index = MarketIndex(args.market_index);
    let ledger = &mut accounts.margin_account.load_mut()?.ledger;
    let capital_before = ledger.capital.0;
    let mut bounty = accounts.bounty_account.as_ref().map(|account| account.load_mut()).transpose()?;
    let caller = bounty.as_mut().map(|account| &mut account.ledger);
    let now = now()?;
    accounts.clearinghouse.load()?.pauses.require_open(Gate::Deleverage, now)?;
    let outcome = jettison_engine::deleverage(ledger, caller, &mut markets, index, now).or_refuse()?;
    let market = markets.get(index).or_refuse()?;
    emit!(Deleveraged {
        market_index: args.market_index,
        margin_account: accounts.margin_account.key(),
        bounty_account: accounts.bounty_account.as_ref().map(|account| account.key()),
        price: market.effective_price.0,
        equity: outcome.health.equity.0,
        maintenance: outcome.health.requirement.0,
        eligible: outcome.eligible,
        size: outcome.size.0,
        open_interest: market.long.contracts.0,
        penalty: outcome.penalty.0,
        bounty: outcome.bounty.0,
        fees: outcome.fees.into(),
        marked: outcome.marked.into(),
        capital_before,
        capital_after: ledger.capital.0,
    });
    Ok(())
}
