use anchor_lang::prelude::*;

use crate::error::{ClearingError, OrRefuse};
use crate::events::MarketChangeQueued;
use crate::instructions::now;
use crate::state::{Clearinghouse, Market, MarketSettings, MarketSettingsArgs};

/// Arguments of `change_market`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeMarketArgs {
    /// `Market::revision_in` its clearinghouse that the authority has looked at.
    pub expected_revision: u64,
    /// The new settings, all of them.
    pub settings: MarketSettingsArgs,
}

/// Accounts of `change_market`.
#[derive(Accounts)]
pub struct ChangeMarket<'info> {
    /// The clearinghouse's authority.
    pub authority: Signer<'info>,
    /// The clearinghouse.
    #[account(has_one = authority @ ClearingError::NotAuthority)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignMarket)]
    pub market: AccountLoader<'info, Market>,
    /// CHECK: the new settings' oracle. It is read when they are put in force, if it is another than the present one.
    pub oracle: UncheckedAccount<'info>,
}

/// Puts new settings in force at once if they only restrict; otherwise queues them, in place of any queued before, until
/// the timelock is over.
pub(crate) fn handle(ctx: Context<ChangeMarket>, args: ChangeMarketArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let clearinghouse = accounts.clearinghouse.load()?;
    let market = &mut *accounts.market.load_mut()?;
    market.require_revision(&clearinghouse, args.expected_revision)?;
    let settings = MarketSettings::from_args(&args.settings, accounts.oracle.key())?;
    settings.params.validate().or_refuse()?;
    let at_once = MarketSettings::of(market).only_restricts(&settings);
    if at_once {
        settings.apply(market)?;
        market.count_revision();
    } else {
        market.queue_against(clearinghouse.revision);
        market.queued = settings;
        market.queued_ready_ts = clearinghouse.ready_ts(now()?);
        market.queued_revision = market.revision;
    }
    emit!(MarketChangeQueued {
        market_index: market.book.index.0,
        oracle: accounts.oracle.key(),
        settings: args.settings,
        in_force: at_once,
        ready_ts: market.queued_ready_ts,
        revision: market.revision,
    });
    Ok(())
}
