//! Amounts and prices on the command line: exact, or refused.

use std::str::FromStr;

use anyhow::{bail, ensure, Result};
use rust_decimal::Decimal;

/// An amount or price in quote units, as typed; what it is in atoms depends on the mint's decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote(Decimal);

impl FromStr for Quote {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'));
        let parsed = if plain { Decimal::from_str_exact(text).ok() } else { None };
        parsed
            .map(Self)
            .ok_or_else(|| format!("{text:?} is not an amount: write it in quote units, such as 12.5"))
    }
}

impl Quote {
    /// In atoms of a token with so many decimals; refused if it isn't a whole number of them.
    pub fn atoms(self, decimals: u8) -> Result<u64> {
        let exact = self.0.normalize();
        let Some(more) = u32::from(decimals).checked_sub(exact.scale()) else {
            bail!("{} has more than {decimals} decimals, which the quote mint has: round it", self.0);
        };
        let atoms = 10u64
            .checked_pow(more)
            .and_then(|power| u64::try_from(exact.mantissa()).ok()?.checked_mul(power));
        atoms.ok_or_else(|| anyhow::anyhow!("{} is too large", self.0))
    }

    /// As [`Quote::atoms`], and not nothing.
    pub fn positive_atoms(self, decimals: u8) -> Result<u64> {
        let atoms = self.atoms(decimals)?;
        ensure!(atoms > 0, "the amount is zero: give more than nothing");
        Ok(atoms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quote_units_become_atoms_exactly() {
        let cases = [
            ("12.5", 6, 12_500_000),
            ("12.500000000", 6, 12_500_000),
            ("0.000001", 6, 1),
            ("1_000", 6, 1_000_000_000),
            ("18446744073709.551615", 6, u64::MAX),
            ("3", 0, 3),
            (".5", 1, 5),
        ];
        for (text, decimals, atoms) in cases {
            assert_eq!(text.parse::<Quote>().unwrap().atoms(decimals).unwrap(), atoms, "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_number_of_atoms_is_refused() {
        for text in
            ["", "-1", "+1", "1e3", "1,000", "NaN", "0x10", "1.2.3", "99999999999999999999999999999999"]
        {
            assert!(text.parse::<Quote>().is_err(), "{text:?}");
        }
        let error = |text: &str| text.parse::<Quote>().unwrap().atoms(6).unwrap_err().to_string();
        assert!(error("0.0000001").contains("more than 6 decimals"));
        assert!(error("18446744073709.551616").contains("too large"));
        assert!("0".parse::<Quote>().unwrap().positive_atoms(6).is_err());
    }
}
