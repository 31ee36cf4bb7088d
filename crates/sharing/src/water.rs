//! Water-filling: one rate for all, up to each one's cap.

use std::cmp::Ordering;

use crate::holder::{Holder, Measure};
use crate::rounding::Exact;

/// A holder with a weight and a cap.
#[derive(Clone, Copy)]
struct Vessel {
    cap: u64,
    weight: u64,
    index: usize,
}

/// Fills `charges`, which are zero, with `min(cap, λ × weight)` and returns what the caps leave uncovered. A weight of zero
/// gives nothing. The sum of the weights must fit in 64 bits.
///
/// Those whose `cap / weight` is lowest reach their caps first. So in that order each gives the whole cap as long as the
/// rate that the rest would need is at least their `cap / weight`; all after that give that rate (Boyd and Vandenberghe,
/// Convex Optimization, 2004, example 5.2). How far the caps go is found by halves around a median, without sorting
/// (Brucker, Operations Research Letters 3, 1984): O(n).
pub fn fill(loss: u64, holders: &[Holder], weight: Measure, cap: Measure, charges: &mut [u64]) -> u64 {
    // Who has no weight or no cap gives nothing whatever the rate.
    let vessel = |(index, h): (usize, &Holder)| Vessel { cap: cap.of(h), weight: weight.of(h), index };
    let holds = |vessel: &Vessel| vessel.weight > 0 && vessel.cap > 0;
    let mut vessels: Vec<Vessel> = holders.iter().enumerate().map(vessel).filter(holds).collect();
    let (full, left, weights) = full(loss, &mut vessels);
    for vessel in &vessels[..full] {
        charges[vessel.index] = vessel.cap;
    }
    if full == vessels.len() {
        return left;
    }
    // In the holders' order, so that rounding goes by it as in the other rules. Exact parts are below the caps, and caps
    // are whole, so parts rounded up are still no more than the caps.
    let mut exact = Exact::new(left, weights);
    for (vessel, charge) in holders.iter().enumerate().map(vessel).zip(charges) {
        if holds(&vessel) && *charge == 0 {
            *charge = exact.next(vessel.weight);
        }
    }
    0
}

/// Puts those who reach their caps first; returns how many, and the loss and the weights that are left for the others.
fn full(loss: u64, vessels: &mut [Vessel]) -> (usize, u64, u64) {
    let (mut left, mut weights) = (loss, vessels.iter().map(|vessel| vessel.weight).sum::<u64>());
    let (mut from, mut to) = (0, vessels.len());
    while from < to {
        let window = &mut vessels[from..to];
        let middle = window.len() / 2;
        let (below, vessel, _) = window.select_nth_unstable_by(middle, by_rate);
        let caps: u128 = below.iter().map(|vessel| u128::from(vessel.cap)).sum();
        let before = weights - below.iter().map(|vessel| vessel.weight).sum::<u64>();
        // Whether it is full after all below it. If one of those isn't, this one isn't either.
        let rest = u128::from(left).checked_sub(caps);
        match rest {
            Some(rest) if rest * u128::from(vessel.weight) >= u128::from(vessel.cap) * u128::from(before) => {
                (left, weights) = (rest as u64 - vessel.cap, before - vessel.weight);
                from += middle + 1;
            }
            _ => to = from + middle,
        }
    }
    (from, left, weights)
}

/// Compares `cap / weight`; equals by their place, so that the same input always gives the same order.
fn by_rate(a: &Vessel, b: &Vessel) -> Ordering {
    let cross = |a: &Vessel, b: &Vessel| u128::from(a.cap) * u128::from(b.weight);
    cross(a, b).cmp(&cross(b, a)).then(a.index.cmp(&b.index))
}
