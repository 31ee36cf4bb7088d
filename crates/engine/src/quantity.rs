//! Quantities as types, so that only meaningful arithmetic compiles.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
        #[repr(transparent)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $name(pub $inner);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// The sum, or [`EngineError::Overflow`].
            #[inline(always)]
            pub fn plus(self, other: Self) -> Result<Self> {
                self.0.checked_add(other.0).map(Self).ok_or(EngineError::Overflow)
            }

            /// The difference, or [`EngineError::Overflow`].
            #[inline(always)]
            pub fn minus(self, other: Self) -> Result<Self> {
                self.0.checked_sub(other.0).map(Self).ok_or(EngineError::Overflow)
            }

            /// Whether it is nothing.
            #[inline(always)]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

quantity! {
    /// An amount of the quote token in its smallest unit (USDC: 10⁻⁶).
    Atoms(u64)
}
quantity! {
    /// A signed amount of quote atoms: positive is owed to the holder, negative is owed by the holder.
    SignedAtoms(i64)
}
quantity! {
    /// Quote atoms for one contract.
    Price(u64)
}
quantity! {
    /// A whole number of contracts.
    Contracts(u64)
}
quantity! {
    /// Shares in the contracts of one side of one market.
    Shares(u64)
}

quantity! {
    /// Shares in the insurance fund.
    StakeShares(u64)
}

impl Atoms {
    /// The same amount, signed. [`EngineError::Overflow`] from 2⁶³.
    #[inline(always)]
    pub fn signed(self) -> Result<SignedAtoms> {
        i64::try_from(self.0).map(SignedAtoms).map_err(|_| EngineError::Overflow)
    }

    /// What is left after taking `other`, or nothing.
    #[inline(always)]
    pub const fn saturating_minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SignedAtoms {
    /// The amount owed by the holder; zero if nothing is.
    #[inline(always)]
    pub const fn debt(self) -> Atoms {
        if self.0 < 0 {
            Atoms(self.0.unsigned_abs())
        } else {
            Atoms::ZERO
        }
    }

    /// The amount owed to the holder; zero if nothing is.
    #[inline(always)]
    pub const fn claim(self) -> Atoms {
        if self.0 > 0 {
            Atoms(self.0.unsigned_abs())
        } else {
            Atoms::ZERO
        }
    }

    /// Whether the holder owes.
    #[inline(always)]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is at least `amount`.
    #[inline(always)]
    pub const fn covers(self, amount: Atoms) -> bool {
        self.0 >= 0 && self.0.unsigned_abs() >= amount.0
    }
}

/// Hundredths of a percent: a rate, or a share of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(transparent)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bps(pub u16);

/// One hundred percent in basis points.
pub const BPS_ONE: u64 = 10_000;

/// Below this an amount times any [`Bps`] fits 64 bits.
const BPS_FAST: u64 = 1 << 48;

impl Bps {
    /// `floor(amount × self / 10 000)`.
    #[inline(always)]
    pub fn of_floor(self, amount: u64) -> Result<u64> {
        if amount < BPS_FAST {
            return Ok(amount.wrapping_mul(u64::from(self.0)) / BPS_ONE);
        }
        crate::math::mul_div_floor(amount, u64::from(self.0), BPS_ONE)
    }

    /// `ceil(amount × self / 10 000)`.
    #[inline(always)]
    pub fn of_ceil(self, amount: u64) -> Result<u64> {
        if amount < BPS_FAST {
            return Ok(amount.wrapping_mul(u64::from(self.0)).div_ceil(BPS_ONE));
        }
        crate::math::mul_div_ceil(amount, u64::from(self.0), BPS_ONE)
    }
}

/// The number of a market within its clearinghouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct MarketIndex(pub u16);

/// An index counts atoms per share in units of 2⁻⁶⁴.
pub const INDEX_SCALE_BITS: u32 = 64;

/// Signed atoms per share since a side's inception, in units of 2⁻⁶⁴: variation margin and funding.
///
/// Kept modulo 2¹²⁸. Only differences between two readings mean anything, and
/// [`crate::MAX_NOTIONAL`] keeps the difference that any leg can accumulate far below 2¹²⁷.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct SettlementIndex([u64; 2]);

impl SettlementIndex {
    /// From its value.
    #[inline(always)]
    pub fn new(value: i128) -> Self {
        Self(bytemuck::cast(value))
    }

    /// Its value.
    #[inline(always)]
    pub fn get(self) -> i128 {
        bytemuck::cast(self.0)
    }
}

/// Atoms per share charged for socialized losses since a side's inception, in units of 2⁻⁶⁴. Never decreases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct LossIndex([u64; 2]);

impl LossIndex {
    /// From its value.
    #[inline(always)]
    pub fn new(value: u128) -> Self {
        Self(bytemuck::cast(value))
    }

    /// Its value.
    #[inline(always)]
    pub fn get(self) -> u128 {
        bytemuck::cast(self.0)
    }
}
