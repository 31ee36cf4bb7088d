//! What stakers do, and how a market is wound down.

use jettison_engine::*;

use crate::checks::Step;
use crate::{MarketId, Who, World};

/// Cooldown of stakers, in seconds.
pub const COOLDOWN_SECONDS: u32 = 120;

/// What a staker is in tests: its place in `World::stakes`.
pub type Staker = usize;

impl World {
    pub fn open_stake(&mut self) -> Staker {
        let mut stake = Stake::default();
        self.fund.open_stake(&mut stake).expect("a stake");
        self.stakes.push(stake);
        self.stakes.len() - 1
    }

    /// Closes a stake without shares.
    pub fn close_stake(&mut self, staker: Staker) -> Result<()> {
        self.step(|world| {
            world.fund.close_stake(&mut world.stakes[staker])?;
            Ok(((), Step::exact(&[])))
        })
    }

    /// Opens a stake that was closed once more.
    pub fn reopen_stake(&mut self, staker: Staker) -> Result<()> {
        self.step(|world| {
            world.fund.open_stake(&mut world.stakes[staker])?;
            Ok(((), Step::exact(&[])))
        })
    }

    pub fn stake(&mut self, staker: Staker, amount: u64) -> Result<u64> {
        self.step(|world| {
            let shares = world.fund.stake(&mut world.stakes[staker], Atoms(amount), world.now)?;
            world.insurance += amount;
            world.outside += i128::from(amount);
            Ok((shares.0, Step::exact(&[])))
        })
    }

    pub fn request_unstake(&mut self, staker: Staker, shares: u64, cooldown: u32) -> Result<u64> {
        self.step(|world| {
            let stake = &mut world.stakes[staker];
            let value = world.fund.request_unstake(stake, StakeShares(shares), cooldown, world.now)?;
            Ok((value.0, Step::exact(&[])))
        })
    }

    pub fn unstake(&mut self, staker: Staker) -> Result<u64> {
        self.step(|world| {
            let amount = world.fund.unstake(&mut world.stakes[staker], world.now)?;
            world.insurance -= amount.0;
            world.outside -= i128::from(amount.0);
            Ok((amount.0, Step::exact(&[])))
        })
    }

    /// Adds money to the fund that nobody can take out again.
    pub fn endow(&mut self, amount: u64) -> Result<()> {
        self.step(|world| {
            world.fund.endow(Atoms(amount))?;
            world.insurance += amount;
            world.outside += i128::from(amount);
            Ok(((), Step::exact(&[])))
        })
    }

    /// Shows that an account is bankrupt.
    pub fn flag(&mut self, who: Who) -> Result<SignedAtoms> {
        self.step(|world| {
            let mut fund = world.fund;
            let equity = world.act(&[who], None, |accounts, markets, now| {
                flag_bankruptcy(&accounts[0], markets, &mut fund, now)
            })?;
            world.fund = fund;
            Ok((equity, Step::exact(&[])))
        })
    }

    /// Creates the next market.
    pub fn create_market(&mut self, params: MarketParams, price: u64) -> Result<MarketId> {
        let index = MarketIndex(self.markets.len() as u16);
        self.markets.push(Market::new(index, params, Price(price), self.now)?);
        self.rounding.push(0);
        Ok(self.markets.len() - 1)
    }

    /// Replaces a market's parameters.
    pub fn set_params(&mut self, market: MarketId, params: MarketParams) -> Result<()> {
        self.step(|world| {
            world.markets[market].set_params(params)?;
            Ok(((), Step::exact(&[])))
        })
    }

    /// Notes that a market's oracle can't be used.
    pub fn suspend(&mut self, market: MarketId) -> Result<bool> {
        self.step(|world| Ok((world.markets[market].suspend(world.now)?, Step::exact(&[]))))
    }

    /// Fixes a market's final price.
    pub fn begin_settlement(&mut self, market: MarketId) -> Result<Price> {
        self.step(|world| {
            let book = &mut world.markets[market];
            let price_before = book.effective_price;
            let price_after = book.begin_settlement(world.now)?;
            let accrual = Accrual { price_before, price_after, target: price_after, ..Accrual::default() };
            Ok((price_after, Step::Accrued { market, accrual }))
        })
    }

    /// Empties a market that is wound down; returns what insurance gets of it.
    pub fn wind_up(&mut self, market: MarketId) -> Result<u64> {
        self.step(|world| {
            let (to_insurance, to_protocol) = world.markets[market].wind_up()?;
            world.vault -= to_insurance.0 + to_protocol.0;
            world.fund.earn(to_insurance)?;
            world.insurance += to_insurance.0;
            world.protocol += to_protocol.0;
            Ok((to_insurance.0, Step::exact(&[])))
        })
    }
}
