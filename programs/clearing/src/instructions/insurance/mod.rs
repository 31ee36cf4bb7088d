//! Instructions around the insurance fund.

pub mod close_stake;
pub mod fund_insurance;
pub mod open_stake;
pub mod request_unstake;
pub mod stake;
pub mod unstake;

pub use close_stake::*;
pub use fund_insurance::*;
pub use open_stake::*;
pub use request_unstake::*;
pub use stake::*;
pub use unstake::*;
