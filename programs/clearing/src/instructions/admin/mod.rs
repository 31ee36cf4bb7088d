//! Instructions of the authority.

pub mod create_market;
pub mod initialize_clearinghouse;

pub use create_market::*;
pub use initialize_clearinghouse::*;
