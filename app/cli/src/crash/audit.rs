//! The invariants of a crash, checked after every transaction against the chain's own accounts.

use std::collections::BTreeMap;

use anyhow::Result;
use jettison_engine::{Atoms, Market};
use jettison_risk::Sums;
use serde::Serialize;

use super::op::{Op, Outcome};
use super::world::{Id, Saved, World};

/// Violations kept for the report; all are counted.
const KEPT: usize = 20;

/// How often each invariant was checked, and what failed.
#[derive(Default)]
pub struct Audit {
    /// Checks by invariant.
    pub checks: BTreeMap<&'static str, u64>,
    /// The first failures.
    pub violations: Vec<String>,
    /// All failures.
    pub failed: u64,
}

impl Audit {
    /// Notes a check.
    pub fn check(&mut self, invariant: &'static str, holds: bool, what: impl FnOnce() -> String) {
        *self.checks.entry(invariant).or_default() += 1;
        if holds {
            return;
        }
        self.failed += 1;
        if self.violations.len() < KEPT {
            self.violations.push(format!("{invariant}: {}", what()));
        }
    }
}

impl World {
    /// Checks what a transaction touched.
    pub fn audit_transaction(&mut self, ops: &[Op], outcomes: &[Outcome], saved: &Saved) {
        for (id, _) in &saved.ledgers {
            self.check_account(*id);
        }
        for index in 0..self.books.len() {
            if self.books[index] != saved.books[index] {
                self.check_book(index);
                self.check_market(index, &saved.books[index]);
            }
        }
        for (op, outcome) in ops.iter().zip(outcomes) {
            if let Outcome::Resolved(resolution) = outcome {
                let fund_spent = resolution.insurance_spent == saved.fund.assets;
                for leg in resolution.legs() {
                    let moved = !leg.by_index.is_zero() || !leg.uncovered.is_zero();
                    let book = &self.books[usize::from(leg.market.0)];
                    let allowed = book.allowance.remaining(&book.params, self.venue.chain.now());
                    let none_left = fund_spent || allowed.is_ok_and(|left: Atoms| left.is_zero());
                    let all_spent = none_left && book.surplus.is_zero();
                    self.audit.check("WATERFALL", !moved || all_spent, || {
                        format!("market {} charged its other side first in {op:?}", leg.market.0)
                    });
                }
            }
        }
        self.check_vaults();
    }

    /// Checks everything: all accounts and markets, also those no transaction was about.
    pub fn audit_all(&mut self) {
        for id in 0..self.traders.len() {
            self.check_account(id);
        }
        for index in 0..self.books.len() {
            self.check_book(index);
            let book = self.books[index];
            self.check_market(index, &book);
        }
        self.check_vaults();
    }

    fn check_account(&mut self, id: Id) {
        let address = self.traders[id].address;
        if self.closed.contains(&id) {
            let gone = self.venue.chain.account(&address).is_none_or(|account| account.lamports == 0);
            self.audit.check("EXIT", gone, || format!("account {id} is closed and still there"));
            return;
        }
        let same = self.venue.ledger(&address).is_ok_and(|ledger| ledger == self.ledgers[id]);
        self.audit.check("CHAIN = ENGINE", same, || format!("margin account {id} differs from the engine's"));
    }

    fn check_book(&mut self, index: usize) {
        let same = self.venue.book(index as u16).is_ok_and(|book| book == self.books[index]);
        self.audit.check("CHAIN = ENGINE", same, || format!("market {index} differs from the engine's"));
    }

    fn check_market(&mut self, index: usize, before: &Market) {
        let book = self.books[index];
        let balanced = book.long.contracts == book.short.contracts;
        self.audit
            .check("BALANCE", balanced, || format!("market {index}: {:?} / {:?}", book.long, book.short));
        let monotone = book.long.loss_index.get() >= before.long.loss_index.get()
            && book.short.loss_index.get() >= before.short.loss_index.get();
        self.audit.check("MONOTONE", monotone, || format!("market {index}: a loss index fell"));
        let sums = Sums::of(&book, self.holders[index].iter().map(|id| &self.ledgers[*id]));
        let shares = sums.shares == [book.long.shares.0, book.short.shares.0].map(i128::from);
        self.audit.check("SHARES", shares, || format!("market {index}: legs own {:?}", sums.shares));
        let backing = i128::from(book.pool.0) + i128::from(book.uncovered.0) - i128::from(book.surplus.0);
        self.audit.check("BACKING", sums.claims <= backing, || {
            format!("market {index}: claims of {} against {backing}", sums.claims)
        });
    }

    fn check_vaults(&mut self) {
        let Ok(vaults) = self.vaults() else {
            return self.audit.check("CONSERVATION", false, || "a vault is gone".into());
        };
        self.audit.check("CONSERVATION", vaults.margin_is_conserved(), || format!("{vaults:?}"));
        let shadow = self.fund.assets.0;
        let same = vaults.insurance_vault == shadow && vaults.insurance_assets == shadow;
        self.audit.check("INSURANCE", same, || format!("{vaults:?}, engine {shadow}"));
    }

    /// What the vaults hold on chain, and what the ledgers say.
    pub fn vaults(&self) -> Result<Vaults> {
        let (margin_vault, insurance_vault) = self.venue.vaults()?;
        let fees = |book: &Market| book.insurance_fees.0 + book.protocol_fees.0;
        Ok(Vaults {
            margin_vault,
            capital: self.ledgers.iter().map(|ledger| ledger.capital.0).sum(),
            pools: self.books.iter().map(|book| book.pool.0).sum(),
            unswept_fees: self.books.iter().map(fees).sum(),
            insurance_vault,
            insurance_assets: self.venue.insurance()?,
        })
    }
}

/// Balances of the vaults on chain beside what the ledgers say of them, in atoms.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Vaults {
    /// Balance of the margin vault.
    pub margin_vault: u64,
    /// Σ capital.
    pub capital: u64,
    /// Σ pools.
    pub pools: u64,
    /// Σ unswept fees.
    pub unswept_fees: u64,
    /// Balance of the insurance vault.
    pub insurance_vault: u64,
    /// The insurance fund's recorded assets.
    pub insurance_assets: u64,
}

impl Vaults {
    /// CONSERVATION.
    pub fn margin_is_conserved(&self) -> bool {
        self.margin_vault == self.capital + self.pools + self.unswept_fees
    }
}
