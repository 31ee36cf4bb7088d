//! Exact decimals of prices, in units of 10⁻¹².

use thiserror::Error;

/// Prices are kept as whole numbers of `10^PRICE_EXPONENT` quote units: the scale of the stand-in feeds.
pub const PRICE_EXPONENT: i32 = -12;

/// Digits by which a number may be shifted: far more than a price needs, few enough that nothing overflows unseen.
const MAX_SHIFT: i64 = 40;

/// Digits after the point that are looked at.
const MAX_FRACTION: usize = 26;

/// Why a text isn't a price.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecimalError {
    /// Not a decimal number at all.
    #[error("{0:?} is not a positive decimal number")]
    Unreadable(String),
    /// NaN or infinity.
    #[error("{0:?} is not a finite number; leave the cell empty where no price is known")]
    NotFinite(String),
    /// Below zero.
    #[error("{0} is negative; a price must be positive")]
    Negative(String),
    /// Zero, or nothing left of it at twelve decimals.
    #[error("{0} is zero to twelve decimals; a price must be positive")]
    Zero(String),
    /// Above what an `i64` of 10⁻¹² holds, about 9.2 million.
    #[error("{0} is too large: prices go up to 9223372")]
    TooLarge(String),
}

/// A decimal number, such as 0.5 or 9.5e-6, in units of 10⁻¹², exactly; digits beyond them are cut off.
///
/// # Errors
/// What [`DecimalError`] lists; the price must be above zero.
pub fn feed_units(text: &str) -> Result<i64, DecimalError> {
    let named = |error: fn(String) -> DecimalError| error(text.to_owned());
    if let Ok(number) = text.parse::<f64>() {
        // "nan", "inf" and their like; a number of digits that merely overflows is too large.
        if !number.is_finite() && !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(named(DecimalError::NotFinite));
        }
        if text.starts_with('-') {
            return Err(named(DecimalError::Negative));
        }
    }
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(named(DecimalError::Unreadable));
    }
    let fraction = &fraction[..fraction.len().min(MAX_FRACTION)];
    let digits = format!("{}{fraction}", whole.trim_start_matches('0'));
    let digits = if digits.is_empty() { "0" } else { &digits };
    let exponent: i32 = exponent.parse().map_err(|_| named(DecimalError::Unreadable))?;
    let digits: u128 = digits.parse().map_err(|_| named(DecimalError::TooLarge))?;
    let shift = i64::from(exponent) - i64::from(PRICE_EXPONENT) - fraction.len() as i64;
    let price = shifted(digits, shift).ok_or_else(|| named(DecimalError::TooLarge))?;
    if price == 0 {
        return Err(named(DecimalError::Zero));
    }
    Ok(price)
}

/// `digits × 10^shift`, cut off to a whole number; `None` where an `i64` can't hold it.
fn shifted(digits: u128, shift: i64) -> Option<i64> {
    if digits == 0 || shift < -MAX_SHIFT {
        return Some(0);
    }
    if shift > MAX_SHIFT {
        return None;
    }
    let power = 10u128.checked_pow(u32::try_from(shift.unsigned_abs()).ok()?);
    let scaled = match (shift < 0, power) {
        (true, power) => power.map_or(0, |power| digits / power),
        (false, power) => digits.checked_mul(power?)?,
    };
    i64::try_from(scaled).ok()
}

/// A price in units of 10⁻¹², as a number of quote units.
pub fn to_float(price: i64) -> f64 {
    price as f64 * 10f64.powi(PRICE_EXPONENT)
}

/// A price in quote units, in units of 10⁻¹²: rounded to the nearest, at least one unit, at most what an `i64` holds.
///
/// A path that runs away stays a price that the engine can be asked about. NaN becomes one unit.
pub fn to_units(price: f64) -> i64 {
    // A float beyond the range of an `i64` becomes its end.
    ((price * 10f64.powi(-PRICE_EXPONENT)).round() as i64).max(1)
}
