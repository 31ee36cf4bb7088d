//! Instructions of keepers, which is anyone.

pub mod accrue_market;
pub mod begin_settlement;
pub mod deleverage;
pub mod flag_bankruptcy;
pub mod liquidate;
pub mod resolve_bankruptcy;
pub mod serve_withdrawal;
pub mod settle_account;
pub mod sweep_fees;

pub use accrue_market::*;
pub use begin_settlement::*;
pub use deleverage::*;
pub use flag_bankruptcy::*;
pub use liquidate::*;
pub use resolve_bankruptcy::*;
pub use serve_withdrawal::*;
pub use settle_account::*;
pub use sweep_fees::*;
