//! Events of the authority and of the guardian.

use anchor_lang::prelude::*;

use crate::instructions::Role;
use crate::state::{ClearinghouseSettings, MarketSettingsArgs};

/// New settings of a market were queued, or put in force at once because they only restrict.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketChangeQueued {
    /// The market.
    pub market_index: u16,
    /// The new settings' oracle.
    pub oracle: Pubkey,
    /// The new settings.
    pub settings: MarketSettingsArgs,
    /// Whether they are in force.
    pub in_force: bool,
    /// When they may be put in force, in Unix seconds; zero if they are.
    pub ready_ts: i64,
    /// The revision after.
    pub revision: u64,
}

/// Queued settings of a market were put in force.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketChanged {
    /// The market.
    pub market_index: u16,
    /// Its oracle.
    pub oracle: Pubkey,
    /// The revision after.
    pub revision: u64,
}

/// Queued settings of a market, or its scheduled wind-down, were taken back.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketChangeCancelled {
    /// The market.
    pub market_index: u16,
    /// By whom.
    pub by: Pubkey,
}

/// New settings of a clearinghouse were queued, or put in force at once because they only restrict.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearinghouseChangeQueued {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The new settings.
    pub settings: ClearinghouseSettings,
    /// Whether they are in force.
    pub in_force: bool,
    /// When they may be put in force, in Unix seconds; zero if they are.
    pub ready_ts: i64,
    /// The revision after.
    pub revision: u64,
}

/// Queued settings of a clearinghouse were put in force.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearinghouseChanged {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The settings.
    pub settings: ClearinghouseSettings,
    /// The revision after.
    pub revision: u64,
}

/// Queued settings of a clearinghouse were taken back.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearinghouseChangeCancelled {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// By whom.
    pub by: Pubkey,
}

/// Somebody was named who may accept a role.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nominated {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The role.
    pub role: Role,
    /// Who holds it.
    pub holder: Pubkey,
    /// Who may accept it.
    pub nominee: Pubkey,
}

/// A role changed hands.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAccepted {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The role.
    pub role: Role,
    /// Who held it.
    pub holder_before: Pubkey,
    /// Who holds it.
    pub holder_after: Pubkey,
    /// The revision after.
    pub revision: u64,
}

/// The guardian paused instructions.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paused {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// The gates: bit n is the n-th of `Gate`.
    pub gates: u16,
    /// When the pause expires, in Unix seconds.
    pub until_ts: i64,
}

/// A market's wind-down was scheduled.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementScheduled {
    /// The market.
    pub market_index: u16,
    /// When anyone may begin it, in Unix seconds.
    pub ready_ts: i64,
}

/// A market was closed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketClosed {
    /// The market.
    pub market_index: u16,
    /// Its address.
    pub market: Pubkey,
    /// What was left in it, moved to the insurance vault.
    pub to_insurance: u64,
    /// Moved to the protocol's fee account.
    pub to_protocol: u64,
    /// The insurance fund's assets after.
    pub insurance_after: u64,
}

/// A clearinghouse was closed.
#[event]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearinghouseClosed {
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// Donations that were left in the margin vault.
    pub from_margin_vault: u64,
    /// Insurance that nobody had staked, and donations.
    pub from_insurance_vault: u64,
}
