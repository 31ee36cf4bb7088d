//! Multiplication and division that name their rounding.

use crate::error::{EngineError, Result};

/// Factors below this multiply without leaving 64 bits.
const HALF: u64 = 1 << 32;

/// `a × b`, or [`EngineError::Overflow`].
#[inline(always)]
pub fn mul(a: u64, b: u64) -> Result<u64> {
    if (a | b) < HALF {
        return Ok(a.wrapping_mul(b));
    }
    a.checked_mul(b).ok_or(EngineError::Overflow)
}

/// `floor(a × b / divisor)`; [`EngineError::Overflow`] if that exceeds 64 bits or the divisor is zero.
#[inline(always)]
pub fn mul_div_floor(a: u64, b: u64, divisor: u64) -> Result<u64> {
    if (a | b) < HALF {
        return a.wrapping_mul(b).checked_div(divisor).ok_or(EngineError::Overflow);
    }
    narrow(wide(a, b).checked_div(u128::from(divisor)))
}

/// `ceil(a × b / divisor)`; [`EngineError::Overflow`] if that exceeds 64 bits or the divisor is zero.
#[inline(always)]
pub fn mul_div_ceil(a: u64, b: u64, divisor: u64) -> Result<u64> {
    if divisor == 0 {
        return Err(EngineError::Overflow);
    }
    if (a | b) < HALF {
        return Ok(a.wrapping_mul(b).div_ceil(divisor));
    }
    narrow(Some(wide(a, b).div_ceil(u128::from(divisor))))
}

/// `a × b`, which always fits.
#[inline(always)]
pub fn wide(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

/// `floor(a × b / 2⁶⁴)`, or [`EngineError::Overflow`] if that exceeds 64 bits.
///
/// By halves: the upper half of `a` counts whole, so that no product leaves 128 bits. Checked products of 128 bits
/// cost a program twice as much.
#[inline(always)]
pub fn mul_shift_floor(a: i128, b: u64) -> Result<i64> {
    let [low, _]: [u64; 2] = bytemuck::cast(a);
    let lower = wide(low, b) >> 64;
    let upper = (a >> 64).wrapping_mul(i128::from(b));
    i64::try_from(upper.wrapping_add_unsigned(lower)).map_err(|_| EngineError::Overflow)
}

/// `ceil(a × b / 2⁶⁴)`, or [`EngineError::Overflow`] if that exceeds 64 bits. By halves likewise.
#[inline(always)]
pub fn mul_shift_ceil(a: u128, b: u64) -> Result<u64> {
    let [low, _]: [u64; 2] = bytemuck::cast(a);
    let lower = wide(low, b).div_ceil(1 << 64);
    let upper = (a >> 64).wrapping_mul(u128::from(b));
    narrow(upper.checked_add(lower))
}

#[inline(always)]
fn narrow(value: Option<u128>) -> Result<u64> {
    value.and_then(|v| u64::try_from(v).ok()).ok_or(EngineError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_as_named_on_both_paths() {
        let big: u64 = 1 << 40;
        for (a, b, divisor, floor, ceil) in [
            (7, 3, 2, 10, 11),
            (8, 3, 2, 12, 12),
            (big, 3, 2, 3 << 39, 3 << 39),
            (big, big, big.wrapping_add(1), big.wrapping_sub(1), big),
            (0, big, 7, 0, 0),
        ] {
            assert_eq!(mul_div_floor(a, b, divisor), Ok(floor));
            assert_eq!(mul_div_ceil(a, b, divisor), Ok(ceil));
        }
    }

    #[test]
    fn a_quotient_over_64_bits_or_a_zero_divisor_is_an_overflow() {
        for divisor in [0, 1] {
            assert_eq!(mul_div_floor(u64::MAX, 2, divisor), Err(EngineError::Overflow));
            assert_eq!(mul_div_ceil(u64::MAX, 2, divisor), Err(EngineError::Overflow));
        }
        assert_eq!(mul(u64::MAX, 2), Err(EngineError::Overflow));
    }

    #[test]
    fn products_by_halves_are_those_of_whole_numbers() {
        let words = [0, 1, 2, 3, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX];
        let whole = words.iter().flat_map(|high| words.map(|low| u128::from(*high) << 64 | u128::from(low)));
        for (a, b) in whole.flat_map(|a| words.map(|b| (a, b))) {
            let signed = a.cast_signed();
            let floor = signed.checked_mul(i128::from(b)).map(|product| product >> 64);
            let floor = floor.and_then(|floor| i64::try_from(floor).ok());
            assert_eq!(mul_shift_floor(signed, b).ok(), floor, "{signed} × {b}");
            let ceil = a.checked_mul(u128::from(b)).map(|product| product.div_ceil(1 << 64));
            let ceil = ceil.and_then(|ceil| u64::try_from(ceil).ok());
            assert_eq!(mul_shift_ceil(a, b).ok(), ceil, "{a} × {b}");
        }
    }
}
