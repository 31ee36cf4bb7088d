//! Instructions around the insurance fund.

pub mod fund_insurance;

pub use fund_insurance::*;
