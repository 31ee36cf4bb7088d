//! A clearinghouse of the harness, and what each holder entered at: the engine knows claims, not entry prices.

use jettison_engine::{
    assess, Atoms, Bps, Contracts, DeleverageOutcome, Direction, EngineError, Health, LiquidationOutcome,
    Margin, Market, MarketIndex, Markets, Price, Terms,
};
use jettison_harness::{MarketId, Who, World};

use crate::positions::{Cut, Entry, Exit};
use crate::rules::{collect_haircut, Deferred};

/// The clearinghouse.
#[derive(Clone, Debug)]
pub struct Venue {
    /// Ledgers and vaults.
    pub world: World,
    /// By market, by account: who looks for the holders of a market looks at one list.
    entries: Vec<Vec<Entry>>,
    /// Gains taken, in the order in which they were.
    pub exits: Vec<Exit>,
    /// Positions cut, in the order in which they were.
    pub cuts: Vec<Cut>,
    /// Whether gains are cut when they are taken out: see [`collect_haircut`].
    pub defers: bool,
    /// What was kept back so, and not looked at yet.
    pub deferred: Vec<Deferred>,
    /// Losses that nobody was charged for when they were booked, in atoms.
    pub left_uncovered: u64,
}

impl Venue {
    /// A clearinghouse with accounts that have no positions yet. Its books are checked when its owner likes.
    pub fn new(mut world: World) -> Self {
        world.is_checked = false;
        let entries = vec![vec![Entry::default(); world.accounts.len()]; world.markets.len()];
        Self {
            world,
            entries,
            exits: vec![],
            cuts: vec![],
            defers: false,
            deferred: vec![],
            left_uncovered: 0,
        }
    }

    /// A market's effective price.
    pub fn price(&self, market: MarketId) -> Price {
        self.world.markets[market].effective_price
    }

    /// Contracts held: positive long, negative short.
    pub fn position(&self, who: Who, market: MarketId) -> i64 {
        self.world.position(who, market)
    }

    /// What a position has gained since it was entered, at the effective price, in atoms.
    pub fn gain(&self, who: Who, market: MarketId) -> i128 {
        let Entry { size, cost } = self.entries[market][who];
        i128::from(size) * i128::from(self.price(market).0) - cost
    }

    /// A position as it was entered.
    pub fn entry(&self, who: Who, market: MarketId) -> Entry {
        self.entries[market][who]
    }

    /// Who has a position on a side of a market, in the order of their accounts.
    pub fn holders(&self, market: MarketId, side: Direction) -> Vec<Who> {
        let sign = if side == Direction::Long { 1 } else { -1 };
        let entries = self.entries[market].iter().enumerate();
        entries.filter(|(_, entry)| entry.size.signum() == sign).map(|(who, _)| who).collect()
    }

    /// Trades `size` contracts, bought by `taker` if positive, against `maker`.
    pub fn trade(
        &mut self,
        taker: Who,
        maker: Who,
        market: MarketId,
        size: i64,
        price: Price,
    ) -> Result<(), EngineError> {
        let (buyer, seller, side) =
            if size > 0 { (taker, maker, Direction::Long) } else { (maker, taker, Direction::Short) };
        let index = MarketIndex(market as u16);
        self.keep_back(&[taker, maker])?;
        let terms = Terms { market: index, size: Contracts(size.unsigned_abs()), price, taker: side };
        self.world.trade_at(buyer, seller, terms)?;
        self.chosen(taker, market, price);
        self.chosen(maker, market, price);
        Ok(())
    }

    /// Takes over up to `max` contracts of a position.
    pub fn liquidate(
        &mut self,
        who: Who,
        by: Who,
        market: MarketId,
        max: u64,
    ) -> Result<LiquidationOutcome, EngineError> {
        self.keep_back(&[who, by])?;
        let outcome = self.world.liquidate(who, by, market, max)?;
        let price = self.price(market);
        self.moved(who, market, price);
        self.moved(by, market, price);
        Ok(outcome)
    }

    /// Closes a position against all of the other side.
    pub fn deleverage(
        &mut self,
        who: Who,
        by: Who,
        market: MarketId,
    ) -> Result<DeleverageOutcome, EngineError> {
        self.keep_back(&[who])?;
        let outcome = self.world.deleverage(who, Some(by), market)?;
        if outcome.eligible {
            self.moved(who, market, self.price(market));
            self.cut(market);
        }
        Ok(outcome)
    }

    /// Under the withdrawal haircut, what accounts give up before an operation that pays them.
    fn keep_back(&mut self, whos: &[Who]) -> Result<(), EngineError> {
        if self.defers {
            for who in whos {
                let kept = collect_haircut(self, *who)?;
                self.deferred.extend(kept);
            }
        }
        Ok(())
    }

    /// What an account has to get from all pools, less what it owes them.
    pub fn total_claim(&self, who: Who) -> i128 {
        (0..self.world.markets.len()).map(|market| self.world.claim(who, market)).sum()
    }

    /// Claims of a settled account that its pools could not pay.
    pub fn unpaid(&self, who: Who) -> Vec<Deferred> {
        let unpaid = |market| {
            let charge = u64::try_from(self.world.claim(who, market)).ok().filter(|claim| *claim > 0)?;
            // What it was paid before counts too.
            let gain = u64::try_from(self.gain(who, market)).unwrap_or(0).max(charge);
            // Debts elsewhere don't make the claim smaller.
            let equity = u64::try_from(self.world.equity(who)).unwrap_or(0).max(charge);
            Some(Deferred { who, market, charge, gain, equity })
        };
        (0..self.world.markets.len()).filter_map(unpaid).collect()
    }

    /// Equity and maintenance margin of an account: none if it has no position.
    pub fn health(&mut self, who: Who) -> Option<Health> {
        self.world.accounts[who].legs().any(|leg| leg.has_position()).then_some(())?;
        self.world.health(who, Margin::Maintenance).ok()
    }

    /// As [`Self::health`], of many at once, in their order: for one after the other the engine would be lent everything anew.
    pub fn healths(&mut self, whos: &[Who]) -> Vec<Option<Health>> {
        let looked = self.with_markets(|accounts, markets, now| {
            let health = |who: &Who| {
                let account = &accounts[*who];
                account.legs().any(|leg| leg.has_position()).then_some(())?;
                assess(account, markets, Margin::Maintenance, now).ok()
            };
            whos.iter().map(health).collect()
        });
        looked.unwrap_or_else(|| vec![None; whos.len()])
    }

    /// Notes that a position of a bankrupt account is gone, and where it went.
    pub fn resolved(&mut self, who: Who, by: Option<Who>) {
        for market in 0..self.world.markets.len() {
            if self.entries[market][who].size == 0 {
                continue;
            }
            self.entries[market][who] = Entry::default();
            match by {
                Some(by) => {
                    self.moved(by, market, self.price(market));
                }
                None => self.cut(market),
            }
        }
    }

    /// Notes what a holder did by choice: what it closed with a gain is an exit.
    fn chosen(&mut self, who: Who, market: MarketId, price: Price) {
        let before = self.entries[market][who];
        let closed = self.moved(who, market, price);
        if closed == 0 {
            return;
        }
        let cost = before.cost * i128::from(closed) / i128::from(before.size);
        let gain = i128::from(closed) * i128::from(price.0) - cost;
        if let Some(gain) = u64::try_from(gain).ok().filter(|gain| *gain > 0) {
            let side = if before.size > 0 { Direction::Long } else { Direction::Short };
            self.exits.push(Exit { at: self.world.now, who, market, side, gain });
        }
    }

    /// Brings an entry to what the ledger has now, where the difference changed hands at `price`. Returns the contracts
    /// closed, of the sign of the position they were of.
    fn moved(&mut self, who: Who, market: MarketId, price: Price) -> i64 {
        let now = self.world.position(who, market);
        let entry = &mut self.entries[market][who];
        let before = entry.size;
        let stays =
            if before.signum() == now.signum() { before.abs().min(now.abs()) * now.signum() } else { 0 };
        if before != 0 {
            entry.cost = entry.cost * i128::from(stays) / i128::from(before);
        }
        entry.cost += i128::from(now - stays) * i128::from(price.0);
        entry.size = now;
        before - stays
    }

    /// Brings the entries of everybody in a market to what the ledger has now, after contracts were closed from under them.
    fn cut(&mut self, market: MarketId) {
        for who in 0..self.entries[market].len() {
            let before = self.entries[market][who].size;
            if before == 0 {
                continue;
            }
            let closed = self.moved(who, market, self.price(market));
            if closed != 0 {
                self.cuts.push(Cut { who, market, closed, before });
            }
        }
    }

    /// Runs `act` while a market charges nothing for trading.
    pub fn free_of_fees<T>(&mut self, market: MarketId, act: impl FnOnce(&mut Self) -> T) -> T {
        let params = self.world.markets[market].params;
        self.world.markets[market].params.maker_fee = Bps(0);
        self.world.markets[market].params.taker_fee = Bps(0);
        let outcome = act(self);
        self.world.markets[market].params = params;
        outcome
    }

    /// Closes a position of `who` with `by` at the effective price and without fees, as an auto-deleveraging does.
    pub fn close_out(&mut self, who: Who, by: Who, market: MarketId, size: i64) -> Result<(), EngineError> {
        let before = self.entries[market][who].size;
        let (buyer, seller) = if size > 0 { (by, who) } else { (who, by) };
        self.free_of_fees(market, |venue| venue.world.trade(buyer, seller, market, size.unsigned_abs()))?;
        let price = self.price(market);
        self.moved(by, market, price);
        let closed = self.moved(who, market, price);
        self.cuts.push(Cut { who, market, closed, before });
        Ok(())
    }

    /// Sends unswept fees to the fund and to the protocol; returns what insurance got.
    pub fn sweep(&mut self, market: MarketId) -> u64 {
        let before = self.world.insurance;
        self.world.sweep(market);
        self.world.insurance - before
    }

    /// Runs `look` on the markets as the engine takes them.
    pub fn with_markets<T>(
        &mut self,
        look: impl FnOnce(&[jettison_engine::MarginAccount], &Markets<'_, &mut Market>, i64) -> T,
    ) -> Option<T> {
        let mut lent: Vec<&mut Market> = self.world.markets.iter_mut().collect();
        let markets = Markets::new(&mut lent).ok()?;
        Some(look(&self.world.accounts, &markets, self.world.now))
    }

    /// Everything that is in the margin vault's books, in atoms.
    pub fn booked(&self) -> i128 {
        let capital: i128 = self.world.accounts.iter().map(|account| atoms(account.capital)).sum();
        let markets = self.world.markets.iter();
        capital
            + markets.map(|m| atoms(m.pool) + atoms(m.insurance_fees) + atoms(m.protocol_fees)).sum::<i128>()
    }
}

fn atoms(amount: Atoms) -> i128 {
    i128::from(amount.0)
}
