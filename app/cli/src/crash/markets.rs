//! Market definitions, from `migrations/markets.toml` or a file of that form.

use std::path::Path;

use anyhow::{bail, ensure, Context, Result};
use clearing::instructions::{CreateMarketArgs, MarketParamsArgs};
use clearing::state::OracleSource;
use serde::Deserialize;

const BUILT_IN: &str = include_str!("../../../../migrations/markets.toml");

/// A contract's notional aimed at for a pair that the file doesn't name, in quote units.
const USUAL_CONTRACT_VALUE: f64 = 50.0;

/// Markets by pair.
pub struct Definitions {
    defaults: toml::Table,
    markets: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    pair: String,
    contract_exponent: i8,
    max_oracle_age_seconds: u32,
    max_confidence_bps: u16,
    max_open_interest_contracts: u64,
    min_notional_atoms: u64,
    requirement_floor_atoms: u64,
    bankruptcy_bounty_cap_atoms: u64,
    max_price_age_seconds: u32,
    keeper_window_seconds: u16,
    max_move_per_second_bps: u16,
    initial_margin_bps: u16,
    maintenance_margin_bps: u16,
    profit_weight_bps: u16,
    trade_band_bps: u16,
    maker_fee_bps: u16,
    taker_fee_bps: u16,
    fee_to_insurance_bps: u16,
    liquidation_max_fee_bps: u16,
    liquidation_min_fee_bps: u16,
    penalty_to_insurance_bps: u16,
    liquidation_buffer_bps: u16,
    deleverage_threshold_bps: u16,
    deleverage_bounty_bps: u16,
    bankruptcy_bounty_bps: u16,
}

impl Definitions {
    /// Reads a file, or the built-in definitions.
    pub fn load(path: Option<&Path>) -> Result<Self> {
        let text = match path {
            Some(path) => {
                std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?
            }
            None => BUILT_IN.to_owned(),
        };
        Self::parse(&text).with_context(|| match path {
            Some(path) => format!("in {}", path.display()),
            None => "in the built-in markets".to_owned(),
        })
    }

    fn parse(text: &str) -> Result<Self> {
        let mut table: toml::Table = text.parse()?;
        let Some(toml::Value::Table(defaults)) = table.remove("defaults") else {
            bail!("there is no [defaults] table");
        };
        let markets = match table.remove("market") {
            None => vec![],
            Some(value) => value.try_into().context("[[market]] must be a list of tables")?,
        };
        Ok(Self { defaults, markets })
    }

    /// What to create the market of a pair with. A pair that isn't defined gets the defaults and a contract worth
    /// between about 16 and 160 quote units at `price`. `max_move` replaces the clamp; the keeper window then
    /// becomes the longest that the envelope leaves.
    pub fn market(&self, pair: &str, price: f64, max_move: Option<u16>) -> Result<CreateMarketArgs> {
        let mut table = self.defaults.clone();
        let own =
            self.markets.iter().find(|market| market.get("pair").and_then(|v| v.as_str()) == Some(pair));
        match own {
            Some(own) => table.extend(own.clone()),
            None => {
                let exponent = (USUAL_CONTRACT_VALUE / price).log10().round() as i64;
                table.insert("pair".into(), pair.into());
                table.insert("contract_exponent".into(), exponent.into());
            }
        }
        let definition: Definition = table.try_into().with_context(|| format!("market {pair}"))?;
        definition.into_args(max_move)
    }
}

impl Definition {
    fn into_args(mut self, max_move: Option<u16>) -> Result<CreateMarketArgs> {
        if let Some(max_move) = max_move {
            self.use_max_move(max_move)?;
        }
        let mut name = [0; 16];
        let bytes = self.pair.as_bytes();
        let length = bytes.len().min(name.len());
        name[..length].copy_from_slice(&bytes[..length]);
        Ok(CreateMarketArgs {
            name,
            oracle_source: OracleSource::PriceFeed,
            contract_exponent: self.contract_exponent,
            max_oracle_age_seconds: self.max_oracle_age_seconds,
            max_confidence_bps: self.max_confidence_bps,
            params: self.params(),
        })
    }

    fn use_max_move(&mut self, max_move: u16) -> Result<()> {
        ensure!(max_move > 0, "--max-move must be at least 1 basis point a second");
        let room = self.maintenance_margin_bps.saturating_sub(self.liquidation_max_fee_bps);
        let window = room / max_move;
        ensure!(
            window > 0,
            "--max-move {max_move} leaves keepers of {} less than a second: maintenance margin less the largest \
             liquidation fee is {room} bps; use at most {room}",
            self.pair
        );
        self.max_move_per_second_bps = max_move;
        self.keeper_window_seconds = window;
        Ok(())
    }

    fn params(&self) -> MarketParamsArgs {
        MarketParamsArgs {
            max_open_interest_contracts: self.max_open_interest_contracts,
            min_notional_atoms: self.min_notional_atoms,
            requirement_floor_atoms: self.requirement_floor_atoms,
            bankruptcy_bounty_cap_atoms: self.bankruptcy_bounty_cap_atoms,
            max_price_age_seconds: self.max_price_age_seconds,
            keeper_window_seconds: self.keeper_window_seconds,
            max_move_per_second_bps: self.max_move_per_second_bps,
            initial_margin_bps: self.initial_margin_bps,
            maintenance_margin_bps: self.maintenance_margin_bps,
            profit_weight_bps: self.profit_weight_bps,
            trade_band_bps: self.trade_band_bps,
            maker_fee_bps: self.maker_fee_bps,
            taker_fee_bps: self.taker_fee_bps,
            fee_to_insurance_bps: self.fee_to_insurance_bps,
            liquidation_max_fee_bps: self.liquidation_max_fee_bps,
            liquidation_min_fee_bps: self.liquidation_min_fee_bps,
            penalty_to_insurance_bps: self.penalty_to_insurance_bps,
            liquidation_buffer_bps: self.liquidation_buffer_bps,
            deleverage_threshold_bps: self.deleverage_threshold_bps,
            deleverage_bounty_bps: self.deleverage_bounty_bps,
            bankruptcy_bounty_bps: self.bankruptcy_bounty_bps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_market_keeps_its_envelope() {
        let definitions = Definitions::load(None).unwrap();
        for pair in ["BTC-USD", "ETH-USD", "SOL-USD", "AVAX-USD", "DOGE-USD", "PEPE-USD"] {
            let args = definitions.market(pair, 0.00001, None).unwrap();
            jettison_engine::MarketParams::from(args.params).validate().unwrap();
        }
    }

    #[test]
    fn a_looser_clamp_shortens_the_keeper_window_and_one_beyond_maintenance_is_refused() {
        let definitions = Definitions::load(None).unwrap();
        let loose = definitions.market("SOL-USD", 200.0, Some(200)).unwrap().params;
        assert_eq!((loose.max_move_per_second_bps, loose.keeper_window_seconds), (200, 2));
        let error = definitions.market("SOL-USD", 200.0, Some(401)).unwrap_err().to_string();
        assert!(error.contains("use at most 400"), "{error}");
    }
}
