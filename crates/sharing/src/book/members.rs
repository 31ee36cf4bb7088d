//! The holders with a gain, who all change alike.

/// One is 2⁶⁴ in the fixed-point numbers below.
const ONE: u128 = 1 << 64;
/// With more segments than this, all are settled into one.
const MOST_SEGMENTS: usize = 64;

/// What of a holder doesn't change while its segment stands.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Worth when the segment began, in atoms; positive, or zero after rounding.
    pub worth: i64,
    /// Contracts.
    pub contracts: u64,
}

/// Members who joined at the same price. Since then each one's worth has become `part × worth + step × contracts`.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// One past its last slot; it begins where the one before it ends.
    end: usize,
    /// ρ in units of 2⁻⁶⁴, at most one.
    part: u128,
    /// σ in units of 2⁻⁶⁴ atoms a contract.
    step: i128,
    /// Sums over its members.
    worth: i128,
    contracts: i128,
}

/// All members, and what they are worth together.
///
/// The total is an exact whole number of atoms. Rounding down makes the segments' fixed-point sums fall short of it by a
/// residue; whoever is rounded to whole atoms takes the residue along and leaves the fraction, so all of them together
/// always are the total. Bounds (see `Bounds`): worth and step × contracts stay below 2⁶², in fixed point below 2¹²⁶.
#[derive(Clone, Debug, Default)]
pub struct Members {
    segments: Vec<Segment>,
    total: i128,
}

/// `value × ratio`, with a ratio in units of 2⁻⁶⁴ of at most one, rounded down.
fn scale(value: i128, ratio: u128) -> i128 {
    let (high, low) = (value >> 64, value as u64);
    high * ratio as i128
        + ((u128::from(low) * (ratio & (ONE - 1))) >> 64) as i128
        + if ratio == ONE { i128::from(low) } else { 0 }
}

impl Segment {
    /// A member's worth now, in units of 2⁻⁶⁴ atoms.
    fn now(&self, member: Member) -> i128 {
        self.part as i128 * i128::from(member.worth) + self.step * i128::from(member.contracts)
    }

    fn total(&self) -> i128 {
        self.part as i128 * self.worth + self.step * self.contracts
    }
}

impl Members {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.segments.last().map_or(0, |segment| segment.end)
    }

    /// Whether there are so many segments that they should be settled.
    pub fn are_many(&self) -> bool {
        self.segments.len() > MOST_SEGMENTS
    }

    /// What they are worth together, in atoms.
    pub fn total(&self) -> u64 {
        self.total as u64
    }

    /// What the total has beyond the segments' sums, in units of 2⁻⁶⁴ atoms.
    fn residue(&self) -> i128 {
        (self.total << 64) - self.segments.iter().map(Segment::total).sum::<i128>()
    }

    /// What is left of each atom when `taken` is taken from all, in units of 2⁻⁶⁴, rounded down.
    fn left(&self, taken: u64) -> u128 {
        if taken == 0 {
            return ONE;
        }
        (((self.total as u128) - u128::from(taken)) << 64) / self.total as u128
    }

    /// Takes an amount from all of them, pro rata. It must be at most the total.
    pub fn charge(&mut self, taken: u64) {
        if taken == 0 {
            return;
        }
        let left = self.left(taken);
        for segment in &mut self.segments {
            segment.part = scale(segment.part as i128, left) as u128;
            segment.step = scale(segment.step, left);
        }
        self.total -= i128::from(taken);
    }

    /// Gives each contract so many atoms; takes them if negative. Members whose worth is gone must leave next.
    pub fn mark(&mut self, atoms: i64) {
        for segment in &mut self.segments {
            segment.step += i128::from(atoms) << 64;
            self.total += i128::from(atoms) * segment.contracts;
        }
    }

    /// The slot of the last member.
    pub fn last_slot(&self) -> Option<usize> {
        self.segments.last().map(|segment| segment.end - 1)
    }

    /// Lets the last member go if nothing is left of its worth, and says what it is now: zero or negative, in whole atoms.
    pub fn pop_spent(&mut self, last: Member) -> Option<i64> {
        let now = self.segments.last()?.now(last);
        if now > 0 {
            return None;
        }
        let worth = ((now + self.residue()) >> 64).min(0);
        let before = self.segments.len().checked_sub(2).and_then(|at| self.segments.get(at));
        let begin = before.map_or(0, |segment| segment.end);
        let segment = self.segments.last_mut()?;
        segment.end -= 1;
        segment.worth -= i128::from(last.worth);
        segment.contracts -= i128::from(last.contracts);
        if segment.end == begin {
            self.segments.pop();
        }
        self.total -= worth;
        if self.segments.is_empty() {
            self.total = 0;
        }
        Some(worth as i64)
    }

    /// Those up to slot `end` join, with these sums of worth and contracts.
    pub fn push(&mut self, end: usize, worth: i128, contracts: i128) {
        if end > self.len() {
            self.segments.push(Segment { end, part: ONE, step: 0, worth, contracts });
            self.total += worth;
        }
    }

    /// A member's worth after `taken` more is taken from all, to the nearest atom.
    pub fn worth(&self, slot: usize, member: Member, taken: u64) -> i64 {
        let at = self.segments.partition_point(|segment| segment.end <= slot);
        let now = self.segments.get(at).map_or(0, |segment| segment.now(member));
        ((scale(now, self.left(taken)) + (1 << 63)) >> 64) as i64
    }

    /// Rounds everyone to whole atoms, which add up to the total, and makes them one segment.
    pub fn settle(&mut self, worth: &mut [i64], contracts: &[u64]) {
        let (mut begin, mut carry) = (0, self.residue());
        for segment in &self.segments {
            let slots = worth[begin..segment.end].iter_mut().zip(&contracts[begin..segment.end]);
            for (worth, contracts) in slots {
                let now = segment.now(Member { worth: *worth, contracts: *contracts }) + carry;
                *worth = (now >> 64) as i64;
                carry = i128::from(now as u64);
            }
            begin = segment.end;
        }
        let contracts = self.segments.iter().map(|segment| segment.contracts).sum();
        let (end, total) = (self.len(), std::mem::take(&mut self.total));
        self.segments.clear();
        self.push(end, total, contracts);
    }
}
