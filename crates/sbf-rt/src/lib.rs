//! The 128-bit arithmetic that compiled programs call.
//!
//! The VM computes on 64 bits, so LLVM turns `u128` and `i128` multiplication, division and conversion to and from
//! `f64` into calls of functions with well-known names. Anza's toolchain has them built in. The registry-only one
//! gets them from here: LLVM 23 passes 128-bit values in pairs of registers and wants results in R0 and R2, while
//! rustc 1.96 returns them through memory, so std's own do not fit.
//!
//! The arithmetic is plain Rust, and its tests hold it against the host's. Only on `bpf` is it exported. It wraps
//! throughout, because the programs are built with overflow checks and these would only cost compute units here.
#![cfg_attr(target_arch = "bpf", no_std)]
#![cfg_attr(target_arch = "bpf", allow(internal_features), feature(abi_unadjusted))]

const LOW_32: u64 = 0xffff_ffff;
const SIGN: u64 = 1 << 63;

/// Bits of an `f64` after the point.
const FRACTION_BITS: u32 = 52;
/// The bit of the significand that an `f64` leaves out; also the lowest bit of the exponent.
const IMPLICIT_BIT: u64 = 1 << FRACTION_BITS;
/// What an `f64` adds to its exponent.
const EXPONENT_BIAS: u32 = 1023;

#[inline(always)]
const fn low(x: u128) -> u64 {
    x as u64
}

#[inline(always)]
const fn high(x: u128) -> u64 {
    (x >> 64) as u64
}

#[inline(always)]
const fn join(high: u64, low: u64) -> u128 {
    (high as u128) << 64 | low as u128
}

/// The whole product of two 64-bit numbers, by halves of 32 bits.
#[inline(always)]
fn widening_mul(a: u64, b: u64) -> u128 {
    let (a1, a0) = (a >> 32, a & LOW_32);
    let (b1, b0) = (b >> 32, b & LOW_32);
    let low_low = a0.wrapping_mul(b0);
    let low_high = a0.wrapping_mul(b1);
    let high_low = a1.wrapping_mul(b0);
    let high_high = a1.wrapping_mul(b1);
    // Three numbers of 32 bits: no carry is lost.
    let middle = (low_low >> 32).wrapping_add(low_high & LOW_32).wrapping_add(high_low & LOW_32);
    let high = high_high.wrapping_add(low_high >> 32).wrapping_add(high_low >> 32).wrapping_add(middle >> 32);
    join(high, middle << 32 | low_low & LOW_32)
}

/// `a * b`, wrapping. The same bits for signed numbers.
#[inline(always)]
pub fn mul(a: u128, b: u128) -> u128 {
    let product = widening_mul(low(a), low(b));
    let crossed = low(a).wrapping_mul(high(b)).wrapping_add(high(a).wrapping_mul(low(b)));
    join(high(product).wrapping_add(crossed), low(product))
}

/// A quotient and a remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DivRem {
    /// The quotient.
    pub quotient: u128,
    /// What is left.
    pub remainder: u128,
}

/// Divides `high:low` by a divisor under 2^32, which must be above `high`: schoolbook with digits of 32 bits. Prices
/// and sizes are mostly scaled by a power of ten this small, and it spares the normalization.
#[inline(always)]
fn div_by_small(high: u64, low: u64, divisor: u64) -> (u64, u64) {
    let upper = high << 32 | low >> 32;
    let lower = (upper % divisor) << 32 | low & LOW_32;
    (((upper / divisor) << 32).wrapping_add(lower / divisor), lower % divisor)
}

/// Divides `high:low` by a divisor above `high`, so that the quotient fits: Knuth's algorithm D with two digits of
/// 32 bits, as in Hacker's Delight (`divlu`).
#[inline(always)]
fn div_2_by_1(high: u64, low: u64, divisor: u64) -> (u64, u64) {
    const BASE: u64 = 1 << 32;

    // With the divisor's top bit set an estimated digit is at most two too large.
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let (divisor1, divisor0) = (divisor >> 32, divisor & LOW_32);
    let upper = if shift == 0 { high } else { high << shift | low >> (64 - shift) };
    let lower = low << shift;

    let digit = |upper: u64, next: u64| {
        let mut digit = upper / divisor1;
        let mut rest = upper.wrapping_sub(digit.wrapping_mul(divisor1));
        while digit >= BASE || digit.wrapping_mul(divisor0) > (rest << 32 | next) {
            digit = digit.wrapping_sub(1);
            rest = rest.wrapping_add(divisor1);
            if rest >= BASE {
                break;
            }
        }
        // What is left is under the divisor, so it fits though the terms wrap.
        let left = (upper << 32).wrapping_add(next).wrapping_sub(digit.wrapping_mul(divisor));
        (digit, left)
    };
    let (digit1, left) = digit(upper, lower >> 32);
    let (digit0, left) = digit(left, lower & LOW_32);
    ((digit1 << 32).wrapping_add(digit0), left >> shift)
}

/// `n / d` and `n % d`. The callers of the exported functions have dealt with `d == 0` already.
///
/// # Panics
/// If `d` is zero.
#[inline(never)]
pub fn div_rem(n: u128, d: u128) -> DivRem {
    let (n1, n0, d1, d0) = (high(n), low(n), high(d), low(d));
    if d1 == 0 {
        if n1 == 0 {
            return DivRem { quotient: (n0 / d0).into(), remainder: (n0 % d0).into() };
        }
        let (q1, n1) = if n1 < d0 { (0, n1) } else { (n1 / d0, n1 % d0) };
        let (q0, rest) = if d0 <= LOW_32 { div_by_small(n1, n0, d0) } else { div_2_by_1(n1, n0, d0) };
        return DivRem { quotient: join(q1, q0), remainder: rest.into() };
    }
    if n < d {
        return DivRem { quotient: 0, remainder: n };
    }
    // The divisor has over 64 bits, so the quotient has fewer than 64: estimate it from the divisor's upper 64 bits.
    // The estimate is right or one too large; less one it is right or one too small (Hacker's Delight, `udivdi3`).
    let shift = d1.leading_zeros();
    let half = n >> 1;
    let (estimate, _) = div_2_by_1(high(half), low(half), high(d << shift));
    let mut quotient = (estimate >> (63 - shift)).saturating_sub(1);
    let product = {
        let product = widening_mul(quotient, d0);
        join(high(product).wrapping_add(quotient.wrapping_mul(d1)), low(product))
    };
    let mut remainder = n.wrapping_sub(product);
    if remainder >= d {
        quotient = quotient.wrapping_add(1);
        remainder = remainder.wrapping_sub(d);
    }
    DivRem { quotient: quotient.into(), remainder }
}

/// `n / d`.
#[inline(always)]
pub fn udiv(n: u128, d: u128) -> u128 {
    div_rem(n, d).quotient
}

/// `n % d`.
#[inline(always)]
pub fn urem(n: u128, d: u128) -> u128 {
    div_rem(n, d).remainder
}

/// `n / d`, toward zero; `i128::MIN / -1` wraps.
#[inline(always)]
pub fn sdiv(n: i128, d: i128) -> i128 {
    let quotient = udiv(n.unsigned_abs(), d.unsigned_abs()) as i128;
    if (n < 0) != (d < 0) {
        quotient.wrapping_neg()
    } else {
        quotient
    }
}

/// `n % d`, with the sign of `n`.
#[inline(always)]
pub fn srem(n: i128, d: i128) -> i128 {
    let remainder = urem(n.unsigned_abs(), d.unsigned_abs()) as i128;
    if n < 0 {
        remainder.wrapping_neg()
    } else {
        remainder
    }
}

/// The bits of `x as f64`: to the nearest, and to the even one of two.
#[inline(always)]
pub fn u128_to_f64(x: u128) -> u64 {
    if x == 0 {
        return 0;
    }
    let zeros = x.leading_zeros();
    let normal = x << zeros;
    let significand = low(normal >> 75); // 53 bits, the first of them set
    let dropped = normal << 53; // the other 75, moved to the top
    let half = 1 << 127;
    let up = dropped > half || dropped == half && significand & 1 == 1;
    let exponent = u64::from((EXPONENT_BIAS + 127).wrapping_sub(zeros)) << FRACTION_BITS;
    // Rounding up may carry into the exponent, which is then right too.
    exponent.wrapping_add(significand.wrapping_sub(IMPLICIT_BIT)).wrapping_add(up.into())
}

/// The bits of `x as f64`.
#[inline(always)]
pub fn i128_to_f64(x: i128) -> u64 {
    let sign = if x < 0 { SIGN } else { 0 };
    u128_to_f64(x.unsigned_abs()) | sign
}

/// The whole part of an `f64` without its sign, or None from 2^`limit` on (infinity and NaN, too).
#[inline(always)]
fn whole_part(bits: u64, limit: u32) -> Option<u128> {
    let exponent = (bits >> FRACTION_BITS) as u32 & 0x7ff;
    if exponent < EXPONENT_BIAS {
        return Some(0);
    }
    let shift = exponent.wrapping_sub(EXPONENT_BIAS);
    if shift >= limit {
        return None;
    }
    let significand = bits & (IMPLICIT_BIT - 1) | IMPLICIT_BIT;
    Some(if shift <= FRACTION_BITS {
        (significand >> FRACTION_BITS.wrapping_sub(shift)).into()
    } else {
        u128::from(significand) << shift.wrapping_sub(FRACTION_BITS)
    })
}

/// `f64::from_bits(bits) as u128`. What doesn't fit saturates; rustc deals with NaN.
#[inline(always)]
pub fn f64_to_u128(bits: u64) -> u128 {
    if bits & SIGN != 0 {
        return 0;
    }
    whole_part(bits, 128).unwrap_or(u128::MAX)
}

/// `f64::from_bits(bits) as i128`. What doesn't fit saturates; rustc deals with NaN.
#[inline(always)]
pub fn f64_to_i128(bits: u64) -> i128 {
    match (whole_part(bits, 127), bits & SIGN != 0) {
        (Some(whole), false) => whole as i128,
        (Some(whole), true) => (whole as i128).wrapping_neg(),
        (None, false) => i128::MAX,
        (None, true) => i128::MIN,
    }
}

/// The names that LLVM calls. "unadjusted" hands 128-bit values to LLVM as they are, which is what its calls expect.
#[cfg(target_arch = "bpf")]
mod exports {
    #[no_mangle]
    extern "unadjusted" fn __multi3(a: u128, b: u128) -> u128 {
        crate::mul(a, b)
    }

    #[no_mangle]
    extern "unadjusted" fn __udivti3(n: u128, d: u128) -> u128 {
        crate::udiv(n, d)
    }

    #[no_mangle]
    extern "unadjusted" fn __umodti3(n: u128, d: u128) -> u128 {
        crate::urem(n, d)
    }

    #[no_mangle]
    extern "unadjusted" fn __divti3(n: i128, d: i128) -> i128 {
        crate::sdiv(n, d)
    }

    #[no_mangle]
    extern "unadjusted" fn __modti3(n: i128, d: i128) -> i128 {
        crate::srem(n, d)
    }

    #[no_mangle]
    extern "unadjusted" fn __floatuntidf(x: u128) -> f64 {
        f64::from_bits(crate::u128_to_f64(x))
    }

    #[no_mangle]
    extern "unadjusted" fn __floattidf(x: i128) -> f64 {
        f64::from_bits(crate::i128_to_f64(x))
    }

    #[no_mangle]
    extern "unadjusted" fn __fixunsdfti(x: f64) -> u128 {
        crate::f64_to_u128(x.to_bits())
    }

    #[no_mangle]
    extern "unadjusted" fn __fixdfti(x: f64) -> i128 {
        crate::f64_to_i128(x.to_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: u32 = 300_000;

    /// Marsaglia's xorshift64.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        /// Numbers of every length, with runs of ones and zeros: that is where carries and estimates go wrong.
        fn number(&mut self) -> u128 {
            let bits = (self.next() % 128) as u32;
            let x = join(self.next(), self.next()) >> bits;
            match self.next() % 16 {
                0 => !x,
                1 => x | u128::MAX << 64,
                2 => x & u128::MAX << 64,
                3 => 1 << bits,
                4 => (1 << bits) - 1,
                5 => join(LOW_32 << 32, 0).wrapping_add(x),
                _ => x,
            }
        }
    }

    /// Zero, powers of two and ten, the ends of the types, and their neighbours.
    fn edges() -> Vec<u128> {
        let powers = (0..128).map(|bit| 1_u128 << bit).chain((0..39).map(|digits| 10_u128.pow(digits)));
        let ends =
            [0, u128::MAX, i128::MAX as u128, i128::MIN as u128, u64::MAX.into(), 0xffff_ffff_0000_0000];
        let near = |x: u128| [x.wrapping_sub(1), x, x.wrapping_add(1), x.wrapping_neg()];
        let mut edges: Vec<_> = powers.chain(ends).flat_map(near).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    fn check_pair(a: u128, b: u128) {
        assert_eq!(mul(a, b), a.wrapping_mul(b), "{a} * {b}");
        let (x, y) = (a as i128, b as i128);
        assert_eq!(mul(a, b) as i128, x.wrapping_mul(y), "{x} * {y}");
        if b == 0 {
            return;
        }
        assert_eq!(div_rem(a, b), DivRem { quotient: a / b, remainder: a % b }, "{a} by {b}");
        assert_eq!(udiv(a, b), a / b, "{a} / {b}");
        assert_eq!(urem(a, b), a % b, "{a} % {b}");
        assert_eq!(sdiv(x, y), x.wrapping_div(y), "{x} / {y}");
        assert_eq!(srem(x, y), x.wrapping_rem(y), "{x} % {y}");
    }

    fn check_to_float(a: u128) {
        assert_eq!(u128_to_f64(a), (a as f64).to_bits(), "{a}");
        assert_eq!(i128_to_f64(a as i128), (a as i128 as f64).to_bits(), "{}", a as i128);
    }

    fn check_from_float(f: f64) {
        if !f.is_nan() {
            assert_eq!(f64_to_u128(f.to_bits()), f as u128, "{f}");
            assert_eq!(f64_to_i128(f.to_bits()), f as i128, "{f}");
        }
    }

    #[test]
    fn edges_agree_with_the_host() {
        let edges = edges();
        for &a in &edges {
            check_to_float(a);
            check_from_float(a as f64);
            check_from_float(-(a as f64));
            for &b in &edges {
                check_pair(a, b);
            }
        }
    }

    #[test]
    fn random_numbers_agree_with_the_host() {
        let mut random = Random(0x1234_5678_9abc_def1);
        for _ in 0..CASES {
            let (a, b) = (random.number(), random.number());
            check_pair(a, b);
            check_pair(a, b & u128::from(LOW_32));
            check_to_float(a);
        }
    }

    /// A dividend next to a multiple of the divisor: where a quotient is off by one, if anywhere.
    #[test]
    fn neighbours_of_multiples_agree_with_the_host() {
        let mut random = Random(0xfeed_f00d_dead_beef);
        for _ in 0..CASES {
            let (quotient, d) = (random.number(), random.number());
            let n = quotient.wrapping_mul(d);
            for n in [n.wrapping_sub(1), n, n.wrapping_add(1)] {
                check_pair(n, d);
            }
        }
    }

    #[test]
    fn floats_agree_with_the_host() {
        let mut random = Random(0x0bad_cafe_0123_4567);
        for _ in 0..CASES {
            check_from_float(f64::from_bits(random.next()));
            // Most of those are far too large or small: one in the range of the integers.
            check_from_float((random.number() as i128 as f64) / (1 + random.next() % 1_000) as f64);
        }
        for f in [0.0, -0.0, 0.999, 1.0, 2f64.powi(127), -2f64.powi(127), 2f64.powi(128), f64::MAX, f64::MIN]
        {
            check_from_float(f);
        }
        check_from_float(f64::INFINITY);
        check_from_float(f64::NEG_INFINITY);
    }

    #[test]
    #[should_panic(expected = "divide by zero")]
    fn dividing_by_zero_panics() {
        udiv(1, 0);
    }
}
