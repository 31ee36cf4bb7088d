//! A strategy: a scene, a path of prices, and what the owner does along it.

use jettison_engine::Direction;
use jettison_harness::{MarketId, Who};
use rand::seq::IndexedRandom;
use rand::Rng;
use serde::Serialize;

use crate::scene::{Setup, ACCOUNTS, OWN};

/// What prices and keepers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Mode {
    /// The oracle never moves faster than the clamp, and keepers act at least once a window.
    Inside,
    /// The oracle moves as far as it likes, the effective price follows at the clamp, and keepers act in time.
    Lagging,
    /// Prices gap through margins, and keepers may be away.
    Beyond,
}

/// A stretch of time and what happens in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its length.
    pub seconds: u16,
    /// How far each oracle moves, of what the mode allows, in percent.
    pub moves: [i8; 2],
    /// Whether keepers act at its end even if they need not, or may be away.
    pub keepers: bool,
    /// Honest people stake that many thousandths of the large holders' notional.
    pub joining: u16,
    /// Before the prices move.
    pub before: Vec<Action>,
    /// After that, and before keepers act.
    pub after: Vec<Action>,
    /// After keepers have acted.
    pub last: Vec<Action>,
}

/// What the owner does. An amount of 0 stands for the least there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub enum Action {
    /// `amount` is in thousandths of the large holders' notional.
    Deposit {
        who: Who,
        amount: u16,
    },
    Withdraw {
        who: Who,
        percent: u8,
    },
    /// `reach` is in percent of what the poorer of the two could open.
    Trade {
        buyer: Who,
        seller: Who,
        market: MarketId,
        reach: u8,
        off_bps: i16,
        buyer_takes: bool,
    },
    /// Two that hold opposite sides close with each other.
    Close {
        who: Who,
        with: Who,
        market: MarketId,
        percent: u8,
        off_bps: i16,
    },
    Settle {
        who: Who,
    },
    Liquidate {
        who: Who,
        by: Who,
        market: MarketId,
        percent: u8,
    },
    Deleverage {
        who: Who,
        by: Option<Who>,
        market: MarketId,
    },
    Flag {
        who: Who,
    },
    Resolve {
        who: Who,
        by: Option<Who>,
        takes_over: bool,
    },
    Waive {
        who: Who,
    },
    Sweep {
        market: MarketId,
    },
    Stake {
        amount: u16,
    },
    RequestUnstake {
        percent: u8,
    },
    Unstake,
    /// A donation.
    Endow {
        amount: u16,
    },
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Strategy {
    /// The scene.
    pub setup: Setup,
    /// What happens.
    pub steps: Vec<Step>,
}

/// Who of a position's two sides buys.
pub fn direction_of(position: i64) -> Option<Direction> {
    match position.signum() {
        1 => Some(Direction::Long),
        -1 => Some(Direction::Short),
        _ => None,
    }
}

impl Strategy {
    /// A random one: money in and a pair opened first, then anything.
    pub fn random(rng: &mut impl Rng) -> Self {
        let setup = Setup::random(rng);
        let count = rng.random_range(2..10);
        let mut steps: Vec<Step> = (0..count).map(|_| Step::random(rng)).collect();
        steps.insert(0, Step { seconds: 1, last: opening(rng), ..Step::default() });
        Self { setup, steps }
    }

    /// How many actions it has.
    pub fn actions(&self) -> usize {
        self.steps.iter().map(|step| step.before.len() + step.after.len() + step.last.len()).sum()
    }
}

fn opening(rng: &mut impl Rng) -> Vec<Action> {
    let mut actions: Vec<_> =
        OWN.map(|who| Action::Deposit { who, amount: rng.random_range(1..300) }).collect();
    if rng.random_bool(0.3) {
        actions.push(Action::Stake { amount: amount(rng) });
    }
    let (buyer, seller) = pair(rng);
    let (reach, off_bps) = (rng.random_range(60..=100), off(rng));
    actions.push(Action::Trade { buyer, seller, market: 0, reach, off_bps, buyer_takes: rng.random() });
    actions
}

impl Step {
    /// A random one.
    pub fn random(rng: &mut impl Rng) -> Self {
        let seconds = match rng.random_range(0..10) {
            0..6 => 10,
            6..8 => rng.random_range(0..10),
            8 => rng.random_range(10..130),
            _ => [130, 600, 3_600, 28_800][rng.random_range(0..4)],
        };
        let mut actions = |most| (0..rng.random_range(0..=most)).map(|_| Action::random(rng)).collect();
        let (before, after, last) = (actions(1), actions(2), actions(2));
        Self {
            seconds,
            moves: [reach(rng), reach(rng)],
            keepers: rng.random_bool(0.4),
            joining: if rng.random_bool(0.05) { amount(rng) } else { 0 },
            before,
            after,
            last,
        }
    }
}

fn reach(rng: &mut impl Rng) -> i8 {
    *[-100, 100, -100, 100, 0, rng.random_range(-100..=100)].choose(rng).expect("a reach")
}

fn amount(rng: &mut impl Rng) -> u16 {
    if rng.random_bool(0.15) {
        0
    } else {
        rng.random_range(1..400)
    }
}

fn percent(rng: &mut impl Rng) -> u8 {
    *[0, 1, 50, 99, 100, 100, rng.random_range(0..=100)].choose(rng).expect("a percentage")
}

fn off(rng: &mut impl Rng) -> i16 {
    *[0, 0, 500, -500, rng.random_range(-500..=500)].choose(rng).expect("a price")
}

fn own(rng: &mut impl Rng) -> Who {
    rng.random_range(OWN)
}

fn pair(rng: &mut impl Rng) -> (Who, Who) {
    let first = own(rng);
    (first, (first + rng.random_range(1..OWN.end)) % OWN.end)
}

fn market(rng: &mut impl Rng) -> MarketId {
    usize::from(rng.random_bool(0.25))
}

impl Action {
    /// A random one.
    pub fn random(rng: &mut impl Rng) -> Self {
        match rng.random_range(0..100) {
            0..38 => Self::of_a_trader(rng),
            38..84 => Self::of_a_keeper(rng),
            _ => Self::of_a_staker(rng),
        }
    }

    fn of_a_trader(rng: &mut impl Rng) -> Self {
        let ((who, with), market, off_bps) = (pair(rng), market(rng), off(rng));
        match rng.random_range(0..10) {
            0 => Self::Deposit { who, amount: amount(rng) },
            1..3 => Self::Withdraw { who, percent: percent(rng) },
            3..7 => {
                let (reach, buyer_takes) = (percent(rng), rng.random());
                Self::Trade { buyer: who, seller: with, market, reach, off_bps, buyer_takes }
            }
            _ => Self::Close { who, with, market, percent: percent(rng), off_bps },
        }
    }

    fn of_a_keeper(rng: &mut impl Rng) -> Self {
        let ((who, by), market) = (pair(rng), market(rng));
        let caller = Some(by).filter(|_| rng.random_bool(0.8));
        match rng.random_range(0..16) {
            0..4 => Self::Settle { who: rng.random_range(0..ACCOUNTS) },
            4..8 => Self::Liquidate { who, by, market, percent: percent(rng) },
            8..10 => Self::Deleverage { who, by: caller, market },
            10 => Self::Flag { who },
            11..14 => Self::Resolve { who, by: caller, takes_over: rng.random() },
            14 => Self::Waive { who },
            _ => Self::Sweep { market },
        }
    }

    fn of_a_staker(rng: &mut impl Rng) -> Self {
        match rng.random_range(0..8) {
            0..3 => Self::Stake { amount: amount(rng) },
            3..5 => Self::RequestUnstake { percent: percent(rng) },
            5..7 => Self::Unstake,
            _ => Self::Endow { amount: amount(rng) / 20 },
        }
    }
}
