//! Pro rata through a running index.

use serde::{Deserialize, Serialize};

use super::members::{Member, Members, ONE};
use super::{BookError, Bounds, Position};
use crate::holder::Side;

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
/// number, what was taken at this price, is all that a loss changes: O(1).
///
/// A new price changes everyone, but everyone in the same way: what a contract is worth becomes `ρ × worth + σ`, with one ρ and
/// one σ for all who gained since the same time. That keeps the order of holders by worth per contract, so those with a
/// gain are always the first of that order. A new price costs as many steps as holders begin or cease to gain at it.
#[derive(Clone, Debug)]
pub struct PoolBook {
    side: Side,
    bounds: Bounds,
    start: u64,
    price: u64,
    /// From here on everything is by slot: in falling order of worth per contract.
    contracts: Vec<u64>,
    /// What a holder would be worth at the starting price without charges.
    uncharged: Vec<i64>,
    /// With 64 binary places: of one of `members`, worth when the segment began; of the others, what they would be worth at
    /// the starting price.
    worth: Vec<i128>,
    /// Those with a gain.
    members: Members,
    /// Which holder is in a slot, and in which slot a holder is.
    holder: Vec<u32>,
    slot: Vec<u32>,
    /// What was taken at this price.
    taken: u64,
}

impl PoolBook {
    /// A book of these positions at a price, in atoms for one contract. O(n log n).
    pub fn new(side: Side, basis: Basis, price: u64, positions: &[Position]) -> Result<Self, BookError> {
        let bounds = Bounds::of(positions)?;
        bounds.check(price)?;
        let worth = |position: &Position| {
            let collateral = if basis == Basis::Equity { position.collateral as i64 } else { 0 };
            side.gain(position.entry, price) * position.contracts as i64 + collateral
        };
        let holder = order(positions, worth);
        let mut slot = vec![0; holder.len()];
        for (at, index) in (0..).zip(&holder) {
            slot[*index as usize] = at;
        }
        let sorted = || holder.iter().map(|index| &positions[*index as usize]);
        let uncharged: Vec<i64> = sorted().map(worth).collect();
        let mut book = Self {
            side,
            bounds,
            start: price,
            price,
            contracts: sorted().map(|position| position.contracts).collect(),
            worth: uncharged.iter().map(|worth| i128::from(*worth) << 64).collect(),
            uncharged,
            members: Members::default(),
            holder,
            slot,
            taken: 0,
        };
        book.enter();
        Ok(book)
    }

    /// Moves the price. Amortised O(1) for each holder whose gain begins or ends at it, and O(1) otherwise.
    pub fn move_to(&mut self, price: u64) -> Result<(), BookError> {
        self.bounds.check(price)?;
        self.members.charge(std::mem::take(&mut self.taken));
        self.members.mark(self.side.gain(self.price, price));
        self.price = price;
        self.leave();
        self.enter();
        self.members.merge(&mut self.worth, &self.contracts);
        Ok(())
    }

    /// What a contract has gained since the start, in atoms.
    fn since_start(&self) -> i64 {
        self.side.gain(self.start, self.price)
    }

    fn member(&self, slot: usize) -> Member {
        Member { worth: self.worth[slot], contracts: self.contracts[slot] }
    }

    /// Those whose gain is gone leave, from the end of the order.
    fn leave(&mut self) {
        let since_start = i128::from(self.since_start()) << 64;
        while let Some(slot) = self.members.last_slot() {
            let Some(worth) = self.members.pop_spent(self.member(slot)) else { break };
            self.worth[slot] = worth - since_start * i128::from(self.contracts[slot]);
        }
    }

    /// Those who have a gain now join.
    fn enter(&mut self) {
        let since_start = i128::from(self.since_start()) << 64;
        let mut end = self.members.len();
        let (mut all_worth, mut all_contracts) = (0, 0);
        while let (Some(worth), Some(contracts)) = (self.worth.get_mut(end), self.contracts.get(end)) {
            let now = *worth + since_start * i128::from(*contracts);
            if now <= 0 {
                break;
            }
            *worth = now;
            all_worth += now;
            all_contracts += i128::from(*contracts);
            end += 1;
        }
        self.members.push(end, all_worth, all_contracts);
    }

    /// Takes a loss at this price, pro rata to what each has left; returns what stays uncovered. O(1).
    pub fn lose(&mut self, loss: u64) -> u64 {
        let taken = loss.min(self.left());
        self.taken += taken;
        loss - taken
    }

    /// What all holders together could still give at this price.
    pub fn left(&self) -> u64 {
        self.members.total() - self.taken
    }

    /// What a holder's gain, or equity, is after all losses so far, to the nearest atom; negative if the position has lost.
    /// O(log s), with s the segments that `Members` keeps.
    pub fn worth(&self, index: usize) -> Option<i64> {
        let slot = *self.slot.get(index)? as usize;
        let worth = if slot < self.members.len() {
            self.members.worth(slot, self.member(slot), self.taken)
        } else {
            self.worth[slot] + (i128::from(self.since_start()) << 64) * i128::from(self.contracts[slot])
        };
        Some(((worth + ONE / 2) >> 64) as i64)
    }

    /// What a holder has been charged so far, in atoms. As fast and as exact as [`PoolBook::worth`].
    pub fn paid(&self, index: usize) -> Option<u64> {
        let slot = *self.slot.get(index)? as usize;
        let uncharged = self.uncharged[slot] + self.since_start() * self.contracts[slot] as i64;
        Some(u64::try_from(uncharged - self.worth(index)?).unwrap_or(0))
    }

    /// What each has been charged so far, in whole atoms, in their order: together exactly what was taken, each within an
    /// atom of [`PoolBook::paid`]. O(n).
    pub fn all_paid(&mut self) -> Vec<u64> {
        self.members.charge(std::mem::take(&mut self.taken));
        let since_start = self.since_start();
        let mut paid = vec![0; self.holder.len()];
        // Rounded cumulatively, from one half, so that what is nearly whole stays so.
        let mut carry = ONE / 2 - self.members.residue();
        let mut round = |holder: u32, charge: i128| {
            let whole = (charge + carry).max(0) >> 64;
            carry += charge - (whole << 64);
            paid[holder as usize] = whole as u64;
        };
        let mut slots = self.uncharged.iter().zip(&self.contracts).zip(&self.holder);
        self.members.for_each(&self.worth, &self.contracts, |worth| {
            if let Some(((uncharged, contracts), holder)) = slots.next() {
                let uncharged = uncharged + since_start * *contracts as i64;
                round(*holder, (i128::from(uncharged) << 64) - worth);
            }
        });
        // The worth of the others is what it would be at the start.
        for (((uncharged, _), holder), worth) in slots.zip(&self.worth[self.members.len()..]) {
            round(*holder, (i128::from(*uncharged) << 64) - worth);
        }
        paid
    }
}

/// Holders in falling order of worth per contract; equals in their order. Amounts below 2⁵³ are exact as doubles, and division
/// keeps order, so that only equal quotients need a second look. Without contracts no price makes a worth less: it is first
/// of all, or last if there is none.
fn order(positions: &[Position], worth: impl Fn(&Position) -> i64) -> Vec<u32> {
    let by = |position: &Position| match (worth(position), position.contracts) {
        (0, 0) => f64::NEG_INFINITY,
        (worth, contracts) => worth as f64 / contracts as f64,
    };
    let mut order: Vec<(f64, u32)> = (0..).zip(positions).map(|(index, p)| (by(p), index)).collect();
    let cross = |a: u32, b: u32| {
        let (a, b) = (&positions[a as usize], &positions[b as usize]);
        i128::from(worth(a)) * i128::from(b.contracts)
    };
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for equals in order.chunk_by_mut(|a, b| a.0 == b.0) {
        equals.sort_by(|(_, a), (_, b)| cross(*b, *a).cmp(&cross(*a, *b)));
    }
    order.into_iter().map(|(_, index)| index).collect()
}
