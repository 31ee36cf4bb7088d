//! Dividing a loss by weights, to the atom.
//!
//! Both dividers round cumulatively: a holder gets the whole atoms by which the running total of exact parts has grown.
//! So the parts add up to exactly the loss, each is its exact part rounded down or up, and another order of the holders
//! moves no part by more than an atom.

/// `amount × weight / total`, weight after weight, by division. Call it once for each weight; the parts add up to `amount`.
pub struct Exact {
    amount: u64,
    total: u64,
    carry: u64,
}

impl Exact {
    /// `total` is the sum of all weights to come. With a total of zero every part is zero.
    pub fn new(amount: u64, total: u64) -> Self {
        Self { amount, total, carry: 0 }
    }

    /// The part of the next weight, which must be at most what is left of the total. It is its exact part rounded down or
    /// up, and so at most the weight if the amount is at most the total; `u64::MAX` at most.
    pub fn next(&mut self, weight: u64) -> u64 {
        if self.total == 0 {
            return 0;
        }
        // At most (2⁶⁴ − 1)² + 2⁶⁴ − 2 < 2¹²⁸.
        let scaled = u128::from(self.amount) * u128::from(weight) + u128::from(self.carry);
        let total = u128::from(self.total);
        self.carry = (scaled % total) as u64;
        u64::try_from(scaled / total).unwrap_or(u64::MAX)
    }
}

/// The same by multiplication: a division for all weights together, none for each. It is what books settle by.
///
/// `amount = whole × total + rest`, and the rest is taken as a fraction of 2⁻⁶⁴ rounded up. Over all weights that adds
/// less than an atom, which the last rounding down drops, so the parts add up to `amount` here too. A part is its exact
/// part rounded down or up, except that a weight near 2⁶⁴ can lift an exact part over the next whole atom.
pub struct Spread {
    whole: u64,
    fraction: u64,
    carry: u64,
}

impl Spread {
    /// As [`Exact::new`].
    pub fn new(amount: u64, total: u64) -> Self {
        let (Some(whole), Some(rest)) = (amount.checked_div(total), amount.checked_rem(total)) else {
            return Self { whole: 0, fraction: 0, carry: 0 };
        };
        // `rest ≤ total − 1`, so the fraction is at most ⌈2⁶⁴ − 2⁶⁴/total⌉ < 2⁶⁴.
        let fraction = (u128::from(rest) << 64).div_ceil(u128::from(total)) as u64;
        Self { whole, fraction, carry: 0 }
    }

    /// The part of the next weight. At most the weight if the amount is at most the total.
    #[inline(always)]
    pub fn next(&mut self, weight: u64) -> u64 {
        let scaled = u128::from(self.fraction) * u128::from(weight) + u128::from(self.carry);
        self.carry = scaled as u64;
        self.whole.wrapping_mul(weight).wrapping_add((scaled >> 64) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_equal_weights_share_ten_atoms_as_three_three_four() {
        let mut exact = Exact::new(10, 3);
        assert_eq!([exact.next(1), exact.next(1), exact.next(1)], [3, 3, 4]);
        let mut spread = Spread::new(10, 3);
        assert_eq!([spread.next(1), spread.next(1), spread.next(1)], [3, 3, 4]);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let mut exact = Exact::new(u64::MAX, u64::MAX);
        assert_eq!([exact.next(u64::MAX - 1), exact.next(1)], [u64::MAX - 1, 1]);
        let mut spread = Spread::new(u64::MAX - 1, u64::MAX);
        let parts = [spread.next(u64::MAX - 1), spread.next(1)];
        assert_eq!(parts[0] + parts[1], u64::MAX - 1);
    }

    #[test]
    fn without_weights_nobody_is_charged() {
        assert_eq!((Exact::new(5, 0).next(0), Spread::new(5, 0).next(0)), (0, 0));
    }
}
