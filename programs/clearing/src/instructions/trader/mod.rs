//! Instructions of traders.

pub mod close_margin_account;
pub mod deposit;
pub mod open_margin_account;
pub mod set_delegate;
pub mod settle_trade;
pub mod withdraw;

pub use close_margin_account::*;
pub use deposit::*;
pub use open_margin_account::*;
pub use set_delegate::*;
pub use settle_trade::*;
pub use withdraw::*;
