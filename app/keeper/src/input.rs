//! Everything that reaches a keeper from outside. The loop sees nothing else, so a record of these is a record of it.

use anchor_lang::prelude::Pubkey;
use serde::{Deserialize, Serialize};
use solana_transaction_error::TransactionError;

/// Milliseconds since the keeper started, by a clock that only goes forward.
pub type Millis = u64;

/// One thing that reached the keeper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// All markets and margin accounts as of a slot: those not among them are gone.
    Snapshot {
        /// The slot it was read at.
        slot: u64,
        /// The accounts.
        accounts: Vec<Update>,
    },
    /// An account changed.
    Account(Update),
    /// The cluster is at a slot.
    Slot {
        /// Which.
        slot: u64,
    },
    /// The stream delivers.
    StreamUp,
    /// The stream is gone.
    StreamDown {
        /// Why.
        why: String,
    },
    /// A reading over RPC failed.
    RpcDown {
        /// Why.
        why: String,
    },
    /// Recent prices of compute units on the accounts that the keeper writes, in micro-lamports.
    Fees {
        /// One a slot.
        prices: Vec<u64>,
    },
    /// What the fee payer has.
    Balance {
        /// In lamports.
        lamports: u64,
    },
    /// A former run sent this, and it may still land.
    Resumed {
        /// Its number among those of that run.
        batch: u64,
        /// What it does.
        tasks: Vec<crate::keeper::Named>,
    },
    /// What became of a transaction.
    Report {
        /// Its number among those of this run.
        batch: u64,
        /// What became of it.
        report: Report,
    },
    /// Time to plan.
    Tick,
    /// No new work: finish what is in flight.
    Stop,
}

/// An account as it is at a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// The slot.
    pub slot: u64,
    /// What is expected there.
    pub kind: Watched,
    /// Where.
    #[serde(with = "text")]
    pub address: Pubkey,
    /// Who owns it.
    #[serde(with = "text")]
    pub owner: Pubkey,
    /// Its data; of a margin account only the slice that a keeper needs.
    #[serde(with = "base64_bytes")]
    pub data: Vec<u8>,
}

/// What an account is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// A margin account, of which [`crate::cache::MARGIN_SLICE`] is read.
    Margin,
    /// A market.
    Market,
    /// A market's oracle.
    Oracle,
    /// The clearinghouse.
    Clearinghouse,
    /// The margin vault's throttle and queue.
    Custody,
    /// The insurance fund.
    Fund,
    /// The margin vault's token account.
    Vault,
    /// The Clock sysvar.
    Clock,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// It is in a block.
    Landed {
        /// The slot.
        slot: u64,
        /// Why it failed, if it did.
        error: Option<TransactionError>,
        /// Its log; empty if the server doesn't have it.
        logs: Vec<String>,
    },
    /// It was only simulated, or refused before it was sent: nothing can have changed.
    Simulated {
        /// Why it would fail.
        error: Option<TransactionError>,
        /// Its log.
        logs: Vec<String>,
    },
    /// Its blockhash expired and it was not seen: it can't land any more.
    Expired,
    /// It was never sent: a server refused it or could not be reached.
    NotSent {
        /// Why.
        why: String,
    },
}

mod text {
    use std::str::FromStr;

    use anchor_lang::prelude::Pubkey;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(key: &Pubkey, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(key)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Pubkey, D::Error> {
        let text = String::deserialize(from)?;
        Pubkey::from_str(&text).map_err(serde::de::Error::custom)
    }
}

mod base64_bytes {
    use base64::{prelude::BASE64_STANDARD, Engine};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}
