//! What can happen in a history, and how it is chosen.

use jettison_engine::{assess, Margin, MarketIndex, Markets};
use jettison_tests::Random;

use super::model::Model;

/// One transaction. Accounts are numbers in the model.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    Accrue { market: u16, target: u64 },
    Deposit { account: usize, amount: u64 },
    Withdraw { account: usize, amount: u64 },
    Trade { buyer: usize, seller: usize, market: u16, size: u64, price: u64, buyer_is_taker: bool },
    Liquidate { account: usize, by: usize, market: u16, max_size: u64 },
    Deleverage { account: usize, bounty: Option<usize>, market: u16 },
    Resolve { account: usize, caller: Option<usize>, take_over: bool },
    Settle { account: usize },
    Sweep { market: u16 },
    Fund { amount: u64 },
}

impl Action {
    /// The accounts whose owners sign.
    pub fn signers(&self) -> [Option<usize>; 2] {
        match *self {
            Self::Withdraw { account, .. } => [Some(account), None],
            Self::Trade { buyer, seller, .. } => [Some(buyer), Some(seller)],
            Self::Liquidate { by, .. } => [Some(by), None],
            Self::Resolve { caller, .. } => [caller, None],
            _ => [None, None],
        }
    }

    /// Something that somebody might do now, sensible or not.
    pub fn choose(model: &Model, random: &mut Random, now: i64, insured: bool) -> Self {
        let account = random.pick(model.accounts.len());
        let other =
            (account + random.within(1, model.accounts.len() as u64 - 1) as usize) % model.accounts.len();
        let market = random.pick(model.markets.len()) as u16;
        let victim = if random.one_in(4) { account } else { weakest(model, now) };
        let keeper = if other == victim { account } else { other };
        let maybe_keeper = (keeper != victim && !random.one_in(3)).then_some(keeper);
        match random.within(1, 100) {
            1..=40 => trade(model, random, account, other, market),
            41..=55 if keeper != victim => Self::Liquidate {
                account: victim,
                by: keeper,
                market: market_of(model, random, victim, market),
                max_size: match random.within(0, 5) {
                    0 => 0,
                    1 => random.within(1, 1_000),
                    _ => u64::MAX,
                },
            },
            56..=63 => Self::Deleverage {
                account: victim,
                bounty: maybe_keeper,
                market: market_of(model, random, victim, market),
            },
            64..=75 => Self::Resolve { account: victim, caller: maybe_keeper, take_over: random.one_in(2) },
            76..=87 => Self::Settle { account },
            88..=91 => Self::Deposit { account, amount: random.within(0, 2_000_000_000) },
            92..=96 => Self::Withdraw {
                account,
                amount: random.within(0, model.accounts[account].capital.0 / 2 + 1),
            },
            97..=98 => Self::Sweep { market },
            _ if insured => Self::Fund { amount: random.within(1, 50_000_000) },
            _ => Self::Settle { account: victim },
        }
    }
}

/// Mostly sizes that leverage allows, around the mark; sometimes absurd.
fn trade(model: &Model, random: &mut Random, buyer: usize, seller: usize, market: u16) -> Action {
    let effective = model.markets[usize::from(market)].effective_price.0;
    let poorer = model.accounts[buyer].capital.0.min(model.accounts[seller].capital.0);
    let most = (poorer / effective.max(1) * 9).max(20);
    let off = random.within(0, effective / 18);
    Action::Trade {
        buyer,
        seller,
        market,
        size: if random.one_in(40) { 0 } else { random.within(1, most) },
        price: match random.within(0, 3) {
            0 => effective + off,
            1 => effective.saturating_sub(off),
            _ => effective,
        },
        buyer_is_taker: random.one_in(2),
    }
}

/// The account with the least equity over maintenance. An account that can't be assessed counts as well.
fn weakest(model: &Model, now: i64) -> usize {
    let mut markets = model.markets.clone();
    let mut borrowed: Vec<_> = markets.iter_mut().collect();
    let markets = Markets::new(&mut borrowed).expect("in order");
    let excess = |number: &usize| {
        let account = &model.accounts[*number];
        if account.has_no_legs() {
            return i64::MAX;
        }
        let health = assess(account, &markets, Margin::Maintenance, now);
        health.and_then(|health| health.excess()).map_or(i64::MAX - 1, |excess| excess.0)
    };
    (0..model.accounts.len()).min_by_key(excess).unwrap_or(0)
}

/// Mostly a market in which the account has a leg.
fn market_of(model: &Model, random: &mut Random, account: usize, otherwise: u16) -> u16 {
    let legs: Vec<MarketIndex> = model.accounts[account].legs().map(|leg| leg.market).collect();
    if legs.is_empty() || random.one_in(20) {
        return otherwise;
    }
    legs[random.pick(legs.len())].0
}
