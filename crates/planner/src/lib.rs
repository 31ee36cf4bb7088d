//! The keeper's planner: which accounts are in need, and what to do about them. No I/O, no clock of its own.
//!
//! | module | job |
//! |---|---|
//! | [`book`] | the markets and accounts known, and which accounts are in need |
//! | `index` | crossing prices by market: a price tick looks at the accounts it reaches and no others |
//! | [`plan`] | tasks, in the order of what the venue would lose by waiting |

pub mod book;
pub(crate) mod index;
pub mod plan;
