//! How far the next cascade is.

use jettison_engine::{Bps, Direction, Health, Margin, Market, MarketIndex, Price, Result, Shares};

use crate::account::{is_bankrupt, is_liquidatable, way};
use crate::ratio::Ratio;
use crate::trial::Trial;
use crate::{Account, Snapshot};

/// What happens to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// It falls below maintenance.
    Liquidation,
    /// Its equity falls below zero.
    Bankruptcy,
}

/// A price that a market can move to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distance {
    /// The price.
    pub price: Price,
    /// How far that is from the effective price, as a part of it.
    pub part: Ratio,
}

/// The nearest prices at which one side of a market fails: none where it doesn't at any price that the market accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cascade {
    /// Somebody can be liquidated.
    pub liquidation: Option<Distance>,
    /// Somebody is bankrupt.
    pub bankruptcy: Option<Distance>,
    /// More than a part of open interest can be liquidated.
    pub spread: Option<Distance>,
}

impl<Id: Copy> Snapshot<Id> {
    /// The price nearest to the effective price, moving against a side, at which accounts that hold more than `part` of
    /// that side's contracts fail, if this market alone moves. With a part of zero: at which the first does.
    ///
    /// An account counts once it has failed at a price on the way. Contracts are counted by the shares that own them.
    pub fn cascade(
        &self,
        index: MarketIndex,
        side: Direction,
        failing: Failing,
        part: Bps,
    ) -> Result<Option<Distance>> {
        let market = self.market(index)?;
        if market.is_settling() {
            return Ok(None);
        }
        let accounts = self.side(index, side);
        let accounts: Vec<_> = accounts.map(|(account, leg)| (account, leg.shares)).collect();
        let enough = |shares: u128| {
            shares.saturating_mul(u128::from(jettison_engine::BPS_ONE))
                > u128::from(market.side(side).shares.0).saturating_mul(u128::from(part.0))
        };
        let mut sieve = Sieve { market, trial: self.trial(), failing };
        let found = sieve.narrow(accounts, way(market, side)?, enough)?;
        Ok(found.map(|price| distance(market, price)))
    }

    /// The nearest prices at which a side's accounts fail, with `part` for the share of open interest.
    pub fn cascades(&self, index: MarketIndex, side: Direction, part: Bps) -> Result<Cascade> {
        Ok(Cascade {
            liquidation: self.cascade(index, side, Failing::Liquidation, Bps(0))?,
            bankruptcy: self.cascade(index, side, Failing::Bankruptcy, Bps(0))?,
            spread: self.cascade(index, side, Failing::Liquidation, part)?,
        })
    }
}

fn distance(market: &Market, price: Price) -> Distance {
    let away = market.effective_price.0.abs_diff(price.0);
    Distance { price, part: Ratio::new(away, market.effective_price.0) }
}

/// Accounts still in question, each with its shares.
type Open<'a, Id> = Vec<(&'a Account<Id>, Shares)>;

struct Sieve<'a> {
    market: &'a Market,
    trial: Trial,
    failing: Failing,
}

impl Sieve<'_> {
    /// Halves the way until one price is left. Of the accounts only those stay in question that fail at its far end and
    /// not at its near one, so all halvings together cost about as much as a few looks at every account.
    fn narrow<Id>(
        &mut self,
        accounts: Open<'_, Id>,
        (near, far): (i64, i64),
        enough: impl Fn(u128) -> bool,
    ) -> Result<Option<Price>> {
        let (mut near, mut far) = (near, far);
        let (failed, rest) = self.split(accounts, near)?;
        let mut before = sum(&failed);
        if enough(before) {
            return Ok(Some(Price(near.unsigned_abs())));
        }
        let (mut open, _) = self.split(rest, far)?;
        if !enough(before.saturating_add(sum(&open))) {
            return Ok(None);
        }
        while near.abs_diff(far) > 1 {
            let middle = near.midpoint(far);
            let (failed, rest) = self.split(open, middle)?;
            let by_middle = before.saturating_add(sum(&failed));
            if enough(by_middle) {
                (far, open) = (middle, failed);
            } else {
                (near, open, before) = (middle, rest, by_middle);
            }
        }
        Ok(Some(Price(far.unsigned_abs())))
    }

    /// Those who fail at a price, and the others.
    fn split<'a, Id>(&mut self, accounts: Open<'a, Id>, price: i64) -> Result<(Open<'a, Id>, Open<'a, Id>)> {
        self.trial.put_at(self.market, Price(price.unsigned_abs()))?;
        let (mut failed, mut rest) = (vec![], vec![]);
        for entry in accounts {
            let health = self.trial.assess(&entry.0.ledger, Margin::Maintenance)?;
            let list = if self.fails(&health)? { &mut failed } else { &mut rest };
            list.push(entry);
        }
        Ok((failed, rest))
    }

    fn fails(&self, health: &Health) -> Result<bool> {
        match self.failing {
            Failing::Liquidation => is_liquidatable(health),
            Failing::Bankruptcy => is_bankrupt(health),
        }
    }
}

fn sum<Id>(accounts: &Open<'_, Id>) -> u128 {
    accounts.iter().map(|(_, shares)| u128::from(shares.0)).sum()
}
