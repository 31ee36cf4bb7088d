//! Instructions of keepers, which is anyone.

pub mod accrue_market;
pub mod deleverage;
pub mod liquidate;
pub mod resolve_bankruptcy;
pub mod settle_account;
pub mod sweep_fees;

pub use accrue_market::*;
pub use deleverage::*;
pub use liquidate::*;
pub use resolve_bankruptcy::*;
pub use settle_account::*;
pub use sweep_fees::*;
