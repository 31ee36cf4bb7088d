//! Accounts with legs.

use anyhow::{ensure, Context, Result};
use jettison_client::markets_of;
use jettison_embedded::{Executed, Trader};
use jettison_engine::{Direction, MarketIndex};

use super::scene::{Scene, PRICE, SIZE};

/// What an account is to hold in each of its markets.
#[derive(Clone, Copy)]
pub struct Legs {
    /// Which side.
    pub direction: Direction,
    /// Contracts.
    pub size: u64,
    /// Capital, in basis points of the notional at the first price.
    pub margin_bps: u64,
}

/// Of the full size.
pub const fn legs(direction: Direction, margin_bps: u64) -> Legs {
    Legs { direction, size: SIZE, margin_bps }
}

/// Short, of a tenth of the size.
pub const fn small_short(margin_bps: u64) -> Legs {
    Legs { direction: Direction::Short, size: SIZE / 10, margin_bps }
}

impl Scene {
    /// Opens an account with the scene's number of legs, in the first markets.
    pub fn account(&mut self, legs: Legs) -> Result<Trader> {
        self.account_in(0..self.legs, legs)
    }

    /// Opens an account whose markets are others, but for the first.
    pub fn account_apart(&mut self, legs: Legs) -> Result<Trader> {
        let others = self.legs..2 * self.legs - 1;
        self.account_in(std::iter::once(0).chain(others), legs)
    }

    fn account_in(&mut self, markets: impl Iterator<Item = u16>, legs: Legs) -> Result<Trader> {
        let markets: Vec<u16> = markets.collect();
        let notional = PRICE * legs.size * markets.len() as u64;
        let trader = self.venue.open_funded(notional / 10_000 * legs.margin_bps)?;
        for market in &markets {
            self.trade_with_maker(&trader, *market, legs.direction, legs.size)?;
        }
        let held = self.venue.ledger(&trader.address)?.legs().count();
        ensure!(held == markets.len(), "{held} legs instead of {}", markets.len());
        Ok(trader)
    }

    /// Trades with a market's maker on the other side, whose position grows.
    pub fn trade_with_maker(
        &mut self,
        trader: &Trader,
        market: u16,
        direction: Direction,
        size: u64,
    ) -> Result<()> {
        let maker = &self.depth[usize::from(market)].makers[direction.opposite() as usize];
        let (buyer, seller) = match direction {
            Direction::Long => (trader, maker),
            Direction::Short => (maker, trader),
        };
        self.venue.trade(buyer, seller, market, size)?;
        Ok(())
    }

    /// Settles the short maker of each market, so that after a rise the pools can pay.
    pub fn settle_short_makers(&mut self) -> Result<()> {
        for market in self.markets() {
            let maker = &self.depth[usize::from(market)].makers[Direction::Short as usize];
            let settle = self.venue.venue.settle_account(maker.address, &[market]);
            self.venue.chain.send(&[settle], &[])?;
        }
        Ok(())
    }

    /// Contracts that an account has in a market: deleveraging may have left fewer than were opened.
    pub fn size(&self, trader: &Trader, market: u16) -> Result<u64> {
        let ledger = self.venue.ledger(&trader.address)?;
        let leg = ledger.leg(MarketIndex(market)).context("no leg")?;
        Ok(self.venue.book(market)?.size_of(leg)?.0)
    }

    /// The markets of accounts.
    pub fn markets_of(&self, traders: &[&Trader]) -> Result<Vec<u16>> {
        let ledgers =
            traders.iter().map(|trader| self.venue.ledger(&trader.address)).collect::<Result<Vec<_>>>()?;
        Ok(markets_of(&ledgers))
    }
}

/// The units of a transaction's last instruction.
pub fn units(executed: &Executed) -> Result<u64> {
    match executed.instruction_units.last() {
        Some(units) if *units > 0 => Ok(*units),
        _ => anyhow::bail!("the log has no compute units"),
    }
}
