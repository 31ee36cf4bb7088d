//! Dividing a loss by weights, to the atom.
//!
//! Rounding is cumulative: a holder gets the whole atoms by which the running total of exact parts has grown. So the parts
//! add up to exactly the loss, each is its exact part rounded down or up, and another order of the holders moves no part
//! by more than an atom.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_equal_weights_share_ten_atoms_as_three_three_four() {
        let mut exact = Exact::new(10, 3);
        assert_eq!([exact.next(1), exact.next(1), exact.next(1)], [3, 3, 4]);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let mut exact = Exact::new(u64::MAX, u64::MAX);
        assert_eq!([exact.next(u64::MAX - 1), exact.next(1)], [u64::MAX - 1, 1]);
    }

    #[test]
    fn without_weights_nobody_is_charged() {
        assert_eq!(Exact::new(5, 0).next(0), 0);
    }
}
