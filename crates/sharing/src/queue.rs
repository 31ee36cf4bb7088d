//! The auto-deleveraging queue.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::holder::{Holder, Side};

/// By whose formula holders are ranked. The entry value is what the position was opened at (see [`Side`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ranking {
    /// Profit as a part of the entry value, times leverage: `gain / entry × notional / equity`. (Binance's support pages:
    /// profit rate × mark / (mark − bankruptcy price), and that fraction is notional / equity.)
    Binance,
    /// Price over entry for longs, entry over price for shorts, times leverage: `notional / entry × notional / equity`, or
    /// `entry / notional × notional / equity`. (Hyperliquid's documentation, "Auto-deleveraging".)
    Hyperliquid,
}

/// How the queue ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Everyone who is reached gives their whole gain: what is over is the overshoot.
    Whole,
    /// The last one gives what is still needed.
    Exact,
}

impl Ranking {
    /// A holder's score; the highest gives first. Infinite for a gain without
    /// equity, or of a long's whole notional; zero without a notional. It is
    /// a double, as venues compute it: scores that agree in 15 digits may count as equal.
    pub fn score(self, side: Side, holder: &Holder) -> f64 {
        if holder.notional == 0 {
            return 0.0;
        }
        let (gain, notional) = (holder.gain as f64, holder.notional as f64);
        let entry = match side {
            Side::Long => (notional - gain).max(0.0),
            Side::Short => notional + gain,
        };
        let profit = match (self, side) {
            (Self::Binance, _) => ratio(gain, entry),
            (Self::Hyperliquid, Side::Long) => ratio(notional, entry),
            (Self::Hyperliquid, Side::Short) => ratio(entry, notional),
        };
        profit * ratio(notional, holder.equity as f64)
    }
}

/// `a / b`, infinite if only b is zero, zero if both are.
fn ratio(a: f64, b: f64) -> f64 {
    if a == 0.0 {
        0.0
    } else {
        a / b
    }
}

/// The order in which holders with a gain are reached: by score, then by larger gain, then as they come.
pub fn order(holders: &[Holder], side: Side, ranking: Ranking) -> Vec<usize> {
    let mut queue: Vec<(f64, u64, usize)> = holders
        .iter()
        .enumerate()
        .filter(|(_, holder)| holder.gain > 0)
        .map(|(index, holder)| (ranking.score(side, holder), holder.gain, index))
        .collect();
    queue.sort_unstable_by(first);
    queue.into_iter().map(|(_, _, index)| index).collect()
}

fn first(a: &(f64, u64, usize), b: &(f64, u64, usize)) -> Ordering {
    b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2))
}

/// Takes gains from the head of the queue until the loss is covered; returns what stays uncovered.
pub fn take(
    loss: u64,
    holders: &[Holder],
    side: Side,
    ranking: Ranking,
    fill: Fill,
    charges: &mut [u64],
) -> u64 {
    let mut left = loss;
    for index in order(holders, side, ranking) {
        if left == 0 {
            break;
        }
        let gain = holders[index].gain;
        charges[index] = match fill {
            Fill::Whole => gain,
            Fill::Exact => gain.min(left),
        };
        left = left.saturating_sub(gain);
    }
    left
}
