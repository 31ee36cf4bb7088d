use anchor_lang::prelude::*;
use jettison_engine::{Atoms, Bps, Contracts, MarketIndex, MarketParams};

use crate::error::{ClearingError, OrRefuse};
use crate::events::MarketCreated;
use crate::instructions::now;
use crate::oracle;
use crate::seeds;
use crate::state::{Clearinghouse, Market, OracleSource, VERSION};

/// Arguments of `create_market`: its oracle, its contract and its risk parameters, which the engine bounds
/// (`jettison_engine::MarketParams`).
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateMarketArgs {
    /// A short name for people: UTF-8, zero-padded.
    pub name: [u8; 16],
    /// Where prices come from.
    pub oracle_source: OracleSource,
    /// Which feed the oracle's account must hold: Pyth's feed id or Switchboard's feed hash; zero for the
    /// stand-in feed, which has none.
    pub feed_id: [u8; 32],
    /// A contract is `10^contract_exponent` units of the base asset.
    pub contract_exponent: i8,
    /// The oldest oracle price accepted, in seconds.
    pub max_oracle_age_seconds: u32,
    /// The widest confidence interval accepted, in basis points of the price.
    pub max_confidence_bps: u16,
    /// Risk parameters.
    pub params: MarketParamsArgs,
}

/// `jettison_engine::MarketParams` as an argument: same fields, same units.
#[allow(missing_docs)]
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketParamsArgs {
    pub max_open_interest_contracts: u64,
    pub min_notional_atoms: u64,
    pub requirement_floor_atoms: u64,
    pub bankruptcy_bounty_cap_atoms: u64,
    pub max_price_age_seconds: u32,
    pub keeper_window_seconds: u16,
    pub max_move_per_second_bps: u16,
    pub initial_margin_bps: u16,
    pub maintenance_margin_bps: u16,
    pub profit_weight_bps: u16,
    pub trade_band_bps: u16,
    pub maker_fee_bps: u16,
    pub taker_fee_bps: u16,
    pub fee_to_insurance_bps: u16,
    pub liquidation_max_fee_bps: u16,
    pub liquidation_min_fee_bps: u16,
    pub penalty_to_insurance_bps: u16,
    pub liquidation_buffer_bps: u16,
    pub deleverage_threshold_bps: u16,
    pub deleverage_bounty_bps: u16,
    pub bankruptcy_bounty_bps: u16,
}

impl From<MarketParamsArgs> for MarketParams {
    fn from(args: MarketParamsArgs) -> Self {
        Self {
            max_open_interest: Contracts(args.max_open_interest_contracts),
            min_notional: Atoms(args.min_notional_atoms),
            requirement_floor: Atoms(args.requirement_floor_atoms),
            bankruptcy_bounty_cap: Atoms(args.bankruptcy_bounty_cap_atoms),
            max_price_age_seconds: args.max_price_age_seconds,
            keeper_window_seconds: args.keeper_window_seconds,
            max_move_per_second: Bps(args.max_move_per_second_bps),
            initial_margin: Bps(args.initial_margin_bps),
            maintenance_margin: Bps(args.maintenance_margin_bps),
            profit_weight: Bps(args.profit_weight_bps),
            trade_band: Bps(args.trade_band_bps),
            maker_fee: Bps(args.maker_fee_bps),
            taker_fee: Bps(args.taker_fee_bps),
            fee_to_insurance: Bps(args.fee_to_insurance_bps),
            liquidation_max_fee: Bps(args.liquidation_max_fee_bps),
            liquidation_min_fee: Bps(args.liquidation_min_fee_bps),
            penalty_to_insurance: Bps(args.penalty_to_insurance_bps),
            liquidation_buffer: Bps(args.liquidation_buffer_bps),
            deleverage_threshold: Bps(args.deleverage_threshold_bps),
            deleverage_bounty: Bps(args.deleverage_bounty_bps),
            bankruptcy_bounty: Bps(args.bankruptcy_bounty_bps),
            reserved: [0; 4],
        }
    }
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
    /// CHECK: the adapter of `oracle_source` checks its owner, form and feed when the first price is read below.
    pub oracle: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl CreateMarketArgs {
    fn validate(&self) -> Result<()> {
        let is_given = self.feed_id != [0; 32];
        require!(is_given == self.oracle_source.has_feed_id(), ClearingError::BadFeedId);
        Ok(())
    }
}

pub(crate) fn handle(ctx: Context<CreateMarket>, args: CreateMarketArgs) -> Result<()> {
    args.validate()?;
    let accounts = &ctx.accounts;
    let mut clearinghouse = accounts.clearinghouse.load_mut()?;
    let index = MarketIndex(clearinghouse.market_count);
    clearinghouse.market_count = index.0.checked_add(1).ok_or(error!(crate::error::RuleError::Overflow))?;
    let mut market = accounts.market.load_init()?;
    market.version = VERSION;
    market.bump = ctx.bumps.market;
    market.oracle_source = args.oracle_source as u8;
    market.contract_exponent = args.contract_exponent;
    market.quote_decimals = clearinghouse.quote_decimals;
    market.max_confidence_bps = args.max_confidence_bps;
    market.max_oracle_age_seconds = args.max_oracle_age_seconds;
    market.clearinghouse = accounts.clearinghouse.key();
    market.oracle = accounts.oracle.key();
    market.name = args.name;
    market.feed_id = args.feed_id;
    let now = now()?;
    let price = oracle::require_good(oracle::read(&market, &accounts.oracle, now)?)?;
    market.book = jettison_engine::Market::new(index, args.params.into(), price, now).or_refuse()?;
    emit!(MarketCreated {
        clearinghouse: accounts.clearinghouse.key(),
        market: accounts.market.key(),
        index: index.0,
        oracle: accounts.oracle.key(),
        price: price.0,
        args,
    });
    Ok(())
}
