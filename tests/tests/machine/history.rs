//! A history: how it begins, what happens in it, and how it ends.

use clearing::state::ClearinghouseSettings;
use jettison_embedded::Chain;
use jettison_harness::history::coverage::Coverage;
use proptest::collection::vec;
use proptest::prelude::*;

use super::action::{self, Action};
use super::command::{GUARDIAN, TRADERS};
use super::play::{Play, Story};
use super::reference::Reference;

const ACTIONS: std::ops::RangeInclusive<usize> = 1..=400;

#[derive(Clone, Debug)]
pub struct History {
    pub insurance: u64,
    pub capitals: Vec<u64>,
    pub actions: Vec<Action>,
    /// Whether it ends with everybody paid out and the clearinghouse closed.
    pub winds_down: bool,
    /// Whether the withdrawal throttle lets a part of the vault out only.
    pub throttled: bool,
}

pub fn strategy() -> impl Strategy<Value = History> {
    let insurance =
        prop_oneof![3 => Just(0), 1 => 1..1_000u64, 2 => 1_000_000..1_000_000_000u64, 1 => Just(1 << 43)];
    let capital = prop_oneof![1 => Just(0), 1 => 1..5_000u64, 3 => 1_000_000..100_000_000u64, 9 => 500_000_000..5_000_000_000u64];
    let actions = vec(action::strategy(), ACTIONS);
    let ends = prop::bool::weighted(0.25);
    (insurance, vec(capital, TRADERS), actions, ends, any::<bool>()).prop_map(
        |(insurance, capitals, actions, winds_down, throttled)| History {
            insurance,
            capitals,
            actions,
            winds_down,
            throttled,
        },
    )
}

impl History {
    /// Plays it on a new chain. Returns what happened, and how many transactions were sent.
    pub fn play(&self, chain: Chain, story: &Story) -> (Coverage, usize) {
        let mut play = Play::begin(chain, self, story);
        for action in &self.actions {
            play.act(*action);
        }
        play.check_everything();
        let world = play.reference.world.clone();
        play.seen.note_end(&world);
        if self.winds_down {
            play.wind_down();
        }
        play.seen.operations = play.reference.world.operations;
        (play.seen, play.sent)
    }

    /// A timelock of ten minutes, a cooldown of two, and a guardian.
    pub fn settings(&self, reference: &Reference) -> ClearinghouseSettings {
        let (floor, limit) = if self.throttled { (1_000_000, 500) } else { (1 << 60, 10_000) };
        ClearinghouseSettings {
            guardian: reference.people[GUARDIAN],
            withdrawal_floor_atoms: floor,
            withdrawal_window_seconds: 3_600,
            timelock_seconds: 600,
            unstake_cooldown_seconds: 120,
            withdrawal_limit_bps: limit,
            reserved: 0,
        }
    }
}
