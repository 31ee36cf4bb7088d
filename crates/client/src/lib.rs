//! What a client of Jettison needs and no RPC: addresses, instruction builders, account and event decoding, and whom to
//! settle when a pool is short.
//!
//! [`Venue`] names a clearinghouse's addresses once; its methods build every instruction.

mod address;
mod decode;
mod describe;
mod errors;
mod instruction;
mod logs;
mod losers;

pub use address::Venue;
pub use decode::{account, event, former, former_markets, AnyEvent, DecodeError};
pub use describe::{describe, Data};
pub use errors::{error_message, error_name};
pub use instruction::{markets_of, MarketUse};
pub use logs::{events_in, read_log, LogFacts};
pub use losers::{losers_to_settle, LoserLimits, LosersToSettle};
