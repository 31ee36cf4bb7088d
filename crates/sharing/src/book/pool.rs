//! Pro rata through a running index.

use serde::{Deserialize, Serialize};

use super::{BookError, Bounds, Position};
use crate::holder::Side;
use crate::rounding::{Exact, Spread};

/// What holders are charged in proportion to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Profit since opening less what was charged, where positive.
    Gain,
    /// The same with the collateral.
    Equity,
}

/// A population that shares losses pro rata.
///
/// At one price, losses L₁, L₂, … taken one after the other from what is left each time take from a holder of `m` out of
/// M in all exactly `m × (L₁ + L₂ + …) / M`: the part that is left is the same for all, so the products telescope. So one
/// number, what was taken at this price, is all that a loss changes: O(1). It is the running index. Holders are settled in one
/// pass when the price moves, when all of them change anyway; the pass divides what was taken to the atom.
#[derive(Clone, Debug)]
pub struct PoolBook {
    side: Side,
    basis: Basis,
    bounds: Bounds,
    price: u64,
    contracts: Vec<u64>,
    positions: Vec<Position>,
    /// Profit less charges, and the collateral if that counts: at this price, before what was taken at it.
    worth: Vec<i64>,
    /// The sum of those that are positive.
    total: u64,
    /// What was taken at this price.
    taken: u64,
}

impl PoolBook {
    /// A book of these positions at a price, in atoms for one contract.
    pub fn new(side: Side, basis: Basis, price: u64, positions: &[Position]) -> Result<Self, BookError> {
        let bounds = Bounds::of(positions);
        bounds.check(price)?;
        let mut book = Self {
            side,
            basis,
            bounds,
            price,
            contracts: positions.iter().map(|position| position.contracts).collect(),
            positions: positions.to_vec(),
            worth: vec![],
            total: 0,
            taken: 0,
        };
        book.worth = positions.iter().map(|position| book.uncharged(position)).collect();
        book.total = book.worth.iter().map(|worth| worth.max(&0).unsigned_abs()).sum();
        Ok(book)
    }

    /// What a position would be worth here if it had never been charged.
    fn uncharged(&self, position: &Position) -> i64 {
        let collateral = match self.basis {
            Basis::Gain => 0,
            Basis::Equity => position.collateral as i64,
        };
        let profit = self.side.gain(position.entry, self.price).wrapping_mul(position.contracts as i64);
        profit.wrapping_add(collateral)
    }

    /// Moves the price, settles everyone and marks them to it. O(n), one pass.
    pub fn move_to(&mut self, price: u64) -> Result<(), BookError> {
        self.bounds.check(price)?;
        let step = self.side.gain(self.price, price);
        self.price = price;
        self.pass(step);
        Ok(())
    }

    /// Settles everyone at this price.
    pub fn settle(&mut self) {
        self.pass(0);
    }

    /// The bounds keep every operation below within 64 bits; they wrap so that the loop has no branches.
    fn pass(&mut self, step: i64) {
        let mut spread = Spread::new(self.taken, self.total);
        let mut total = 0u64;
        for (worth, contracts) in self.worth.iter_mut().zip(&self.contracts) {
            let charge = spread.next(worth.max(&mut 0).unsigned_abs());
            let gained = step.wrapping_mul(*contracts as i64);
            *worth = worth.wrapping_sub(charge as i64).wrapping_add(gained);
            total = total.wrapping_add((*worth).max(0) as u64);
        }
        (self.total, self.taken) = (total, 0);
    }

    /// Takes a loss at this price, pro rata to what each has left; returns what stays uncovered. O(1).
    pub fn lose(&mut self, loss: u64) -> u64 {
        let taken = loss.min(self.total - self.taken);
        self.taken += taken;
        loss - taken
    }

    /// What all holders together could still give at this price.
    pub fn left(&self) -> u64 {
        self.total - self.taken
    }

    /// What a holder's gain, or equity, is after all losses so far; negative if the position has lost. O(1). It is within an
    /// atom of what settling everyone gives.
    pub fn worth(&self, index: usize) -> Option<i64> {
        let worth = *self.worth.get(index)?;
        let charge = Exact::new(self.taken, self.total).next(worth.max(0).unsigned_abs());
        Some(worth - charge as i64)
    }

    /// What a holder has been charged so far, in atoms. O(1).
    pub fn paid(&self, index: usize) -> Option<u64> {
        let uncharged = self.uncharged(self.positions.get(index)?);
        Some(uncharged.wrapping_sub(self.worth(index)?).unsigned_abs())
    }
}
