//! Strategies that differ a little from good ones.

use rand::seq::IndexedRandom;
use rand::Rng;

use crate::scene::Setup;
use crate::strategy::{Action, Step, Strategy};

/// The longest strategy, in steps.
const LONGEST: usize = 24;

impl Strategy {
    /// One to four changes; now and then the second half comes from `other`.
    pub fn mutate(&self, other: &Self, rng: &mut impl Rng) -> Self {
        let mut child = self.clone();
        if rng.random_bool(0.1) {
            let cut = rng.random_range(0..=child.steps.len());
            child.steps.truncate(cut);
            child.steps.extend(other.steps.iter().skip(rng.random_range(0..=other.steps.len())).cloned());
        }
        for _ in 0..rng.random_range(1..=4) {
            child.change(rng);
        }
        child.steps.truncate(LONGEST);
        child
    }

    fn change(&mut self, rng: &mut impl Rng) {
        if self.steps.is_empty() || rng.random_bool(0.06) {
            self.steps.push(Step::random(rng));
            return;
        }
        let at = rng.random_range(0..self.steps.len());
        match rng.random_range(0..20) {
            0 => self.setup.change(rng),
            1 => drop(self.steps.remove(at)),
            2 => self.steps.insert(at, Step::random(rng)),
            3 => self.steps.insert(at, self.steps[at].clone()),
            4..7 => self.steps[at].change_path(rng),
            _ => self.steps[at].change_actions(rng),
        }
    }
}

impl Setup {
    fn change(&mut self, rng: &mut impl Rng) {
        let other = Self::random(rng);
        match rng.random_range(0..7) {
            0 => self.profile = other.profile,
            1 => self.markets = other.markets,
            2 => self.keepers_are_rich = other.keepers_are_rich,
            3 => self.depth = other.depth,
            4 => self.insurance = other.insurance,
            5 => self.staked = other.staked,
            _ => self.is_diluted = other.is_diluted,
        }
    }
}

impl Step {
    fn change_path(&mut self, rng: &mut impl Rng) {
        let other = Self::random(rng);
        match rng.random_range(0..5) {
            0 => self.seconds = other.seconds,
            1 => self.moves = other.moves,
            2 => self.moves[0] = self.moves[0].saturating_neg(),
            3 => self.keepers = !self.keepers,
            _ => self.joining = other.joining,
        }
    }

    fn change_actions(&mut self, rng: &mut impl Rng) {
        let actions = match rng.random_range(0..3) {
            0 => &mut self.before,
            1 => &mut self.after,
            _ => &mut self.last,
        };
        if actions.is_empty() || rng.random_bool(0.3) {
            let at = rng.random_range(0..=actions.len());
            actions.insert(at, Action::random(rng));
            return;
        }
        let at = rng.random_range(0..actions.len());
        match rng.random_range(0..5) {
            0 => drop(actions.remove(at)),
            1 => actions.insert(at, actions[at].clone()),
            2 => actions.swap(at, 0),
            _ => actions[at].change(rng),
        }
    }
}

impl Action {
    /// Other amounts, or another action.
    fn change(&mut self, rng: &mut impl Rng) {
        let nudged = |value: u8, rng: &mut dyn FnMut() -> i16| {
            (i16::from(value) + rng()).clamp(0, 100).try_into().unwrap_or(100)
        };
        let mut by = || *[-20, -5, -1, 1, 5, 20].choose(rng).expect("a nudge");
        match self {
            Self::Deposit { amount, .. } | Self::Stake { amount } | Self::Endow { amount } => {
                *amount = amount.saturating_add_signed(by()).min(1_000);
            }
            Self::Withdraw { percent, .. }
            | Self::Liquidate { percent, .. }
            | Self::RequestUnstake { percent } => *percent = nudged(*percent, &mut by),
            Self::Trade { reach, off_bps, .. } => {
                *reach = nudged(*reach, &mut by);
                *off_bps = (*off_bps + by()).clamp(-500, 500);
            }
            Self::Close { percent, off_bps, .. } => {
                *percent = nudged(*percent, &mut by);
                *off_bps = (*off_bps + by()).clamp(-500, 500);
            }
            _ => *self = Self::random(rng),
        }
    }
}
