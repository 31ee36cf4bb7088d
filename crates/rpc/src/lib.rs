//! A clearinghouse over RPC: what the command line and the keeper share.
//!
//! [`Cluster`] is a connection. [`Cluster::venue`] checks that the cluster runs these programs and reads the
//! clearinghouse; accounts come decoded, or as an [`RpcError`] that says what to do. [`Cluster::send`] lands a
//! transaction: it simulates first, signs, resends while the blockhash lives, and returns the events.

mod accounts;
mod cluster;
mod error;
mod proposal;
mod send;
mod snapshot;

pub use accounts::{Kind, Stored};
pub use cluster::{Cluster, OpenVenue};
pub use error::RpcError;
pub use proposal::unsigned;
pub use send::{Fee, Landed, PACKET_BYTES};
pub use snapshot::Snapshot;
