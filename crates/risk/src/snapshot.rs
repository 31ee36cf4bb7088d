use jettison_engine::{Atoms, Direction, EngineError, Leg, MarginAccount, Market, MarketIndex, Result};

use crate::trial::Trial;

/// A margin account and what its owner calls it.
#[derive(Clone, Copy, Debug)]
pub struct Account<Id> {
    /// What identifies it to whoever asks.
    pub id: Id,
    /// Its money.
    pub ledger: MarginAccount,
}

/// Markets, accounts and insurance at one time.
#[derive(Clone, Debug)]
pub struct Snapshot<Id> {
    markets: Vec<Market>,
    accounts: Vec<Account<Id>>,
    insurance: Atoms,
    now: i64,
    /// For each market, in the order of `markets`, the places of those who have a leg in it.
    holders: Vec<Vec<usize>>,
}

impl<Id: Copy> Snapshot<Id> {
    /// Takes the markets, in any order, all accounts that have a leg in them, what the insurance fund has, and the time in
    /// Unix seconds. A market whose price has grown too old is taken as if it had been accrued where it stands.
    ///
    /// [`EngineError::MarketRepeated`] for a market that is there twice, [`EngineError::MarketMissing`] for an account with a
    /// leg in one that isn't there.
    pub fn new(
        markets: impl IntoIterator<Item = Market>,
        accounts: impl IntoIterator<Item = Account<Id>>,
        insurance: Atoms,
        now: i64,
    ) -> Result<Self> {
        let mut markets: Vec<Market> = markets.into_iter().collect();
        markets.sort_unstable_by_key(|market| market.index);
        if markets.windows(2).any(|pair| matches!(pair, [a, b] if a.index == b.index)) {
            return Err(EngineError::MarketRepeated);
        }
        for market in &mut markets {
            market.accrued_ts = market.accrued_ts.max(now);
        }
        let accounts: Vec<Account<Id>> = accounts.into_iter().collect();
        let mut holders = vec![vec![]; markets.len()];
        for (place, account) in accounts.iter().enumerate() {
            for leg in account.ledger.legs() {
                let market = markets.binary_search_by_key(&leg.market, |market| market.index);
                let list = market.ok().and_then(|market| holders.get_mut(market));
                list.ok_or(EngineError::MarketMissing)?.push(place);
            }
        }
        Ok(Self { markets, accounts, insurance, now, holders })
    }

    /// The markets, by index.
    pub fn markets(&self) -> &[Market] {
        &self.markets
    }

    /// A market, or [`EngineError::MarketMissing`].
    pub fn market(&self, index: MarketIndex) -> Result<&Market> {
        let found = self.markets.iter().find(|market| market.index == index);
        found.ok_or(EngineError::MarketMissing)
    }

    /// The accounts, in the order in which they were given.
    pub fn accounts(&self) -> &[Account<Id>] {
        &self.accounts
    }

    /// What the insurance fund has.
    pub fn insurance(&self) -> Atoms {
        self.insurance
    }

    /// The time it is of, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.now
    }

    pub(crate) fn trial(&self) -> Trial {
        Trial::new(&self.markets, self.now)
    }

    /// The places of the accounts that have a leg in a market.
    pub(crate) fn holders(&self, index: MarketIndex) -> &[usize] {
        let market = self.markets.binary_search_by_key(&index, |market| market.index);
        market.ok().and_then(|market| self.holders.get(market)).map_or(&[], Vec::as_slice)
    }

    /// The accounts that have a position on one side of a market, each with its leg there.
    pub(crate) fn side(
        &self,
        index: MarketIndex,
        direction: Direction,
    ) -> impl Iterator<Item = (&Account<Id>, &Leg)> {
        let accounts = self.holders(index).iter().filter_map(|place| self.accounts.get(*place));
        let with_leg = accounts.filter_map(move |account| Some((account, account.ledger.leg(index)?)));
        with_leg.filter(move |(_, leg)| leg.has_position() && leg.direction() == direction)
    }
}
