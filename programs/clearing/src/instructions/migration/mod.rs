//! Instructions that take accounts of the first version over into this one. Anyone may: they move no tokens and change
//! nothing that an account had.

pub mod migrate_clearinghouse;
pub mod migrate_margin_account;
pub mod migrate_market;

pub use migrate_clearinghouse::*;
pub use migrate_margin_account::*;
pub use migrate_market::*;
