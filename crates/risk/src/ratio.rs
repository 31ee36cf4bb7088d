//! Exact ratios.

/// A ratio of two whole numbers, kept exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// Above the line.
    pub numerator: u128,
    /// Below the line; a ratio over zero counts as zero.
    pub denominator: u128,
}

impl Ratio {
    /// `numerator / denominator`.
    pub fn new(numerator: impl Into<u128>, denominator: impl Into<u128>) -> Self {
        Self { numerator: numerator.into(), denominator: denominator.into() }
    }

    /// The nearest double, zero for nothing of nothing: for statistics, never for money.
    pub fn to_f64(self) -> f64 {
        if self.denominator == 0 {
            return 0.0;
        }
        self.numerator as f64 / self.denominator as f64
    }

    /// The ratio times `10^digits`, rounded down. Saturates at the largest number.
    ///
    /// By long division, so that no product leaves 128 bits: the denominator must be below 2¹²⁴.
    pub fn scaled(&self, digits: u32) -> u128 {
        let Some(mut quotient) = self.numerator.checked_div(self.denominator) else {
            return 0;
        };
        let mut rest = self.numerator.checked_rem(self.denominator).unwrap_or(0);
        for _ in 0..digits {
            rest = rest.saturating_mul(10);
            let digit = rest.checked_div(self.denominator).unwrap_or(0);
            rest = rest.checked_rem(self.denominator).unwrap_or(0);
            quotient = quotient.saturating_mul(10).saturating_add(digit);
        }
        quotient
    }

    /// The ratio in decimals, rounded down: `digits` of them after the point.
    pub fn decimal(&self, digits: u32) -> String {
        let scaled = self.scaled(digits).to_string();
        let width = usize::try_from(digits).unwrap_or(usize::MAX);
        if width == 0 {
            return scaled;
        }
        let padded = format!("{scaled:0>least$}", least = width.saturating_add(1));
        let (whole, part) = padded.split_at(padded.len().saturating_sub(width));
        format!("{whole}.{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_rounded_down_to_any_number_of_digits() {
        for (numerator, denominator, digits, expected) in [
            (1_u128, 3_u128, 6, "0.333333"),
            (2, 3, 0, "0"),
            (7, 2, 1, "3.5"),
            (1, 1_000, 2, "0.00"),
            (12, 1, 3, "12.000"),
            (5, 0, 2, "0.00"),
            (1 << 123, (1 << 124) - 1, 9, "0.500000000"),
            ((1 << 124) - 1, (1 << 124) - 1, 9, "1.000000000"),
        ] {
            assert_eq!(Ratio::new(numerator, denominator).decimal(digits), expected);
        }
    }
}
