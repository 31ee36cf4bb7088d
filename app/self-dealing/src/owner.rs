//! What the owner of the accounts does. A refusal is no failure: a strategy may try anything.

use jettison_engine::{EngineError, Margin, Price, Result, Terms};
use jettison_harness::economy::COOLDOWN_SECONDS;
use jettison_harness::{MarketId, Who};

use crate::play::Player;
use crate::scene::{OWN, OWN_STAKE};
use crate::strategy::{direction_of, Action};
use crate::tally::Event;

impl Player<'_> {
    /// Does it, or is refused.
    pub(crate) fn act(&mut self, action: &Action) {
        // A strategy that was bred for two markets may be played in one.
        match self.try_act(action) {
            Ok(()) => {}
            Err(EngineError::Overflow) => panic!("{action:?} overflowed"),
            Err(_) => {}
        }
    }

    fn try_act(&mut self, action: &Action) -> Result<()> {
        let within = |market: MarketId| market % self.world.markets.len();
        match *action {
            Action::Deposit { who, amount } => self.deposit(who, amount),
            Action::Withdraw { who, percent } => self.withdraw(who, percent),
            Action::Trade { buyer, seller, market, reach, off_bps, buyer_takes } => {
                let market = within(market);
                let size = self.capacity(buyer, seller, market, reach);
                self.trade(buyer, seller, self.terms(market, size, off_bps, buyer_takes))
            }
            Action::Close { who, with, market, percent, off_bps } => {
                self.close(who, with, within(market), percent, off_bps)
            }
            Action::Settle { who } => self.settle(who),
            Action::Liquidate { who, by, market, percent } => {
                self.liquidate(who, by, within(market), percent)
            }
            Action::Deleverage { who, by, market } => self.deleverage(who, by, within(market)),
            Action::Flag { who } => self.world.flag(who).map(|_| ()),
            Action::Resolve { who, by, takes_over } => {
                self.resolve(who, by.map(|by| (by, takes_over)))?;
                self.tally.events.note(Event::SelfResolved);
                Ok(())
            }
            Action::Waive { who } => self.waive(who),
            Action::Sweep { market } => {
                self.sweep(within(market));
                self.tally.events.note(Event::Swept);
                Ok(())
            }
            Action::Stake { amount } => self.stake(amount),
            Action::RequestUnstake { percent } => self.request_unstake(percent),
            Action::Unstake => self.unstake(),
            Action::Endow { amount } => self.endow(amount),
        }
    }

    fn amount(&self, thousandths: u16) -> u64 {
        (self.setup.notional() * u64::from(thousandths) / 1_000).max(1)
    }

    fn deposit(&mut self, who: Who, amount: u16) -> Result<()> {
        let amount = self.amount(amount);
        self.world.deposit(who, amount)?;
        self.tally.wallet -= i128::from(amount);
        Ok(())
    }

    /// Nothing waits in the queue: the world's throttle lets everything out.
    fn withdraw(&mut self, who: Who, percent: u8) -> Result<()> {
        let amount = (self.world.capital(who) * u64::from(percent) / 100).max(1);
        self.world.withdraw(who, amount)?;
        self.tally.wallet += i128::from(amount);
        if !self.world.accounts[who].has_no_legs() {
            self.tally.events.note(Event::WithdrewBesidePosition);
        }
        Ok(())
    }

    /// Contracts that the poorer of two could open, or one.
    fn capacity(&mut self, buyer: Who, seller: Who, market: MarketId, reach: u8) -> u64 {
        let mut free = i64::MAX;
        for who in [buyer, seller] {
            let health = self.world.health(who, Margin::Initial).ok();
            free = free.min(health.and_then(|health| health.excess().ok()).map_or(0, |excess| excess.0));
        }
        let book = &self.world.markets[market];
        let floor = i64::try_from(book.params.requirement_floor.0).expect("a floor");
        let free = u64::try_from(free.saturating_sub(floor)).unwrap_or(0);
        let each = u64::from(book.params.initial_margin.0 + book.params.taker_fee.0);
        let notional = u128::from(free) * 10_000 / u128::from(each) * u128::from(reach) / 100;
        let size = notional / u128::from(book.effective_price.0);
        u64::try_from(size).expect("a size").clamp(1, 100_000)
    }

    fn terms(&self, market: MarketId, size: u64, off_bps: i16, buyer_takes: bool) -> Terms {
        let mut terms = self.world.terms(market, size);
        let price = terms.price.0;
        terms.price = Price(price.saturating_add_signed(price as i64 * i64::from(off_bps) / 10_000));
        if !buyer_takes {
            terms.taker = terms.taker.opposite();
        }
        terms
    }

    fn trade(&mut self, buyer: Who, seller: Who, terms: Terms) -> Result<()> {
        let outcome = self.at_cost(|player| player.world.trade_at(buyer, seller, terms))?;
        if !outcome.buyer.fill.opened.is_zero() && !outcome.seller.fill.opened.is_zero() {
            self.tally.events.note(Event::Opened);
        }
        if outcome.premium.0 != 0 {
            self.tally.events.note(Event::OffMark);
        }
        Ok(())
    }

    fn close(&mut self, who: Who, with: Who, market: MarketId, percent: u8, off_bps: i16) -> Result<()> {
        let (held, against) = (self.world.position(who, market), self.world.position(with, market));
        if held.signum() * against.signum() != -1 {
            return Err(EngineError::NoPosition);
        }
        let most = held.unsigned_abs().min(against.unsigned_abs());
        let size = (most * u64::from(percent) / 100).max(1);
        let is_long = direction_of(held) == direction_of(1);
        let (buyer, seller) = if is_long { (with, who) } else { (who, with) };
        self.trade(buyer, seller, self.terms(market, size, off_bps, true))
    }

    fn settle(&mut self, who: Who) -> Result<()> {
        let settlement = self.world.settle(who)?;
        if OWN.contains(&who) && settlement.legs().any(|leg| leg.unsettled.0 > 0) {
            self.tally.events.note(Event::Starved);
        }
        Ok(())
    }

    fn liquidate(&mut self, who: Who, by: Who, market: MarketId, percent: u8) -> Result<()> {
        let size = self.world.position(who, market).unsigned_abs();
        let most = if percent == 100 { u64::MAX } else { (size * u64::from(percent) / 100).max(1) };
        let outcome = self.at_cost(|player| player.world.liquidate(who, by, market, most))?;
        if !outcome.size.is_zero() {
            self.tally.events.note(Event::SelfLiquidated);
        }
        Ok(())
    }

    fn deleverage(&mut self, who: Who, by: Option<Who>, market: MarketId) -> Result<()> {
        let outcome = self.at_cost(|player| player.world.deleverage(who, by, market))?;
        if outcome.eligible {
            self.tally.events.note(Event::SelfDeleveraged);
        }
        Ok(())
    }

    fn waive(&mut self, who: Who) -> Result<()> {
        if self.world.waive(who)? > 0 {
            self.tally.events.note(Event::Waived);
        }
        Ok(())
    }

    fn stake(&mut self, amount: u16) -> Result<()> {
        let amount = self.amount(amount);
        self.world.stake(OWN_STAKE, amount)?;
        self.tally.wallet -= i128::from(amount);
        self.tally.events.note(Event::Staked);
        Ok(())
    }

    fn request_unstake(&mut self, percent: u8) -> Result<()> {
        let shares = u128::from(self.world.stakes[OWN_STAKE].shares.0) * u128::from(percent) / 100;
        let shares = u64::try_from(shares).expect("a part");
        self.world.request_unstake(OWN_STAKE, shares, COOLDOWN_SECONDS).map(|_| ())
    }

    fn unstake(&mut self) -> Result<()> {
        match self.world.unstake(OWN_STAKE) {
            Ok(amount) => {
                self.tally.wallet += i128::from(amount);
                self.tally.events.note(Event::Unstaked);
                Ok(())
            }
            Err(error) => {
                if error == EngineError::BankruptcyOpen {
                    self.tally.events.note(Event::UnstakeBarred);
                }
                Err(error)
            }
        }
    }

    fn endow(&mut self, amount: u16) -> Result<()> {
        let amount = self.amount(amount);
        self.at_cost(|player| {
            player.world.endow(amount)?;
            player.tally.wallet -= i128::from(amount);
            Ok(())
        })?;
        self.tally.events.note(Event::Endowed);
        Ok(())
    }
}
