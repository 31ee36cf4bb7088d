//! Lands a transaction that was signed elsewhere.

use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use solana_rpc_client_api::config::RpcSimulateTransactionConfig;
use solana_transaction_v3::Transaction;

use crate::{Cluster, Landed, RpcError, Simulated};

/// How long a transaction with a durable nonce is waited for. It may still land later, until the nonce is advanced.
const NONCE_PATIENCE: Duration = Duration::from_secs(60);

impl Cluster {
    /// Simulates a signed transaction as it is, signatures and blockhash included.
    pub async fn simulate_signed(&self, transaction: &Transaction) -> Result<Simulated, RpcError> {
        let config = RpcSimulateTransactionConfig {
            sig_verify: true,
            replace_recent_blockhash: false,
            commitment: Some(self.rpc.commitment()),
            ..RpcSimulateTransactionConfig::default()
        };
        self.simulate_with(transaction, config).await
    }

    /// Simulates, sends, resends and confirms a transaction that is fully signed; `nonce` is the durable nonce that it
    /// spends, if it spends one.
    ///
    /// An error says whether anything can have changed: only [`RpcError::Unknown`] leaves that open.
    pub async fn submit(
        &self,
        transaction: &Transaction,
        nonce: Option<&Pubkey>,
    ) -> Result<Landed, RpcError> {
        let simulated = self.simulate_signed(transaction).await?;
        let blockhash = transaction.message.recent_blockhash;
        let sent = Instant::now();
        let ended = || async move {
            match nonce {
                None => Ok(!self.is_blockhash_valid(&blockhash).await?),
                Some(nonce) => {
                    Ok(self.nonce(nonce).await?.value != blockhash || sent.elapsed() >= NONCE_PATIENCE)
                }
            }
        };
        let (signature, slot) = match self.land_until(transaction, ended).await {
            // What spends a nonce expires when the nonce has another value, and not before.
            Err(RpcError::Expired(signature)) => match nonce {
                Some(nonce) if self.nonce(nonce).await?.value == blockhash => {
                    let why = "it can land as long as its nonce is not advanced".to_owned();
                    return Err(RpcError::Unknown { signature, why });
                }
                _ => return Err(RpcError::Expired(signature)),
            },
            other => other?,
        };
        Ok(self.report(signature, slot, simulated).await)
    }
}
