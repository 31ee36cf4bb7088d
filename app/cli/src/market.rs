//! `jettison market`: prices, sides, pools and parameters.

use anyhow::Result;
use clearing::state::{Market, MarketParamsArgs, MarketSettings, OracleSource};
use jettison_engine::{Direction, Side};
use jettison_rpc::{OpenVenue, Stored};

use crate::context::Context;
use crate::names::{market_name, markets, MarketName};
use crate::output::{fields_of, Amount, Fields, Rows};

/// Show markets.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Show a market: price, sides, pool, losses and who paid them, parameters
    Show {
        /// Its index or name
        market: MarketName,
    },
    /// List the markets that are not closed
    List,
}

/// Runs the command.
pub async fn run(context: &Context, command: &Command) -> Result<()> {
    let open = context.venue().await?;
    match command {
        Command::Show { market } => {
            let market = market.read(context, &open).await?;
            context.out.show(&view(&market, &open)?)
        }
        Command::List => {
            let rows = markets(context, &open).await?.iter().map(|market| row(&market.state)).collect();
            context.out.show(&Rows::new(rows, "The clearinghouse has no open market."))
        }
    }
}

/// The state of a market's gates in a word.
pub fn status(market: &Market) -> &'static str {
    let book = &market.book;
    if book.is_settling() {
        "settling"
    } else if book.is_oracle_unusable() {
        "oracle unusable"
    } else if book.is_lagging() {
        "lagging"
    } else {
        "live"
    }
}

fn row(market: &Market) -> Fields {
    let (book, decimals) = (&market.book, market.quote_decimals);
    let amount = |atoms: u64| Amount::new(atoms, decimals);
    Fields::new()
        .with("index", book.index.0)
        .with("name", market_name(market))
        .with("status", status(market))
        .with("price", amount(book.effective_price.0))
        .with("oracle_price", amount(book.target_price.0))
        .with("open_contracts", book.long.contracts.0)
        .with("pool", amount(book.pool.0))
        .with("initial_margin_bps", book.params.initial_margin.0)
        .with("maintenance_margin_bps", book.params.maintenance_margin.0)
        .with_time("accrued", book.accrued_ts)
}

fn side(side: &Side) -> Fields {
    Fields::new()
        .with("contracts", side.contracts.0)
        .with("shares", side.shares.0)
        .with("draining", side.is_draining())
        .with("settlement_index", side.settlement_index.get().to_string())
        .with("loss_index", side.loss_index.get().to_string())
}

fn view(market: &Stored<Market>, open: &OpenVenue) -> Result<Fields> {
    let (state, book) = (&market.state, &market.state.book);
    let amount = |atoms: u64| Amount::new(atoms, state.quote_decimals);
    let losses = Fields::new()
        .with("deficit", amount(book.losses.deficit.0))
        .with("by_surplus", amount(book.losses.by_surplus.0))
        .with("by_insurance", amount(book.losses.by_insurance.0))
        .with("by_index", amount(book.losses.by_index.0))
        .with("uncovered", amount(book.losses.uncovered.0));
    let fields = Fields::new()
        .with("index", book.index.0)
        .with("name", market_name(state))
        .with("market", market.address)
        .with("status", status(state))
        .with("price", amount(book.effective_price.0))
        .with("oracle_price", amount(book.target_price.0))
        .with("stable_price", amount(book.stable_price.0))
        .with("max_price", amount(book.max_price.0))
        .with_time("accrued", book.accrued_ts)
        .with("funding_rate_per_period_e12", book.funding.rate(&book.params))
        .with("contract_exponent", i64::from(state.contract_exponent))
        .with("pool", amount(book.pool.0))
        .with("surplus", amount(book.surplus.0))
        .with("uncovered", amount(book.uncovered.0))
        .with("unswept_insurance_fees", amount(book.insurance_fees.0))
        .with("unswept_protocol_fees", amount(book.protocol_fees.0))
        .with("accounts_with_a_leg", book.legs)
        .with("oracle", state.oracle)
        .with("oracle_source", oracle_source(state.oracle_source))
        .with("max_oracle_age_seconds", state.max_oracle_age_seconds)
        .with("max_confidence_bps", state.max_confidence_bps)
        .with("revision", state.revision_in(&open.state))
        .with("long", side(book.side(Direction::Long)))
        .with("short", side(book.side(Direction::Short)))
        .with("losses_since_inception", losses)
        .with("parameters", fields_of(&MarketParamsArgs::from(book.params))?)
        .with_time("wind_down_scheduled_for", state.settlement_ready_ts);
    if state.queued_ready_ts == 0 {
        return Ok(fields);
    }
    Ok(fields.with("queued_change", queued(state)?))
}

/// What a queued change would make different, and when it may be put in force.
fn queued(market: &Market) -> Result<Fields> {
    let all = |settings: &MarketSettings| -> Result<Fields> {
        let oracle = Fields::new()
            .with("oracle", settings.oracle)
            .with("oracle_source", oracle_source(settings.oracle_source))
            .with("max_oracle_age_seconds", settings.max_oracle_age_seconds)
            .with("max_confidence_bps", settings.max_confidence_bps);
        Ok(oracle.and(&fields_of(&MarketParamsArgs::from(settings.params))?))
    };
    let changed = all(&market.queued)?.except(&all(&MarketSettings::of(market))?);
    Ok(changed.with_time("ready", market.queued_ready_ts))
}

/// The name of a market's source of prices.
pub fn oracle_source(byte: u8) -> &'static str {
    match OracleSource::from_byte(byte) {
        Some(OracleSource::PriceFeed) => "stand-in feed",
        Some(OracleSource::Pyth) => "pyth",
        Some(OracleSource::Switchboard) => "switchboard",
        None => "unknown",
    }
}
