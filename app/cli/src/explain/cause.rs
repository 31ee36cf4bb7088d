//! Which bankruptcies a haircut came from, and how much of it from each.

use core::ops::RangeInclusive;

use jettison_engine::{Direction, Leg, LossIndex, Result, Shares, Side};
use jettison_risk::{parts_of_haircut, Charge};

use super::history::{Loss, Mark};

/// The losses of one market that are known.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// In the order in which they were resolved.
    pub losses: &'a [Loss],
    /// Whether they go back to the first transaction that the server knows of.
    pub from_start: bool,
    /// Whether all transactions on the way told all that happened in them.
    pub is_whole: bool,
}

/// One bankruptcy's part of a haircut.
#[derive(Clone, Debug)]
pub struct Part {
    /// The bankruptcy.
    pub loss: Loss,
    /// What it did to the side's loss index.
    pub charge: Charge,
    /// What of it the leg was charged, in atoms.
    pub atoms: u64,
}

/// How a haircut came about.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The side of the leg.
    pub direction: Direction,
    /// The side's loss index when the leg was marked before.
    pub from: LossIndex,
    /// The index that it was charged up to.
    pub to: LossIndex,
    /// The leg's shares then: one number, or as many as would be charged the same.
    pub shares: RangeInclusive<u64>,
    /// The bankruptcies, in order.
    pub parts: Vec<Part>,
    /// Whether these are certain to be all.
    pub is_complete: bool,
}

impl Cause {
    /// What the parts come to, in atoms.
    pub fn sum(&self) -> u64 {
        self.parts.iter().map(|part| part.atoms).fold(0, u64::saturating_add)
    }
}

/// `ceil(shares × (to − from) / 2⁶⁴)`, by the engine.
fn charged(shares: Shares, from: u128, to: u128) -> Result<u64> {
    let mut leg = Leg::default();
    leg.shares = shares;
    leg.loss_snapshot = LossIndex::new(from);
    let side = Side { loss_index: LossIndex::new(to), ..Side::default() };
    Ok(leg.pending(&side)?.haircut.0)
}

impl Known<'_> {
    /// What a leg has been charged since it was last marked, and not yet settled.
    pub fn pending(&self, leg: &Leg, side: &Side) -> Result<Cause> {
        let shares = leg.shares.0..=leg.shares.0;
        self.cause(leg.direction(), shares, leg.loss_snapshot.get(), side.loss_index.get())
    }

    /// What a mark charged; `before` is the leg's mark before it, and `leg` the leg as it is now if it has the same shares as
    /// then. None if what is known doesn't explain it.
    pub fn settled(&self, mark: &Mark, before: Option<&Mark>, leg: Option<&Leg>) -> Result<Option<Cause>> {
        let Some(haircut) = mark.marked.map(|marked| marked.haircut) else {
            return Ok(None);
        };
        let directions = match leg {
            Some(leg) => vec![leg.direction()],
            None => vec![Direction::Long, Direction::Short],
        };
        for direction in directions {
            for (from, to) in self.spans(direction, mark, before, leg.is_some()) {
                let shares = match leg {
                    Some(leg) if charged(leg.shares, from, to)? == haircut => leg.shares.0..=leg.shares.0,
                    Some(_) => continue,
                    None => shares_charged(haircut, to.saturating_sub(from)),
                };
                if !shares.is_empty() {
                    return self.cause(direction, shares, from, to).map(Some);
                }
            }
        }
        Ok(None)
    }

    /// Between which readings of a side's index a mark may have charged, the likeliest first. Two transactions of one slot
    /// can't be told apart by time: where the shares are known, all readings are worth a try.
    fn spans(&self, side: Direction, mark: &Mark, before: Option<&Mark>, all: bool) -> Vec<(u128, u128)> {
        let reading = |at: &Mark| {
            let earlier = self.losses.iter().filter(|loss| loss.place.is_before(&at.place));
            earlier.map(|loss| loss.index(side)).max().or(self.from_start.then_some(0))
        };
        let by_time = before.and_then(reading).zip(reading(mark));
        let mut spans: Vec<(u128, u128)> = by_time.into_iter().collect();
        if all {
            let mut readings: Vec<u128> = self.losses.iter().map(|loss| loss.index(side)).collect();
            readings.extend(self.from_start.then_some(0));
            readings.sort_unstable();
            readings.dedup();
            let pairs = readings.iter().flat_map(|from| readings.iter().map(move |to| (*from, *to)));
            spans.extend(pairs);
        }
        spans.retain(|(from, to)| from < to);
        spans
    }

    fn cause(
        &self,
        direction: Direction,
        shares: RangeInclusive<u64>,
        from: u128,
        to: u128,
    ) -> Result<Cause> {
        let mut charges: Vec<(&Loss, Charge)> = vec![];
        let mut reached = from;
        for loss in self.losses {
            let after = loss.index(direction);
            if after > reached && after <= to {
                let (before, after) = (LossIndex::new(reached), LossIndex::new(after));
                let loss_atoms = jettison_engine::Atoms(loss.leg.by_index);
                charges.push((loss, Charge { loss: loss_atoms, before, after }));
                reached = after.get();
            }
        }
        let begins = self.losses.iter().any(|loss| loss.index(direction) == from);
        let begins = begins || (from == 0 && self.from_start);
        let readings: Vec<Charge> = charges.iter().map(|(_, charge)| *charge).collect();
        let atoms = parts_of_haircut(Shares(*shares.end()), LossIndex::new(from), &readings)?;
        let parts = charges.into_iter().zip(atoms);
        Ok(Cause {
            direction,
            from: LossIndex::new(from),
            to: LossIndex::new(to),
            shares,
            parts: parts
                .map(|((loss, charge), atoms)| Part { loss: loss.clone(), charge, atoms: atoms.0 })
                .collect(),
            is_complete: begins && reached == to && self.is_whole,
        })
    }
}

/// The shares that a rise of the index charges with exactly `haircut` atoms.
fn shares_charged(haircut: u64, rise: u128) -> RangeInclusive<u64> {
    let upper = |atoms: u64| (u128::from(atoms) << 64).checked_div(rise).unwrap_or(0);
    let narrow = |shares: u128| u64::try_from(shares).unwrap_or(u64::MAX);
    narrow(upper(haircut.saturating_sub(1)).saturating_add(1))..=narrow(upper(haircut))
}
