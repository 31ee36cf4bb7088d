//! A history: a world, what happens in it, and how it ends.

pub mod action;
pub mod coverage;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::{params, World};
use action::Action;
use coverage::Coverage;

const ACCOUNTS: usize = 14;
const STAKERS: usize = 4;
const ACTIONS: std::ops::Range<usize> = 1..600;

/// Price of a contract in each market, in atoms.
const PRICES: [u64; 4] = [117_035_140, 2_338_700, 37, 500_000];

#[derive(Clone, Debug)]
pub struct History {
    insurance: u64,
    capitals: Vec<u64>,
    actions: Vec<Action>,
    /// Whether it ends by winding every market down, or by trading everybody out.
    winds_down: bool,
    throttled: bool,
}

pub fn strategy() -> impl Strategy<Value = History> {
    let insurance =
        prop_oneof![3 => Just(0), 1 => 1..1_000u64, 2 => 1_000_000..1_000_000_000u64, 1 => Just(1 << 45)];
    let capital = prop_oneof![1 => Just(0), 1 => 1..5_000u64, 3 => 1_000_000..100_000_000u64, 9 => 500_000_000..5_000_000_000u64];
    let history = (insurance, vec(capital, ACCOUNTS), vec(action::strategy(), ACTIONS));
    (history, any::<bool>(), any::<bool>()).prop_map(
        |((insurance, capitals, actions), winds_down, throttled)| History {
            insurance,
            capitals,
            actions,
            winds_down,
            throttled,
        },
    )
}

impl History {
    pub fn play(&self) -> Coverage {
        let rules = [params::live(), params::plain(), params::coarse(), params::unclamped()];
        let markets: Vec<_> = rules.into_iter().zip(PRICES).collect();
        let mut world = World::new(&markets, ACCOUNTS, self.insurance);
        world.fund_all(&self.capitals);
        if self.throttled {
            world.throttle_params = params::throttled();
        }
        for _ in 0..STAKERS {
            world.open_stake();
        }
        let mut seen = Coverage::default();
        for action in &self.actions {
            action.play(&mut world, &PRICES, &mut seen);
        }
        seen.note_end(&world);
        if self.winds_down {
            world.wind_down(EXIT_BOUND);
            seen.note("wound up");
        } else {
            let exit = world.exit_all(EXIT_BOUND);
            seen.note_exit(&world, &exit);
        }
        seen.operations = world.operations;
        seen
    }
}

/// Operations within which everybody is out. Each round settles every account twice and trades or resolves what it
/// can; pools fill from one to the next, so there are about as many rounds as accounts.
const EXIT_BOUND: usize = 4 * ACCOUNTS * (ACCOUNTS + PRICES.len());
