//! Lands a transaction and says what came of it.

use std::future::Future;
use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::{error::InstructionError, Instruction};
use jettison_client::AnyEvent;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use solana_transaction_v3::Transaction;

use crate::{Cluster, RpcError};

/// What a transaction offers to be included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fee {
    /// Micro-lamports for a compute unit, on top of the base fee.
    pub priority: u64,
}

/// A transaction that went through.
#[derive(Clone, Debug)]
pub struct Landed {
    /// Its signature.
    pub signature: Signature,
    /// The slot.
    pub slot: u64,
    /// Compute units of the simulation just before.
    pub compute_units: u64,
    /// What the clearing program reported, in order. From the simulation if the server doesn't keep transactions.
    pub events: Vec<AnyEvent>,
    /// Whether the runtime cut the log off, so that events may be missing.
    pub events_truncated: bool,
}

/// The most bytes that a transaction may have.
pub const PACKET_BYTES: usize = 1_232;

/// How long a compute limit exceeds what the simulation used, in per cent: accounts may change in between.
const MARGIN_PER_CENT: u64 = 20;

/// What each of the two compute-budget instructions costs.
const BUDGET_UNITS: u64 = 300;

/// The most compute units that a transaction may use.
const MAX_UNITS: u32 = 1_400_000;

/// Between two looks at whether it has landed.
const POLL: Duration = Duration::from_millis(250);

/// Between two sends of the same transaction.
const RESEND: Duration = Duration::from_secs(2);

/// What a simulation showed of a transaction that would go through.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Compute units that it used.
    pub compute_units: u64,
    /// What the clearing program reported, in order.
    pub events: Vec<AnyEvent>,
    /// Whether the runtime cut the log off, so that events may be missing.
    pub events_truncated: bool,
}

impl Cluster {
    /// Simulates, signs, sends, resends and confirms. `signers[0]` pays.
    ///
    /// An error says whether anything can have changed: only [`RpcError::Unknown`] leaves that open.
    pub async fn send(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        fee: Fee,
    ) -> Result<Landed, RpcError> {
        let payer = signers.first().ok_or_else(|| RpcError::Signing("no payer was given".into()))?.pubkey();
        let simulated = self.simulate(instructions, &payer).await?;
        let units = simulated.compute_units.saturating_mul(100 + MARGIN_PER_CENT) / 100 + BUDGET_UNITS;
        let limit = u32::try_from(units).unwrap_or(MAX_UNITS).min(MAX_UNITS);
        let (blockhash, last_height) = self.blockhash().await?;
        let transaction = sign(&budgeted(instructions, limit, fee), signers, blockhash)?;
        let ended = || async move {
            let height = self.rpc.get_block_height().await;
            Ok(height.map_err(|error| self.error(error))? > last_height)
        };
        let (signature, slot) = self.land_until(&transaction, ended).await?;
        Ok(self.report(signature, slot, simulated).await)
    }

    /// What a transaction that landed did: by its log, or by its simulation if the server doesn't keep logs.
    pub(crate) async fn report(&self, signature: Signature, slot: u64, simulated: Simulated) -> Landed {
        let mut landed = Landed {
            signature,
            slot,
            compute_units: simulated.compute_units,
            events: simulated.events,
            events_truncated: simulated.events_truncated,
        };
        if let Some(logs) = self.logs_of(&signature).await {
            let facts = jettison_client::events_in(&logs);
            (landed.events, landed.events_truncated) = (facts.events(), facts.truncated);
        }
        landed
    }

    /// Signs and sends once, without a simulation and without waiting: for what is made up for by the next of its kind.
    /// `signers[0]` pays; `units` is the compute limit.
    pub async fn send_once(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        fee: Fee,
        units: u32,
    ) -> Result<Signature, RpcError> {
        let (blockhash, _) = self.blockhash().await?;
        let transaction = sign(&budgeted(instructions, units, fee), signers, blockhash)?;
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let sent = self.rpc.send_transaction_with_config(&transaction, config).await;
        sent.map_err(|error| self.error(error))
    }

    /// Simulates a transaction that `payer` pays, without its signatures: what it would cost and report, or why it would
    /// be refused.
    pub async fn simulate(
        &self,
        instructions: &[Instruction],
        payer: &Pubkey,
    ) -> Result<Simulated, RpcError> {
        let budgeted = budgeted(instructions, MAX_UNITS, Fee::default());
        let transaction = Transaction::new_with_payer(&budgeted, Some(payer));
        require_fits(&transaction)?;
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(self.rpc.commitment()),
            ..RpcSimulateTransactionConfig::default()
        };
        self.simulate_with(&transaction, config).await
    }

    pub(crate) async fn simulate_with(
        &self,
        transaction: &Transaction,
        config: RpcSimulateTransactionConfig,
    ) -> Result<Simulated, RpcError> {
        let payer = transaction.message.account_keys.first().copied().unwrap_or_default();
        let result = self.rpc.simulate_transaction_with_config(transaction, config).await;
        let result = result.map_err(|error| self.error(error))?.value;
        let logs = result.logs.unwrap_or_default();
        if let Some(error) = result.err {
            return Err(self.refusal(error.into(), logs, &payer).await);
        }
        let facts = jettison_client::events_in(&logs);
        Ok(Simulated {
            compute_units: result.units_consumed.unwrap_or(u64::from(MAX_UNITS)),
            events: facts.events(),
            events_truncated: facts.truncated,
        })
    }

    async fn refusal(&self, error: TransactionError, logs: Vec<String>, payer: &Pubkey) -> RpcError {
        let broke =
            matches!(error, TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee);
        if broke {
            return RpcError::NoSol { payer: *payer, lamports: self.lamports(payer).await.unwrap_or(0) };
        }
        refused(&error, logs)
    }

    async fn blockhash(&self) -> Result<(Hash, u64), RpcError> {
        let found = self.rpc.get_latest_blockhash_with_commitment(self.rpc.commitment()).await;
        found.map_err(|error| self.error(error))
    }

    /// Sends until it is confirmed, or has not been by the time that `ended` says it can't land any more.
    pub(crate) async fn land_until<F: Future<Output = Result<bool, RpcError>>>(
        &self,
        transaction: &Transaction,
        ended: impl Fn() -> F,
    ) -> Result<(Signature, u64), RpcError> {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let unknown = |error: RpcError| RpcError::Unknown { signature, why: error.to_string() };
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let first = self.rpc.send_transaction_with_config(transaction, config).await;
        if let Err(error) = first.map_err(|error| self.error(error)) {
            // It may have arrived though no answer did.
            return Err(if matches!(error, RpcError::Unreachable { .. }) { unknown(error) } else { error });
        }
        let mut sent = Instant::now();
        loop {
            tokio::time::sleep(POLL).await;
            // Asked before the status: what landed until then is seen.
            let ended = ended().await.map_err(unknown)?;
            match self.status(&signature).await.map_err(unknown)? {
                Some(Ok(slot)) => return Ok((signature, slot)),
                Some(Err(error)) => {
                    let logs = self.logs_of(&signature).await.unwrap_or_default();
                    return Err(refused(&error, logs));
                }
                None if ended => return Err(RpcError::Expired(signature)),
                None => {}
            }
            if sent.elapsed() >= RESEND {
                // A server may answer that it has the transaction already: what counts is its status.
                let _ = self.rpc.send_transaction_with_config(transaction, config).await;
                sent = Instant::now();
            }
        }
    }

    /// What came of a transaction, once it is as final as this connection asks for.
    pub async fn status(
        &self,
        signature: &Signature,
    ) -> Result<Option<Result<u64, TransactionError>>, RpcError> {
        let found =
            self.rpc.get_signature_statuses(&[*signature]).await.map_err(|error| self.error(error))?;
        let Some(status) = found.value.into_iter().next().flatten() else {
            return Ok(None);
        };
        if !status.satisfies_commitment(self.rpc.commitment()) {
            return Ok(None);
        }
        let slot = status.slot;
        Ok(Some(status.status.map(|()| slot)))
    }

    /// The log of a transaction, if the server keeps it.
    pub async fn logs_of(&self, signature: &Signature) -> Option<Vec<String>> {
        use solana_rpc_client_api::config::RpcTransactionConfig;
        use solana_transaction_status_client_types::{
            option_serializer::OptionSerializer, UiTransactionEncoding,
        };
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.remembered()),
            max_supported_transaction_version: Some(0),
        };
        let found = self.rpc.get_transaction_with_config(signature, config).await.ok()?;
        match found.transaction.meta?.log_messages {
            OptionSerializer::Some(logs) => Some(logs),
            _ => None,
        }
    }
}

/// How many bytes a signed transaction of these instructions has, with the compute budget's.
pub fn transaction_bytes(instructions: &[Instruction], payer: &Pubkey) -> usize {
    bytes_of(&Transaction::new_with_payer(&budgeted(instructions, MAX_UNITS, Fee::default()), Some(payer)))
}

pub(crate) fn budgeted(instructions: &[Instruction], limit: u32, fee: Fee) -> Vec<Instruction> {
    let mut all = vec![
        ComputeBudgetInstruction::set_compute_unit_limit(limit),
        ComputeBudgetInstruction::set_compute_unit_price(fee.priority),
    ];
    all.extend_from_slice(instructions);
    all
}

/// Instructions before the caller's in a transaction made here.
const BUDGET_INSTRUCTIONS: usize = 2;

pub(crate) fn sign(
    instructions: &[Instruction],
    signers: &[&Keypair],
    blockhash: Hash,
) -> Result<Transaction, RpcError> {
    let mut distinct: Vec<&Keypair> = vec![];
    for signer in signers {
        if !distinct.iter().any(|known| known.pubkey() == signer.pubkey()) {
            distinct.push(signer);
        }
    }
    let payer = distinct.first().map(|payer| payer.pubkey());
    let mut transaction = Transaction::new_with_payer(instructions, payer.as_ref());
    let signing = |error: solana_signer::SignerError| RpcError::Signing(error.to_string());
    transaction.try_sign(&distinct, blockhash).map_err(signing)?;
    require_fits(&transaction)?;
    Ok(transaction)
}

pub(crate) fn require_fits(transaction: &Transaction) -> Result<(), RpcError> {
    let bytes = bytes_of(transaction);
    if bytes > PACKET_BYTES {
        return Err(RpcError::TooLarge { bytes, limit: PACKET_BYTES });
    }
    Ok(())
}

fn bytes_of(transaction: &Transaction) -> usize {
    let signatures = usize::from(transaction.message.header.num_required_signatures);
    1 + signatures * 64 + transaction.message_data().len()
}

fn refused(error: &TransactionError, logs: Vec<String>) -> RpcError {
    let (instruction, code) = match error {
        TransactionError::InstructionError(index, InstructionError::Custom(code)) => {
            (Some(*index), Some(*code))
        }
        TransactionError::InstructionError(index, _) => (Some(*index), None),
        _ => (None, None),
    };
    let message =
        code.and_then(jettison_client::error_message).map_or_else(|| error.to_string(), str::to_owned);
    let instruction = instruction.and_then(|index| usize::from(index).checked_sub(BUDGET_INSTRUCTIONS));
    RpcError::Program { instruction, code, message, logs }
}
