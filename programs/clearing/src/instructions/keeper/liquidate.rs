use anchor_lang::prelude::*;
use jettison_engine::{Contracts, MarketIndex};

use crate::error::{ClearingError, OrRefuse};
use crate::events::Liquidated;
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, Gate, MarginAccount};

/// Arguments of `liquidate`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct LiquidateArgs {
    /// The market.
    pub market_index: u16,
    /// The most contracts to take over.
    pub max_size: u64,
}

/// Accounts of `liquidate`. Remaining: all markets of both accounts and the liquidated one, which is writable.
#[derive(Accounts)]
pub struct Liquidate<'info> {
    /// Authority or delegate of the liquidator.
    pub signer: Signer<'info>,
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The account below maintenance margin.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub liquidatee: AccountLoader<'info, MarginAccount>,
    /// The account that takes over.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub liquidator: AccountLoader<'info, MarginAccount>,
}

impl Liquidate<'_> {
    fn validate(&self) -> Result<()> {
        require_keys_neq!(self.liquidatee.key(), self.liquidator.key(), ClearingError::SameAccount);
        self.liquidator.load()?.require_trader(self.signer.key)
    }
}

pub(crate) fn handle<'info>(ctx: Context<'info, Liquidate<'info>>, args: LiquidateArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    accounts.validate()?;
    let clearinghouse = accounts.clearinghouse.key();
    let mut loaded =
        markets::load(ctx.remaining_accounts, &clearinghouse, Writable::Only(args.market_index))?;
    let mut markets = loaded.set()?;
    let index = MarketIndex(args.market_index);
    let liquidatee = &mut accounts.liquidatee.load_mut()?.ledger;
    let liquidator = &mut accounts.liquidator.load_mut()?.ledger;
    let capital_before = (liquidatee.capital.0, liquidator.capital.0);
    let max_size = Contracts(args.max_size);
    let now = now()?;
    accounts.clearinghouse.load()?.pauses.require_open(Gate::Liquidate, now)?;
    let outcome =
        jettison_engine::liquidate(liquidatee, liquidator, &mut markets, index, max_size, now).or_refuse()?;
    emit!(Liquidated {
        market_index: args.market_index,
        liquidatee: accounts.liquidatee.key(),
        liquidator: accounts.liquidator.key(),
        price: markets.get(index).or_refuse()?.effective_price.0,
        equity: outcome.health.equity.0,
        maintenance: outcome.health.requirement.0,
        size: outcome.size.0,
        penalty: outcome.penalty.0,
        reward: outcome.reward.0,
        fees: outcome.fees.into(),
        marked: outcome.marked.into(),
        liquidatee_capital_before: capital_before.0,
        liquidatee_capital_after: liquidatee.capital.0,
        liquidator_capital_before: capital_before.1,
        liquidator_capital_after: liquidator.capital.0,
    });
    Ok(())
}
