//! What differs between the settings that are wanted and those in force.

use clearing::state::{ClearinghouseSettings, Market, MarketParamsArgs, MarketSettings, OracleSource};
use serde::Serialize;
use serde_json::Value;

use super::file::{WantedMarket, WantedOracle};

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its name, as in the files.
    pub setting: String,
    /// In force.
    pub from: String,
    /// Wanted.
    pub to: String,
}

impl Difference {
    fn between(setting: &str, from: &impl ToString, to: &impl ToString) -> Option<Self> {
        let (from, to) = (from.to_string(), to.to_string());
        (from != to).then(|| Self { setting: setting.to_owned(), from, to })
    }
}

/// Of a clearinghouse.
pub fn of_clearinghouse(now: &ClearinghouseSettings, wanted: &ClearinghouseSettings) -> Vec<Difference> {
    [
        Difference::between("guardian", &now.guardian, &wanted.guardian),
        Difference::between("timelock_seconds", &now.timelock_seconds, &wanted.timelock_seconds),
        Difference::between(
            "unstake_cooldown_seconds",
            &now.unstake_cooldown_seconds,
            &wanted.unstake_cooldown_seconds,
        ),
        Difference::between("withdrawal_limit_bps", &now.withdrawal_limit_bps, &wanted.withdrawal_limit_bps),
        Difference::between(
            "withdrawal_floor_atoms",
            &now.withdrawal_floor_atoms,
            &wanted.withdrawal_floor_atoms,
        ),
        Difference::between(
            "withdrawal_window_seconds",
            &now.withdrawal_window_seconds,
            &wanted.withdrawal_window_seconds,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Of a market's settings: those in force, or those that are queued.
pub fn of_market(now: &MarketSettings, wanted: &WantedMarket) -> Vec<Difference> {
    let args = &wanted.args.settings;
    let mut all: Vec<Difference> = [
        Difference::between(
            "oracle_source",
            &source_name(now.oracle_source),
            &source_name(args.oracle_source as u8),
        ),
        match wanted.oracle {
            WantedOracle::Account(account) => Difference::between("oracle", &now.oracle, &account),
            WantedOracle::StandIn { .. } => None,
        },
        Difference::between("feed_id", &hex(&now.feed_id), &hex(&args.feed_id)),
        Difference::between(
            "max_oracle_age_seconds",
            &now.max_oracle_age_seconds,
            &args.max_oracle_age_seconds,
        ),
        Difference::between("max_confidence_bps", &now.max_confidence_bps, &args.max_confidence_bps),
    ]
    .into_iter()
    .flatten()
    .collect();
    all.extend(of_params(&now.params.into(), &args.params));
    all
}

/// Of what a market never changes.
pub fn of_identity(market: &Market, wanted: &WantedMarket) -> Option<Difference> {
    Difference::between("contract_exponent", &market.contract_exponent, &wanted.args.contract_exponent)
}

/// Field by field, by the names that the files have.
fn of_params(now: &MarketParamsArgs, wanted: &MarketParamsArgs) -> Vec<Difference> {
    let fields = |params: &MarketParamsArgs| match serde_json::to_value(params) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let now = fields(now);
    let wanted = fields(wanted);
    now.iter()
        .filter_map(|(name, value)| {
            Difference::between(name, value, wanted.get(name).unwrap_or(&Value::Null))
        })
        .collect()
}

fn source_name(byte: u8) -> &'static str {
    match OracleSource::from_byte(byte) {
        Some(OracleSource::PriceFeed) => "stand-in",
        Some(OracleSource::Pyth) => "pyth",
        Some(OracleSource::Switchboard) => "switchboard",
        None => "unknown",
    }
}

fn hex(id: &[u8; 32]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
