//! The native runtime: one bank of solana-program-test, driven by a single-threaded async runtime.

use crate::chain::{Backend, Ran, Runtime, PAYER_LAMPORTS};
use crate::hush::Hush;
use crate::program::NativeProgram;
use crate::Account;
use anchor_lang::prelude::{Clock, Pubkey};
use anchor_lang::solana_program::instruction::Instruction;
use anyhow::{Context, Result};
use solana_account_v3::AccountSharedData;
use solana_program_test::{ProgramTest, ProgramTestContext};
use solana_transaction_error::TransactionError;
use solana_transaction_v3::Transaction;
use std::time::{Duration, Instant};

/// The bank makes a blockhash about every 6 ms while it runs and accepts the last 150.
const BLOCKHASH_LIFE: Duration = Duration::from_millis(200);

pub(crate) struct Native {
    // Before the runtime, which its tasks live in.
    context: ProgramTestContext,
    runtime: tokio::runtime::Runtime,
    blockhash_of: Instant,
    signatures: u64,
    hush: Option<Hush>,
}

impl Native {
    pub(crate) fn start(programs: Vec<NativeProgram>, payer: &Pubkey) -> Result<Native> {
        let mut test = ProgramTest::default();
        // `ProgramTest::default` has just switched a logger on, at debug level, for the whole process.
        if std::env::var_os("RUST_LOG").is_none() {
            log::set_max_level(log::LevelFilter::Off);
        }
        test.prefer_bpf(false);
        for program in programs {
            test.add_builtin_program(program.name, program.id, program.builtin);
        }
        test.add_account(*payer, Account { lamports: PAYER_LAMPORTS, ..Account::default() });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .context("starting the runtime of solana-program-test")?;
        let context = runtime.block_on(test.start_with_context());
        Ok(Native { context, runtime, blockhash_of: Instant::now(), signatures: 0, hush: None })
    }

    fn process(
        &mut self,
        instructions: &[Instruction],
        payer: &Pubkey,
        blockhash: Option<[u8; 32]>,
    ) -> Result<Ran> {
        let mut transaction = Transaction::new_with_payer(instructions, Some(payer));
        transaction.message.recent_blockhash = blockhash.map_or(self.context.last_blockhash, Into::into);
        // The bank verifies no signature on this path, but files each transaction under its first one.
        self.signatures += 1;
        let mut signature = [0; 64];
        signature[..8].copy_from_slice(&self.signatures.to_le_bytes());
        transaction.signatures[0] = signature.into();
        let processed = self.context.banks_client.process_transaction_with_metadata(transaction);
        let processed = self.runtime.block_on(processed)?;
        let logs = processed.metadata.map(|metadata| metadata.log_messages).unwrap_or_default();
        Ok(Ran { result: processed.result, compute_units: None, logs })
    }

    fn process_hushed(
        &mut self,
        instructions: &[Instruction],
        payer: &Pubkey,
        blockhash: Option<[u8; 32]>,
    ) -> Result<Ran> {
        match self.hush.take() {
            Some(hush) => {
                let ran = hush.during(|| self.process(instructions, payer, blockhash));
                self.hush = Some(hush);
                ran
            }
            None => self.process(instructions, payer, blockhash),
        }
    }

    fn renew_blockhash(&mut self) -> Result<()> {
        self.context.last_blockhash =
            self.runtime.block_on(self.context.banks_client.get_latest_blockhash())?;
        self.blockhash_of = Instant::now();
        Ok(())
    }
}

impl Backend for Native {
    fn runtime(&self) -> Runtime {
        Runtime::Native
    }

    fn token_program(&self) -> String {
        "SPL Token of solana-program-test 3.1.12".to_string()
    }

    fn clock(&self) -> Result<Clock> {
        Ok(self.runtime.block_on(self.context.banks_client.get_sysvar::<Clock>())?)
    }

    fn set_clock(&mut self, clock: &Clock) {
        // The bank writes its own time only when it makes a new slot, which nothing here asks of it.
        self.context.set_sysvar(clock);
    }

    fn account(&self, key: &Pubkey) -> Option<Account> {
        // In memory and always answered: an error means that the server is gone, and so is any account.
        self.runtime.block_on(self.context.banks_client.get_account(*key)).ok()?
    }

    fn set_account(&mut self, key: &Pubkey, account: Account) {
        self.context.set_account(key, &AccountSharedData::from(account));
    }

    fn read(&self, key: &Pubkey, read: &mut dyn FnMut(&[u8])) {
        if let Some(account) = self.account(key) {
            read(&account.data);
        }
    }

    fn run(
        &mut self,
        instructions: &[Instruction],
        payer: &Pubkey,
        blockhash: Option<[u8; 32]>,
    ) -> Result<Ran> {
        if self.blockhash_of.elapsed() > BLOCKHASH_LIFE {
            self.renew_blockhash()?;
        }
        let ran = self.process_hushed(instructions, payer, blockhash)?;
        if blockhash.is_some() || ran.result != Err(TransactionError::BlockhashNotFound) {
            return Ok(ran);
        }
        self.renew_blockhash()?;
        self.process_hushed(instructions, payer, None)
    }

    fn hush(&mut self) -> Result<()> {
        self.hush = Some(Hush::new().context("opening stdout and /dev/null")?);
        Ok(())
    }
}
