//! Deploys programs with the upgradeable loader.
//!
//! The file goes into a buffer account in pieces, whose address follows from the authority and the program: a
//! deployment that was interrupted finds its buffer again, looks what is missing and goes on.

use std::time::{Duration, Instant};

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::error::InstructionError;
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

use crate::send::{budgeted, sign, PACKET_BYTES};
use crate::{Cluster, Fee, RpcError};

/// The upgradeable loader.
pub const LOADER: Pubkey = anchor_lang::prelude::pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");

/// Requests under way at a time: what public servers bear.
const PARALLEL: usize = 12;

/// Compute units that a write may use; it takes about 2,400.
const WRITE_UNITS: u32 = 6_000;

/// How long one sending of pieces waits for those that were not seen yet.
const WAIT: Duration = Duration::from_secs(30);

/// Sendings in which nothing arrives before it is given up.
const FRUITLESS: u32 = 5;

/// The least that a program's room may be extended by.
const LEAST_EXTENSION: usize = 10_240;

/// What is at a program's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deployed {
    /// Nothing.
    Absent,
    /// A program of the upgradeable loader.
    Upgradeable {
        /// Who may upgrade it, if anyone may.
        authority: Option<Pubkey>,
        /// Bytes that it has room for.
        room: usize,
        /// Whether it is the file asked about.
        same: bool,
    },
    /// A program of another loader, which nobody can upgrade.
    Fixed,
}

/// How far the writing of a buffer is: bytes there, and bytes in all.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The loader's account of a program's bytes.
pub fn program_data(program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[program.as_ref()], &LOADER).0
}

/// The buffer of an authority for a program, and the seed that it is made with.
fn buffer_address(authority: &Pubkey, program: &Pubkey) -> Result<(Pubkey, String), RpcError> {
    let seed: String = program.to_string().chars().take(32).collect();
    let address = Pubkey::create_with_seed(authority, &seed, &LOADER);
    address.map(|address| (address, seed)).map_err(|error| RpcError::Signing(error.to_string()))
}

/// Lamports that a deployment of a file of `len` bytes must have at hand: the buffer's become the program's.
pub fn deployment_lamports(len: usize) -> u64 {
    let rent = Rent::default();
    let signatures = (len / piece_len(&Pubkey::default(), &Pubkey::default(), Fee::default()) + 8) as u64;
    rent.minimum_balance(State::size_of_programdata(len))
        + rent.minimum_balance(State::size_of_program())
        + signatures * 5_000
}

impl Cluster {
    /// What is at a program's address, compared with a file.
    pub async fn deployed(&self, program: &Pubkey, elf: &[u8]) -> Result<Deployed, RpcError> {
        let Some(account) = self.raw(program).await? else {
            return Ok(Deployed::Absent);
        };
        if account.owner != LOADER {
            return if account.executable { Ok(Deployed::Fixed) } else { Err(self.not_a_program(program)) };
        }
        let Some(data) = self.raw(&program_data(program)).await? else {
            return Err(self.not_a_program(program));
        };
        let start = State::size_of_programdata_metadata();
        let Some(bytes) = data.data.get(start..) else {
            return Err(self.not_a_program(program));
        };
        Ok(Deployed::Upgradeable {
            authority: authority_at(&data.data, PROGRAM_DATA_AUTHORITY),
            room: bytes.len(),
            same: is_file(bytes, elf),
        })
    }

    fn not_a_program(&self, program: &Pubkey) -> RpcError {
        RpcError::NotAProgram { program: *program, url: self.url().to_owned() }
    }

    /// Deploys a program for the first time. `authority` pays and may upgrade it later.
    pub async fn deploy_program(
        &self,
        program: &Keypair,
        elf: &[u8],
        authority: &Keypair,
        fee: Fee,
        progress: Progress<'_>,
    ) -> Result<(), RpcError> {
        let buffer = self.fill_buffer(&program.pubkey(), elf, authority, fee, progress).await?;
        let payer = authority.pubkey();
        let lamports = Rent::default().minimum_balance(State::size_of_program());
        let deploy = loader::deploy_with_max_program_len(
            &payer,
            &program.pubkey(),
            &buffer,
            &payer,
            lamports,
            elf.len(),
        );
        let deploy = deploy.map_err(|error: InstructionError| RpcError::Signing(error.to_string()))?;
        self.send(&deploy, &[authority, program], fee).await?;
        self.wait_for_next_slot().await
    }

    /// Replaces a program's bytes; makes room first if there is too little.
    pub async fn upgrade_program(
        &self,
        program: &Pubkey,
        elf: &[u8],
        authority: &Keypair,
        fee: Fee,
        progress: Progress<'_>,
    ) -> Result<(), RpcError> {
        let buffer = self.fill_buffer(program, elf, authority, fee, progress).await?;
        if let Deployed::Upgradeable { room, .. } = self.deployed(program, elf).await? {
            self.extend(program, elf.len().saturating_sub(room), authority, fee).await?;
        }
        let payer = authority.pubkey();
        let upgrade = loader::upgrade(program, &buffer, &payer, &payer);
        self.send(&[upgrade], &[authority], fee).await?;
        self.wait_for_next_slot().await
    }

    /// Makes room for `more` bytes. Clusters differ in which of the two instructions they have.
    async fn extend(
        &self,
        program: &Pubkey,
        more: usize,
        authority: &Keypair,
        fee: Fee,
    ) -> Result<(), RpcError> {
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more.max(LEAST_EXTENSION)).unwrap_or(u32::MAX);
        let payer = authority.pubkey();
        let checked = loader::extend_program_checked(program, &payer, Some(&payer), more);
        match self.send(&[checked], &[authority], fee).await {
            Err(RpcError::Program { .. }) => {
                self.send(&[loader::extend_program(program, Some(&payer), more)], &[authority], fee).await?;
            }
            other => drop(other?),
        }
        // A program that was extended can't be upgraded in the same slot.
        self.wait_for_next_slot().await
    }

    /// The buffer, with the whole file in it.
    async fn fill_buffer(
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

    /// Programs answer from the slot after the one in which they were deployed.
    async fn wait_for_next_slot(&self) -> Result<(), RpcError> {
        let slot = || async { self.rpc.get_slot().await.map_err(|error| self.error(error)) };
        let deployed = slot().await?;
        while slot().await? <= deployed {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

/// Where the two kinds of account have their authority, behind a byte that says whether there is one.
const BUFFER_AUTHORITY: usize = 4;
const PROGRAM_DATA_AUTHORITY: usize = 4 + 8;

fn authority_at(data: &[u8], at: usize) -> Option<Pubkey> {
    let bytes: [u8; 32] = data.get(at + 1..at + 33)?.try_into().ok()?;
    (data.get(at) == Some(&1)).then(|| Pubkey::new_from_array(bytes))
}

/// Whether a program's bytes are a file's; what is left of its room is zero.
fn is_file(bytes: &[u8], elf: &[u8]) -> bool {
    bytes.strip_prefix(elf).is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
}

/// How many bytes of the file fit into one write.
fn piece_len(buffer: &Pubkey, authority: &Pubkey, fee: Fee) -> usize {
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

    #[test]
    fn a_program_is_the_file_when_only_zeros_follow() {
        assert!(is_file(b"elf\0\0", b"elf"));
        assert!(!is_file(b"elf\x01", b"elf"));
        assert!(!is_file(b"el", b"elf"));
    }

    #[test]
    fn an_account_without_an_authority_has_none() {
        let mut data = vec![3, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 1];
        data.extend([7; 32]);
        assert_eq!(authority_at(&data, PROGRAM_DATA_AUTHORITY), Some(Pubkey::new_from_array([7; 32])));
        data[12] = 0;
        assert_eq!(authority_at(&data, PROGRAM_DATA_AUTHORITY), None);
        assert_eq!(authority_at(&data[..20], PROGRAM_DATA_AUTHORITY), None);
    }
}
