//! The invariants of the design over the whole state of the chain.

use anchor_lang::prelude::Pubkey;
use anchor_lang::Discriminator;
use bytemuck::Pod;
use clearing::state::{Clearinghouse, Custody, InsuranceFund, MarginAccount, Market, StakeAccount};
use jettison_client::account;
use jettison_embedded::Chain;
use jettison_engine::Atoms;
use jettison_risk::{check_books, Books};
use std::collections::{BTreeMap, BTreeSet};

/// What the checker remembers between two checks.
#[derive(Debug, Default)]
pub struct Held {
    /// Loss indices of the long and the short side of each market, which never decrease.
    loss_indices: BTreeMap<Pubkey, [u128; 2]>,
    /// Tokens sent to a vault past the program.
    pub donated: BTreeMap<Pubkey, u64>,
}

/// The accounts of a type among `known` that the clearing program owns.
pub fn accounts_of<T: Pod + Discriminator>(chain: &Chain, known: &BTreeSet<Pubkey>) -> Vec<(Pubkey, T)> {
    let decode = |key: &Pubkey| {
        let decoded = chain.with_account_data(key, |data| account::<T>(data).ok())?;
        // The owner is looked at last, because that copies the account.
        decoded.filter(|_| chain.account(key).is_some_and(|account| account.owner == clearing::ID))
    };
    known.iter().filter_map(|key| decode(key).map(|account| (*key, account))).collect()
}

impl Held {
    /// Remembers nothing but what was donated.
    pub fn of_donations(donated: BTreeMap<Pubkey, u64>) -> Self {
        Self { donated, ..Self::default() }
    }

    /// Checks every clearinghouse among `known`, which must hold every account of each.
    pub fn check(&mut self, chain: &Chain, known: &BTreeSet<Pubkey>) {
        let funds = accounts_of::<InsuranceFund>(chain, known);
        let custodies = accounts_of::<Custody>(chain, known);
        let markets = accounts_of::<Market>(chain, known);
        let accounts = accounts_of::<MarginAccount>(chain, known);
        let stakes = accounts_of::<StakeAccount>(chain, known);
        for (address, house) in accounts_of::<Clearinghouse>(chain, known) {
            let markets: Vec<(Pubkey, jettison_engine::Market)> =
                of(&markets, |m| m.clearinghouse == address).map(|(key, m)| (*key, m.book)).collect();
            let books: Vec<_> = markets.iter().map(|(_, book)| *book).collect();
            let accounts: Vec<_> = of(&accounts, |a| a.clearinghouse == address)
                .map(|(_, account)| (account.ledger, account.queued))
                .collect();
            let stakes: Vec<_> =
                of(&stakes, |s| s.clearinghouse == address).map(|(_, stake)| stake.stake).collect();
            // A clearinghouse of the first version has neither until it is migrated.
            let fund = funds.iter().find(|(key, _)| *key == house.insurance_fund);
            let fund = fund.map_or_else(Default::default, |(_, fund)| fund.ledger);
            let custody = custodies.iter().find(|(key, _)| *key == house.custody);
            let throttle = custody.map_or_else(Default::default, |(_, custody)| custody.throttle);
            assert_eq!(stakes.len(), fund.stakes as usize, "FUND SHARES: stakes");
            self.books(&Books {
                markets: &books,
                accounts: &accounts,
                fund: &fund,
                stakes: &stakes,
                throttle: &throttle,
                margin_vault: self.holds(chain, &house.margin_vault),
                insurance_vault: self.holds(chain, &house.insurance_vault),
                now: chain.now(),
            });
            for (key, book) in &markets {
                self.monotone(key, book);
            }
        }
    }

    /// Nothing was donated beside what is known: the vaults hold what the ledgers say, to the atom.
    fn books(&self, books: &Books<'_>) {
        for check in check_books(books) {
            assert!(check.holds && (!check.of_vault || check.left == check.right), "{check:?}");
        }
    }

    /// Tokens in a vault, less what was donated.
    fn holds(&self, chain: &Chain, vault: &Pubkey) -> Atoms {
        let balance = chain.token_balance(vault).expect("a vault is a token account");
        Atoms(balance - self.donated.get(vault).copied().unwrap_or(0))
    }

    fn monotone(&mut self, key: &Pubkey, book: &jettison_engine::Market) {
        let indices = [book.long.loss_index.get(), book.short.loss_index.get()];
        let before = self.loss_indices.insert(*key, indices).unwrap_or_default();
        assert!(
            indices[0] >= before[0] && indices[1] >= before[1],
            "MONOTONE: {before:?} became {indices:?}"
        );
    }
}

fn of<T>(all: &[(Pubkey, T)], ours: impl Fn(&T) -> bool) -> impl Iterator<Item = &(Pubkey, T)> {
    all.iter().filter(move |(_, account)| ours(account))
}
