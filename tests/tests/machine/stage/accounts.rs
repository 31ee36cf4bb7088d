//! The chain's accounts against the reference: byte for byte those of the program, to the atom those of the token program.

use std::collections::BTreeMap;
use std::fmt::Debug;

use anchor_lang::prelude::Pubkey;
use anchor_lang::Discriminator;
use bytemuck::Pod;
use clearing::state::Clearinghouse;
use jettison_client::account;
use jettison_harness::{MarketId, Who};
use price_feed::PriceFeed;

use super::Stage;
use crate::machine::reference::{with, Reference};

/// Which part of the reference an account holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    House,
    Custody,
    Fund,
    Market(MarketId),
    Account(Who),
    Stake(Who),
    Wallet(Who),
    Fees(usize),
    MarginVault,
    InsuranceVault,
    Feed(MarketId, usize),
}

/// Where a token account has its state, and what it is there while frozen.
const STATE: usize = 108;
const FROZEN: u8 = 2;

impl Stage {
    pub(super) fn list_parts(&self) -> BTreeMap<Pubkey, Part> {
        let venue = &self.venue;
        let mut parts = BTreeMap::from([
            (venue.clearinghouse, Part::House),
            (venue.custody, Part::Custody),
            (venue.insurance_fund, Part::Fund),
            (venue.margin_vault, Part::MarginVault),
            (venue.insurance_vault, Part::InsuranceVault),
            (self.fee_accounts[0], Part::Fees(0)),
            (self.fee_accounts[1], Part::Fees(1)),
        ]);
        for (market, feeds) in self.oracles.iter().enumerate() {
            parts.insert(venue.market(market as u16), Part::Market(market));
            parts.extend(feeds.iter().enumerate().map(|(which, key)| (*key, Part::Feed(market, which))));
        }
        parts.extend(self.accounts.iter().enumerate().map(|(who, key)| (*key, Part::Account(who))));
        parts.extend(self.stakes.iter().enumerate().map(|(who, key)| (*key, Part::Stake(who))));
        parts.extend(self.wallets.iter().enumerate().map(|(who, key)| (*key, Part::Wallet(who))));
        parts
    }

    /// Every account that there is, or was, or may be.
    pub fn check_everything(&self, reference: &Reference) {
        self.check(reference, self.parts.keys());
    }

    /// Those of the accounts that the reference knows of.
    pub fn check<'a>(&self, reference: &Reference, keys: impl IntoIterator<Item = &'a Pubkey>) {
        for key in keys {
            if let Some(part) = self.parts.get(key) {
                self.check_part(reference, key, *part);
            }
        }
    }

    fn check_part(&self, reference: &Reference, key: &Pubkey, part: Part) {
        let world = &reference.world;
        let is_open = reference.house.is_some();
        match part {
            Part::House => {
                self.same::<Clearinghouse>(key, reference.house, |chain, house| house.bump = chain.bump)
            }
            Part::Custody => {
                let custody = with(reference.custody, |custody| custody.throttle = world.throttle);
                self.same(key, is_open.then_some(custody), |chain, custody| custody.bump = chain.bump);
            }
            Part::Fund => {
                let fund = with(reference.fund, |fund| fund.ledger = world.fund);
                self.same(key, is_open.then_some(fund), |chain, fund| fund.bump = chain.bump);
            }
            Part::Market(market) => {
                let account = reference.market(market);
                let account =
                    account.map(|account| with(*account, |account| account.book = world.markets[market]));
                self.same(key, account, |chain, market| market.bump = chain.bump);
            }
            Part::Account(who) => {
                let account = reference.accounts[who].map(|account| {
                    with(account, |account| {
                        (account.ledger, account.queued) = (world.accounts[who], world.places[who]);
                    })
                });
                self.same(key, account, |chain, account| account.bump = chain.bump);
            }
            Part::Stake(who) => {
                let account = reference.stakes[who]
                    .map(|account| with(account, |account| account.stake = world.stakes[who]));
                self.same(key, account, |chain, account| account.bump = chain.bump);
            }
            Part::Wallet(who) => {
                let wallet = &reference.wallets[who];
                self.holds(key, Some(wallet.tokens));
                let frozen = self.chain.with_account_data(key, |data| data[STATE] == FROZEN);
                assert_eq!(frozen, Some(wallet.frozen), "the wallet of {who}");
            }
            Part::Fees(of) => self.holds(key, Some(reference.fees[of])),
            Part::MarginVault => self.holds(key, is_open.then_some(world.vault)),
            Part::InsuranceVault => self.holds(key, is_open.then_some(world.insurance)),
            Part::Feed(market, which) => {
                let feed = &reference.feeds[market][which];
                let stated = self.chain.with_account_data(key, |data| PriceFeed::parse(data).ok()).flatten();
                let stated = stated.map(|stated| (stated.price, stated.confidence, stated.publish_ts));
                assert_eq!(stated, Some((feed.price, feed.confidence, feed.publish_ts)), "{part:?}");
            }
        }
    }

    fn holds(&self, key: &Pubkey, tokens: Option<u64>) {
        let part = self.parts[key];
        assert_eq!(
            self.chain.token_balance(key),
            tokens,
            "{part:?}: tokens on the chain, and in the reference"
        );
    }

    /// The bump is the address's: it is taken over from the chain.
    fn same<T: Pod + Discriminator + Debug>(
        &self,
        key: &Pubkey,
        expected: Option<T>,
        take_bump: impl Fn(&T, &mut T),
    ) {
        let stored = self.chain.with_account_data(key, |data| {
            (!data.is_empty()).then(|| account::<T>(data).expect("an account of its type"))
        });
        let part = self.parts[key];
        match (stored.flatten(), expected) {
            (None, None) => {}
            (Some(stored), Some(mut expected)) => {
                take_bump(&stored, &mut expected);
                let same = bytemuck::bytes_of(&stored) == bytemuck::bytes_of(&expected);
                assert!(same, "{part:?}: the chain has {stored:#?}, the reference {expected:#?}");
            }
            (stored, expected) => panic!("{part:?}: the chain has {stored:#?}, the reference {expected:#?}"),
        }
    }
}
