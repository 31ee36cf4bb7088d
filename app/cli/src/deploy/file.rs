//! What is to be on a cluster, from a file such as `migrations/localnet.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, ensure, Context, Result};
use clearing::instructions::CreateMarketArgs;
use clearing::state::{ClearinghouseSettings, OracleSource};
use jettison_embedded::open_settings;
use serde::Deserialize;

use super::genesis::Network;
use crate::markets::Definitions;
use crate::prices::feed_units;

/// A deployment: what is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The cluster that it is for.
    pub network: Network,
    /// The quote mint, if the file names it.
    pub quote_mint: Option<Pubkey>,
    /// Who gets protocol fees; the deployer if nobody is named.
    pub fee_authority: Option<Pubkey>,
    /// Settings of the clearinghouse.
    pub settings: ClearinghouseSettings,
    /// Markets, in the order in which they are created.
    pub markets: Vec<WantedMarket>,
}

/// A market that is wanted.
#[derive(Clone, Debug)]
pub struct WantedMarket {
    /// Its name.
    pub pair: String,
    /// Its oracle.
    pub oracle: WantedOracle,
    /// What to create it with; `expected_revision` is to be filled in.
    pub args: CreateMarketArgs,
}

/// Where a market's prices are to come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedOracle {
    /// A stand-in feed of its own, which starts with a price in units of the feeds.
    StandIn {
        /// That price.
        price: i64,
    },
    /// An account of an oracle program.
    Account(Pubkey),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cluster: Network,
    markets: String,
    clearinghouse: Section,
    oracles: BTreeMap<String, OracleEntry>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    quote_mint: Option<String>,
    guardian: Option<String>,
    fee_authority: Option<String>,
    timelock_seconds: Option<u32>,
    unstake_cooldown_seconds: Option<u32>,
    withdrawal_limit_bps: Option<u16>,
    withdrawal_floor_atoms: Option<u64>,
    withdrawal_window_seconds: Option<u32>,
}

#[derive(Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case", deny_unknown_fields)]
enum OracleEntry {
    StandIn {
        price: String,
    },
    Pyth {
        feed_id: String,
        #[serde(default)]
        shard: u16,
    },
    Switchboard {
        account: String,
        feed_id: String,
    },
}

/// Pyth's push oracle, which keeps one account for each shard and feed.
const PYTH_PUSH_ORACLE: Pubkey = anchor_lang::prelude::pubkey!("pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT");

impl Wanted {
    /// Reads a file and the market definitions that it names.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&text, path.parent().unwrap_or(Path::new(".")))
            .with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str, folder: &Path) -> Result<Self> {
        let mut file: File = toml::from_str(text)?;
        let definitions = Definitions::load(Some(&folder.join(&file.markets)))?;
        let mut markets = vec![];
        for pair in definitions.pairs()? {
            let entry = file.oracles.remove(pair);
            let entry = entry.with_context(|| format!("[oracles] has none for {pair}"))?;
            let market = WantedMarket::new(pair, &entry, &definitions);
            markets.push(market.with_context(|| format!("the oracle of {pair}"))?);
        }
        if let Some(pair) = file.oracles.keys().next() {
            bail!("[oracles] names {pair}, which {} doesn't define", file.markets);
        }
        let wanted = file.clearinghouse.into_wanted(file.cluster, markets).context("[clearinghouse]")?;
        wanted.require_safe()?;
        Ok(wanted)
    }

    /// Refuses what must not be where money is.
    fn require_safe(&self) -> Result<()> {
        self.settings.validate().map_err(|_| {
            anyhow!("the clearinghouse's settings are out of bounds; docs/parameters.md has the bounds")
        })?;
        if self.network != Network::Mainnet {
            return Ok(());
        }
        ensure!(self.settings.timelock_seconds > 0, "timelock_seconds is 0: on mainnet changes must wait");
        let stand_in = self.markets.iter().find(|m| matches!(m.oracle, WantedOracle::StandIn { .. }));
        match stand_in {
            Some(market) => {
                bail!("{} has a stand-in oracle: anyone with its key sets its price", market.pair)
            }
            None => Ok(()),
        }
    }

    /// Whether a market reads a stand-in feed, so that the feed's program is needed.
    pub fn has_stand_in(&self) -> bool {
        self.markets.iter().any(|market| matches!(market.oracle, WantedOracle::StandIn { .. }))
    }
}

impl Section {
    fn into_wanted(self, network: Network, markets: Vec<WantedMarket>) -> Result<Wanted> {
        let local = (network == Network::Localnet).then(open_settings);
        let settings = ClearinghouseSettings {
            guardian: match self.guardian.as_deref() {
                None if local.is_some() => Pubkey::default(),
                None => bail!("`guardian` is missing: give an address, or \"none\""),
                Some("none") => Pubkey::default(),
                Some(text) => address("guardian", text)?,
            },
            withdrawal_floor_atoms: or_local(self.withdrawal_floor_atoms, "withdrawal_floor_atoms", || {
                local.map(|local| local.withdrawal_floor_atoms)
            })?,
            withdrawal_window_seconds: or_local(
                self.withdrawal_window_seconds,
                "withdrawal_window_seconds",
                || local.map(|local| local.withdrawal_window_seconds),
            )?,
            timelock_seconds: or_local(self.timelock_seconds, "timelock_seconds", || {
                local.map(|local| local.timelock_seconds)
            })?,
            unstake_cooldown_seconds: or_local(
                self.unstake_cooldown_seconds,
                "unstake_cooldown_seconds",
                || local.map(|local| local.unstake_cooldown_seconds),
            )?,
            withdrawal_limit_bps: or_local(self.withdrawal_limit_bps, "withdrawal_limit_bps", || {
                local.map(|local| local.withdrawal_limit_bps)
            })?,
            reserved: 0,
        };
        let fee_authority = match self.fee_authority.as_deref() {
            None if local.is_some() => None,
            None => bail!("`fee_authority` is missing: give an address, or \"deployer\""),
            Some("deployer") => None,
            Some(text) => Some(address("fee_authority", text)?),
        };
        let quote_mint = self.quote_mint.as_deref().map(|text| address("quote_mint", text)).transpose()?;
        Ok(Wanted { network, quote_mint, fee_authority, settings, markets })
    }
}

fn or_local<T>(given: Option<T>, name: &str, local: impl FnOnce() -> Option<T>) -> Result<T> {
    given.or_else(local).with_context(|| format!("`{name}` is missing; only a localnet has defaults"))
}

fn address(name: &str, text: &str) -> Result<Pubkey> {
    text.parse().map_err(|_| anyhow!("`{name}`: {text:?} is not an address"))
}

impl WantedMarket {
    fn new(pair: &str, entry: &OracleEntry, definitions: &Definitions) -> Result<Self> {
        let mut args = definitions.exactly(pair)?;
        let settings = &mut args.settings;
        let oracle = match entry {
            OracleEntry::StandIn { price } => WantedOracle::StandIn { price: feed_units(price)? },
            OracleEntry::Pyth { feed_id, shard } => {
                (settings.oracle_source, settings.feed_id) = (OracleSource::Pyth, hex_id(feed_id)?);
                let seeds: [&[u8]; 2] = [&shard.to_le_bytes(), &settings.feed_id];
                WantedOracle::Account(Pubkey::find_program_address(&seeds, &PYTH_PUSH_ORACLE).0)
            }
            OracleEntry::Switchboard { account, feed_id } => {
                (settings.oracle_source, settings.feed_id) = (OracleSource::Switchboard, hex_id(feed_id)?);
                WantedOracle::Account(address("account", account)?)
            }
        };
        Ok(Self { pair: pair.to_owned(), oracle, args })
    }
}

/// 32 bytes in hexadecimal, with or without `0x`.
pub fn hex_id(text: &str) -> Result<[u8; 32]> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let wrong = || anyhow!("`feed_id`: {text:?} is not 64 hexadecimal digits");
    ensure!(digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()), wrong());
    let mut id = [0; 32];
    for (byte, at) in id.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| wrong())?;
    }
    ensure!(id != [0; 32], "`feed_id` is zero");
    Ok(id)
}

#[cfg(test)]
mod tests;
