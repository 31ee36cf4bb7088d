//! Water-filling: one rate for all, up to each one's cap.

use std::cmp::Ordering;

use crate::holder::{Holder, Measure};
use crate::rounding::Exact;

/// Fills `charges`, which are zero, with `min(cap, λ × weight)` and returns what the caps leave uncovered. A weight of zero
/// gives nothing. The sum of the weights must fit in 64 bits.
///
/// Those whose `cap / weight` is lowest reach their caps first. So in that order each gives the whole cap as long as the
/// rate that the rest would need is at least their `cap / weight`; all after that give that rate. It is the sorted form of
/// the usual algorithm (Boyd and Vandenberghe, Convex Optimization, 2004, example 5.2). O(n log n).
pub fn fill(loss: u64, holders: &[Holder], weight: Measure, cap: Measure, charges: &mut [u64]) -> u64 {
    let pair = |index: &usize| holders.get(*index).map_or((0, 0), |h| (cap.of(h), weight.of(h)));
    let mut order: Vec<usize> = (0..holders.len()).filter(|index| pair(index).1 > 0).collect();
    order.sort_unstable_by(|a, b| by_rate(pair(a), pair(b)).then(a.cmp(b)));

    let (mut left, mut weights) = (loss, order.iter().map(|index| pair(index).1).sum::<u64>());
    let mut full = 0;
    for index in &order {
        let (cap, weight) = pair(index);
        // left / weights < cap / weight: from here on nobody reaches a cap.
        if u128::from(left) * u128::from(weight) < u128::from(cap) * u128::from(weights) {
            break;
        }
        charges[*index] = cap;
        left -= cap;
        weights -= weight;
        full += 1;
    }
    // In the holders' order, so that rounding goes by it as in the other rules. Exact parts are below the caps, and caps
    // are whole, so parts rounded up are still no more than the caps.
    let rest = order.split_at_mut(full).1;
    rest.sort_unstable();
    let mut exact = Exact::new(left, weights);
    for index in rest.iter() {
        charges[*index] = exact.next(pair(index).1);
    }
    if rest.is_empty() {
        left
    } else {
        0
    }
}

/// Compares `cap / weight`.
fn by_rate(a: (u64, u64), b: (u64, u64)) -> Ordering {
    (u128::from(a.0) * u128::from(b.1)).cmp(&(u128::from(b.0) * u128::from(a.1)))
}
