//! Market definitions, from `migrations/markets.toml` or a file of that form.

use std::path::Path;

use anyhow::{anyhow, bail, ensure, Context, Result};
use clearing::instructions::CreateMarketArgs;
use clearing::state::{MarketParamsArgs, MarketSettingsArgs, OracleSource};
use jettison_embedded::{FEED_EXPONENT, QUOTE_DECIMALS};
use jettison_engine::{price_per_contract, MarketParams, MAX_NOTIONAL};
use serde::Deserialize;

use crate::prices::to_float;

const BUILT_IN: &str = include_str!("../../../migrations/markets.toml");

/// A contract's notional aimed at for a pair that the file doesn't name, in quote units.
const USUAL_CONTRACT_VALUE: f64 = 50.0;

/// Bytes of a market's name.
const NAME_LEN: usize = 16;

/// Markets by pair.
pub struct Definitions {
    defaults: toml::Table,
    markets: Vec<toml::Table>,
}

#[derive(Clone)]
struct Definition {
    pair: String,
    contract_exponent: i8,
    max_oracle_age_seconds: u32,
    max_confidence_bps: u16,
    params: MarketParamsArgs,
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

    /// The pairs that are defined, in the order of the file.
    pub fn pairs(&self) -> Result<Vec<&str>> {
        let mut pairs: Vec<&str> = vec![];
        for market in &self.markets {
            let pair = market.get("pair").and_then(toml::Value::as_str);
            let pair = pair.context("a [[market]] has no `pair`")?;
            ensure!(!pair.is_empty() && pair.len() <= NAME_LEN, "{pair:?} must have 1 to {NAME_LEN} bytes");
            ensure!(!pairs.contains(&pair), "{pair} is defined twice");
            pairs.push(pair);
        }
        Ok(pairs)
    }

    /// What to create the market of a pair with, as it is defined and for no prices in particular.
    pub fn exactly(&self, pair: &str) -> Result<CreateMarketArgs> {
        let mut table = self.defaults.clone();
        table.extend(self.own(pair).cloned().with_context(|| format!("{pair} is not defined"))?);
        let definition = Definition::of(table).with_context(|| format!("market {pair}"))?;
        let args = definition.into_args(None)?;
        let valid = MarketParams::from(args.settings.params).validate();
        valid.map_err(|error| anyhow!("market {pair}: {error}; docs/parameters.md has the bounds"))?;
        Ok(args)
    }

    fn own(&self, pair: &str) -> Option<&toml::Table> {
        self.markets.iter().find(|market| market.get("pair").and_then(toml::Value::as_str) == Some(pair))
    }

    /// What to create the market of a pair with, for prices from `least` to `most`. A pair that isn't defined, or
    /// whose contract doesn't fit its prices, gets a contract of about 50 quote units. `max_move` replaces the clamp;
    /// the keeper window then becomes the longest that the envelope leaves.
    pub fn market(
        &self,
        pair: &str,
        least: i64,
        most: i64,
        max_move: Option<u16>,
    ) -> Result<CreateMarketArgs> {
        let mut table = self.defaults.clone();
        table.insert("pair".into(), pair.into());
        table.extend(self.own(pair).cloned().unwrap_or_default());
        let middle = (to_float(least) * to_float(most)).sqrt();
        let usual = (USUAL_CONTRACT_VALUE / middle).log10().round() as i64;
        table.entry("contract_exponent").or_insert(usual.into());
        let mut definition = Definition::of(table).with_context(|| format!("market {pair}"))?;
        if !definition.fits(least, most) {
            definition.contract_exponent = (usual - 4..=usual + 4)
                .rev()
                .filter_map(|exponent| i8::try_from(exponent).ok())
                .min_by_key(|exponent| {
                    let fits =
                        Definition { contract_exponent: *exponent, ..definition.clone() }.fits(least, most);
                    (!fits, (i64::from(*exponent) - usual).abs())
                })
                .unwrap_or(definition.contract_exponent);
        }
        ensure!(
            definition.fits(least, most),
            "no contract fits prices of {pair} from {} to {}: they must be from one atom a contract to 2^56 atoms over \
             max_open_interest_contracts; lower that",
            to_float(least),
            to_float(most)
        );
        definition.into_args(max_move)
    }
}

/// What a definition has besides the risk parameters.
#[derive(Deserialize)]
struct Header {
    pair: String,
    contract_exponent: i8,
    max_oracle_age_seconds: u32,
    max_confidence_bps: u16,
}

impl Definition {
    /// The header's keys, and the rest as risk parameters: each must be there, and no other.
    fn of(mut table: toml::Table) -> Result<Self> {
        let header: Header = table.clone().try_into()?;
        for key in ["pair", "contract_exponent", "max_oracle_age_seconds", "max_confidence_bps"] {
            table.remove(key);
        }
        Ok(Self {
            pair: header.pair,
            contract_exponent: header.contract_exponent,
            max_oracle_age_seconds: header.max_oracle_age_seconds,
            max_confidence_bps: header.max_confidence_bps,
            params: table.try_into()?,
        })
    }

    fn into_args(mut self, max_move: Option<u16>) -> Result<CreateMarketArgs> {
        if let Some(max_move) = max_move {
            self.use_max_move(max_move)?;
        }
        let mut name = [0; NAME_LEN];
        let bytes = self.pair.as_bytes();
        let length = bytes.len().min(name.len());
        name[..length].copy_from_slice(&bytes[..length]);
        Ok(CreateMarketArgs {
            expected_revision: 0,
            name,
            contract_exponent: self.contract_exponent,
            settings: MarketSettingsArgs {
                oracle_source: OracleSource::PriceFeed,
                feed_id: [0; 32],
                max_oracle_age_seconds: self.max_oracle_age_seconds,
                max_confidence_bps: self.max_confidence_bps,
                params: self.params,
            },
        })
    }

    /// Whether a contract at any of the prices is worth at least an atom and no more than the market accepts.
    fn fits(&self, least: i64, most: i64) -> bool {
        let highest = MAX_NOTIONAL / self.params.max_open_interest_contracts.max(1);
        let contract =
            |price| price_per_contract(price, FEED_EXPONENT, self.contract_exponent, QUOTE_DECIMALS);
        contract(least).is_ok() && contract(most).is_ok_and(|most| most.0 <= highest)
    }

    fn use_max_move(&mut self, max_move: u16) -> Result<()> {
        let params = &mut self.params;
        params.max_move_per_second_bps = max_move;
        let linear =
            params.maintenance_margin_bps.saturating_sub(params.liquidation_max_fee_bps) / max_move.max(1);
        for window in (1..=linear.max(1)).rev() {
            params.keeper_window_seconds = window;
            if MarketParams::from(*params).validate().is_ok() {
                return Ok(());
            }
        }
        bail!(
            "--max-move {max_move} leaves keepers of {} less than a second: maintenance margin is {} bps, of which the \
             largest liquidation fee takes {}; use less",
            self.pair,
            params.maintenance_margin_bps,
            params.liquidation_max_fee_bps
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A price in feed units.
    fn feed(price: f64) -> i64 {
        (price * 1e12) as i64
    }

    #[test]
    fn every_built_in_market_keeps_its_envelope() {
        let definitions = Definitions::load(None).unwrap();
        let usual =
            [("BTC-USD", 1e5), ("ETH-USD", 4e3), ("SOL-USD", 200.0), ("AVAX-USD", 25.0), ("DOGE-USD", 0.2)];
        for (pair, price) in usual.into_iter().chain([("PEPE-USD", 0.00001)]) {
            let args = definitions.market(pair, feed(price), feed(price * 1.5), None).unwrap();
            MarketParams::from(args.settings.params).validate().unwrap();
        }
    }

    #[test]
    fn a_contract_that_does_not_fit_the_prices_is_replaced_by_one_that_does() {
        let definitions = Definitions::load(None).unwrap();
        for (least, most) in [(15.0, 15.0), (15.0, 900.0), (0.000001, 0.000002), (0.001, 1.0), (1e5, 5e6)] {
            definitions.market("DOGE-USD", feed(least), feed(most), None).unwrap();
        }
        let error = definitions.market("X", 1, feed(9e6), None).unwrap_err().to_string();
        assert!(error.contains("no contract fits"), "{error}");
    }

    #[test]
    fn a_looser_clamp_shortens_the_keeper_window_and_one_beyond_maintenance_is_refused() {
        let definitions = Definitions::load(None).unwrap();
        let market = |max_move| definitions.market("SOL-USD", feed(200.0), feed(200.0), Some(max_move));
        let loose = market(190).unwrap().settings.params;
        assert_eq!((loose.max_move_per_second_bps, loose.keeper_window_seconds), (190, 2));
        for too_much in [400, 9_999] {
            let error = market(too_much).unwrap_err().to_string();
            assert!(error.contains("less than a second"), "{error}");
        }
        assert!(market(0).is_err());
    }
}
