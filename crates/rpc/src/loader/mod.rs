//! Deploys programs with the upgradeable loader.
//!
//! The file goes into a buffer account in pieces, whose address follows from the authority and the program: a
//! deployment that was interrupted finds its buffer again, looks what is missing and goes on.

mod buffer;

use std::time::Duration;

use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_signer::Signer;

use buffer::piece_len;

use crate::{Cluster, Fee, RpcError};

/// The upgradeable loader.
pub const LOADER: Pubkey = anchor_lang::prelude::pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");

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

#[cfg(test)]
mod tests {
    use super::*;

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
