//! The logs of transactions as they land, and those of a time that was missed.

use anchor_lang::prelude::Pubkey;
use futures_util::future::join_all;
use futures_util::stream::{select_all, StreamExt};
use solana_pubsub_client::nonblocking::pubsub_client::PubsubClient;
use solana_rpc_client_api::config::{RpcTransactionLogsConfig, RpcTransactionLogsFilter};
use solana_signature::Signature;
use tokio::sync::mpsc;

use crate::{Cluster, RpcError};

/// What a subscription brings.
#[derive(Clone, Debug)]
pub enum LogNews {
    /// It stands: from here on nothing is missed until it ends.
    Opened,
    /// A transaction went through. One that mentions several of the addresses comes once for each.
    Landed(Logged),
    /// It ended, and why; the last news.
    Closed(String),
}

/// The log of a transaction that went through.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Which of the addresses it mentions.
    pub mentioned: Pubkey,
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Its log.
    pub logs: Vec<String>,
}

impl Cluster {
    /// Follows the transactions that mention any of `addresses`, until the connection ends or the receiver is dropped.
    pub fn follow_logs(&self, addresses: &[Pubkey]) -> mpsc::UnboundedReceiver<LogNews> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (cluster, addresses) = (self.clone(), addresses.to_vec());
        tokio::spawn(async move {
            let why = match cluster.pump(&addresses, &sender).await {
                Ok(()) => "the server ended the subscription".to_owned(),
                Err(error) => error.to_string(),
            };
            // Nobody may be listening any more.
            let _ = sender.send(LogNews::Closed(why));
        });
        receiver
    }

    async fn pump(
        &self,
        addresses: &[Pubkey],
        news: &mpsc::UnboundedSender<LogNews>,
    ) -> Result<(), solana_pubsub_client::pubsub_client::PubsubClientError> {
        let client = PubsubClient::new(self.ws_url()).await?;
        let config = RpcTransactionLogsConfig { commitment: Some(self.rpc().commitment()) };
        let subscriptions =
            addresses.iter().map(|address| {
                let filter = RpcTransactionLogsFilter::Mentions(vec![address.to_string()]);
                let subscription = client.logs_subscribe(filter, config.clone());
                async move {
                    subscription.await.map(|(stream, _)| stream.map(move |entry| (*address, entry)).boxed())
                }
            });
        let streams: Result<Vec<_>, _> = join_all(subscriptions).await.into_iter().collect();
        let mut all = select_all(streams?);
        let mut open = news.send(LogNews::Opened).is_ok();
        while open {
            let Some((mentioned, entry)) = all.next().await else {
                break;
            };
            let (slot, entry) = (entry.context.slot, entry.value);
            let Ok(signature) = entry.signature.parse() else {
                continue;
            };
            if entry.err.is_none() {
                let logged = Logged { mentioned, signature, slot, logs: entry.logs };
                open = news.send(LogNews::Landed(logged)).is_ok();
            }
        }
        Ok(())
    }

    /// The transactions that went through and mention `address`, after `last` (all if none), oldest first, as far as the
    /// server keeps them: a thousand at most.
    pub async fn landed_since(
        &self,
        address: &Pubkey,
        last: Option<Signature>,
    ) -> Result<Vec<Logged>, RpcError> {
        let found = self.signatures(address, None, last, None).await?;
        let mut all = vec![];
        for status in found.into_iter().rev() {
            let Ok(signature) = status.signature.parse() else {
                continue;
            };
            if status.err.is_none() {
                let logs = self.logs_of(&signature).await.unwrap_or_default();
                all.push(Logged { mentioned: *address, signature, slot: status.slot, logs });
            }
        }
        Ok(all)
    }
}
