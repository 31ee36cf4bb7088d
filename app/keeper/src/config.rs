//! What a keeper is told: limits, fees, which markets and which work.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use figment::providers::{Env, Serialized};
use figment::Figment;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Settings of a keeper. In TOML, in environment variables `JETTISON_KEEPER_*` (two underscores between a section and
/// its field), or by flags; the later of these wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Number of the margin account that takes positions and receives bounties, among those of the key's owner.
    pub account_id: u16,
    /// Address of that margin account, where the key is its delegate and not its owner.
    pub account: Option<String>,
    /// Open the margin account if there is none.
    pub open_account: bool,
    /// Indices of the markets to serve; empty for all.
    pub markets: Vec<u16>,
    /// Further RPC endpoints to which every transaction is sent as well.
    pub send_urls: Vec<String>,
    /// The cluster's genesis hash; with it the keeper refuses to start on another cluster.
    pub genesis_hash: Option<String>,
    /// Where to serve `/metrics`, `/healthz` and `/state.json`; none to serve nothing.
    pub listen: Option<SocketAddr>,
    /// Plan and simulate; send nothing.
    pub dry_run: bool,
    /// File to record every input to, as JSON lines.
    pub record: Option<PathBuf>,
    /// File that remembers transactions in flight, so that a keeper that was killed doesn't act twice when it starts
    /// again.
    pub journal: Option<PathBuf>,
    /// Which work it does.
    pub work: Work,
    /// What it may hold.
    pub limits: Limits,
    /// What it pays for inclusion.
    pub fees: Fees,
    /// How much goes into one transaction.
    pub batch: Batch,
    /// How it watches the chain.
    pub watch: Watch,
}

/// Which work a keeper does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Work {
    /// Take positions over.
    pub liquidate: bool,
    /// Deleverage.
    pub deleverage: bool,
    /// Resolve bankruptcies.
    pub resolve: bool,
    /// Show bankruptcies to the insurance fund.
    pub flag: bool,
    /// Settle accounts that were charged, and losers of short pools.
    pub settle: bool,
    /// Accrue markets whose price has moved or grows old, even if no account is in need.
    pub accrue: bool,
    /// Sweep fees.
    pub sweep: bool,
    /// Serve the withdrawal queue.
    pub serve_withdrawals: bool,
    /// Begin wind-downs that are due.
    pub begin_settlement: bool,
}

/// What a keeper may hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest position in a market, in quote units at its effective price. Zero takes nothing over.
    pub position: Decimal,
    /// The same for single markets, by index.
    pub markets: BTreeMap<String, Decimal>,
    /// Equity below which it takes nothing more over, in per cent of its own maintenance requirement.
    pub stop_percent: u16,
    /// Part of the limit above which a position is offered to others, in per cent.
    pub unwind_percent: u16,
    /// How far from the effective price it offers to sell or buy, to its cost, in basis points.
    pub unwind_bps: u16,
}

/// What a keeper pays for inclusion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fees {
    /// Which percentile of the recent fees on the accounts that it writes.
    pub percentile: u8,
    /// The least price of a compute unit, in micro-lamports.
    pub floor_micro_lamports: u64,
    /// The most that a transaction may cost, in lamports, base fee included.
    pub max_lamports: u64,
    /// The part of a batch's expected reward that may be spent on its fee, in basis points.
    pub reward_share_bps: u16,
    /// What a SOL is worth in quote units: makes lamports of rewards.
    pub sol_price: Decimal,
    /// What a transaction may cost, in lamports, if its work brings the keeper no reward.
    pub unrewarded_lamports: u64,
}

/// How much goes into one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Batch {
    /// The most tasks.
    pub tasks: usize,
    /// The most compute units.
    pub compute_units: u32,
    /// The most transactions in flight.
    pub in_flight: usize,
    /// Simulate before sending, so that a batch that would fail is split before it costs a fee.
    pub simulate: bool,
}

/// How a keeper watches the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// Between two full readings that repair what the stream missed, in seconds.
    pub reconcile_seconds: u64,
    /// Between two of them while there is no stream, in milliseconds.
    pub poll_ms: u64,
    /// Silence after which the stream counts as dead, in seconds.
    pub stale_seconds: u64,
    /// The least time between two rounds of planning, in milliseconds.
    pub tick_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            account_id: 0,
            account: None,
            open_account: false,
            markets: vec![],
            send_urls: vec![],
            genesis_hash: None,
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 9_464))),
            dry_run: false,
            record: None,
            journal: None,
            work: Work::default(),
            limits: Limits::default(),
            fees: Fees::default(),
            batch: Batch::default(),
            watch: Watch::default(),
        }
    }
}

impl Default for Work {
    fn default() -> Self {
        Self {
            liquidate: true,
            deleverage: true,
            resolve: true,
            flag: true,
            settle: true,
            accrue: true,
            sweep: false,
            serve_withdrawals: true,
            begin_settlement: false,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            position: Decimal::from(10_000),
            markets: BTreeMap::new(),
            stop_percent: 300,
            unwind_percent: 50,
            unwind_bps: 10,
        }
    }
}

impl Default for Fees {
    fn default() -> Self {
        Self {
            percentile: 75,
            floor_micro_lamports: 100,
            max_lamports: 1_000_000,
            reward_share_bps: 2_000,
            sol_price: Decimal::from(100),
            unrewarded_lamports: 20_000,
        }
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self { tasks: 8, compute_units: 400_000, in_flight: 16, simulate: true }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self { reconcile_seconds: 30, poll_ms: 1_000, stale_seconds: 10, tick_ms: 50 }
    }
}

/// Why settings are refused: names the field.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value can't be.
    #[error("{field}: {why}")]
    Field {
        /// Which, with its section.
        field: &'static str,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// An unknown key, or a value of the wrong type.
    #[error("the keeper's settings: {0}")]
    Unreadable(Box<figment::Error>),
}

fn refuse<T>(field: &'static str, why: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::Field { field, why: why.into() })
}

impl Config {
    /// The settings of a configuration file's table and of the environment, over the defaults. `flags` are laid over them.
    ///
    /// # Errors
    /// For an unknown key, a value of the wrong type, and one that can't be.
    pub fn load(table: impl Serialize, flags: impl Serialize) -> Result<Self, ConfigError> {
        let all = Figment::from(Serialized::defaults(Self::default()))
            .merge(Serialized::defaults(table))
            .merge(Env::prefixed("JETTISON_KEEPER_").split("__"))
            .merge(Serialized::defaults(flags));
        let config: Self = all.extract().map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        config.validate()?;
        Ok(config)
    }

    /// Refuses values that can't be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.limits.validate()?;
        self.fees.validate()?;
        self.batch.validate()?;
        self.watch.validate()?;
        for url in &self.send_urls {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return refuse("send_urls", format!("{url:?} is not an http or https URL"));
            }
        }
        if let Some(account) = &self.account {
            if account.parse::<anchor_lang::prelude::Pubkey>().is_err() {
                return refuse("account", format!("{account:?} is not an address"));
            }
        }
        if let Some(hash) = &self.genesis_hash {
            if hash.parse::<solana_hash::Hash>().is_err() {
                return refuse("genesis_hash", format!("{hash:?} is not a hash"));
            }
        }
        Ok(())
    }
}

impl Limits {
    fn validate(&self) -> Result<(), ConfigError> {
        if self.position.is_sign_negative() {
            return refuse("limits.position", "is negative; give quote units, or 0 to take nothing over");
        }
        for (index, position) in &self.markets {
            if index.parse::<u16>().is_err() {
                return refuse("limits.markets", format!("{index:?} is not the index of a market"));
            }
            if position.is_sign_negative() {
                return refuse("limits.markets", format!("the limit of market {index} is negative"));
            }
        }
        if !(100..=600).contains(&self.stop_percent) {
            return refuse("limits.stop_percent", "must be between 100 and 600");
        }
        if self.unwind_percent > 100 {
            return refuse("limits.unwind_percent", "must be 100 or less");
        }
        if self.unwind_bps >= 10_000 {
            return refuse("limits.unwind_bps", "must be less than 10000");
        }
        Ok(())
    }

    /// The largest position in a market, in quote units.
    pub fn position_in(&self, market: u16) -> Decimal {
        self.markets.get(&market.to_string()).copied().unwrap_or(self.position)
    }
}

/// What a signature costs, in lamports.
pub const BASE_FEE: u64 = 5_000;

impl Fees {
    fn validate(&self) -> Result<(), ConfigError> {
        if self.percentile > 100 {
            return refuse("fees.percentile", "must be between 0 and 100");
        }
        if self.reward_share_bps > 10_000 {
            return refuse(
                "fees.reward_share_bps",
                "must be 10000 or less: more would cost more than it brings",
            );
        }
        if self.sol_price <= Decimal::ZERO {
            return refuse("fees.sol_price", "must be above zero");
        }
        if self.max_lamports < BASE_FEE {
            return refuse(
                "fees.max_lamports",
                format!("must be {BASE_FEE} or more, the fee of a signature"),
            );
        }
        if self.unrewarded_lamports > self.max_lamports {
            return refuse("fees.unrewarded_lamports", "must not be above fees.max_lamports");
        }
        Ok(())
    }
}

impl Batch {
    fn validate(&self) -> Result<(), ConfigError> {
        if self.tasks == 0 {
            return refuse("batch.tasks", "must be 1 or more");
        }
        if !(100_000..=1_400_000).contains(&self.compute_units) {
            return refuse("batch.compute_units", "must be between 100000 and 1400000");
        }
        if self.in_flight == 0 {
            return refuse("batch.in_flight", "must be 1 or more");
        }
        Ok(())
    }
}

impl Watch {
    fn validate(&self) -> Result<(), ConfigError> {
        if self.reconcile_seconds == 0 {
            return refuse("watch.reconcile_seconds", "must be 1 or more");
        }
        if self.poll_ms < 50 {
            return refuse("watch.poll_ms", "must be 50 or more");
        }
        if self.stale_seconds == 0 {
            return refuse("watch.stale_seconds", "must be 1 or more");
        }
        if !(1..=10_000).contains(&self.tick_ms) {
            return refuse("watch.tick_ms", "must be between 1 and 10000");
        }
        Ok(())
    }
}
