//! What happened in a crash, counted for its report.

use std::collections::{BTreeMap, BTreeSet};

use jettison_engine::{Atoms, LegResolution, Market, MarketIndex, Pending, CHANGE_BITS};
use serde::{Serialize, Serializer};

use super::op::{Op, Outcome};
use super::world::Id;

/// Counts and amounts (quote atoms) of one market.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MarketTally {
    /// Accounts that were liquidated here: taken over, deleveraged or resolved.
    #[serde(serialize_with = "count")]
    pub liquidations: BTreeSet<Id>,
    /// Liquidations: a keeper took over part of a position or all of it.
    pub takeovers: u64,
    /// Contracts taken over.
    pub taken_over_contracts: u64,
    /// Positions closed without a counterparty while their account was solvent.
    pub deleverages: u64,
    /// Legs of bankrupt accounts.
    pub bankruptcies: u64,
    /// Debt that bankrupt accounts couldn't pay.
    pub deficit: u64,
    /// Of which paid by surplus.
    pub by_surplus: u64,
    /// Of which paid by insurance.
    pub by_insurance: u64,
    /// Of which charged through the loss index.
    pub by_index: u64,
    /// Of which left uncovered.
    pub uncovered: u64,
    /// What the market may draw from insurance within a window.
    pub allowance: u64,
    /// The most that it had drawn of that at a time, bounties included.
    pub allowance_used: u64,
    /// How often its loss breaker halted opening.
    pub halts: u64,
    /// Funding that longs paid to shorts; negative, shorts to longs.
    pub funding: i64,
    /// What a contract held on the charged side throughout was charged, in atoms.
    pub haircut_per_contract: f64,
    /// Haircuts that settlement has applied to legs.
    pub haircuts_settled: u64,
    /// Legs that were charged.
    pub charged_legs: u64,
    /// The largest haircut as a part of its holder's gain, over holders who gained.
    pub largest_haircut: f64,
    /// Charged legs that had not gained: their holders came late, such as keepers who took positions over.
    pub charged_without_gain: u64,
}

fn count<S: Serializer>(set: &BTreeSet<Id>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u64(set.len() as u64)
}

/// What one account gained and was charged in one market.
#[derive(Clone, Copy, Debug, Default)]
struct Holding {
    gain: i128,
    haircut: u128,
}

/// Counts of a crash.
pub struct Tally {
    /// By market.
    pub markets: Vec<MarketTally>,
    holdings: BTreeMap<(Id, u16), Holding>,
    /// Settlements sent.
    pub settlements: u64,
    /// Atoms of unpaid claims given up at closing.
    pub waived: u64,
    /// Atoms swept to the protocol.
    pub protocol_fees: u64,
    /// Bounties paid to keepers for bankruptcies.
    pub bounties: u64,
}

impl Tally {
    /// Nothing yet.
    pub fn new(markets: usize) -> Self {
        Self {
            markets: vec![MarketTally::default(); markets],
            holdings: BTreeMap::new(),
            settlements: 0,
            waived: 0,
            protocol_fees: 0,
            bounties: 0,
        }
    }

    /// Forgets all that happened before: a crash counts from its first price.
    pub fn restart(&mut self) {
        *self = Self::new(self.markets.len());
    }

    fn market(&mut self, index: MarketIndex) -> &mut MarketTally {
        &mut self.markets[usize::from(index.0)]
    }

    /// Notes that an account's leg was marked.
    pub fn note_mark(&mut self, id: Id, market: MarketIndex, pending: Pending) {
        let holding = self.holdings.entry((id, market.0)).or_default();
        holding.gain += i128::from(pending.variation.0);
        holding.haircut += u128::from(pending.haircut.0);
        self.market(market).haircuts_settled += pending.haircut.0;
    }

    /// Notes what a transaction left of a market's allowance, and whether it halted opening.
    pub fn note_market(&mut self, before: &Market, after: &Market, now: i64) {
        let tally = self.market(after.index);
        let drawn = after.allowance.drawn.value(now, after.params.insurance_window_seconds);
        tally.allowance = after.params.insurance_base.0;
        tally.allowance_used = tally.allowance_used.max(drawn.unwrap_or_default().0);
        tally.halts += u64::from(before.breakers.halted_until <= now && after.breakers.halted_until > now);
    }

    /// Notes what an operation did; `before` are the markets as they were.
    pub fn record(&mut self, op: &Op, outcome: &Outcome, before: &[Market]) {
        match (op, outcome) {
            (Op::Liquidate { account, market, .. }, Outcome::Liquidated(outcome))
                if !outcome.size.is_zero() =>
            {
                let tally = self.market(MarketIndex(*market));
                tally.liquidations.insert(*account);
                tally.takeovers += 1;
                tally.taken_over_contracts += outcome.size.0;
            }
            (Op::Deleverage { account, market, .. }, Outcome::Deleveraged(outcome)) if outcome.eligible => {
                let tally = self.market(MarketIndex(*market));
                tally.liquidations.insert(*account);
                tally.deleverages += 1;
            }
            (Op::Resolve { account, .. }, Outcome::Resolved(resolution)) => {
                self.bounties += resolution.bounty_from_insurance.0 + resolution.bounty_from_fees.0;
                for leg in resolution.legs() {
                    self.market(leg.market).liquidations.insert(*account);
                    self.record_leg(leg, &before[usize::from(leg.market.0)]);
                }
            }
            (Op::Accrue { market, .. }, Outcome::Accrued { funding }) => {
                let contracts = i128::from(before[usize::from(*market)].long.contracts.0);
                let atoms = (funding * contracts) >> CHANGE_BITS;
                self.market(MarketIndex(*market)).funding += i64::try_from(atoms).unwrap_or(0);
            }
            (_, Outcome::Settled) => self.settlements += 1,
            (_, Outcome::Closed { waived }) => self.waived += waived.0,
            (_, Outcome::Swept { protocol }) => self.protocol_fees += protocol.0,
            _ => {}
        }
    }

    fn record_leg(&mut self, leg: &LegResolution, before: &Market) {
        let tally = self.market(leg.market);
        tally.bankruptcies += 1;
        tally.deficit += leg.deficit.0;
        tally.by_surplus += leg.by_surplus.0;
        tally.by_insurance += leg.by_insurance.0;
        tally.by_index += leg.by_index.0;
        tally.uncovered += leg.uncovered.0;
        if leg.by_index != Atoms::ZERO {
            tally.haircut_per_contract += leg.by_index.0 as f64 / before.long.contracts.0 as f64;
        }
    }

    /// Works out the largest haircuts, once everyone has been settled.
    pub fn finish(&mut self) {
        let charged: Vec<_> = self.holdings.iter().filter(|(_, holding)| holding.haircut > 0).collect();
        for ((_, market), holding) in charged {
            let tally = &mut self.markets[usize::from(*market)];
            tally.charged_legs += 1;
            if holding.gain > 0 {
                tally.largest_haircut =
                    tally.largest_haircut.max(holding.haircut as f64 / holding.gain as f64);
            } else {
                tally.charged_without_gain += 1;
            }
        }
    }
}
