//! The reference: the engine's own states, and what an action makes of them.

use jettison_embedded::open_settings;
use jettison_engine::{
    Atoms, Caller, Contracts, Direction, EngineError, InsuranceFund, MarginAccount, Market, MarketIndex,
    Markets, Price, QueuedWithdrawal, Terms, Throttle,
};

use super::action::Action;
use super::play::Tally;

/// Everything that the program keeps, without a chain.
#[derive(Clone, Debug)]
pub struct Model {
    pub accounts: Vec<MarginAccount>,
    pub markets: Vec<Market>,
    pub fund: InsuranceFund,
    pub throttle: Throttle,
    /// Tokens in the treasury, from which deposits come, and in the fee account.
    pub treasury: u64,
    pub fees: u64,
}

type Result = std::result::Result<(), EngineError>;

/// Two different accounts.
fn two(accounts: &mut [MarginAccount], first: usize, second: usize) -> [&mut MarginAccount; 2] {
    accounts.get_disjoint_mut([first, second]).expect("two accounts")
}

/// An account, and another one if it is given.
fn one_or_two(
    accounts: &mut [MarginAccount],
    first: usize,
    second: Option<usize>,
) -> (&mut MarginAccount, Option<&mut MarginAccount>) {
    match second {
        Some(second) => {
            let [first, second] = two(accounts, first, second);
            (first, Some(second))
        }
        None => (&mut accounts[first], None),
    }
}

impl Model {
    /// Applies an action, or returns the engine's refusal and changes nothing.
    pub fn apply(&mut self, action: &Action, now: i64, tally: &mut Tally) -> Result {
        let mut next = self.clone();
        next.act(action, now, tally)?;
        *self = next;
        Ok(())
    }

    /// Tokens in the margin vault.
    fn vault(&self) -> Atoms {
        let capital: u64 = self.accounts.iter().map(|account| account.capital.0).sum();
        let of = |market: &Market| market.pool.0 + market.insurance_fees.0 + market.protocol_fees.0;
        Atoms(capital + self.markets.iter().map(of).sum::<u64>())
    }

    fn act(&mut self, action: &Action, now: i64, tally: &mut Tally) -> Result {
        match *action {
            Action::Accrue { market, target } => {
                self.markets[usize::from(market)].accrue(Price(target), now)?;
            }
            Action::Deposit { account, amount } => {
                self.throttle.deposit(&open_settings().throttle(), Atoms(amount), now)?;
                self.accounts[account].deposit(Atoms(amount))?;
                self.treasury -= amount;
            }
            Action::Fund { amount } => {
                self.fund.endow(Atoms(amount))?;
                self.treasury -= amount;
            }
            Action::Sweep { market } => {
                let (insurance, protocol) = self.markets[usize::from(market)].sweep()?;
                self.fund.earn(insurance)?;
                self.fees += protocol.0;
            }
            _ => self.act_on_markets(action, now, tally)?,
        }
        Ok(())
    }

    /// The actions that take markets. The model passes all of them, the chain only those that are needed.
    fn act_on_markets(&mut self, action: &Action, now: i64, tally: &mut Tally) -> Result {
        let vault = self.vault();
        let mut borrowed: Vec<&mut Market> = self.markets.iter_mut().collect();
        let mut markets = Markets::new(&mut borrowed)?;
        let accounts = &mut self.accounts;
        match *action {
            Action::Withdraw { account, amount } => {
                jettison_engine::withdraw(&mut accounts[account], &markets, Atoms(amount), now)?;
                let (mut place, params) = (QueuedWithdrawal::default(), open_settings().throttle());
                let at_once = self.throttle.withdraw(&mut place, &params, vault, Atoms(amount), now)?;
                assert!(at_once, "this throttle lets everything out");
                self.treasury += amount;
            }
            Action::Trade { buyer, seller, market, size, price, buyer_is_taker } => {
                let terms = Terms {
                    market: MarketIndex(market),
                    size: Contracts(size),
                    price: Price(price),
                    taker: if buyer_is_taker { Direction::Long } else { Direction::Short },
                };
                let [buyer, seller] = two(accounts, buyer, seller);
                jettison_engine::settle_trade(buyer, seller, &mut markets, &terms, now)?;
                tally.trades += 1;
            }
            Action::Liquidate { account, by, market, max_size } => {
                let [account, by] = two(accounts, account, by);
                let (index, max_size) = (MarketIndex(market), Contracts(max_size));
                let outcome = jettison_engine::liquidate(account, by, &mut markets, index, max_size, now)?;
                tally.liquidations += u64::from(!outcome.size.is_zero());
            }
            Action::Deleverage { account, bounty, market } => {
                let (account, bounty) = one_or_two(accounts, account, bounty);
                let index = MarketIndex(market);
                let outcome = jettison_engine::deleverage(account, bounty, &mut markets, index, now)?;
                tally.deleverages += u64::from(outcome.eligible);
            }
            Action::Resolve { account, caller, take_over } => {
                let (account, caller) = one_or_two(accounts, account, caller);
                let caller = caller.map(|account| Caller { account, takes_over: take_over });
                let assets = self.fund.assets;
                let resolution =
                    jettison_engine::resolve_bankruptcy(account, caller, &mut markets, assets, now)?;
                self.fund.draw(resolution.insurance_drawn()?)?;
                tally.count(&resolution);
            }
            Action::Settle { account } => {
                jettison_engine::settle_account(&mut accounts[account], &mut markets, now)?;
            }
            Action::Accrue { .. } | Action::Deposit { .. } | Action::Fund { .. } | Action::Sweep { .. } => {}
        }
        Ok(())
    }
}
