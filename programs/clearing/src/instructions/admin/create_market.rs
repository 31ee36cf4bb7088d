use anchor_lang::prelude::*;
use jettison_engine::MarketIndex;

use crate::error::{ClearingError, OrRefuse};
use crate::events::MarketCreated;
use crate::instructions::now;
use crate::oracle;
use crate::seeds;
use crate::state::{Clearinghouse, Market, MarketSettings, MarketSettingsArgs};

/// Arguments of `create_market`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateMarketArgs {
    /// The clearinghouse's revision that the authority has looked at.
    pub expected_revision: u64,
    /// A short name for people: UTF-8, zero-padded.
    pub name: [u8; 16],
    /// A contract is `10^contract_exponent` units of the base asset.
    pub contract_exponent: i8,
    /// Its oracle and its risk parameters, which the engine bounds (`jettison_engine::MarketParams`).
    pub settings: MarketSettingsArgs,
}

/// Accounts of `create_market`.
#[derive(Accounts)]
pub struct CreateMarket<'info> {
    /// The clearinghouse's authority.
    pub authority: Signer<'info>,
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The clearinghouse.
    #[account(mut, has_one = authority @ ClearingError::NotAuthority)]
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The market; its index is the clearinghouse's count of markets.
    #[account(
        init,
        payer = payer,
        space = Market::SPACE,
        seeds = [
            seeds::MARKET,
            clearinghouse.key().as_ref(),
            &clearinghouse.load()?.market_count.to_le_bytes()
        ],
        bump
    )]
    pub market: AccountLoader<'info, Market>,
    /// CHECK: the adapter of `oracle_source` checks its owner and form when the first price is read below.
    pub oracle: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

/// A new market is a new risk: nobody opens in it before the timelock is over.
pub(crate) fn handle(ctx: Context<CreateMarket>, args: CreateMarketArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut clearinghouse = accounts.clearinghouse.load_mut()?;
    clearinghouse.require_revision(args.expected_revision)?;
    let settings = MarketSettings::from_args(&args.settings, accounts.oracle.key())?;
    let index = MarketIndex(clearinghouse.market_count);
    clearinghouse.market_count = index.0.checked_add(1).ok_or(error!(ClearingError::Overflow))?;
    clearinghouse.open_markets += 1;
    let now = now()?;
    let mut market = accounts.market.load_init()?;
    market.version = Market::VERSION;
    market.bump = ctx.bumps.market;
    market.contract_exponent = args.contract_exponent;
    market.quote_decimals = clearinghouse.quote_decimals;
    market.clearinghouse = accounts.clearinghouse.key();
    market.name = args.name;
    settings.apply_oracle(&mut market);
    let price = oracle::read_good(&market, &accounts.oracle, now)?;
    market.book = jettison_engine::Market::new(index, settings.params, price, now).or_refuse()?;
    if clearinghouse.settings.timelock_seconds > 0 {
        let opens = clearinghouse.ready_ts(now);
        market.book.halt_opening(opens);
    }
    emit!(MarketCreated {
        clearinghouse: accounts.clearinghouse.key(),
        market: accounts.market.key(),
        index: index.0,
        oracle: accounts.oracle.key(),
        price: price.0,
        opens_ts: market.book.breakers.halted_until,
        args,
    });
    Ok(())
}
