//! What happened to an account, as far as the server remembers.

use anchor_lang::prelude::Pubkey;
use futures_util::{stream, StreamExt};
use jettison_client::AnyEvent;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_rpc_client_api::response::RpcConfirmedTransactionStatusWithSignature;
use solana_signature::Signature;

use crate::{Cluster, RpcError};

/// A transaction that went through, and named the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// When, in Unix seconds, if the server knows.
    pub time: Option<i64>,
    /// What the clearing program reported in it, in order.
    pub events: Vec<AnyEvent>,
    /// Whether these are all: the server keeps its log, and the runtime has not cut it off.
    pub is_whole: bool,
}

/// A part of an account's history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Newest first. Transactions that failed are left out: they changed nothing.
    pub transactions: Vec<Past>,
    /// Where the next part begins; none if the server knows of nothing older.
    pub older: Option<Signature>,
}

/// Logs that are asked for at a time.
const AT_ONCE: usize = 8;

impl Cluster {
    /// The newest transactions that named an account, or those before `before`: as many as `count`, failed ones included.
    ///
    /// [`RpcError::Refused`] from a server that keeps no history. One that has thrown the oldest part away can't be told from
    /// one to which nothing happened before.
    pub async fn history(
        &self,
        address: &Pubkey,
        before: Option<Signature>,
        count: usize,
    ) -> Result<Page, RpcError> {
        let found = self.signatures(address, before, None, Some(count)).await?;
        let last = found.last().and_then(|entry| entry.signature.parse().ok());
        let older = last.filter(|_| found.len() >= count);
        let landed = found.into_iter().filter(|entry| entry.err.is_none());
        let transactions = stream::iter(landed)
            .map(|entry| async move {
                let signature: Signature = entry.signature.parse().unwrap_or_default();
                let facts = self.logs_of(&signature).await.map(|logs| jettison_client::events_in(&logs));
                Past {
                    signature,
                    slot: entry.slot,
                    time: entry.block_time,
                    is_whole: facts.as_ref().is_some_and(|facts| !facts.truncated),
                    events: facts.map(|facts| facts.events()).unwrap_or_default(),
                }
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        Ok(Page { transactions, older })
    }

    /// Signatures of the transactions that named an account, newest first: those before `before` and after `until`.
    pub(crate) async fn signatures(
        &self,
        address: &Pubkey,
        before: Option<Signature>,
        until: Option<Signature>,
        limit: Option<usize>,
    ) -> Result<Vec<RpcConfirmedTransactionStatusWithSignature>, RpcError> {
        let commitment = Some(self.remembered());
        let config = GetConfirmedSignaturesForAddress2Config { before, until, limit, commitment };
        let found = self.rpc.get_signatures_for_address_with_config(address, config).await;
        found.map_err(|error| self.error(error))
    }

    /// The commitment at which servers keep history: what is only processed isn't in it yet.
    pub(crate) fn remembered(&self) -> CommitmentConfig {
        match self.rpc.commitment() {
            processed if processed == CommitmentConfig::processed() => CommitmentConfig::confirmed(),
            kept => kept,
        }
    }
}
