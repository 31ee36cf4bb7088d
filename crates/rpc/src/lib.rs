//! A clearinghouse over RPC: what the command line and the keeper share.
//!
//! [`Cluster`] is a connection. [`Cluster::venue`] checks that the cluster runs these programs and reads the
//! clearinghouse; accounts come decoded, or as an [`RpcError`] that says what to do. [`Cluster::send`] lands a
//! transaction: it simulates first, signs, resends while the blockhash lives, and returns the events.

mod accounts;
mod cluster;
mod error;
mod history;
pub mod loader;
mod logs;
pub mod mints;
mod nonce;
mod proposal;
pub mod quote;
mod send;
mod snapshot;
mod submit;
mod tokens;

pub use accounts::{Kind, Stored};
pub use cluster::{Cluster, OpenVenue};
pub use error::RpcError;
pub use history::{Page, Past};
pub use logs::{LogNews, Logged};
pub use nonce::{Nonce, NONCE_BYTES};
pub use proposal::unsigned;
pub use send::{transaction_bytes, Fee, Landed, Simulated, PACKET_BYTES};
pub use snapshot::Snapshot;
pub use tokens::{associated_token_account, create_associated_token_account, TokenBalance};
