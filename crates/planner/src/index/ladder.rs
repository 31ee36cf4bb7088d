//! The legs on one side of a market, in the order in which a falling reading reaches them.

use std::collections::BTreeSet;

use jettison_engine::{Direction, Market};

use super::gauge::Gauge;
use crate::book::AccountId;

/// The legs on one side of a market, in the order in which a falling reading reaches them.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    gauge: Gauge,
    rungs: BTreeSet<(i64, AccountId)>,
}

impl Ladder {
    /// An empty one of a side.
    pub fn new(market: &Market, direction: Direction) -> Self {
        Self { gauge: Gauge::set(market, direction), rungs: BTreeSet::new() }
    }

    pub fn gauge(&self) -> &Gauge {
        &self.gauge
    }

    /// Reads the side as it is now, and moves those whom the reading has reached into `reached`. Returns whether the gauge
    /// must be set anew.
    pub fn fall_to(&mut self, market: &Market, direction: Direction, reached: &mut Vec<AccountId>) -> bool {
        let in_range = self.gauge.read(market, direction);
        let reading = self.gauge.reading();
        while self.rungs.last().is_some_and(|(trigger, _)| *trigger >= reading) {
            reached.extend(self.rungs.pop_last().map(|(_, id)| id));
        }
        !in_range
    }

    pub fn put(&mut self, trigger: i64, id: AccountId) {
        self.rungs.insert((trigger, id));
    }

    pub fn take(&mut self, trigger: i64, id: AccountId) {
        self.rungs.remove(&(trigger, id));
    }

    /// Everyone on it.
    pub fn ids(&self) -> impl Iterator<Item = AccountId> + '_ {
        self.rungs.iter().map(|(_, id)| *id)
    }

    pub fn len(&self) -> usize {
        self.rungs.len()
    }
}
