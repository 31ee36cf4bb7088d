//! The holders with a gain, who all change alike.

/// One is 2⁶⁴ in the fixed-point numbers below: amounts are in units of 2⁻⁶⁴ atoms, ratios in units of 2⁻⁶⁴.
pub const ONE: i128 = 1 << 64;
/// With more segments than this, all are made one.
const MOST_SEGMENTS: usize = 64;

/// What of a holder doesn't change while its segment stands.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Worth when the segment began.
    pub worth: i128,
    /// Contracts.
    pub contracts: u64,
}

/// Members who joined at the same price. Since then each one's worth has become `part × worth + step × contracts`.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// One past its last slot; it begins where the one before it ends.
    end: usize,
    /// ρ, at most one.
    part: i128,
    /// σ, for a contract.
    step: i128,
    /// Sums over its members.
    worth: i128,
    contracts: i128,
}

/// All members, and what they are worth together.
///
/// Amounts here keep 64 binary places, so that rounding never puts holders out of order by anything that matters. Rounding
/// down makes the members fall short of the total by a residue, far below an atom unless amounts are near their bounds;
/// whoever rounds to whole atoms takes it along. Bounds (see `Bounds`): worth and step × contracts stay below 2⁶² atoms.
#[derive(Clone, Debug, Default)]
pub struct Members {
    segments: Vec<Segment>,
    total: i128,
}

/// `value × ratio`, with a ratio from zero to one, rounded down.
fn scale(value: i128, ratio: i128) -> i128 {
    if ratio == ONE {
        return value;
    }
    let (high, low, ratio) = (value >> 64, value as u64, ratio as u64);
    high * i128::from(ratio) + ((u128::from(low) * u128::from(ratio)) >> 64) as i128
}

impl Segment {
    fn now(&self, member: Member) -> i128 {
        scale(member.worth, self.part) + self.step * i128::from(member.contracts)
    }

    fn total(&self) -> i128 {
        scale(self.worth, self.part) + self.step * self.contracts
    }
}

impl Members {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.segments.last().map_or(0, |segment| segment.end)
    }

    /// What they could give together, in whole atoms.
    pub fn total(&self) -> u64 {
        u64::try_from(self.total >> 64).unwrap_or(0)
    }

    /// What the total has beyond the members' own amounts.
    pub fn residue(&self) -> i128 {
        self.total - self.segments.iter().map(Segment::total).sum::<i128>()
    }

    /// What part is left when so many atoms are taken from all, rounded down. Only 63 binary digits of the total are used, as
    /// a ratio has hardly more.
    fn left(&self, taken: u64) -> i128 {
        if taken == 0 {
            return ONE;
        }
        let (left, total) = (self.total - (i128::from(taken) << 64), self.total);
        let excess = 65u32.saturating_sub(total.leading_zeros());
        ((left >> excess) << 64) / ((total >> excess) + 1)
    }

    /// Takes so many atoms from all of them, pro rata; at most their total.
    pub fn charge(&mut self, taken: u64) {
        let left = self.left(taken);
        for segment in &mut self.segments {
            segment.part = scale(segment.part, left);
            segment.step = scale(segment.step, left);
        }
        self.total -= i128::from(taken) << 64;
    }

    /// Gives each contract so many atoms; takes them if negative. Members whose worth is gone must leave next.
    pub fn mark(&mut self, atoms: i64) {
        for segment in &mut self.segments {
            segment.step += i128::from(atoms) << 64;
            self.total += (i128::from(atoms) << 64) * segment.contracts;
        }
    }

    /// The slot of the last member.
    pub fn last_slot(&self) -> Option<usize> {
        self.segments.last().map(|segment| segment.end - 1)
    }

    /// Lets the last member go if nothing is left of its worth, and says what it is now: zero or negative. Without contracts
    /// it stays: it can't gain again, and would stand in the way of those behind it who can.
    pub fn pop_spent(&mut self, last: Member) -> Option<i128> {
        let now = self.segments.last()?.now(last);
        if now > 0 || last.contracts == 0 {
            return None;
        }
        let before = self.segments.len().checked_sub(2).and_then(|at| self.segments.get(at));
        let begin = before.map_or(0, |segment| segment.end);
        let segment = self.segments.last_mut()?;
        segment.end -= 1;
        segment.worth -= last.worth;
        segment.contracts -= i128::from(last.contracts);
        if segment.end == begin {
            self.segments.pop();
        }
        self.total -= now;
        Some(now)
    }

    /// Those up to slot `end` join, with these sums of worth and contracts.
    pub fn push(&mut self, end: usize, worth: i128, contracts: i128) {
        if end > self.len() {
            self.segments.push(Segment { end, part: ONE, step: 0, worth, contracts });
            self.total += worth;
        }
    }

    /// A member's worth after so many more atoms are taken from all.
    pub fn worth(&self, slot: usize, member: Member, taken: u64) -> i128 {
        let at = self.segments.partition_point(|segment| segment.end <= slot);
        let now = self.segments.get(at).map_or(0, |segment| segment.now(member));
        scale(now, self.left(taken))
    }

    /// Makes all segments one if there are many.
    pub fn merge(&mut self, worth: &mut [i128], contracts: &[u64]) {
        if self.segments.len() <= MOST_SEGMENTS {
            return;
        }
        let mut all = Segment { end: self.len(), part: ONE, step: 0, worth: 0, contracts: 0 };
        let mut begin = 0;
        for segment in &self.segments {
            let slots = worth[begin..segment.end].iter_mut().zip(&contracts[begin..segment.end]);
            for (worth, contracts) in slots {
                *worth = segment.now(Member { worth: *worth, contracts: *contracts });
                all.worth += *worth;
            }
            all.contracts += segment.contracts;
            begin = segment.end;
        }
        self.segments = vec![all];
    }

    /// Calls `each` with every member's worth, in the order of slots.
    pub fn for_each(&self, worth: &[i128], contracts: &[u64], mut each: impl FnMut(i128)) {
        let mut begin = 0;
        for segment in &self.segments {
            for (worth, contracts) in worth[begin..segment.end].iter().zip(&contracts[begin..segment.end]) {
                each(segment.now(Member { worth: *worth, contracts: *contracts }));
            }
            begin = segment.end;
        }
    }
}
