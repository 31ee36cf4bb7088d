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
//! | `funding` | the premium of trades and what it makes one side pay to the other |
//! | `insurance`, `allowance` | staking in the insurance fund, and what a market may draw from it |
//! | `breakers`, `throttle` | circuit breakers, wind-down; the withdrawal throttle and its queue |
//! | `rolling` | sums that run off over a window |
//! | `oracle` | price conversion |
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects))]

#[cfg(test)]
extern crate std;

mod account;
mod allowance;
mod bankruptcy;
mod breakers;
mod error;
mod funding;
mod health;
mod insurance;
mod leg;
mod liquidation;
mod market;
mod math;
mod oracle;
mod params;
mod quantity;
mod rolling;
mod settlement;
mod side;
mod throttle;
mod trade;

pub use account::{MarginAccount, MAX_LEGS};
pub use allowance::Allowance;
pub use bankruptcy::{flag_bankruptcy, resolve_bankruptcy, Caller, LegResolution, Resolution};
pub use breakers::{Breakers, SETTLEMENT_BAND, SETTLEMENT_CLAIM_SECONDS, SETTLEMENT_GRACE_SECONDS};
pub use error::{EngineError, Result};
pub use funding::{Funding, CHANGE_BITS, RATE_ONE};
pub use health::{assess, assess_solvent, require_initial, Health, Margin, Markets};
pub use insurance::{InsuranceFund, Stake, FLAG_SECONDS, UNSTAKE_WINDOW_SECONDS, VIRTUAL_SHARES};
pub use leg::{Leg, Pending};
pub use liquidation::{
    deleverage, liquidate, liquidation_size, penalty_rate, restores, DeleverageOutcome, LiquidationOutcome,
};
pub use market::{Accrual, FeeSplit, LossTally, Market};
pub use oracle::price_per_contract;
pub use params::{MarketParams, MAX_FUNDING, MAX_INITIAL_MARGIN, MAX_NOTIONAL, MAX_OPEN_INTEREST};
pub use quantity::{
    Atoms, Bps, Contracts, LossIndex, MarketIndex, Price, SettlementIndex, Shares, SignedAtoms, StakeShares,
    BPS_ONE, INDEX_SCALE_BITS,
};
pub use rolling::{RollingFlow, RollingSum};
pub use settlement::{require_empty, settle_account, waive_unpaid, withdraw, LegSettlement, Settlement};
pub use side::{Direction, Side, MAX_SHARES, SHARE_BITS};
pub use throttle::{QueuedWithdrawal, Throttle, ThrottleParams};
pub use trade::{settle_trade, Fill, Terms, TradeOutcome, TradeSide};

const _: () = assert!(core::mem::size_of::<Side>() == 48);
const _: () = assert!(core::mem::size_of::<Leg>() == 56);
const _: () = assert!(core::mem::size_of::<MarginAccount>() == 456);
const _: () = assert!(core::mem::size_of::<MarketParams>() == 112);
const _: () = assert!(core::mem::size_of::<Market>() == 448);
const _: () = assert!(core::mem::size_of::<InsuranceFund>() == 40);
const _: () = assert!(core::mem::size_of::<Stake>() == 40);
const _: () = assert!(core::mem::size_of::<Throttle>() == 40);
const _: () = assert!(core::mem::align_of::<Market>() == 8 && core::mem::align_of::<MarginAccount>() == 8);
