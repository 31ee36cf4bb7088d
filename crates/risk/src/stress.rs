//! What a move of the price would do: who fails, and who pays.

use std::collections::{BTreeSet, HashMap};

use jettison_engine::{
    Atoms, Contracts, Direction, LegResolution, Margin, MarginAccount, Market, MarketIndex, Price, Result,
    SignedAtoms,
};

use crate::ratio::Ratio;
use crate::search::Move;
use crate::trial::Trial;
use crate::Snapshot;

/// Prices that move at once, before anybody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shock {
    /// One market's price; those who have no leg there are left alone.
    One(MarketIndex, Move),
    /// The prices of all markets, by the same part.
    All(Move),
}

/// An account that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure<Id> {
    /// Which.
    pub account: Id,
    /// Its equity: negative.
    pub equity: SignedAtoms,
    /// What it owes beyond its capital, over all legs: more than its equity where pools can't pay its claims.
    pub deficit: Atoms,
}

/// What one market's failures cost, and who pays. In atoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketLoss {
    /// The market.
    pub market: MarketIndex,
    /// Its price after the move.
    pub price: Price,
    /// Contracts open on each side before.
    pub contracts: Contracts,
    /// Legs of failed accounts.
    pub failures: u32,
    /// What these owed and couldn't pay: paid by all that follow but `forfeited`.
    pub deficit: Atoms,
    /// Paid from the market's surplus.
    pub by_surplus: Atoms,
    /// Paid by insurance.
    pub by_insurance: Atoms,
    /// Charged to those who are long.
    pub to_longs: Atoms,
    /// Charged to those who are short.
    pub to_shorts: Atoms,
    /// Paid by nobody: the opposite side was empty.
    pub uncovered: Atoms,
    /// Claims of failed accounts that the pool couldn't pay.
    pub forfeited: Atoms,
}

impl MarketLoss {
    /// The charge for each contract that a side had before the move, in atoms.
    pub fn per_contract(&self, side: Direction) -> Ratio {
        Ratio::new(self.charged(side).0, self.contracts.0)
    }

    /// What is charged to a side.
    pub const fn charged(&self, side: Direction) -> Atoms {
        match side {
            Direction::Long => self.to_longs,
            Direction::Short => self.to_shorts,
        }
    }
}

/// What a shock does.
#[derive(Clone, Debug)]
pub struct Scenario<Id> {
    /// The shock.
    pub shock: Shock,
    /// Who fails, in the order in which they are resolved: the largest debts first.
    pub failures: Vec<Failure<Id>>,
    /// The markets, by index.
    pub losses: Vec<MarketLoss>,
    /// What leaves the insurance fund, bounties included.
    pub insurance_drawn: Atoms,
    /// Whether it was followed to its end: failures that charges cause, and theirs in turn, are followed for
    /// `ROUNDS` rounds.
    pub is_complete: bool,
    after: Trial,
}

impl<Id> Scenario<Id> {
    /// A market after the shock, and after all who failed are resolved.
    pub fn market(&self, index: MarketIndex) -> Result<&Market> {
        self.after.get(index)
    }

    /// What happens in one market.
    pub fn loss(&self, index: MarketIndex) -> Option<&MarketLoss> {
        self.losses.iter().find(|loss| loss.market == index)
    }
}

/// Rounds of failures that are followed: the first is of the shock, each further of the charges of the one before.
pub const ROUNDS: u32 = 8;

impl<Id: Copy> Snapshot<Id> {
    /// Moves prices at once, then resolves whoever is bankrupt, the largest debt first, by the engine: surplus, insurance
    /// within the market's allowance, the opposite side. Callers take their bounties and no positions; where a failing
    /// account's claims are on a pool that can't pay them, all solvent losers of that market are settled first.
    ///
    /// [`jettison_engine::EngineError::BadPrice`] if a market doesn't accept its price. A market whose price is final stays.
    pub fn stress(&self, shock: Shock) -> Result<Scenario<Id>> {
        let mut run = Run::new(self, shock)?;
        let mut candidates: Vec<usize> = match shock {
            Shock::One(index, _) => self.holders(index).to_vec(),
            Shock::All(_) => (0..self.accounts().len()).collect(),
        };
        let mut round = 0;
        while !candidates.is_empty() && round < ROUNDS {
            round += 1;
            let charged = run.resolve_failing(&candidates)?;
            let next: BTreeSet<usize> =
                charged.iter().flat_map(|index| self.holders(*index)).copied().collect();
            candidates = next.into_iter().filter(|place| !run.failed.contains(place)).collect();
        }
        let is_complete = candidates.is_empty() || run.failing(&candidates)?.is_empty();
        Ok(Scenario {
            shock,
            failures: run.failures,
            losses: run.losses,
            insurance_drawn: self.insurance().minus(run.insurance)?,
            is_complete,
            after: run.trial,
        })
    }

    /// What a scenario charges an account's leg in a market, in atoms, rounded up as the engine does: beyond what is
    /// charged to it already and not yet settled.
    pub fn haircut_in(
        &self,
        scenario: &Scenario<Id>,
        ledger: &MarginAccount,
        index: MarketIndex,
    ) -> Result<Atoms> {
        let Some(leg) = ledger.leg(index) else {
            return Ok(Atoms::ZERO);
        };
        let before = leg.pending(self.market(index)?.side(leg.direction()))?;
        let after = leg.pending(scenario.market(index)?.side(leg.direction()))?;
        after.haircut.minus(before.haircut)
    }
}

/// A scenario in the making.
struct Run<'a, Id> {
    snapshot: &'a Snapshot<Id>,
    trial: Trial,
    /// Accounts that are not as in the snapshot any more, by place.
    changed: HashMap<usize, MarginAccount>,
    failed: BTreeSet<usize>,
    /// Markets whose losers have been settled.
    refilled: BTreeSet<MarketIndex>,
    insurance: Atoms,
    failures: Vec<Failure<Id>>,
    losses: Vec<MarketLoss>,
}

impl<'a, Id: Copy> Run<'a, Id> {
    fn new(snapshot: &'a Snapshot<Id>, shock: Shock) -> Result<Self> {
        let mut trial = snapshot.trial();
        let mut losses = vec![];
        for market in snapshot.markets() {
            let shift = match shock {
                Shock::All(shift) => Some(shift),
                Shock::One(index, shift) => (index == market.index).then_some(shift),
            };
            if let Some(shift) = shift.filter(|_| !market.is_settling()) {
                trial.put_at(market, shift.of(market.effective_price)?)?;
            }
            losses.push(nothing_lost(trial.get(market.index)?));
        }
        Ok(Self {
            snapshot,
            trial,
            changed: HashMap::new(),
            failed: BTreeSet::new(),
            refilled: BTreeSet::new(),
            insurance: snapshot.insurance(),
            failures: vec![],
            losses,
        })
    }

    fn ledger(&self, place: usize) -> MarginAccount {
        let original = || self.snapshot.accounts().get(place).map(|account| account.ledger);
        self.changed.get(&place).copied().or_else(original).unwrap_or_default()
    }

    /// Those with negative equity, the largest debt first.
    fn failing(&mut self, candidates: &[usize]) -> Result<Vec<(SignedAtoms, usize)>> {
        let mut failing = vec![];
        for place in candidates {
            let health = match (self.changed.get(place), self.snapshot.accounts().get(*place)) {
                (Some(ledger), _) => self.trial.assess(ledger, Margin::Maintenance)?,
                (None, Some(account)) => self.trial.assess(&account.ledger, Margin::Maintenance)?,
                (None, None) => continue,
            };
            if health.equity.is_negative() {
                failing.push((health.equity, *place));
            }
        }
        failing.sort_unstable();
        Ok(failing)
    }

    /// Resolves all who fail among the candidates. Returns the markets where a side was charged.
    fn resolve_failing(&mut self, candidates: &[usize]) -> Result<BTreeSet<MarketIndex>> {
        let mut charged = BTreeSet::new();
        for (_, place) in self.failing(candidates)? {
            self.refill_for(place)?;
            self.resolve(place, &mut charged)?;
        }
        Ok(charged)
    }

    fn resolve(&mut self, place: usize, charged: &mut BTreeSet<MarketIndex>) -> Result<()> {
        let before = self.ledger(place);
        let mut ledger = before;
        let resolution = self.trial.resolve(&mut ledger, self.insurance)?;
        self.insurance = self.insurance.minus(resolution.insurance_drawn()?)?;
        let mut deficit = Atoms::ZERO;
        for leg in resolution.legs() {
            deficit = deficit.plus(leg.deficit)?;
            if !leg.by_index.is_zero() {
                charged.insert(leg.market);
            }
            let direction = before.leg(leg.market).map_or(Direction::Long, jettison_engine::Leg::direction);
            if let Some(loss) = self.losses.iter_mut().find(|loss| loss.market == leg.market) {
                add(loss, leg, direction)?;
            }
        }
        if let Some(account) = self.snapshot.accounts().get(place) {
            self.failures.push(Failure { account: account.id, equity: resolution.equity, deficit });
        }
        self.changed.insert(place, ledger);
        self.failed.insert(place);
        Ok(())
    }

    /// Settles the losers of every market whose pool can't pay what an account has won there.
    fn refill_for(&mut self, place: usize) -> Result<()> {
        for leg in self.ledger(place).legs() {
            let market = self.trial.get(leg.market)?;
            let claim = leg.unsettled.plus(leg.pending(market.side(leg.direction()))?.net()?)?.claim();
            if claim > market.payable() && self.refilled.insert(leg.market) {
                self.settle_losers(leg.market)?;
            }
        }
        Ok(())
    }

    fn settle_losers(&mut self, index: MarketIndex) -> Result<()> {
        for place in self.snapshot.holders(index) {
            if self.failed.contains(place) {
                continue;
            }
            let mut ledger = self.ledger(*place);
            let market = self.trial.get(index)?;
            let Some(leg) = ledger.leg(index) else { continue };
            let claim = leg.unsettled.plus(leg.pending(market.side(leg.direction()))?.net()?)?;
            // A bankrupt account's settlement would move nothing.
            if claim.is_negative() {
                self.trial.settle(&mut ledger)?;
                self.changed.insert(*place, ledger);
            }
        }
        Ok(())
    }
}

fn nothing_lost(market: &Market) -> MarketLoss {
    MarketLoss {
        market: market.index,
        price: market.effective_price,
        contracts: market.long.contracts.max(market.short.contracts),
        failures: 0,
        deficit: Atoms::ZERO,
        by_surplus: Atoms::ZERO,
        by_insurance: Atoms::ZERO,
        to_longs: Atoms::ZERO,
        to_shorts: Atoms::ZERO,
        uncovered: Atoms::ZERO,
        forfeited: Atoms::ZERO,
    }
}

/// Adds a resolved leg, which was on side `direction`.
fn add(loss: &mut MarketLoss, leg: &LegResolution, direction: Direction) -> Result<()> {
    loss.failures = loss.failures.saturating_add(1);
    loss.deficit = loss.deficit.plus(leg.deficit)?;
    loss.by_surplus = loss.by_surplus.plus(leg.by_surplus)?;
    loss.by_insurance = loss.by_insurance.plus(leg.by_insurance)?;
    loss.uncovered = loss.uncovered.plus(leg.uncovered)?;
    loss.forfeited = loss.forfeited.plus(leg.forfeited)?;
    let charged = match direction.opposite() {
        Direction::Long => &mut loss.to_longs,
        Direction::Short => &mut loss.to_shorts,
    };
    *charged = charged.plus(leg.by_index)?;
    Ok(())
}
