//! From an oracle's price to quote atoms per contract.

use crate::error::{EngineError, Result};
use crate::quantity::Price;

/// Converts `price × 10^exponent` quote units for one unit of the base asset into atoms per contract, for a
/// contract of `10^contract_exponent` base units and a quote token of `quote_decimals`. Rounds down.
///
/// [`EngineError::BadPrice`] if the price is not positive, or is below one atom or above 64 bits after conversion.
pub fn price_per_contract(
    price: i64,
    exponent: i32,
    contract_exponent: i8,
    quote_decimals: u8,
) -> Result<Price> {
    let price = u64::try_from(price).map_err(|_| EngineError::BadPrice)?;
    let shift = exponent
        .checked_add(i32::from(contract_exponent))
        .and_then(|shift| shift.checked_add(i32::from(quote_decimals)))
        .ok_or(EngineError::BadPrice)?;
    let power = 10u64.checked_pow(shift.unsigned_abs()).ok_or(EngineError::BadPrice)?;
    let converted = if shift < 0 { price.checked_div(power) } else { price.checked_mul(power) };
    match converted {
        Some(atoms) if atoms > 0 => Ok(Price(atoms)),
        _ => Err(EngineError::BadPrice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_becomes_atoms_per_contract_rounded_down() {
        // 117,035.14 USDC a bitcoin, contracts of 0.001 BTC, six decimals.
        assert_eq!(price_per_contract(11_703_514, -2, -3, 6), Ok(Price(117_035_140)));
        // 0.23387 USDC a dogecoin, contracts of 10 DOGE.
        assert_eq!(price_per_contract(23_387_000, -8, 1, 6), Ok(Price(2_338_700)));
        assert_eq!(price_per_contract(19, -7, 0, 6), Ok(Price(1)));
        assert_eq!(price_per_contract(5, 2, 0, 0), Ok(Price(500)));
    }

    #[test]
    fn a_price_that_is_not_positive_or_does_not_fit_is_refused() {
        for (price, exponent) in
            [(0, 0), (-1, 0), (9, -7), (i64::MAX, 6), (1, 60), (1, i32::MIN), (1, i32::MAX)]
        {
            assert_eq!(price_per_contract(price, exponent, 0, 6), Err(EngineError::BadPrice));
        }
    }
}
