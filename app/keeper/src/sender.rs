//! Lands transactions: signs once, sends the same bytes to every endpoint until the transaction is seen or its blockhash
//! has expired. A second version is never signed while the first can land.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{anyhow, Context, Result};
use jettison_rpc::{Cluster, PACKET_BYTES};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig};
use solana_rpc_client_api::response::RpcLogsResponse;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use solana_transaction_v3::Transaction;
use tokio::sync::{mpsc, oneshot};

use crate::input::{Input, Report};
use crate::journal::{Entry, Journal};

/// Between two looks at what is in flight, where the stream is silent.
const POLL: Duration = Duration::from_millis(500);

/// Between two sendings of the same bytes.
const RESEND: Duration = Duration::from_millis(1_000);

/// How long a blockhash is used for new transactions.
const BLOCKHASH_AGE: Duration = Duration::from_secs(5);

/// A transaction to land.
#[derive(Clone, Debug)]
pub struct Order<T> {
    /// Its number.
    pub batch: u64,
    /// What it does, for the journal.
    pub tasks: T,
    /// Its instructions, without those of the compute budget.
    pub instructions: Vec<Instruction>,
    /// The most compute units it may use.
    pub compute_units: u32,
    /// What it offers for one, in micro-lamports.
    pub price: u64,
    /// Whether to simulate it before it is sent.
    pub simulate: bool,
    /// Whether to simulate it only.
    pub dry_run: bool,
}

/// What was seen of a transaction.
type Seen = (u64, Option<TransactionError>, Vec<String>);

struct Waiting {
    last_height: u64,
    seen: Option<oneshot::Sender<Result<Seen, Gone>>>,
}

/// Its blockhash has expired and it was not seen.
#[derive(Debug)]
struct Gone;

/// Lands transactions.
pub struct Sender<T> {
    cluster: Cluster,
    also: Vec<Arc<RpcClient>>,
    key: Arc<Keypair>,
    journal: Mutex<Journal<T>>,
    waiting: Mutex<HashMap<Signature, Waiting>>,
    blockhash: tokio::sync::Mutex<Option<(Instant, Hash, u64)>>,
    to: mpsc::UnboundedSender<Input>,
}

impl<T: Clone + Send + Sync + serde::Serialize + serde::de::DeserializeOwned + 'static> Sender<T> {
    /// A sender to a cluster and to further endpoints; what became of each transaction goes to `to`.
    pub fn new(
        cluster: Cluster,
        also: &[String],
        key: Arc<Keypair>,
        journal: Journal<T>,
        to: mpsc::UnboundedSender<Input>,
    ) -> Arc<Self> {
        let commitment = cluster.rpc().commitment();
        let also = also.iter().map(|url| Arc::new(RpcClient::new_with_commitment(url.clone(), commitment)));
        Arc::new(Self {
            also: also.collect(),
            cluster,
            key,
            journal: Mutex::new(journal),
            waiting: Mutex::default(),
            blockhash: tokio::sync::Mutex::new(None),
            to,
        })
    }

    /// How many transactions may still land.
    pub fn in_flight(&self) -> usize {
        lock(&self.waiting).len()
    }

    /// Lands a transaction in the background.
    pub fn submit(self: &Arc<Self>, order: Order<T>) {
        let sender = self.clone();
        tokio::spawn(async move {
            let batch = order.batch;
            let report = sender.land(order).await;
            let _ = sender.to.send(Input::Report { batch, report });
        });
    }

    /// Goes on with what a former run left in flight: the same bytes, until they are seen or can't land any more.
    pub fn resume(self: &Arc<Self>, entry: Entry<T>) -> Result<()> {
        let transaction: Transaction =
            bincode::deserialize(&entry.bytes()?).context("a transaction in the journal can't be read")?;
        let sender = self.clone();
        tokio::spawn(async move {
            let report = sender.send_until_known(&transaction, entry.last_height).await;
            sender.forget(entry.batch);
            let _ = sender.to.send(Input::Report { batch: entry.batch, report });
        });
        Ok(())
    }

    async fn land(&self, order: Order<T>) -> Report {
        let signed = self.sign(&order).await;
        let (transaction, last_height) = match signed {
            Ok(signed) => signed,
            Err(error) => return Report::NotSent { why: format!("{error:#}") },
        };
        if order.simulate || order.dry_run {
            match self.simulate(&transaction).await {
                Ok((None, logs)) if order.dry_run => return Report::Simulated { error: None, logs },
                Ok((None, _)) => {}
                Ok((error, logs)) => return Report::Simulated { error, logs },
                Err(error) => return Report::NotSent { why: format!("{error:#}") },
            }
        }
        if let Err(error) = self.note(&order, &transaction, last_height) {
            return Report::NotSent { why: format!("{error:#}") };
        }
        let report = self.send_until_known(&transaction, last_height).await;
        self.forget(order.batch);
        report
    }

    async fn sign(&self, order: &Order<T>) -> Result<(Transaction, u64)> {
        let mut instructions = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(order.compute_units),
            ComputeBudgetInstruction::set_compute_unit_price(order.price),
        ];
        instructions.extend_from_slice(&order.instructions);
        let (blockhash, last_height) = self.blockhash().await?;
        let mut transaction = Transaction::new_with_payer(&instructions, Some(&self.key.pubkey()));
        transaction.try_sign(&[&*self.key], blockhash).context("signing")?;
        Ok((transaction, last_height))
    }

    async fn blockhash(&self) -> Result<(Hash, u64)> {
        let mut known = self.blockhash.lock().await;
        if let Some((at, hash, height)) = *known {
            if at.elapsed() < BLOCKHASH_AGE {
                return Ok((hash, height));
            }
        }
        let rpc = self.cluster.rpc();
        let found = rpc.get_latest_blockhash_with_commitment(rpc.commitment()).await;
        let (hash, height) = found.map_err(|error| self.cluster.error(error))?;
        *known = Some((Instant::now(), hash, height));
        Ok((hash, height))
    }

    async fn simulate(&self, transaction: &Transaction) -> Result<(Option<TransactionError>, Vec<String>)> {
        let rpc = self.cluster.rpc();
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(rpc.commitment()),
            ..RpcSimulateTransactionConfig::default()
        };
        let result = rpc.simulate_transaction_with_config(transaction, config).await;
        let result = result.map_err(|error| self.cluster.error(error))?.value;
        Ok((result.err.map(Into::into), result.logs.unwrap_or_default()))
    }

    fn note(&self, order: &Order<T>, transaction: &Transaction, last_height: u64) -> Result<()> {
        let bytes = bincode::serialize(transaction).context("a transaction can't be written")?;
        if bytes.len() > PACKET_BYTES {
            return Err(anyhow!("the transaction has {} bytes, of {PACKET_BYTES} at most", bytes.len()));
        }
        let signature = transaction.signatures.first().map(Signature::to_string).unwrap_or_default();
        let entry = Entry::new(order.batch, order.tasks.clone(), signature, last_height, &bytes);
        lock(&self.journal).add(entry)
    }

    fn forget(&self, batch: u64) {
        if let Err(error) = lock(&self.journal).remove(batch) {
            // The next start looks again at what has long landed: no harm.
            tracing::warn!("{error:#}");
        }
    }

    /// Sends the same bytes until the transaction is seen or can't land any more. No error of a server ends this: one
    /// that refused may have passed it on, and one that can't be reached can't say.
    async fn send_until_known(&self, transaction: &Transaction, last_height: u64) -> Report {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let (seen, mut known) = oneshot::channel();
        lock(&self.waiting).insert(signature, Waiting { last_height, seen: Some(seen) });
        let found = loop {
            self.send_everywhere(transaction).await;
            tokio::select! {
                known = &mut known => break known,
                () = tokio::time::sleep(RESEND) => {}
            }
        };
        lock(&self.waiting).remove(&signature);
        match found {
            Ok(Ok((slot, error, logs))) => Report::Landed { slot, error, logs },
            Ok(Err(Gone)) => Report::Expired,
            Err(_) => Report::NotSent { why: "the keeper has stopped".into() },
        }
    }

    async fn send_everywhere(&self, transaction: &Transaction) {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let first = self.cluster.rpc().send_transaction_with_config(transaction, config);
        let others = self.also.iter().map(|rpc| rpc.send_transaction_with_config(transaction, config));
        let (first, others) = futures_util::join!(first, futures_util::future::join_all(others));
        for error in std::iter::once(first).chain(others).filter_map(Result::err) {
            tracing::debug!("a server did not take a transaction: {error}");
        }
    }

    /// The stream saw a transaction of ours.
    pub fn heard(&self, slot: u64, seen: RpcLogsResponse) {
        let Ok(signature) = seen.signature.parse() else { return };
        self.tell(&signature, Ok((slot, seen.err.map(Into::into), seen.logs)));
    }

    fn tell(&self, signature: &Signature, what: Result<Seen, Gone>) {
        let seen = lock(&self.waiting).get_mut(signature).and_then(|waiting| waiting.seen.take());
        if let Some(seen) = seen {
            let _ = seen.send(what);
        }
    }

    /// Looks at what is in flight, for ever: the stream may be silent, and only this notices what has expired.
    pub async fn watch(self: Arc<Self>) {
        loop {
            tokio::time::sleep(POLL).await;
            if let Err(error) = self.look().await {
                tracing::debug!("looking at what is in flight: {error:#}");
            }
        }
    }

    async fn look(&self) -> Result<()> {
        const MOST: usize = 256;
        let waiting: Vec<(Signature, u64)> = lock(&self.waiting)
            .iter()
            .map(|(signature, waiting)| (*signature, waiting.last_height))
            .collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let rpc = self.cluster.rpc();
        // The height first: what is not seen after it has passed can't land any more.
        let height = rpc.get_block_height().await?;
        for waiting in waiting.chunks(MOST) {
            let signatures: Vec<Signature> = waiting.iter().map(|(signature, _)| *signature).collect();
            let statuses = rpc.get_signature_statuses(&signatures).await?.value;
            for ((signature, last_height), status) in waiting.iter().zip(statuses) {
                match status {
                    Some(status) if status.satisfies_commitment(rpc.commitment()) => {
                        let logs = self.cluster.logs_of(signature).await.unwrap_or_default();
                        self.tell(signature, Ok((status.slot, status.err, logs)));
                    }
                    None if height > *last_height => self.tell(signature, Err(Gone)),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic elsewhere leaves these maps whole: each change is one call.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
