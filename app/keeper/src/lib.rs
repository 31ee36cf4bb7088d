//! The keeper: finds accounts in need and liquidates, deleverages, resolves and settles them.

pub mod book;
pub(crate) mod index;
pub mod plan;
