//! Accounts. Each starts with a version byte; the money in them is the engine's own state.

mod clearinghouse;
mod insurance_fund;
mod layout;
mod margin_account;
mod market;

pub use clearinghouse::Clearinghouse;
pub use insurance_fund::InsuranceFund;
pub use margin_account::MarginAccount;
pub use market::{Market, OracleSource};

/// The layout version that this program writes.
pub const VERSION: u8 = 1;
