//! The websocket: accounts, slots and our own transactions' logs as they come, and again after every interruption.

use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, Context, Result};
use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::stream::{select_all, BoxStream};
use futures_util::StreamExt;
use jettison_client::Venue;
use jettison_rpc::Cluster;
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::nonblocking::pubsub_client::PubsubClient;
use solana_rpc_client_api::config::{
    RpcAccountInfoConfig, RpcTransactionLogsConfig, RpcTransactionLogsFilter,
};
use solana_rpc_client_api::response::RpcLogsResponse;
use tokio::sync::{mpsc, watch};

use crate::bootstrap;
use crate::input::{Input, Watched};

/// What the stream brings.
pub enum Heard {
    /// Something for the loop.
    Input(Input),
    /// A transaction of ours was seen.
    Ours {
        /// The slot.
        slot: u64,
        /// Its signature, error and log.
        logs: RpcLogsResponse,
    },
}

/// What to watch.
pub struct Subject {
    /// The clearinghouse.
    pub venue: Venue,
    /// Whose transactions are ours.
    pub payer: Pubkey,
    /// Silence after which the connection counts as dead.
    pub stale: Duration,
}

/// Keeps a stream open for ever: connects, subscribes, asks for a full reading, and passes on what comes; after an end
/// it begins again, later each time. `oracles` are those of the markets, and may change.
pub async fn run(
    cluster: Cluster,
    subject: Subject,
    oracles: watch::Receiver<Vec<Pubkey>>,
    to: mpsc::UnboundedSender<Heard>,
    refresh: mpsc::UnboundedSender<()>,
) {
    let waits = || ExponentialBuilder::default().with_min_delay(FIRST_WAIT).with_max_delay(LONGEST_WAIT);
    let mut wait = waits().with_jitter().without_max_times().build();
    loop {
        let mut heard = false;
        let end = listen(&cluster, &subject, oracles.clone(), &to, &refresh, &mut heard).await;
        let why = match end {
            Ok(()) => "the oracles changed".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        if to.send(Heard::Input(Input::StreamDown { why })).is_err() {
            return;
        }
        if heard {
            wait = waits().with_jitter().without_max_times().build();
        }
        tokio::time::sleep(wait.next().unwrap_or(LONGEST_WAIT)).await;
    }
}

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// One connection, from its opening to its end. `Ok` if it has to be opened again for other oracles.
async fn listen(
    cluster: &Cluster,
    subject: &Subject,
    mut oracles: watch::Receiver<Vec<Pubkey>>,
    to: &mpsc::UnboundedSender<Heard>,
    refresh: &mpsc::UnboundedSender<()>,
    heard: &mut bool,
) -> Result<()> {
    let url = cluster.ws_url();
    let connecting = tokio::time::timeout(subject.stale, PubsubClient::new(url));
    let client = connecting.await.map_err(|_| anyhow!("{url} doesn't answer"))?;
    let client = client.with_context(|| format!("connecting to {url}"))?;
    let watched = oracles.borrow_and_update().clone();
    let subscribing = subscribe(&client, cluster.rpc().commitment(), subject, &watched);
    let mut all = tokio::time::timeout(subject.stale, subscribing)
        .await
        .map_err(|_| anyhow!("{url} doesn't answer a subscription"))??;
    let gone = || anyhow!("the keeper has stopped");
    to.send(Heard::Input(Input::StreamUp)).map_err(|_| gone())?;
    // Only now, so that nothing falls between the reading and the stream.
    let _ = refresh.send(());
    loop {
        tokio::select! {
            next = tokio::time::timeout(subject.stale, all.next()) => match next {
                Ok(Some(next)) => {
                    *heard = true;
                    to.send(next).map_err(|_| gone())?;
                }
                Ok(None) => return Err(anyhow!("{url} closed the stream")),
                Err(_) => return Err(anyhow!("{url} has been silent for {} s", subject.stale.as_secs())),
            },
            changed = oracles.changed() => {
                changed.map_err(|_| gone())?;
                return Ok(());
            }
        }
    }
}

type All<'a> = futures_util::stream::SelectAll<BoxStream<'a, Heard>>;

async fn subscribe<'a>(
    client: &'a PubsubClient,
    commitment: CommitmentConfig,
    subject: &Subject,
    oracles: &[Pubkey],
) -> Result<All<'a>> {
    let mut streams: Vec<BoxStream<'a, Heard>> = vec![];
    for kind in [Watched::Market, Watched::Margin] {
        let mut config = bootstrap::program_accounts(kind, &subject.venue.clearinghouse);
        config.account_config.commitment = Some(commitment);
        config.with_context = None;
        let (stream, _) = client.program_subscribe(&clearing::ID, Some(config)).await?;
        streams.push(
            stream
                .filter_map(move |seen| async move {
                    let address = seen.value.pubkey.parse().ok()?;
                    let update = bootstrap::update(kind, seen.context.slot, address, &seen.value.account)?;
                    Some(Heard::Input(Input::Account(update)))
                })
                .boxed(),
        );
    }
    for (address, kind) in bootstrap::singles(&subject.venue, oracles) {
        let config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(commitment),
            ..RpcAccountInfoConfig::default()
        };
        let (stream, _) = client.account_subscribe(&address, Some(config)).await?;
        streams.push(
            stream
                .filter_map(move |seen| async move {
                    let update = bootstrap::update(kind, seen.context.slot, address, &seen.value)?;
                    Some(Heard::Input(Input::Account(update)))
                })
                .boxed(),
        );
    }
    let ours = RpcTransactionLogsFilter::Mentions(vec![subject.payer.to_string()]);
    let config = RpcTransactionLogsConfig { commitment: Some(commitment) };
    let (stream, _) = client.logs_subscribe(ours, config).await?;
    streams.push(stream.map(|seen| Heard::Ours { slot: seen.context.slot, logs: seen.value }).boxed());
    let (stream, _) = client.slot_subscribe().await?;
    streams.push(stream.map(|seen| Heard::Input(Input::Slot { slot: seen.slot })).boxed());
    Ok(select_all(streams))
}
