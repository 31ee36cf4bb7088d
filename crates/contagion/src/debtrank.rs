//! DebtRank: what part of a system's value is put in distress by a shock to some of it.

use serde::{Deserialize, Serialize};

use crate::error::ContagionError;

/// A network that passes distress on.
pub trait Transmission {
    /// How many nodes it has.
    fn len(&self) -> usize;

    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What each node receives when each sends `sent`, as a part of the receiver's own equity: `Σ_i W_ij × sent_i`.
    fn pass(&self, sent: &[f64]) -> Vec<f64>;
}

/// How far a node is in the spreading of distress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not reached.
    Undistressed,
    /// Reached in the last round: passes its distress on in the next.
    Distressed,
    /// Has passed its distress on once, and doesn't again.
    Inactive,
}

/// Where distress ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distress {
    /// The part of the system's value that is lost by spreading, the shock itself not counted: DebtRank, from 0 to 1.
    pub rank: f64,
    /// Each node's lost part of its equity at the start: the shock.
    pub initial: Vec<f64>,
    /// The same at the end.
    pub distress: Vec<f64>,
    /// Each node's state at the end.
    pub states: Vec<State>,
    /// How many rounds it took.
    pub rounds: usize,
    /// Whether it had come to rest. The first kind always does; the linear one comes near it and is cut off.
    pub at_rest: bool,
}

/// DebtRank of a shock: `initial` is what part of its equity each node loses at the start, `values` each node's part of the
/// system's value, which sum to one (or less, where a part of the system is not of interest).
///
/// In each round the distressed pass on `W × h` and become inactive, so that no walk goes along an edge twice:
/// `h_j(t) = min(1, h_j(t−1) + Σ W_ij h_i(t−1))` over the distressed `i`. Its rank is `Σ h(T) v − Σ h(1) v`.
///
/// More shock to the same nodes never leaves anybody less distressed. Shocking *more nodes* may: a node that is reached
/// early passes on what it has then, and what reaches it later stays with it. [`linear_debtrank`] mends that.
///
/// Battiston, Puliga, Kaushik, Tasca, Caldarelli 2012, "DebtRank: too central to fail?", Scientific Reports 2:541.
pub fn debtrank(
    network: &impl Transmission,
    values: &[f64],
    initial: &[f64],
) -> Result<Distress, ContagionError> {
    check(network, values, initial)?;
    let mut h = initial.to_vec();
    let mut states: Vec<State> = h.iter().map(|&h| reached(h)).collect();
    let mut rounds = 0;
    while states.contains(&State::Distressed) {
        let sends = |(&h, &state): (&f64, &State)| if state == State::Distressed { h } else { 0.0 };
        let sent: Vec<f64> = h.iter().zip(&states).map(sends).collect();
        let received = network.pass(&sent);
        for ((h, state), received) in h.iter_mut().zip(&mut states).zip(received) {
            *h = (*h + received).min(1.0);
            *state = match state {
                State::Undistressed => reached(*h),
                State::Distressed | State::Inactive => State::Inactive,
            };
        }
        rounds += 1;
    }
    Ok(Distress {
        rank: rank(values, initial, &h),
        initial: initial.to_vec(),
        distress: h,
        states,
        rounds,
        at_rest: true,
    })
}

/// Smaller changes than this end [`linear_debtrank`].
const NEAR: f64 = 1e-11;
/// And so many rounds.
const MAX_ROUNDS: usize = 2_000;

/// Linear DebtRank: every further loss is passed on, not only the first, so walks may go round a cycle and losses on it
/// aren't understated: `h_j(t+1) = min(1, h_j(t) + Σ W_ij (h_i(t) − h_i(t−1)))`. It ends when no node changes by more than
/// 1e-11, or after 2,000 rounds with `at_rest` false.
///
/// Bardoscia, Battiston, Caccioli, Caldarelli 2015, "DebtRank: a microscopic foundation for shock propagation", PLoS ONE
/// 10(6): e0130406.
pub fn linear_debtrank(
    network: &impl Transmission,
    values: &[f64],
    initial: &[f64],
) -> Result<Distress, ContagionError> {
    check(network, values, initial)?;
    let mut h = initial.to_vec();
    let mut change = initial.to_vec();
    let mut rounds = 0;
    let moves = |change: &[f64]| change.iter().any(|&change| change > NEAR);
    while moves(&change) && rounds < MAX_ROUNDS {
        let received = network.pass(&change);
        for ((h, change), received) in h.iter_mut().zip(&mut change).zip(received) {
            let next = (*h + received).min(1.0);
            *change = next - *h;
            *h = next;
        }
        rounds += 1;
    }
    let at_rest = !moves(&change);
    let states = h.iter().map(|&h| if h > 0.0 { State::Inactive } else { State::Undistressed }).collect();
    Ok(Distress {
        rank: rank(values, initial, &h),
        initial: initial.to_vec(),
        distress: h,
        states,
        rounds,
        at_rest,
    })
}

fn reached(h: f64) -> State {
    if h > 0.0 {
        State::Distressed
    } else {
        State::Undistressed
    }
}

/// Never below zero: distress only grows, and a sum of parts of nothing is nothing.
fn rank(values: &[f64], initial: &[f64], last: &[f64]) -> f64 {
    values.iter().zip(initial).zip(last).map(|((value, first), last)| (last - first) * value).sum()
}

fn check(network: &impl Transmission, values: &[f64], initial: &[f64]) -> Result<(), ContagionError> {
    for given in [values.len(), initial.len()] {
        if given != network.len() {
            return Err(ContagionError::WrongLength { given, nodes: network.len() });
        }
    }
    match initial.iter().position(|shock| !(0.0..=1.0).contains(shock)) {
        Some(node) => Err(ContagionError::BadShock { node, shock: initial[node] }),
        None => Ok(()),
    }
}
