//! What a keeper is set up with, and how a record keeps it.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use jettison_client::Venue;
use jettison_engine::{Atoms, Bps, Contracts, MarketIndex};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::config::Config;
use crate::plan::{Kind, Policy};

/// What a keeper is set up with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The clearinghouse's addresses.
    pub venue: Venue,
    /// Who signs and pays.
    pub signer: Pubkey,
    /// The margin account that takes positions and receives bounties.
    pub own: Option<Pubkey>,
    /// Where the protocol's fees are swept to.
    pub fee_account: Option<Pubkey>,
    /// Decimals of the quote mint.
    pub quote_decimals: u8,
    /// Settings.
    pub config: Config,
    /// Spreads the waits of different keepers.
    pub seed: u64,
}

/// The first line of a record: a [`Setup`] in text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The record's format.
    pub jettison_record: u32,
    creator: String,
    quote_mint: String,
    token_program: String,
    signer: String,
    own: Option<String>,
    fee_account: Option<String>,
    quote_decimals: u8,
    config: Config,
    seed: u64,
}

/// The format that this build writes and reads.
pub const FORMAT: u32 = 1;

impl From<&Setup> for Header {
    fn from(setup: &Setup) -> Self {
        Self {
            jettison_record: FORMAT,
            creator: setup.venue.creator.to_string(),
            quote_mint: setup.venue.quote_mint.to_string(),
            token_program: setup.venue.token_program.to_string(),
            signer: setup.signer.to_string(),
            own: setup.own.map(|own| own.to_string()),
            fee_account: setup.fee_account.map(|account| account.to_string()),
            quote_decimals: setup.quote_decimals,
            config: setup.config.clone(),
            seed: setup.seed,
        }
    }
}

impl TryFrom<Header> for Setup {
    type Error = anyhow::Error;

    fn try_from(header: Header) -> anyhow::Result<Self> {
        anyhow::ensure!(
            header.jettison_record == FORMAT,
            "the record has format {}, and this build reads format {FORMAT}",
            header.jettison_record
        );
        let key =
            |text: &str| text.parse::<Pubkey>().map_err(|_| anyhow::anyhow!("{text:?} is not an address"));
        let some = |text: Option<String>| text.map(|text| key(&text)).transpose();
        Ok(Self {
            venue: Venue::with_token_program(
                key(&header.creator)?,
                key(&header.quote_mint)?,
                key(&header.token_program)?,
            ),
            signer: key(&header.signer)?,
            own: some(header.own)?,
            fee_account: some(header.fee_account)?,
            quote_decimals: header.quote_decimals,
            config: header.config,
            seed: header.seed,
        })
    }
}

impl Setup {
    /// What the planner may do at the prices known now.
    pub(super) fn policy(&self, cache: &Cache) -> Policy {
        let limits: BTreeMap<MarketIndex, Contracts> = cache
            .book
            .markets()
            .map(|entry| (entry.view.index, self.limit(entry.view.index, entry.view.effective_price.0)))
            .collect();
        Policy {
            account: self.own,
            position_limits: limits,
            least_equity: Bps(self.config.limits.stop_percent.saturating_mul(100)),
            ..Policy::default()
        }
    }

    /// The most contracts to hold in a market at a price in atoms, rounded down.
    pub(super) fn limit(&self, market: MarketIndex, price: u64) -> Contracts {
        let limits = &self.config.limits;
        if !self.config.work.liquidate || !self.serves(market) || price == 0 {
            return Contracts::ZERO;
        }
        Contracts(self.atoms(limits.position_in(market.0)).0 / price)
    }

    /// Quote units in atoms, rounded down; the most there can be if they are more.
    fn atoms(&self, amount: Decimal) -> Atoms {
        let scale = Decimal::from(10_u64.saturating_pow(u32::from(self.quote_decimals)));
        let atoms = amount.checked_mul(scale).and_then(|atoms| atoms.trunc().to_u64());
        Atoms(atoms.unwrap_or(u64::MAX))
    }

    /// Whether a market is one that it serves.
    pub fn serves(&self, market: MarketIndex) -> bool {
        self.config.markets.is_empty() || self.config.markets.contains(&market.0)
    }

    /// Whether it does a kind of work.
    pub fn does(&self, kind: Kind) -> bool {
        let work = &self.config.work;
        match kind {
            Kind::Accrue => work.accrue,
            Kind::Liquidate => work.liquidate,
            Kind::Deleverage => work.deleverage,
            Kind::FlagBankruptcy => work.flag,
            Kind::Resolve => work.resolve,
            Kind::Settle => work.settle,
            Kind::SweepFees => work.sweep && self.fee_account.is_some(),
            Kind::ServeWithdrawal => work.serve_withdrawals,
            Kind::BeginSettlement => work.begin_settlement,
            Kind::Unwind => false,
        }
    }
}
