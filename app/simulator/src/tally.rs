//! What a history cost, and whom.

use std::collections::BTreeSet;

use jettison_engine::{DeleverageOutcome, LiquidationOutcome};
use jettison_harness::{MarketId, Who};
use jettison_sharing::gini;

use crate::positions::Cut;
use crate::results::RuleRow;
use crate::rules::{Deferred, Loss, Shared};
use crate::venue::Venue;

/// A cut of this part of a hedge breaks it.
const BROKEN: f64 = 0.05;

/// A position that was closed to share a loss: what it would have gained further is known at the horizon.
#[derive(Clone, Copy, Debug)]
struct Closed {
    due: i64,
    market: MarketId,
    contracts: i64,
    price: u64,
}

/// Counts as a history goes on.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The row that it will be.
    pub row: RuleRow,
    horizon: i64,
    /// What each account was charged, and the most that it had gained at a loss.
    burdens: Vec<(u64, u64)>,
    closed: Vec<Closed>,
    /// Exits and cuts that have been looked at.
    exits_seen: usize,
    spared: BTreeSet<usize>,
    cuts_seen: usize,
    late: BTreeSet<Who>,
    hedgers: BTreeSet<Who>,
    /// Hedges that were broken.
    pub broken: BTreeSet<(Who, MarketId)>,
}

impl Tally {
    /// Nothing counted yet, among so many accounts.
    pub fn new(row: RuleRow, accounts: usize, hedgers: BTreeSet<Who>, horizon: i64) -> Self {
        Self {
            row,
            horizon,
            burdens: vec![(0, 0); accounts],
            closed: vec![],
            exits_seen: 0,
            spared: BTreeSet::new(),
            cuts_seen: 0,
            late: BTreeSet::new(),
            hedgers,
            broken: BTreeSet::new(),
        }
    }

    /// What an account has been charged so far.
    pub fn charged(&self, who: Who) -> u64 {
        self.burdens[who].0
    }

    /// Counts a takeover.
    pub fn liquidated(&mut self, outcome: &LiquidationOutcome) {
        self.row.liquidations += u64::from(!outcome.size.is_zero());
    }

    /// Counts a deleverage.
    pub fn deleveraged(&mut self, outcome: &DeleverageOutcome, venue: &Venue) {
        self.row.deleverages += u64::from(outcome.eligible);
        self.break_hedges(venue);
    }

    /// Counts a bankruptcy. `cuts` is how many cuts there had been before it.
    pub fn resolved(&mut self, loss: &Loss, venue: &Venue, cuts: usize, defers: bool) {
        self.row.bankruptcies += 1;
        for leg in loss.resolution.legs() {
            self.row.deficit += leg.deficit.0;
            self.row.by_insurance += leg.by_insurance.0;
            self.row.uncovered += leg.uncovered.0;
        }
        let needed: u64 = loss.shared.iter().map(|shared| shared.needed).sum();
        self.row.needed += needed;
        self.row.by_surplus = self.row.deficit - self.row.by_insurance - self.row.uncovered - self.row.needed;
        for shared in loss.shared.iter().filter(|shared| shared.needed > 0) {
            self.spare(shared, venue);
            if !defers {
                self.share(shared);
            }
        }
        if needed > 0 {
            self.watch(&venue.cuts[cuts..], venue);
        }
        self.break_hedges(venue);
    }

    fn share(&mut self, shared: &Shared) {
        for bearer in &shared.bearers {
            self.bear(bearer.who, bearer.charge, bearer.holder.gain, bearer.holder.equity);
            self.row.secondary_liquidations += u64::from(bearer.falls);
            self.row.secondary_bankruptcies += u64::from(bearer.fails);
        }
    }

    /// Counts charges made when gains were taken out.
    pub fn deferred(&mut self, charges: &[Deferred]) {
        for charge in charges {
            self.bear(charge.who, charge.charge, charge.gain, charge.equity);
        }
    }

    fn bear(&mut self, who: Who, charge: u64, gain: u64, equity: u64) {
        let burden = &mut self.burdens[who];
        burden.1 = burden.1.max(gain);
        if charge == 0 {
            return;
        }
        burden.0 += charge;
        let row = &mut self.row;
        row.shared += charge;
        if gain == 0 {
            self.late.insert(who);
            row.late_charged += charge;
        } else {
            row.largest_of_gain = row.largest_of_gain.max(charge as f64 / gain as f64);
        }
        if equity > 0 {
            row.largest_of_equity = row.largest_of_equity.max(charge as f64 / equity as f64);
        }
    }

    /// Gains that left the bearing side within the horizon before the loss: each counts once.
    fn spare(&mut self, shared: &Shared, venue: &Venue) {
        let since = venue.world.now - self.horizon;
        let first = venue.exits.partition_point(|exit| exit.at < since).max(self.exits_seen);
        for (place, exit) in venue.exits.iter().enumerate().skip(first) {
            let counts = exit.market == shared.market && exit.side == shared.side;
            if counts && self.spared.insert(place) {
                self.row.early_leavers += 1;
                self.row.early_spared += exit.gain;
            }
        }
    }

    fn watch(&mut self, cuts: &[Cut], venue: &Venue) {
        for cut in cuts {
            let price = venue.price(cut.market).0;
            let due = venue.world.now + self.horizon;
            self.closed.push(Closed { due, market: cut.market, contracts: cut.closed, price });
        }
    }

    fn break_hedges(&mut self, venue: &Venue) {
        for cut in &venue.cuts[self.cuts_seen..] {
            let part = cut.closed as f64 / cut.before as f64;
            if part >= BROKEN && self.hedgers.contains(&cut.who) && self.broken.insert((cut.who, cut.market))
            {
                self.row.hedges_broken += 1;
            }
        }
        self.cuts_seen = venue.cuts.len();
    }

    /// Counts what positions closed a horizon ago would have gained since; at the end, all of them.
    pub fn look(&mut self, venue: &Venue, is_end: bool) {
        let now = venue.world.now;
        let due = |closed: &Closed| is_end || closed.due <= now;
        for closed in self.closed.iter().filter(|closed| due(closed)) {
            let moved = i128::from(venue.price(closed.market).0) - i128::from(closed.price);
            self.row.forgone += (moved * i128::from(closed.contracts)) as i64;
        }
        self.closed.retain(|closed| !due(closed));
    }

    /// The finished row.
    pub fn finish(mut self) -> RuleRow {
        let row = &mut self.row;
        row.late_joiners = self.late.len() as u64;
        row.charged = self.burdens.iter().filter(|(charge, _)| *charge > 0).count() as u64;
        if row.needed > 0 {
            row.overshoot = row.shared as i64 + row.forgone - row.needed as i64;
        }
        let gained = self.burdens.iter().filter(|(_, gain)| *gain > 0);
        let mut parts: Vec<f64> = gained.map(|(charge, gain)| *charge as f64 / *gain as f64).collect();
        row.gini = if row.shared > 0 { gini(&mut parts) } else { 0.0 };
        self.row
    }
}
