//! A history: a world, what happens in it, and how it ends.

pub mod action;
#[cfg(feature = "arbitrary")]
pub mod bytes;
pub mod coverage;
#[cfg(feature = "arbitrary")]
pub mod mutation;
#[cfg(feature = "histories")]
mod strategies;

use crate::{params, World};
use action::Action;
use coverage::Coverage;

#[cfg(feature = "arbitrary")]
pub use bytes::from_bytes;
#[cfg(feature = "histories")]
pub use strategies::strategy;

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

impl History {
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

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
