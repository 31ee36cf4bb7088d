//! What a transaction may hold: compute units of each instruction from the committed measurements, and bytes of log.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The measurements that `jettison units --write` commits.
const TABLE: &str = include_str!("../../cli/units.json");

/// What an instruction may take above the dearest measurement, in per cent.
const MARGIN_PER_CENT: u64 = 20;

#[derive(Deserialize)]
struct Table {
    units: BTreeMap<String, u64>,
}

fn table() -> &'static BTreeMap<String, u64> {
    static UNITS: OnceLock<BTreeMap<String, u64>> = OnceLock::new();
    UNITS.get_or_init(|| serde_json::from_str::<Table>(TABLE).map(|table| table.units).unwrap_or_default())
}

/// Compute units to allow for an instruction that acts on accounts of up to `legs` legs: the dearest of its measured
/// cases, in a line between those at one leg and at eight, and a margin. `None` for one that was never measured.
pub fn units(instruction: &str, legs: usize) -> Option<u32> {
    let dearest = |ending: &str| {
        let of_it = |line: &&String| {
            line.strip_prefix(instruction).is_some_and(|rest| rest.is_empty() || rest.starts_with(", "))
                && line.ends_with(ending)
        };
        table().iter().filter(|(line, _)| of_it(line)).map(|(_, units)| *units).max()
    };
    let measured = match (dearest(", 1 leg"), dearest(", 8 legs")) {
        (Some(one), Some(eight)) => {
            let more = legs.clamp(1, 8).saturating_sub(1) as u64;
            one + eight.saturating_sub(one).saturating_mul(more).div_ceil(7)
        }
        _ => dearest("")?,
    };
    u32::try_from(measured * (100 + MARGIN_PER_CENT) / 100).ok()
}

/// Bytes of log that an instruction with one event of `event_bytes` leaves: the runtime's own lines, Anchor's, and the
/// event in base64.
pub const fn log_bytes(event_bytes: usize) -> usize {
    const LINES: usize = 300;
    LINES + (event_bytes + 8).div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_lie_between_the_measurements_and_above_them() {
        let one = units("settle_account", 1).unwrap();
        let eight = units("settle_account", 8).unwrap();
        assert_eq!(u64::from(one), 5_020 * 120 / 100);
        assert_eq!(u64::from(eight), 21_217 * 120 / 100);
        let mut last = one;
        for legs in 2..=8 {
            let now = units("settle_account", legs).unwrap();
            assert!(now > last, "{legs}");
            last = now;
        }
        assert_eq!(last, eight);
        assert_eq!(units("settle_account", 0), Some(one));
    }

    #[test]
    fn the_dearest_case_counts_and_a_name_is_not_a_beginning() {
        assert_eq!(units("accrue_market", 1).map(u64::from), Some(5_592 * 120 / 100));
        assert_eq!(units("stake", 1).map(u64::from), Some(table()["stake"] * 120 / 100));
        assert_eq!(units("liquid", 1), None);
    }
}
