//! The invariants of the design over the whole state of the chain.

use anchor_lang::prelude::Pubkey;
use anchor_lang::Discriminator;
use bytemuck::Pod;
use clearing::state::{Clearinghouse, InsuranceFund, MarginAccount, Market, StakeAccount};
use jettison_client::account;
use jettison_embedded::Chain;
use jettison_engine::Direction;
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
        let markets = accounts_of::<Market>(chain, known);
        let accounts = accounts_of::<MarginAccount>(chain, known);
        for (address, house) in accounts_of::<Clearinghouse>(chain, known) {
            let markets: Vec<&(Pubkey, Market)> =
                markets.iter().filter(|(_, m)| m.clearinghouse == address).collect();
            let accounts: Vec<&MarginAccount> = accounts
                .iter()
                .map(|(_, account)| account)
                .filter(|account| account.clearinghouse == address)
                .collect();
            let fund = funds.iter().find(|(key, _)| *key == house.insurance_fund);
            let assets = fund.map_or(0, |(_, fund)| fund.ledger.assets.0);
            self.conservation(chain, &house, &markets, &accounts);
            let insured = self.holds(chain, &house.insurance_vault);
            assert_eq!(insured, assets, "INSURANCE: the vault holds what is recorded");
            if let Some((_, fund)) = fund {
                Self::shares(chain, known, &address, &fund.ledger);
            }
            for (key, market) in markets {
                self.market(chain, key, &market.book, &accounts);
            }
        }
    }

    /// The fund's shares are its own and its stakers'.
    fn shares(
        chain: &Chain,
        known: &BTreeSet<Pubkey>,
        house: &Pubkey,
        fund: &jettison_engine::InsuranceFund,
    ) {
        let stakes = accounts_of::<StakeAccount>(chain, known);
        let stakes: Vec<_> = stakes.iter().filter(|(_, stake)| stake.clearinghouse == *house).collect();
        let live = stakes.iter().filter(|(_, stake)| stake.stake.generation == fund.generation);
        let staked: u64 = live.map(|(_, stake)| stake.stake.shares.0).sum();
        assert_eq!(staked + fund.own_shares.0, fund.shares.0, "FUND SHARES");
        assert_eq!(stakes.len(), fund.stakes as usize, "FUND SHARES: stakes");
    }

    /// Tokens in a vault, less what was donated.
    fn holds(&self, chain: &Chain, vault: &Pubkey) -> u64 {
        let balance = chain.token_balance(vault).expect("a vault is a token account");
        balance - self.donated.get(vault).copied().unwrap_or(0)
    }

    fn conservation(
        &self,
        chain: &Chain,
        house: &Clearinghouse,
        markets: &[&(Pubkey, Market)],
        accounts: &[&MarginAccount],
    ) {
        let capital: u64 =
            accounts.iter().map(|account| account.ledger.capital.0 + account.queued.amount.0).sum();
        let pools: u64 = markets.iter().map(|(_, m)| m.book.pool.0).sum();
        let fees: u64 = markets.iter().map(|(_, m)| m.book.insurance_fees.0 + m.book.protocol_fees.0).sum();
        assert_eq!(
            self.holds(chain, &house.margin_vault),
            capital + pools + fees,
            "CONSERVATION: the vault holds capital {capital}, pools {pools} and fees {fees}"
        );
    }

    fn market(
        &mut self,
        chain: &Chain,
        key: &Pubkey,
        book: &jettison_engine::Market,
        accounts: &[&MarginAccount],
    ) {
        // Legs close by settlement each side by itself.
        if !book.is_closing(chain.now()) {
            assert_eq!(book.long.contracts, book.short.contracts, "BALANCE");
        }
        let mut shares = [0u64; 2];
        let mut sizes = [0u64; 2];
        let mut claims: i128 = 0;
        for leg in accounts.iter().filter_map(|account| account.ledger.leg(book.index)) {
            let side = usize::from(leg.direction() == Direction::Short);
            shares[side] += leg.shares.0;
            sizes[side] += book.size_of(leg).expect("a size").0;
            let pending = leg.pending(book.side(leg.direction())).expect("a claim");
            claims += i128::from(leg.unsettled.0) + i128::from(pending.net().expect("a claim").0);
        }
        assert_eq!(shares, [book.long.shares.0, book.short.shares.0], "SHARES");
        let sides = [book.long.contracts.0, book.short.contracts.0];
        assert!(sizes[0] <= sides[0] && sizes[1] <= sides[1], "sizes {sizes:?} of {sides:?}");
        let backed = i128::from(book.pool.0) + i128::from(book.uncovered.0) - i128::from(book.surplus.0);
        assert!(claims <= backed, "BACKING: claims {claims}, backed {backed}");

        let indices = [book.long.loss_index.get(), book.short.loss_index.get()];
        let before = self.loss_indices.insert(*key, indices).unwrap_or_default();
        assert!(
            indices[0] >= before[0] && indices[1] >= before[1],
            "MONOTONE: {before:?} became {indices:?}"
        );
    }
}
