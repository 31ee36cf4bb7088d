//! Settings as the command line gives them: what isn't given stays as it is.

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context as _, Result};
use clearing::state::{ClearinghouseSettings, Market, MarketParamsArgs, MarketSettingsArgs, OracleSource};

use super::LookedAt;
use crate::amounts::Quote;
use crate::context::parse_address;
use crate::deploy::hex_id;
use crate::names::MarketName;

/// Change a market's settings; what isn't given stays as it is.
#[derive(clap::Args)]
pub struct ChangeMarket {
    /// The market's index or name
    pub market: MarketName,
    /// A risk parameter, such as maintenance_margin_bps=300; `market show` lists them
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// The oracle's account
    #[arg(long, value_name = "ADDRESS")]
    oracle: Option<String>,
    /// Where prices come from
    #[arg(long, value_enum)]
    oracle_source: Option<SourceName>,
    /// Pyth's feed id or Switchboard's feed hash: 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    feed_id: Option<String>,
    /// The oldest price accepted
    #[arg(long, value_name = "SECONDS")]
    max_oracle_age: Option<u32>,
    /// The widest confidence interval accepted, of the price
    #[arg(long, value_name = "BPS")]
    max_confidence: Option<u16>,
    #[command(flatten)]
    pub looked_at: LookedAt,
}

/// Where prices come from.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub enum SourceName {
    /// The stand-in feed, for localnets.
    PriceFeed,
    /// A Pyth price feed account.
    Pyth,
    /// A Switchboard On-Demand feed.
    Switchboard,
}

/// Change the clearinghouse's settings; what isn't given stays as it is.
#[derive(clap::Args)]
pub struct ChangeClearinghouse {
    /// Who may pause and take back queued changes, or `none`
    #[arg(long, value_name = "ADDRESS")]
    guardian: Option<String>,
    /// What a change that raises risk waits
    #[arg(long, value_name = "SECONDS")]
    timelock: Option<u32>,
    /// Between the request to unstake and its execution
    #[arg(long, value_name = "SECONDS")]
    unstake_cooldown: Option<u32>,
    /// The withdrawal throttle's window
    #[arg(long, value_name = "SECONDS")]
    withdrawal_window: Option<u32>,
    /// What the throttle lets out within its window, of the margin vault
    #[arg(long, value_name = "BPS")]
    withdrawal_limit: Option<u16>,
    /// The least that it lets out, in quote units
    #[arg(long, value_name = "AMOUNT")]
    withdrawal_floor: Option<Quote>,
    #[command(flatten)]
    pub looked_at: LookedAt,
}

impl ChangeMarket {
    /// The new settings and the oracle's account.
    pub fn settings(&self, market: &Market) -> Result<(MarketSettingsArgs, Pubkey)> {
        let present = OracleSource::from_byte(market.oracle_source);
        let source = self.oracle_source.map(OracleSource::from).or(present);
        let source = source.context("the market's source of prices is unknown to this build")?;
        let settings = MarketSettingsArgs {
            oracle_source: source,
            feed_id: match &self.feed_id {
                Some(text) => hex_id(text)?,
                None if source.has_feed_id() => market.feed_id,
                None => [0; 32],
            },
            max_oracle_age_seconds: self.max_oracle_age.unwrap_or(market.max_oracle_age_seconds),
            max_confidence_bps: self.max_confidence.unwrap_or(market.max_confidence_bps),
            params: with_params(market.book.params.into(), &self.set)?,
        };
        let oracle = self.oracle.as_deref().map_or(Ok(market.oracle), parse_address)?;
        Ok((settings, oracle))
    }
}

impl From<SourceName> for OracleSource {
    fn from(name: SourceName) -> Self {
        match name {
            SourceName::PriceFeed => Self::PriceFeed,
            SourceName::Pyth => Self::Pyth,
            SourceName::Switchboard => Self::Switchboard,
        }
    }
}

/// `params` with some of them set, each as `name=value`.
fn with_params(params: MarketParamsArgs, set: &[String]) -> Result<MarketParamsArgs> {
    let mut table = serde_json::to_value(params)?;
    for one in set {
        let (name, value) = one.split_once('=').with_context(|| format!("write {one:?} as name=value"))?;
        let number: u64 = value.parse().with_context(|| format!("{name}={value}: give a whole number"))?;
        let Some(field) = table.get_mut(name) else {
            let names: Vec<&String> = table.as_object().into_iter().flatten().map(|(name, _)| name).collect();
            bail!("there is no parameter {name}: they are {names:?}");
        };
        *field = number.into();
    }
    serde_json::from_value(table).context("a parameter is out of its type's range")
}

impl ChangeClearinghouse {
    /// The new settings.
    pub fn settings(&self, present: &ClearinghouseSettings, decimals: u8) -> Result<ClearinghouseSettings> {
        let guardian = match self.guardian.as_deref() {
            Some("none") => Pubkey::default(),
            Some(text) => parse_address(text)?,
            None => present.guardian,
        };
        let floor = self.withdrawal_floor.map(|floor| floor.atoms(decimals)).transpose()?;
        Ok(ClearinghouseSettings {
            guardian,
            withdrawal_floor_atoms: floor.unwrap_or(present.withdrawal_floor_atoms),
            withdrawal_window_seconds: self.withdrawal_window.unwrap_or(present.withdrawal_window_seconds),
            timelock_seconds: self.timelock.unwrap_or(present.timelock_seconds),
            unstake_cooldown_seconds: self.unstake_cooldown.unwrap_or(present.unstake_cooldown_seconds),
            withdrawal_limit_bps: self.withdrawal_limit.unwrap_or(present.withdrawal_limit_bps),
            reserved: present.reserved,
        })
    }
}

#[cfg(test)]
mod tests {
    use jettison_engine::MarketParams;

    use super::*;

    #[test]
    fn parameters_are_set_by_name_and_the_others_stay() {
        let before = MarketParamsArgs::from(MarketParams::default());
        let set = ["maintenance_margin_bps=300".to_owned(), "loss_halt_seconds=7".to_owned()];
        let after = with_params(before, &set).unwrap();
        let expected = MarketParamsArgs { maintenance_margin_bps: 300, loss_halt_seconds: 7, ..before };
        assert_eq!(after, expected);
        let error = |text: &str| with_params(before, &[text.to_owned()]).unwrap_err().to_string();
        assert!(error("maintenance_margin=3").contains("maintenance_margin_bps"));
        assert!(error("maker_fee_bps=70000").contains("range"));
        assert!(error("maker_fee_bps").contains("name=value"));
        assert!(error("maker_fee_bps=1.5").contains("whole number"));
    }
}
