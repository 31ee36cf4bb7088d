//! The chain that callers see.

use crate::elf::Elf;
use crate::native::Native;
use crate::outcome::{Executed, Failed};
use crate::program::NativeProgram;
use crate::wire;
use crate::Account;
use anchor_lang::prelude::{Clock, Pubkey};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_program;
use anyhow::Result;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use std::path::PathBuf;

/// Where every chain's clock starts: 2026-01-01T00:00:00Z in Unix seconds.
pub const START_TS: i64 = 1_767_225_600;

/// Lamports that the payer begins with: a million SOL.
pub(crate) const PAYER_LAMPORTS: u64 = 1_000_000 * 1_000_000_000;

const COMPUTE_UNIT_LIMIT: u32 = 1_400_000;
const COMPUTE_BUDGET: Pubkey = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

/// What runs our programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// As Rust functions of this process.
    Native,
    /// As compiled files.
    Elf,
}

/// What a runtime makes of a transaction.
pub(crate) struct Ran {
    pub result: Result<(), TransactionError>,
    pub compute_units: Option<u64>,
    pub logs: Vec<String>,
}

/// The little that differs between the runtimes.
pub(crate) trait Backend {
    fn runtime(&self) -> Runtime;
    fn token_program(&self) -> String;
    fn clock(&self) -> Result<Clock>;
    fn set_clock(&mut self, clock: &Clock);
    fn account(&self, key: &Pubkey) -> Option<Account>;
    fn set_account(&mut self, key: &Pubkey, account: Account);
    /// Calls `read` with the account's data, if there is such an account.
    fn read(&self, key: &Pubkey, read: &mut dyn FnMut(&[u8]));
    /// Runs the instructions as one transaction, no two of which are equal. With a blockhash it is refused unless
    /// that is recent or the value of the nonce account that the first instruction advances.
    fn run(
        &mut self,
        instructions: &[Instruction],
        payer: &Pubkey,
        blockhash: Option<[u8; 32]>,
    ) -> Result<Ran>;
    fn hush(&mut self) -> Result<()>;
}

/// A chain in this process. Not to be used inside an async runtime: the native one brings its own.
pub struct Chain {
    backend: Box<dyn Backend>,
    programs: Vec<Pubkey>,
    payer: Keypair,
    clock: Clock,
    sent: u32,
    keys: u64,
}

impl Chain {
    /// A chain that runs the programs natively.
    ///
    /// solana-program-test logs every instruction to stderr; this turns logging off for the whole process,
    /// unless `RUST_LOG` is set.
    ///
    /// # Errors
    /// When solana-program-test doesn't start.
    pub fn native(programs: Vec<NativeProgram>) -> Result<Chain> {
        let ids = programs.iter().map(|program| program.id).collect();
        let payer = key_of(0);
        Chain::over(Box::new(Native::start(programs, &payer.pubkey())?), ids, payer)
    }

    /// A chain that runs compiled programs, each an address and its `.so` file.
    ///
    /// # Errors
    /// When a file is missing or isn't a program that the VM takes.
    pub fn elf(programs: &[(Pubkey, PathBuf)]) -> Result<Chain> {
        let ids = programs.iter().map(|(id, _)| *id).collect();
        let payer = key_of(0);
        Chain::over(Box::new(Elf::start(programs, &payer.pubkey())?), ids, payer)
    }

    fn over(backend: Box<dyn Backend>, programs: Vec<Pubkey>, payer: Keypair) -> Result<Chain> {
        let clock = backend.clock()?;
        let mut chain = Chain { backend, programs, payer, clock, sent: 0, keys: 0 };
        chain.set_time(START_TS);
        Ok(chain)
    }

    /// What runs our programs.
    pub fn runtime(&self) -> Runtime {
        self.backend.runtime()
    }

    /// The token program's name and origin, to print beside any compute units.
    pub fn token_program(&self) -> String {
        self.backend.token_program()
    }

    /// Sends what natively run programs print nowhere while a transaction runs, for a command whose stdout is
    /// its result. Not for test binaries: while it lasts, other threads' stdout is lost as well. Of no effect
    /// on the ELF.
    ///
    /// # Errors
    /// When `/dev/null` or stdout can't be opened.
    pub fn hush_programs(&mut self) -> Result<()> {
        self.backend.hush()
    }

    /// Pays every fee and signs every transaction; a million SOL, the same key on every chain.
    pub fn payer(&self) -> &Keypair {
        &self.payer
    }

    /// The next key of a fixed series: a run's addresses are those of the run before.
    pub fn new_keypair(&mut self) -> Keypair {
        self.keys += 1;
        key_of(self.keys)
    }

    /// The clock's Unix seconds. It stands still until set.
    pub fn now(&self) -> i64 {
        self.clock.unix_timestamp
    }

    /// Sets the clock's Unix seconds.
    pub fn set_time(&mut self, unix_ts: i64) {
        self.clock.unix_timestamp = unix_ts;
        self.backend.set_clock(&self.clock);
    }

    /// The clock's slot. It stands still until set.
    pub fn slot(&self) -> u64 {
        self.clock.slot
    }

    /// Sets the clock's slot, as programs read it; no block is made.
    pub fn set_slot(&mut self, slot: u64) {
        self.clock.slot = slot;
        self.backend.set_clock(&self.clock);
    }

    /// The account as it stands; `None` when there's none.
    pub fn account(&self, key: &Pubkey) -> Option<Account> {
        self.backend.account(key)
    }

    /// What `read` makes of the account's data; `None` when there's no such account. On the ELF nothing is
    /// copied.
    pub fn with_account_data<T>(&self, key: &Pubkey, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let (mut read, mut result) = (Some(read), None);
        self.backend.read(key, &mut |data| result = read.take().map(|read| read(data)));
        result
    }

    /// Creates or overwrites an account, past every rule of the runtime.
    pub fn set_account(&mut self, key: &Pubkey, account: Account) {
        self.backend.set_account(key, account);
    }

    /// Adds lamports out of nothing; makes a system account where there's none.
    pub fn airdrop(&mut self, to: &Pubkey, lamports: u64) {
        let empty = || Account { owner: system_program::ID, ..Account::default() };
        let mut account = self.account(to).unwrap_or_else(empty);
        account.lamports += lamports;
        self.set_account(to, account);
    }

    /// Runs the instructions as one transaction, with a compute unit limit of 1.4 million. The payer signs
    /// besides `signers`. The same instructions may be sent any number of times.
    ///
    /// Signatures aren't computed, only whose are due; the size limit of a cluster's transaction holds.
    ///
    /// # Errors
    /// When a signer is missing, the transaction is too large, or an instruction fails.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Executed, Failed> {
        self.send_as(instructions, signers, None)
    }

    /// As [`Chain::send`], of a transaction that names `blockhash`: with the value of a nonce account, which the first
    /// instruction must advance, it is as good as on the day when it was signed. Any other blockhash is too old.
    ///
    /// # Errors
    /// As [`Chain::send`], and when the blockhash is neither recent nor the nonce's.
    pub fn send_with_blockhash(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        blockhash: [u8; 32],
    ) -> Result<Executed, Failed> {
        self.send_as(instructions, signers, Some(blockhash))
    }

    fn send_as(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        blockhash: Option<[u8; 32]>,
    ) -> Result<Executed, Failed> {
        let mut all = instructions.to_vec();
        // Last, so that an error's instruction index is the caller's.
        all.push(self.compute_unit_limit());
        let payer = self.payer.pubkey();
        let signed: Vec<Pubkey> = signers.iter().map(|signer| signer.pubkey()).collect();
        wire::check(&all, &payer, &signed)?;
        let ran = self.backend.run(&all, &payer, blockhash);
        let ran = ran.map_err(|error| Failed::whole(format!("{error:#}")))?;
        if let Err(error) = ran.result {
            return Err(Failed::from_runtime(&error, ran.logs));
        }
        Ok(self.executed(ran.compute_units, ran.logs, instructions.len()))
    }

    fn executed(&self, compute_units: Option<u64>, logs: Vec<String>, instructions: usize) -> Executed {
        if self.runtime() == Runtime::Native {
            return Executed { logs, ..Executed::default() };
        }
        let mut facts = jettison_client::read_log(&logs, &self.programs);
        facts.instruction_units.truncate(instructions);
        let jettison_client::LogFacts { instruction_units, program_data, truncated: logs_truncated } = facts;
        Executed { compute_units, instruction_units, logs, program_data, logs_truncated }
    }

    /// The runtimes refuse a transaction equal to an earlier one. Whatever is asked above the limit counts as
    /// the limit, so asking for one unit more each time makes each transaction new at no cost.
    fn compute_unit_limit(&mut self) -> Instruction {
        self.sent += 1;
        let mut data = vec![2]; // SetComputeUnitLimit
        data.extend((COMPUTE_UNIT_LIMIT + self.sent).to_le_bytes());
        Instruction { program_id: COMPUTE_BUDGET, accounts: vec![], data }
    }
}

fn key_of(n: u64) -> Keypair {
    let mut seed = *b"jettison embedded chain ........";
    seed[24..].copy_from_slice(&n.to_le_bytes());
    Keypair::new_from_array(seed)
}
