//! The venue of a crash, and its shadow: the same ledgers, kept by the engine in this process.
//!
//! Every transaction is first tried on the shadow. What the engine refuses is not sent; what it allows is sent,
//! and then the chain's accounts must equal the shadow's byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, Result};
use jettison_embedded::{EmbeddedVenue, Trader, FEED_EXPONENT};
use jettison_engine::{
    price_per_contract, settle_account, Atoms, Caller, Direction, EngineError, InsuranceFund, Leg,
    MarginAccount, Market, MarketIndex, Markets, Pending, Price,
};
use solana_keypair::Keypair;

use super::audit::Audit;
use super::op::{Op, Outcome};
use super::tally::Tally;

/// Who a transaction can concern: an index into the world's traders.
pub type Id = usize;

/// An account's leg before an operation, and what it had pending.
type Unmarked = (Id, Leg, Pending);

/// The venue, its traders, and the shadow.
pub struct World {
    /// The chain and the addresses.
    pub venue: EmbeddedVenue,
    /// Owners of the margin accounts.
    pub traders: Vec<Trader>,
    /// Shadow of the margin accounts.
    pub ledgers: Vec<MarginAccount>,
    /// Margin accounts that have been closed.
    pub closed: BTreeSet<Id>,
    /// Shadow of the markets.
    pub books: Vec<Market>,
    /// How each market's oracle prices become atoms per contract: exponent of the feed, of the contract, and the
    /// quote token's decimals.
    conversions: Vec<(i32, i8, u8)>,
    /// Shadow of the insurance fund.
    pub fund: InsuranceFund,
    /// Who has a leg in each market.
    pub holders: Vec<BTreeSet<Id>>,
    /// Checks made and failed.
    pub audit: Audit,
    /// What happened, for the report.
    pub tally: Tally,
    /// Compute units of each instruction.
    pub units: BTreeMap<&'static str, Vec<u64>>,
    /// Transactions that landed.
    pub landed: u64,
    /// The most atoms that rounding can have left in the pools: less than one a side at each accrual, less than two
    /// a leg at each mark, less than one a charge of a loss index.
    pub dust_bound: u64,
}

impl World {
    /// The shadow of a venue whose markets exist and whose accounts are still to be opened.
    pub fn new(venue: EmbeddedVenue) -> Result<Self> {
        let count = venue.feeds.len();
        let books = (0..count as u16).map(|index| venue.book(index)).collect::<Result<Vec<_>>>()?;
        let fund = venue.fund()?;
        let conversions = (0..count as u16)
            .map(|index| {
                let market = venue.market(index)?;
                Ok((FEED_EXPONENT, market.contract_exponent, market.quote_decimals))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            conversions,
            venue,
            traders: vec![],
            ledgers: vec![],
            closed: BTreeSet::new(),
            fund,
            holders: vec![BTreeSet::new(); count],
            audit: Audit::default(),
            tally: Tally::new(count),
            units: BTreeMap::new(),
            landed: 0,
            dust_bound: 0,
            books,
        })
    }

    /// The price in atoms per contract that a market's oracle price stands for.
    pub fn price(&self, market: usize, feed_price: i64) -> Result<Price, EngineError> {
        let (exponent, contract_exponent, decimals) = self.conversions[market];
        price_per_contract(feed_price, exponent, contract_exponent, decimals)
    }

    /// The chain's time.
    pub fn now(&self) -> i64 {
        self.venue.chain.now()
    }

    /// Opens a margin account with capital.
    pub fn open_account(&mut self, capital: u64) -> Result<Id> {
        let trader = self.venue.open_funded(capital)?;
        self.ledgers.push(self.venue.ledger(&trader.address)?);
        self.traders.push(trader);
        Ok(self.traders.len() - 1)
    }

    /// All ids of accounts that are open.
    pub fn open_ids(&self) -> impl Iterator<Item = Id> + use<> {
        let closed = self.closed.clone();
        (0..self.traders.len()).filter(move |id| !closed.contains(id))
    }

    /// Runs operations as one transaction, on the shadow and then on the chain.
    ///
    /// A refusal by the engine leaves both as they were. An error means that the chain refused what the engine
    /// allowed, which ends the run.
    pub fn transact(&mut self, ops: &[Op]) -> Result<Result<Vec<Outcome>, EngineError>> {
        let saved = Saved::of(self, ops);
        let mut outcomes = Vec::with_capacity(ops.len());
        let mut instructions = vec![];
        let mut named = vec![];
        let mut marks = vec![];
        for op in ops {
            for (name, instruction) in op.instructions(self)? {
                named.push(name);
                instructions.push(instruction);
            }
            let before = self.unmarked(op);
            match self.apply(op) {
                Ok(outcome) => {
                    outcomes.push(outcome);
                    marks.extend(before.into_iter().filter(|leg| self.has_been_marked(leg)));
                }
                Err(error) => {
                    saved.restore(self);
                    return Ok(Err(error));
                }
            }
        }
        self.send(ops, &instructions, &named)?;
        self.update_holders(ops);
        self.dust_bound += 2 * marks.len() as u64 + ops.iter().zip(&outcomes).map(Op::most_dust).sum::<u64>();
        for (id, leg, pending) in marks {
            self.tally.note_mark(id, leg.market, pending);
        }
        for (op, outcome) in ops.iter().zip(&outcomes) {
            self.tally.record(op, outcome, &saved.books);
        }
        for (before, after) in saved.books.iter().zip(&self.books) {
            self.tally.note_market(before, after, self.venue.chain.now());
        }
        self.audit_transaction(ops, &outcomes, &saved);
        Ok(Ok(outcomes))
    }

    fn send(
        &mut self,
        ops: &[Op],
        instructions: &[anchor_lang::solana_program::instruction::Instruction],
        named: &[&'static str],
    ) -> Result<()> {
        let mut signers: Vec<&Keypair> = vec![];
        for op in ops {
            for id in op.signers() {
                signers.push(&self.traders[id].key);
            }
            if op.needs_authority() {
                signers.push(&self.venue.authority);
            }
        }
        let executed = match self.venue.chain.send(instructions, &signers) {
            Ok(executed) => executed,
            Err(failed) => bail!(
                "the chain refused what the engine allowed: {failed} in {named:?}\n{}",
                failed.logs.join("\n")
            ),
        };
        self.landed += 1;
        for (name, units) in named.iter().zip(&executed.instruction_units) {
            self.units.entry(name).or_default().push(*units);
        }
        Ok(())
    }

    /// Applies one operation to the shadow.
    fn apply(&mut self, op: &Op) -> Result<Outcome, EngineError> {
        let now = self.venue.chain.now();
        let mut borrowed: Vec<&mut Market> = self.books.iter_mut().collect();
        let mut markets = Markets::new(&mut borrowed)?;
        let ledgers = &mut self.ledgers;
        Ok(match *op {
            Op::Accrue { market, target, .. } => {
                let accrual = markets.get_mut(MarketIndex(market))?.accrue(target, now)?;
                Outcome::Accrued { funding: accrual.funding }
            }
            Op::Trade { buyer, seller, ref terms } => {
                let [buyer, seller] = pair(ledgers, buyer, seller)?;
                jettison_engine::settle_trade(buyer, seller, &mut markets, terms, now)?;
                Outcome::Done
            }
            Op::Liquidate { account, keeper, market, max } => {
                let [account, keeper] = pair(ledgers, account, keeper)?;
                let market = MarketIndex(market);
                Outcome::Liquidated(jettison_engine::liquidate(
                    account,
                    keeper,
                    &mut markets,
                    market,
                    max,
                    now,
                )?)
            }
            Op::Deleverage { account, keeper, market } => {
                let [account, keeper] = pair(ledgers, account, keeper)?;
                let market = MarketIndex(market);
                Outcome::Deleveraged(jettison_engine::deleverage(
                    account,
                    Some(keeper),
                    &mut markets,
                    market,
                    now,
                )?)
            }
            Op::Resolve { account, keeper } => {
                let [account, keeper] = pair(ledgers, account, keeper)?;
                let caller = Caller { account: keeper, takes_over: false };
                let assets = self.fund.assets;
                let resolution =
                    jettison_engine::resolve_bankruptcy(account, Some(caller), &mut markets, assets, now)?;
                self.fund.draw(resolution.insurance_drawn()?)?;
                Outcome::Resolved(Box::new(resolution))
            }
            Op::Settle { account } => {
                settle_account(&mut ledgers[account], &mut markets, now)?;
                Outcome::Settled
            }
            Op::Withdraw { account, amount } => {
                jettison_engine::withdraw(&mut ledgers[account], &markets, amount, now)?;
                Outcome::Done
            }
            Op::Close { account, waive } => {
                let ledger = &mut ledgers[account];
                let waived =
                    if waive { jettison_engine::waive_unpaid(ledger, &mut markets)? } else { Atoms::ZERO };
                jettison_engine::require_empty(ledger)?;
                Outcome::Closed { waived }
            }
            Op::Sweep { market } => {
                let (insurance, protocol) = markets.get_mut(MarketIndex(market))?.sweep()?;
                self.fund.earn(insurance)?;
                Outcome::Swept { protocol }
            }
        })
    }

    /// The positions of the accounts concerned, with what they have pending: an operation that marks a leg turns
    /// that into gain and haircut, and the tally wants to know.
    fn unmarked(&self, op: &Op) -> Vec<Unmarked> {
        let mut legs = vec![];
        for id in op.accounts() {
            for leg in self.ledgers[id].legs().filter(|leg| leg.has_position()) {
                let side = self.books[usize::from(leg.market.0)].side(leg.direction());
                legs.extend(leg.pending(side).ok().map(|pending| (id, *leg, pending)));
            }
        }
        legs
    }

    fn has_been_marked(&self, (id, leg, _): &Unmarked) -> bool {
        self.ledgers[*id].leg(leg.market).is_none_or(|after| {
            after.settlement_snapshot != leg.settlement_snapshot
                || after.loss_snapshot != leg.loss_snapshot
                || after.direction() != leg.direction()
        })
    }

    fn update_holders(&mut self, ops: &[Op]) {
        self.closed.extend(ops.iter().filter_map(Op::closes));
        for id in ops.iter().flat_map(Op::accounts) {
            for (index, holders) in self.holders.iter_mut().enumerate() {
                if self.ledgers[id].leg(MarketIndex(index as u16)).is_some() {
                    holders.insert(id);
                } else {
                    holders.remove(&id);
                }
            }
        }
    }

    /// The leg of an account in a market, and the size it stands for, if it has a position there.
    pub fn position(&self, id: Id, market: u16) -> Option<(Direction, u64)> {
        let leg = self.ledgers[id].leg(MarketIndex(market)).filter(|leg| leg.has_position())?;
        let size = self.books[usize::from(market)].size_of(leg).ok()?;
        Some((leg.direction(), size.0))
    }

    /// An account's health at maintenance margin.
    pub fn health(&mut self, id: Id) -> Result<jettison_engine::Health, EngineError> {
        let now = self.venue.chain.now();
        let mut borrowed: Vec<&mut Market> = self.books.iter_mut().collect();
        let markets = Markets::new(&mut borrowed)?;
        jettison_engine::assess(&self.ledgers[id], &markets, jettison_engine::Margin::Maintenance, now)
    }
}

/// The shadow before a transaction.
pub struct Saved {
    /// Accounts concerned.
    pub ledgers: Vec<(Id, MarginAccount)>,
    /// Markets.
    pub books: Vec<Market>,
    /// Insurance.
    pub fund: InsuranceFund,
}

impl Saved {
    fn of(world: &World, ops: &[Op]) -> Self {
        let ids: BTreeSet<Id> = ops.iter().flat_map(Op::accounts).collect();
        Self {
            ledgers: ids.into_iter().map(|id| (id, world.ledgers[id])).collect(),
            books: world.books.clone(),
            fund: world.fund,
        }
    }

    fn restore(self, world: &mut World) {
        for (id, ledger) in self.ledgers {
            world.ledgers[id] = ledger;
        }
        world.books = self.books;
        world.fund = self.fund;
    }
}

/// Two different accounts at once.
fn pair(ledgers: &mut [MarginAccount], a: Id, b: Id) -> Result<[&mut MarginAccount; 2], EngineError> {
    ledgers.get_disjoint_mut([a, b]).map_err(|_| EngineError::SameAccount)
}
