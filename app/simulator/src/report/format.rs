//! Numbers as people read them.

/// A number that isn't one.
const NONE: &str = "–";

/// Digits in groups of three, so many after the point: 1,234,567.89.
pub fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut digits = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            digits.push(',');
        }
        digits.push(digit);
    }
    let is_zero = text.chars().all(|c| c == '0' || c == '.');
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    format!("{sign}{digits}{rest}")
}

/// A count.
pub fn count(value: u64) -> String {
    let text = value.to_string();
    let groups: Vec<&str> =
        text.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Atoms as dollars.
pub fn atoms(amount: f64) -> f64 {
    amount / 1e6
}

/// Dollars in short, for sentences and cards: $950, $12.3 k, $4.56 m, $7.89 bn.
pub fn dollars(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    let (scaled, unit) = match size {
        _ if size < 1e4 => {
            return format!("{sign}${}", grouped(size, usize::from(size < 100.0 && size.fract() != 0.0) * 2))
        }
        // What three digits would round up to a thousand is one of the next unit.
        _ if size < 999.5e3 => (size / 1e3, " k"),
        _ if size < 999.5e6 => (size / 1e6, " m"),
        _ => (size / 1e9, " bn"),
    };
    format!("{sign}${}{unit}", significant(scaled, 3))
}

/// A part of one as percent, with so many decimals: 0.125 is 12.5 %.
pub fn percent(part: f64, decimals: usize) -> String {
    if part.is_finite() {
        format!("{} %", grouped(part * 100.0, decimals))
    } else {
        NONE.to_owned()
    }
}

/// With so many significant digits, grouped; very small and very large ones as powers of ten.
pub fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // Of the rounded number: 0.9996 to three digits is 1.00.
    let rounded = format!("{:.*e}", digits.saturating_sub(1), value);
    let magnitude = rounded.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    if !(-5..=14).contains(&magnitude) {
        let mantissa = grouped(value / 10f64.powi(magnitude), digits.saturating_sub(1));
        return format!("{mantissa} × 10{}", raised(magnitude));
    }
    let decimals = usize::try_from(digits as i32 - 1 - magnitude).unwrap_or(0);
    grouped(value, decimals)
}

/// How long one waits, from years: 40 minutes, 3.5 years.
pub fn waiting(years: f64) -> String {
    const HOURS: f64 = 365.25 * 24.0;
    let (value, unit) = match years {
        _ if years * HOURS < 1.0 => (years * HOURS * 60.0, "minutes"),
        _ if years * HOURS < 48.0 => (years * HOURS, "hours"),
        _ if years < 1.0 => (years * 365.25, "days"),
        _ if years < 1e6 => (years, "years"),
        _ if years < 1e9 => (years / 1e6, "million years"),
        _ if years < 1e12 => (years / 1e9, "billion years"),
        _ => (years, "years"),
    };
    if years < 1e12 {
        format!("{} {unit}", significant(value, 2))
    } else {
        // More than a trillion: only the power matters.
        format!("10{} years", raised(years.log10().floor() as i32))
    }
}

/// A power's exponent.
fn raised(exponent: i32) -> String {
    let digit = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        c => c.to_digit(10).and_then(|digit| char::from_u32(0x2070 + digit)).unwrap_or(c),
    };
    exponent.to_string().chars().map(digit).collect()
}

/// A probability from a test: small ones as a bound.
pub fn p_value(p: f64) -> String {
    if p.is_finite() && p < 0.001 {
        "< 0.001".to_owned()
    } else {
        grouped(p, 3)
    }
}

/// So many of something: 1 history, 2 histories.
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A list in words: a, b and c.
pub fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
