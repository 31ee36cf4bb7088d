//! The auto-deleveraging queue, ranked once a price.

use std::cmp::Ordering;

use super::{BookError, Bounds, Position};
use crate::holder::{Holder, Side};
use crate::queue::{Fill, Ranking};

/// How many holders are sorted at first; each time they don't suffice at a price, four times as many.
const FIRST: usize = 256;

/// What a loss took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What nobody could give, in atoms.
    pub uncovered: u64,
    /// What was taken beyond the loss, in atoms.
    pub overshoot: u64,
    /// Holders who gave.
    pub holders: usize,
}

/// A holder with a gain: the score's bits, which rise with it as scores aren't negative, and which holder.
type Ranked = (u64, u32);

/// A population that is deleveraged by rank.
///
/// A new price changes every score, so holders are scored once a price: O(n). They aren't sorted: the highest few are
/// selected from the rest, O(n), and only these are sorted, as losses rarely reach far. Who has given the whole gain is
/// closed: no later price gives a gain again. Who gave a part stays at the head of the queue until the price moves.
#[derive(Clone, Debug)]
pub struct QueueBook {
    side: Side,
    ranking: Ranking,
    fill: Fill,
    bounds: Bounds,
    price: u64,
    contracts: Vec<u64>,
    collateral: Vec<u64>,
    /// Profit less what was taken.
    profit: Vec<i64>,
    paid: Vec<u64>,
    /// Not sorted; none of them before any of `head`.
    rest: Vec<Ranked>,
    /// Sorted, the first last.
    head: Vec<Ranked>,
    sorted_at_once: usize,
}

impl QueueBook {
    /// A book of these positions at a price, in atoms for one contract.
    pub fn new(
        side: Side,
        ranking: Ranking,
        fill: Fill,
        price: u64,
        positions: &[Position],
    ) -> Result<Self, BookError> {
        let bounds = Bounds::of(positions)?;
        bounds.check(price)?;
        let profit = |p: &Position| side.gain(p.entry, price).wrapping_mul(p.contracts as i64);
        let mut book = Self {
            side,
            ranking,
            fill,
            bounds,
            price,
            contracts: positions.iter().map(|position| position.contracts).collect(),
            collateral: positions.iter().map(|position| position.collateral).collect(),
            profit: positions.iter().map(profit).collect(),
            paid: vec![0; positions.len()],
            rest: Vec::with_capacity(positions.len()),
            head: vec![],
            sorted_at_once: FIRST,
        };
        book.rank(0);
        Ok(book)
    }

    /// Moves the price and ranks everyone at it. O(n).
    pub fn move_to(&mut self, price: u64) -> Result<(), BookError> {
        self.bounds.check(price)?;
        let step = self.side.gain(self.price, price);
        self.price = price;
        self.rank(step);
        Ok(())
    }

    /// Marks everyone by `step` atoms a contract and scores those with a gain.
    fn rank(&mut self, step: i64) {
        self.head.clear();
        self.rest.clear();
        self.sorted_at_once = FIRST;
        let holders = self.profit.iter_mut().zip(&self.contracts).zip(&self.collateral);
        for (index, ((profit, contracts), collateral)) in holders.enumerate() {
            *profit = profit.wrapping_add(step.wrapping_mul(*contracts as i64));
            if *profit > 0 {
                let holder = Holder {
                    gain: profit.unsigned_abs(),
                    equity: collateral.wrapping_add(profit.unsigned_abs()),
                    notional: contracts.wrapping_mul(self.price),
                    contracts: *contracts,
                };
                self.rest.push((self.ranking.score(self.side, &holder).to_bits(), index as u32));
            }
        }
    }

    /// Takes a loss at this price from the head of the queue. Amortised O(log n) for each holder who gives.
    pub fn lose(&mut self, loss: u64) -> Taken {
        let (mut left, mut taken) = (loss, Taken::default());
        while left > 0 {
            let Some(index) = self.first() else { break };
            let gain = self.profit[index].unsigned_abs();
            let charge = match self.fill {
                Fill::Whole => gain,
                Fill::Exact => gain.min(left),
            };
            self.profit[index] -= charge as i64;
            self.paid[index] += charge;
            if charge == gain {
                self.contracts[index] = 0;
                self.head.pop();
            }
            taken.holders += 1;
            taken.overshoot = charge.saturating_sub(left);
            left = left.saturating_sub(charge);
        }
        taken.uncovered = left;
        taken
    }

    /// Who gives next.
    fn first(&mut self) -> Option<usize> {
        if self.head.is_empty() {
            self.sort_more();
        }
        self.head.last().map(|(_, index)| *index as usize)
    }

    /// Sorts the highest of the rest.
    fn sort_more(&mut self) {
        let profit = &self.profit;
        // The last is the first to give: the highest score, then the largest gain, then the lowest number.
        let order = |a: &Ranked, b: &Ranked| -> Ordering {
            a.0.cmp(&b.0)
                .then_with(|| profit[a.1 as usize].cmp(&profit[b.1 as usize]))
                .then_with(|| b.1.cmp(&a.1))
        };
        let stay = self.rest.len().saturating_sub(self.sorted_at_once);
        if stay > 0 {
            self.rest.select_nth_unstable_by(stay, order);
        }
        self.head.extend(self.rest.drain(stay..));
        self.head.sort_unstable_by(order);
        self.sorted_at_once *= 4;
    }

    /// What each holder has given so far, in atoms, in their order.
    pub fn paid(&self) -> &[u64] {
        &self.paid
    }

    /// Whether a holder has been closed.
    pub fn is_closed(&self, index: usize) -> bool {
        self.contracts.get(index) == Some(&0) && self.paid.get(index).is_some_and(|paid| *paid > 0)
    }
}
