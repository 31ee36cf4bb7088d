//! Which of the payers: the smallest set that will do, or those who bring most.

use std::cmp::Reverse;

use jettison_engine::EngineError;

use super::{useful, LosersToSettle, Payer, Room, Shortage};

/// Payers tried in the search for the smallest set, before the greedy choice does.
const STEPS: u32 = 20_000;

/// The search for the smallest set.
struct Search<'a, Id> {
    payers: &'a [Payer<Id>],
    /// Places among the payers.
    chosen: Vec<usize>,
    /// Tries left.
    steps: u32,
}

impl Room<'_> {
    /// The smallest set that pays all, if one is found.
    pub(super) fn fewest<Id: Copy>(
        &self,
        payers: &[Payer<Id>],
        shortages: &[Shortage],
    ) -> Result<Option<LosersToSettle<Id>>, EngineError> {
        let lacking: Vec<i128> = shortages.iter().map(|(_, lacking)| i128::from(*lacking)).collect();
        let mut search = Search { payers, chosen: vec![], steps: STEPS };
        for count in 0..=self.limits.accounts.min(payers.len()) {
            if let Some(found) = self.pick(&mut search, &lacking, 0, count)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Adds `count` payers from place `first` on so that nothing is lacking any more.
    fn pick<Id: Copy>(
        &self,
        search: &mut Search<'_, Id>,
        lacking: &[i128],
        first: usize,
        count: usize,
    ) -> Result<Option<LosersToSettle<Id>>, EngineError> {
        if lacking.iter().all(|lacking| *lacking <= 0) {
            let choice = self.confirm(search.payers, &search.chosen)?;
            return Ok(choice.forfeited.is_empty().then_some(choice));
        }
        // The first pays most: where only one pool is short, those that follow can't bring more than it and its next.
        let reach: i128 =
            search.payers.iter().skip(first).take(count).map(|payer| best(payer, lacking)).sum();
        if count == 0 || (lacking.len() == 1 && lacking.iter().any(|lacking| *lacking > reach)) {
            return Ok(None);
        }
        for (place, payer) in search.payers.iter().enumerate().skip(first) {
            let Some(steps) = search.steps.checked_sub(1) else { break };
            search.steps = steps;
            search.chosen.push(place);
            if self.has_room_for(search.payers, &search.chosen) {
                let left: Vec<i128> = lacking.iter().zip(&payer.pays).map(|(a, b)| a - b).collect();
                let found = self.pick(search, &left, place + 1, count - 1)?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            search.chosen.pop();
        }
        Ok(None)
    }

    fn has_room_for<Id>(&self, payers: &[Payer<Id>], chosen: &[usize]) -> bool {
        let named = chosen.iter().filter_map(|place| payers.get(*place)).map(|payer| &payer.markets);
        self.count_markets(named) <= self.limits.markets
    }

    /// Where not all can be paid: whoever brings most of what is still lacking, one after the other.
    pub(super) fn most<Id>(&self, payers: &[Payer<Id>], shortages: &[Shortage]) -> Vec<usize> {
        let mut lacking = shortages.to_vec();
        let mut chosen: Vec<usize> = vec![];
        while chosen.len() < self.limits.accounts {
            let fits = |place: usize| self.has_room_for(payers, &[&chosen[..], &[place]].concat());
            let open = payers.iter().enumerate().filter(|(place, _)| !chosen.contains(place) && fits(*place));
            let next = open.map(|(place, payer)| (useful(&payer.pays, &lacking), Reverse(place))).max();
            let Some((1.., Reverse(place))) = next else { break };
            for ((_, lacking), pays) in lacking.iter_mut().zip(payers.get(place).map_or(&[][..], |p| &p.pays))
            {
                let left = (i128::from(*lacking) - pays).max(0);
                *lacking = u64::try_from(left).unwrap_or(u64::MAX);
            }
            chosen.push(place);
        }
        chosen
    }
}

fn best<Id>(payer: &Payer<Id>, lacking: &[i128]) -> i128 {
    payer.pays.iter().zip(lacking).map(|(pays, lacking)| (*pays).min((*lacking).max(0))).sum()
}
