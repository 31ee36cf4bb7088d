//! Stakers: each has a part of the fund's loss that it bears before it wants out.

use jettison_engine::{InsuranceFund, VIRTUAL_SHARES};
use jettison_harness::economy::Staker;

use crate::scenario::InsuranceSpec;
use crate::venue::Venue;

/// Stakers of a history.
#[derive(Clone, Debug)]
pub struct Stakers {
    spec: InsuranceSpec,
    /// What a share was worth at the start.
    worth: f64,
    /// The fund's generation then: all shares of an earlier one have lapsed.
    generation: u32,
    /// When each asked to be out; none if it hasn't.
    asked: Vec<Option<i64>>,
}

impl Stakers {
    /// Those of a venue whose fund is full.
    pub fn new(spec: &InsuranceSpec, venue: &Venue) -> Self {
        let asked = vec![None; venue.world.stakes.len()];
        let fund = &venue.world.fund;
        Self { spec: spec.clone(), worth: worth(fund), generation: fund.generation, asked }
    }

    /// Lets those run who have seen enough, and those leave whose cooldown is over.
    pub fn look(&mut self, venue: &mut Venue) {
        let lost = self.lost(&venue.world.fund);
        for staker in 0..self.asked.len() {
            match self.asked[staker] {
                None if lost > self.bears(staker) => self.ask(venue, staker),
                // Waits on while a bankruptcy is flagged.
                Some(at)
                    if venue.world.now >= at + i64::from(self.spec.cooldown)
                        && venue.world.unstake(staker).is_ok() =>
                {
                    self.asked[staker] = Some(i64::MAX / 2);
                }
                _ => {}
            }
        }
    }

    /// The part that a share has lost of its worth: who leaves takes nothing from it.
    fn lost(&self, fund: &InsuranceFund) -> f64 {
        if fund.generation != self.generation {
            return 1.0;
        }
        1.0 - worth(fund) / self.worth
    }

    /// The part of the fund that a staker sees lost before it runs: the first bears the least, the last everything.
    fn bears(&self, staker: Staker) -> f64 {
        let last = self.asked.len().saturating_sub(1).max(1) as f64;
        let place = staker as f64 / last;
        self.spec.run_after + (1.0 - self.spec.run_after) * place
    }

    fn ask(&mut self, venue: &mut Venue, staker: Staker) {
        let shares = venue.world.stakes[staker].shares.0;
        if shares > 0 && venue.world.request_unstake(staker, shares, self.spec.cooldown).is_ok() {
            self.asked[staker] = Some(venue.world.now);
        }
    }
}

/// What a share is worth, in atoms: as the engine counts it, with its virtual shares and asset.
fn worth(fund: &InsuranceFund) -> f64 {
    (fund.assets.0 as f64 + 1.0) / (fund.shares.0 as f64 + VIRTUAL_SHARES as f64)
}
