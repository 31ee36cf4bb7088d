//! Jettison's risk engine: every money rule, once, free of any chain.
//!
//! When a leveraged trader loses more than their margin, someone pays. This crate says who, exactly: the market's
//! surplus, then insurance, then the opposite side pro rata through one index per side, so that a bankruptcy costs
//! the same however many accounts share it.
//!
//! All functions are total: they return an [`EngineError`] and never panic. A caller that gets an error must
//! discard the states it passed, which may be half changed; on chain a failed transaction does that. State types
//! are plain old data, so that a program maps them straight onto its accounts.
//!
//! | file | rules |
//! |---|---|
//! | `side` | contracts, shares, and the two indices of a side |
//! | `leg`, `account` | marking, cash settlement |
//! | `market`, `params` | the pool, fees, the clamped price, parameter bounds |
//! | `health` | equity, maintenance and initial margin |
//! | `trade` | trades between two accounts |
//! | `liquidation` | takeover, penalty, size, deleveraging |
//! | `bankruptcy` | the loss waterfall |
//! | `settlement` | pro-rata haircut settlement, withdrawal |
//! | `oracle` | price conversion |
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects))]

#[cfg(test)]
extern crate std;

mod account;
mod bankruptcy;
mod error;
mod health;
mod leg;
mod liquidation;
mod market;
mod math;
mod oracle;
mod params;
mod quantity;
mod settlement;
mod side;
mod trade;

pub use account::{MarginAccount, MAX_LEGS};
pub use bankruptcy::{resolve_bankruptcy, Caller, LegResolution, Resolution};
pub use error::{EngineError, Result};
pub use health::{assess, assess_solvent, require_initial, Health, Margin, Markets};
pub use leg::{Leg, Pending};
pub use liquidation::{
    deleverage, liquidate, liquidation_size, penalty_rate, restores, DeleverageOutcome, LiquidationOutcome,
};
pub use market::{Accrual, FeeSplit, LossTally, Market};
pub use oracle::price_per_contract;
pub use params::{MarketParams, MAX_NOTIONAL, MAX_OPEN_INTEREST};
pub use quantity::{
    Atoms, Bps, Contracts, LossIndex, MarketIndex, Price, SettlementIndex, Shares, SignedAtoms, BPS_ONE,
    INDEX_SCALE_BITS,
};
pub use settlement::{require_empty, settle_account, waive_unpaid, withdraw, LegSettlement, Settlement};
pub use side::{Direction, Side, MAX_SHARES, SHARE_BITS};
pub use trade::{settle_trade, Fill, Terms, TradeOutcome, TradeSide};

const _: () = assert!(core::mem::size_of::<Side>() == 48);
const _: () = assert!(core::mem::size_of::<Leg>() == 56);
const _: () = assert!(core::mem::size_of::<MarginAccount>() == 456);
const _: () = assert!(core::mem::size_of::<MarketParams>() == 72);
const _: () = assert!(core::mem::size_of::<Market>() == 280);
const _: () = assert!(core::mem::align_of::<Market>() == 8 && core::mem::align_of::<MarginAccount>() == 8);
