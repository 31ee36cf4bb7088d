//! The ELF runtime: litesvm with the features of mainnet.

use crate::chain::{Backend, Ran, Runtime, PAYER_LAMPORTS};
use crate::Account;
use anchor_lang::prelude::{Clock, Pubkey};
use anchor_lang::solana_program::bpf_loader_upgradeable;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_spl::token::spl_token;
use anyhow::{bail, Context, Result};
use litesvm::LiteSVM;
use solana_account_v4::{AccountSharedData, ReadableAccount};
use solana_transaction_v4::Transaction;
use std::path::PathBuf;

pub(crate) struct Elf {
    svm: LiteSVM,
}

impl Elf {
    pub(crate) fn start(programs: &[(Pubkey, PathBuf)], payer: &Pubkey) -> Result<Elf> {
        // `new` takes mainnet's features. Without history nothing is kept of past transactions.
        let svm =
            LiteSVM::new().with_sigverify(false).with_blockhash_check(false).with_transaction_history(0);
        let mut elf = Elf { svm };
        for (id, path) in programs {
            if !path.exists() {
                bail!("{} isn't there: run `cargo xtask build-sbf`", path.display());
            }
            elf.svm
                .add_program_from_file(*id, path)
                .with_context(|| format!("loading {}", path.display()))?;
        }
        elf.set_account(payer, Account { lamports: PAYER_LAMPORTS, ..Account::default() });
        Ok(elf)
    }

    /// litesvm has this only as a step of its building.
    fn check_blockhashes(&mut self, check: bool) {
        self.svm = std::mem::take(&mut self.svm).with_blockhash_check(check);
    }

    fn stored(&self, key: &Pubkey) -> Option<&AccountSharedData> {
        self.svm.accounts_db().get_account_ref(key)
    }
}

impl Backend for Elf {
    fn runtime(&self) -> Runtime {
        Runtime::Elf
    }

    fn token_program(&self) -> String {
        // litesvm loads p-token under the upgradeable loader, and the old program under the one before.
        let loader = self.stored(&spl_token::ID).map(|account| *account.owner());
        if loader == Some(bpf_loader_upgradeable::ID) {
            "p-token (pinocchio_token_program.so of litesvm 0.16.0)".to_string()
        } else {
            "SPL Token (spl_token-3.5.0.so of litesvm 0.16.0)".to_string()
        }
    }

    fn clock(&self) -> Result<Clock> {
        Ok(self.svm.get_sysvar::<Clock>())
    }

    fn set_clock(&mut self, clock: &Clock) {
        self.svm.set_sysvar(clock);
    }

    fn account(&self, key: &Pubkey) -> Option<Account> {
        let stored = self.stored(key)?;
        Some(Account {
            lamports: stored.lamports(),
            data: stored.data().to_vec(),
            owner: *stored.owner(),
            executable: stored.executable(),
            rent_epoch: stored.rent_epoch(),
        })
    }

    fn set_account(&mut self, key: &Pubkey, account: Account) {
        let account = solana_account_v4::Account {
            lamports: account.lamports,
            data: account.data,
            owner: account.owner,
            executable: account.executable,
            rent_epoch: account.rent_epoch,
        };
        self.svm.set_account(*key, account).expect("only a program or a sysvar can be refused");
    }

    fn read(&self, key: &Pubkey, read: &mut dyn FnMut(&[u8])) {
        if let Some(account) = self.stored(key) {
            read(account.data());
        }
    }

    fn run(
        &mut self,
        instructions: &[Instruction],
        payer: &Pubkey,
        blockhash: Option<[u8; 32]>,
    ) -> Result<Ran> {
        let mut transaction = Transaction::new_with_payer(instructions, Some(payer));
        if let Some(blockhash) = blockhash {
            transaction.message.recent_blockhash = blockhash.into();
            self.check_blockhashes(true);
        }
        let sent = self.svm.send_transaction(transaction);
        if blockhash.is_some() {
            self.check_blockhashes(false);
        }
        let (result, meta) = match sent {
            Ok(meta) => (Ok(()), meta),
            Err(failed) => (Err(failed.err), failed.meta),
        };
        Ok(Ran { result, compute_units: Some(meta.compute_units_consumed), logs: meta.logs })
    }

    fn hush(&mut self) -> Result<()> {
        Ok(())
    }
}
