//! Markets, accounts and vaults around the engine, kept as a chain would keep them: an operation that fails leaves
//! no trace, and after every operation that succeeds all invariants are checked, unless [`World::is_checked`] says that its
//! owner checks when it likes.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

pub mod checks;
pub mod economy;
pub mod exit;
#[cfg(any(feature = "arbitrary", feature = "histories"))]
pub mod history;
mod look;
pub mod params;
mod wind_down;

use jettison_engine::*;

use checks::{check_invariants, Step};

/// What a market is in tests: its place in `World::markets`, which is also its index.
pub type MarketId = usize;
/// What an account is in tests: its place in `World::accounts`.
pub type Who = usize;

#[derive(Clone, Debug)]
pub struct World {
    pub markets: Vec<Market>,
    pub accounts: Vec<MarginAccount>,
    /// Tokens in the margin vault.
    pub vault: u64,
    /// Tokens in the insurance vault.
    pub insurance: u64,
    pub fund: InsuranceFund,
    pub stakes: Vec<Stake>,
    pub throttle: Throttle,
    pub throttle_params: ThrottleParams,
    /// Each account's place in the withdrawal queue.
    pub places: Vec<QueuedWithdrawal>,
    /// Tokens swept to the protocol.
    pub protocol: u64,
    /// Tokens that came in from outside less those that left: deposits, insurance funding, withdrawals.
    pub outside: i128,
    pub now: i64,
    /// For each market, an upper bound of the atoms that rounding has left in its pool.
    pub rounding: Vec<u64>,
    /// Operations that succeeded.
    pub operations: usize,
    /// Whether all invariants are checked after every operation, which costs as much as there are accounts.
    pub is_checked: bool,
}

/// What an operation can change before it fails, besides the stakes that it is about: accounts are written last.
struct Saved {
    markets: Vec<Market>,
    fund: InsuranceFund,
    throttle: Throttle,
    money: (u64, u64, u64, i128),
}

impl World {
    pub fn new(markets: &[(MarketParams, u64)], accounts: usize, insurance: u64) -> Self {
        let now = 1_000;
        let market = |(index, (params, price)): (usize, &(MarketParams, u64))| {
            Market::new(MarketIndex(index as u16), *params, Price(*price), now).expect("valid parameters")
        };
        let mut world = Self {
            markets: markets.iter().enumerate().map(market).collect(),
            accounts: vec![MarginAccount::default(); accounts],
            vault: 0,
            insurance: 0,
            fund: InsuranceFund::default(),
            stakes: vec![],
            throttle: Throttle::default(),
            throttle_params: params::unthrottled(),
            places: vec![QueuedWithdrawal::default(); accounts],
            protocol: 0,
            outside: 0,
            now,
            rounding: vec![0; markets.len()],
            operations: 0,
            is_checked: true,
        };
        world.endow_insurance(insurance);
        world
    }

    /// One market of [`params::plain`] at `price`, and accounts with these capitals.
    pub fn plain(price: u64, capitals: &[u64]) -> Self {
        Self::with(params::plain(), price, capitals)
    }

    /// One market, and accounts with these capitals.
    pub fn with(params: MarketParams, price: u64, capitals: &[u64]) -> Self {
        let mut world = Self::new(&[(params, price)], capitals.len(), 0);
        world.fund_all(capitals);
        world
    }

    pub fn fund_all(&mut self, capitals: &[u64]) {
        for (who, capital) in capitals.iter().enumerate().filter(|(_, capital)| **capital > 0) {
            self.deposit(who, *capital).expect("deposit");
        }
    }

    // What happens.

    pub fn deposit(&mut self, who: Who, amount: u64) -> Result<()> {
        self.step(|world| {
            let mut account = world.accounts[who];
            account.deposit(Atoms(amount))?;
            world.throttle.deposit(&world.throttle_params, Atoms(amount), world.now)?;
            world.accounts[who] = account;
            world.vault += amount;
            world.outside += i128::from(amount);
            Ok(((), Step::exact(&[(who, i128::from(amount))])))
        })
    }

    pub fn withdraw(&mut self, who: Who, amount: u64) -> Result<Health> {
        self.step(|world| {
            let before = world.accounts[who];
            let health = world.act(&[who], None, |accounts, markets, now| {
                withdraw(&mut accounts[0], markets, Atoms(amount), now)
            })?;
            let (place, vault) = (&mut world.places[who], Atoms(world.vault));
            let left =
                world.throttle.withdraw(place, &world.throttle_params, vault, Atoms(amount), world.now);
            if left.inspect_err(|_| world.accounts[who] = before)? {
                world.vault -= amount;
                world.outside -= i128::from(amount);
            }
            Ok((health, Step::exact(&[(who, -i128::from(amount))])))
        })
    }

    /// Serves the first in the queue, if it is this account's; returns what left the vault.
    pub fn serve(&mut self, who: Who) -> Result<u64> {
        self.step(|world| {
            let (place, vault) = (&mut world.places[who], Atoms(world.vault));
            let served = world.throttle.serve(place, &world.throttle_params, vault, world.now)?.0;
            world.vault -= served;
            world.outside -= i128::from(served);
            Ok((served, Step::exact(&[])))
        })
    }

    /// Puts what waits in the queue back into its account's capital.
    pub fn turn_away(&mut self, who: Who) -> Result<u64> {
        self.step(|world| {
            let amount = world.throttle.turn_away(&mut world.places[who])?;
            world.accounts[who].deposit(amount)?;
            Ok((amount.0, Step::exact(&[(who, i128::from(amount.0))])))
        })
    }

    /// Lets `seconds` pass and accrues one market toward `target`.
    pub fn accrue(&mut self, market: MarketId, target: u64, seconds: i64) -> Result<Accrual> {
        self.now += seconds;
        self.step(|world| {
            let accrual = world.markets[market].accrue(Price(target), world.now)?;
            Ok((accrual, Step::Accrued { market, accrual }))
        })
    }

    /// Moves a market's price in one mark, however far: what a clamp of 655 % a second would allow.
    pub fn gap(&mut self, market: MarketId, price: u64) {
        let clamp = self.markets[market].params.max_move_per_second;
        self.markets[market].params.max_move_per_second = Bps(u16::MAX);
        let accrual = self.accrue(market, price, 1).expect("gap");
        self.markets[market].params.max_move_per_second = clamp;
        assert_eq!(accrual.price_after, Price(price), "further than a gap reaches");
        self.refresh();
    }

    /// Accrues every market where it stands, so that none is stale.
    pub fn refresh(&mut self) {
        for market in 0..self.markets.len() {
            let target = self.markets[market].target_price;
            self.accrue(market, target.0, 0).expect("refresh");
        }
    }

    /// A trade at the effective price; the buyer takes.
    pub fn trade(&mut self, buyer: Who, seller: Who, market: MarketId, size: u64) -> Result<TradeOutcome> {
        self.trade_at(buyer, seller, self.terms(market, size))
    }

    /// Terms of a trade at the effective price; the buyer takes.
    pub fn terms(&self, market: MarketId, size: u64) -> Terms {
        Terms {
            market: MarketIndex(market as u16),
            size: Contracts(size),
            price: self.markets[market].effective_price,
            taker: Direction::Long,
        }
    }

    pub fn trade_at(&mut self, buyer: Who, seller: Who, terms: Terms) -> Result<TradeOutcome> {
        self.step(|world| {
            let market = Some(usize::from(terms.market.0));
            let outcome = world.act(&[buyer, seller], market, |accounts, markets, now| {
                let (bought, sold) = pair(accounts);
                settle_trade(bought, sold, markets, &terms, now)
            })?;
            let premium = i128::from(outcome.premium.0);
            let bought = -premium - i128::from(outcome.buyer.fee.0);
            let sold = premium - i128::from(outcome.seller.fee.0);
            Ok((outcome, Step::exact(&[(buyer, bought), (seller, sold)])))
        })
    }

    pub fn settle(&mut self, who: Who) -> Result<Settlement> {
        self.step(|world| {
            let settlement = world
                .act(&[who], None, |accounts, markets, now| settle_account(&mut accounts[0], markets, now))?;
            let lapsed: i128 = settlement.legs().map(|leg| i128::from(leg.lapsed.0)).sum();
            Ok((settlement, Step::exact(&[(who, -lapsed)])))
        })
    }

    pub fn liquidate(&mut self, who: Who, by: Who, market: MarketId, max: u64) -> Result<LiquidationOutcome> {
        self.step(|world| {
            let outcome = world.act(&[who, by], Some(market), |accounts, markets, now| {
                let (liquidatee, liquidator) = pair(accounts);
                let index = MarketIndex(market as u16);
                liquidate(liquidatee, liquidator, markets, index, Contracts(max), now)
            })?;
            assert!(world.equity(who) >= 0, "a liquidation penalty bankrupted account {who}");
            let (penalty, reward) = (i128::from(outcome.penalty.0), i128::from(outcome.reward.0));
            Ok((outcome, Step::exact(&[(who, -penalty), (by, reward)])))
        })
    }

    pub fn deleverage(&mut self, who: Who, by: Option<Who>, market: MarketId) -> Result<DeleverageOutcome> {
        self.step(|world| {
            let actors: Vec<Who> = std::iter::once(who).chain(by).collect();
            let outcome = world.act(&actors, Some(market), |accounts, markets, now| {
                let (account, caller) = accounts.split_first_mut().unwrap();
                deleverage(account, caller.first_mut(), markets, MarketIndex(market as u16), now)
            })?;
            assert!(world.equity(who) >= 0, "a deleverage penalty bankrupted account {who}");
            let bounty = i128::from(outcome.bounty.0);
            let paid = by.map(|by| (by, bounty));
            let deltas: Vec<_> = std::iter::once((who, -i128::from(outcome.penalty.0))).chain(paid).collect();
            Ok((outcome, Step::exact(&deltas)))
        })
    }

    /// Resolves a bankruptcy; `by` is the caller's account and whether it offers to take over.
    pub fn resolve(&mut self, who: Who, by: Option<(Who, bool)>) -> Result<Resolution> {
        self.step(|world| {
            let actors: Vec<Who> = std::iter::once(who).chain(by.map(|by| by.0)).collect();
            let fund = Atoms(world.insurance);
            let resolution = world.act(&actors, None, |accounts, markets, now| {
                let (account, caller) = accounts.split_first_mut().unwrap();
                let caller = by.map(|by| Caller { account: &mut caller[0], takes_over: by.1 });
                resolve_bankruptcy(account, caller, markets, fund, now)
            })?;
            let drawn = resolution.insurance_drawn()?.0;
            assert!(drawn <= world.insurance, "INSURANCE: drew {drawn} of {}", world.insurance);
            world.fund.draw(Atoms(drawn))?;
            world.insurance -= drawn;
            world.vault += drawn;
            let reported = Box::new(resolution);
            Ok((resolution, Step::Resolved { who, by: by.map(|by| by.0), resolution: reported }))
        })
    }

    /// Returns what was given up.
    pub fn waive(&mut self, who: Who) -> Result<u64> {
        self.step(|world| {
            let waived =
                world.act(&[who], None, |accounts, markets, _| waive_unpaid(&mut accounts[0], markets))?;
            Ok((waived.0, Step::exact(&[(who, -i128::from(waived.0))])))
        })
    }

    /// Sends a market's unswept fees to the insurance vault and to the protocol.
    pub fn sweep(&mut self, market: MarketId) {
        self.step(|world| {
            let (to_insurance, to_protocol) = world.markets[market].sweep()?;
            world.vault -= to_insurance.0 + to_protocol.0;
            world.fund.earn(to_insurance)?;
            world.insurance += to_insurance.0;
            world.protocol += to_protocol.0;
            Ok(((), Step::exact(&[])))
        })
        .expect("sweep");
    }

    // What a case starts from.

    /// A surplus as if claims of `amount` had been forfeited and their losers had paid since.
    pub fn endow_surplus(&mut self, market: MarketId, amount: u64) {
        self.markets[market].surplus.0 += amount;
        self.markets[market].pool.0 += amount;
        self.vault += amount;
        self.outside += i128::from(amount);
    }

    /// Unswept fees as if earlier trades had paid them.
    pub fn endow_fees(&mut self, market: MarketId, amount: u64) {
        self.markets[market].insurance_fees.0 += amount;
        self.vault += amount;
        self.outside += i128::from(amount);
    }

    pub fn endow_insurance(&mut self, amount: u64) {
        if amount > 0 {
            self.fund.endow(Atoms(amount)).expect("an endowment");
            self.insurance += amount;
            self.outside += i128::from(amount);
        }
    }

    // How it happens.

    /// Runs an operation: on an error everything is as before, as after a failed transaction; on success the
    /// invariants hold and the operation had the effects it reported and no others.
    pub(crate) fn step<T>(&mut self, operation: impl FnOnce(&mut Self) -> Result<(T, Step)>) -> Result<T> {
        if !self.is_checked {
            return self.unchecked(operation);
        }
        let before = self.clone();
        match operation(self) {
            Ok((outcome, step)) => {
                step.check(&before, self);
                Step::count_rounding(&before, self);
                check_invariants(self);
                self.operations += 1;
                Ok(outcome)
            }
            Err(error) => {
                *self = before;
                Err(error)
            }
        }
    }

    fn unchecked<T>(&mut self, operation: impl FnOnce(&mut Self) -> Result<(T, Step)>) -> Result<T> {
        let before = Saved {
            markets: self.markets.clone(),
            fund: self.fund,
            throttle: self.throttle,
            money: (self.vault, self.insurance, self.protocol, self.outside),
        };
        match operation(self) {
            Ok((outcome, _)) => {
                self.operations += 1;
                Ok(outcome)
            }
            Err(error) => {
                (self.markets, self.fund, self.throttle) = (before.markets, before.fund, before.throttle);
                (self.vault, self.insurance, self.protocol, self.outside) = before.money;
                Err(error)
            }
        }
    }

    /// Lends the engine the actors and no more markets than they have legs in, besides `market`.
    pub(crate) fn act<T>(
        &mut self,
        actors: &[Who],
        market: Option<MarketId>,
        rule: impl FnOnce(&mut [MarginAccount], &mut Markets<'_, &mut Market>, i64) -> Result<T>,
    ) -> Result<T> {
        let mut accounts: Vec<_> = actors.iter().map(|who| self.accounts[*who]).collect();
        let needed = |index: MarketIndex| {
            market == Some(usize::from(index.0))
                || accounts.iter().any(|account| account.leg(index).is_some())
        };
        let mut lent: Vec<_> = self.markets.iter_mut().filter(|market| needed(market.index)).collect();
        let outcome = rule(&mut accounts, &mut Markets::new(&mut lent)?, self.now)?;
        for (who, account) in actors.iter().zip(accounts) {
            self.accounts[*who] = account;
        }
        Ok(outcome)
    }
}

fn pair(accounts: &mut [MarginAccount]) -> (&mut MarginAccount, &mut MarginAccount) {
    let (first, rest) = accounts.split_first_mut().unwrap();
    (first, &mut rest[0])
}
