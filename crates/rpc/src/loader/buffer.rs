//! A program's bytes, on their way to the chain: a buffer account that is filled piece by piece.

use std::time::{Duration, Instant};

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_instruction;
use futures_util::{stream, StreamExt};
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction_v3::Transaction;

use super::{authority_at, Progress, BUFFER_AUTHORITY, LOADER};
use crate::send::{budgeted, sign, PACKET_BYTES};
use crate::{Cluster, Fee, RpcError};

/// Requests under way at a time: what public servers bear.
const PARALLEL: usize = 12;

/// Compute units that a write may use; it takes about 2,400.
const WRITE_UNITS: u32 = 6_000;

/// How long one sending of pieces waits for those that were not seen yet.
const WAIT: Duration = Duration::from_secs(30);

/// Sendings in which nothing arrives before it is given up.
const FRUITLESS: u32 = 5;

/// The buffer of an authority for a program, and the seed that it is made with.
fn buffer_address(authority: &Pubkey, program: &Pubkey) -> Result<(Pubkey, String), RpcError> {
    let seed: String = program.to_string().chars().take(32).collect();
    let address = Pubkey::create_with_seed(authority, &seed, &LOADER);
    address.map(|address| (address, seed)).map_err(|error| RpcError::Signing(error.to_string()))
}

impl Cluster {
    /// The buffer, with the whole file in it.
    pub(super) async fn fill_buffer(
        &self,
        program: &Pubkey,
        elf: &[u8],
        authority: &Keypair,
        fee: Fee,
        progress: Progress<'_>,
    ) -> Result<Pubkey, RpcError> {
        let (buffer, seed) = buffer_address(&authority.pubkey(), program)?;
        self.open_buffer(&buffer, &seed, elf.len(), authority, fee).await?;
        let piece = piece_len(&buffer, &authority.pubkey(), fee);
        let (mut least, mut fruitless) = (usize::MAX, 0);
        loop {
            let there = self.raw(&buffer).await?.map(|account| account.data).unwrap_or_default();
            let there = there.get(State::size_of_buffer_metadata()..).unwrap_or_default();
            let missing = missing_pieces(there, elf, piece);
            let left: usize = missing.iter().map(|at| piece.min(elf.len() - at)).sum();
            progress(elf.len() - left, elf.len());
            if missing.is_empty() {
                return Ok(buffer);
            }
            fruitless = if missing.len() < least { 0 } else { fruitless + 1 };
            if fruitless == FRUITLESS {
                let why = format!("{} of {} bytes arrived", elf.len() - left, elf.len());
                return Err(RpcError::Stalled { buffer, why });
            }
            least = least.min(missing.len());
            let writes = missing.iter().map(|at| {
                let end = elf.len().min(at + piece);
                loader::write(&buffer, &authority.pubkey(), *at as u32, elf[*at..end].to_vec())
            });
            self.send_writes(writes.collect(), authority, fee, |done| {
                progress((elf.len() - left + done * piece).min(elf.len()), elf.len());
            })
            .await?;
        }
    }

    /// Makes the buffer unless there is one of the right size; one of another size goes, its rent comes back.
    async fn open_buffer(
        &self,
        buffer: &Pubkey,
        seed: &str,
        len: usize,
        authority: &Keypair,
        fee: Fee,
    ) -> Result<(), RpcError> {
        let payer = authority.pubkey();
        if let Some(account) = self.raw(buffer).await? {
            let ours = authority_at(&account.data, BUFFER_AUTHORITY) == Some(payer);
            if ours && account.data.len() == State::size_of_buffer(len) {
                return Ok(());
            }
            self.send(&[loader::close(buffer, &payer, &payer)], &[authority], fee).await?;
        }
        let space = State::size_of_buffer(len);
        let lamports = Rent::default().minimum_balance(State::size_of_programdata(len));
        let create = system_instruction::create_account_with_seed(
            &payer,
            buffer,
            &payer,
            seed,
            lamports,
            space as u64,
            &LOADER,
        );
        // The second of the two that the loader's crate gives; the first makes the account by its own key.
        let pair = loader::create_buffer(&payer, buffer, &payer, lamports, len);
        let mut pair = pair.map_err(|error| RpcError::Signing(error.to_string()))?;
        let initialize = pair.pop().ok_or_else(|| RpcError::Signing("no instruction".into()))?;
        self.send(&[create, initialize], &[authority], fee).await.map(drop)
    }

    /// Sends writes once, several at a time, and waits until all are seen or the wait is over. What did not arrive is
    /// sent again by the caller, who looks into the buffer.
    async fn send_writes(
        &self,
        writes: Vec<Instruction>,
        authority: &Keypair,
        fee: Fee,
        done: impl Fn(usize),
    ) -> Result<(), RpcError> {
        let blockhash = self.rpc.get_latest_blockhash_with_commitment(self.rpc.commitment()).await;
        let blockhash = blockhash.map_err(|error| self.error(error))?.0;
        let sign_one =
            |write: Instruction| sign(&budgeted(&[write], WRITE_UNITS, fee), &[authority], blockhash);
        let signed: Vec<Transaction> = writes.into_iter().map(sign_one).collect::<Result<_, _>>()?;
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(3),
            ..RpcSendTransactionConfig::default()
        };
        let sent = stream::iter(&signed).map(|transaction| async move {
            (transaction, self.rpc.send_transaction_with_config(transaction, config).await)
        });
        let sent: Vec<_> = sent.buffer_unordered(PARALLEL).collect().await;
        let refused = sent.iter().filter(|(_, result)| result.is_err()).count();
        if refused == sent.len() {
            if let Some((_, Err(error))) = sent.into_iter().next() {
                return Err(self.error(error));
            }
            return Ok(());
        }
        let signatures: Vec<Signature> =
            signed.iter().filter_map(|t| t.signatures.first().copied()).collect();
        self.wait_for(signatures, done).await
    }

    async fn wait_for(&self, signatures: Vec<Signature>, done: impl Fn(usize)) -> Result<(), RpcError> {
        /// How many one request may ask about.
        const ASK: usize = 256;
        let (all, start) = (signatures.len(), Instant::now());
        let mut left = signatures;
        while !left.is_empty() && start.elapsed() < WAIT {
            let mut unseen = vec![];
            for some in left.chunks(ASK) {
                let found = self.rpc.get_signature_statuses(some).await.map_err(|error| self.error(error))?;
                let seen = |status: &Option<_>| {
                    let status: &Option<solana_transaction_status_client_types::TransactionStatus> = status;
                    status.as_ref().is_some_and(|s| s.satisfies_commitment(self.rpc.commitment()))
                };
                unseen.extend(
                    some.iter().zip(&found.value).filter(|(_, status)| !seen(status)).map(|(key, _)| *key),
                );
            }
            left = unseen;
            done(all - left.len());
            if !left.is_empty() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        Ok(())
    }
}

/// How many bytes of the file fit into one write.
pub(super) fn piece_len(buffer: &Pubkey, authority: &Pubkey, fee: Fee) -> usize {
    let write = loader::write(buffer, authority, 0, vec![]);
    let empty = Transaction::new_with_payer(&budgeted(&[write], WRITE_UNITS, fee), Some(authority));
    // A signature with its count, and one more byte for the length of data beyond 127.
    PACKET_BYTES.saturating_sub(1 + 64 + empty.message_data().len() + 1)
}

/// Offsets of the pieces that differ.
fn missing_pieces(there: &[u8], elf: &[u8], piece: usize) -> Vec<usize> {
    let differs = |at: &usize| {
        let end = elf.len().min(at + piece);
        there.get(*at..end) != elf.get(*at..end)
    };
    (0..elf.len()).step_by(piece.max(1)).filter(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_of_a_whole_piece_fills_a_transaction() {
        let (buffer, authority) = (Pubkey::new_unique(), Keypair::new());
        let piece = piece_len(&buffer, &authority.pubkey(), Fee { priority: 7 });
        for (len, fits) in [(piece, true), (piece + 1, false)] {
            let write = loader::write(&buffer, &authority.pubkey(), 9, vec![1; len]);
            let write = budgeted(&[write], WRITE_UNITS, Fee { priority: 7 });
            let signed = sign(&write, &[&authority], solana_hash::Hash::default());
            assert_eq!(signed.is_ok(), fits, "{len}");
        }
    }

    #[test]
    fn only_pieces_that_differ_are_missing() {
        let elf: Vec<u8> = (0..10).collect();
        assert_eq!(missing_pieces(&[], &elf, 4), [0, 4, 8]);
        assert_eq!(missing_pieces(&elf, &elf, 4), [0_usize; 0]);
        let mut there = elf.clone();
        there[9] = 0;
        assert_eq!(missing_pieces(&there, &elf, 4), [8]);
        assert_eq!(missing_pieces(&there[..5], &elf, 4), [4, 8]);
    }
}
