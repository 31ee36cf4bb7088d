//! Sums that run off over a window.

use jettison_engine::*;

/// As they lie in an account's bytes.
fn sum(amount: u64, since: i64) -> RollingSum {
    bytemuck::cast([amount, since as u64])
}

fn flow(amount: i64, since: i64) -> RollingFlow {
    bytemuck::cast([amount, since])
}

#[test]
fn a_sum_runs_off_linearly_and_is_rounded_up() {
    for (amount, window, seconds, left) in [
        (0, 100, 0, 0),
        (1, 100, 0, 1),
        (1, 100, 99, 1),
        (1, 100, 100, 0),
        (1_000, 100, 1, 990),
        // ceil(1,001 × 99 / 100) and ceil(1,001 × 1 / 100).
        (1_001, 100, 1, 991),
        (1_001, 100, 99, 11),
        (1_001, 100, 100, 0),
        (1_001, 100, 101, 0),
        (1_001, 1, 0, 1_001),
        (1_001, 1, 1, 0),
        (u64::MAX, u32::MAX, 0, u64::MAX),
        (u64::MAX, u32::MAX, 1, u64::MAX - 4_294_967_297),
        (u64::MAX, u32::MAX, i64::from(u32::MAX) - 1, 4_294_967_297),
        (u64::MAX, u32::MAX, i64::from(u32::MAX), 0),
    ] {
        let name = format!("{amount} in {window} after {seconds}");
        assert_eq!(sum(amount, 5).value(5 + seconds, window), Ok(Atoms(left)), "{name}");
        if let Ok(outflow) = i64::try_from(amount) {
            assert_eq!(flow(outflow, 5).value(5 + seconds, window), Ok(SignedAtoms(left as i64)), "{name}");
        }
    }
}

#[test]
fn an_inflow_runs_off_rounded_down_so_that_it_lets_no_more_out() {
    for (amount, window, seconds, left) in [
        (-1, 100, 0, -1),
        (-1, 100, 1, 0),
        (-1_001, 100, 1, -990),
        (-1_001, 100, 99, -10),
        (-1_001, 100, 100, 0),
        (-i64::MAX, u32::MAX, 0, -i64::MAX),
        (-i64::MAX, u32::MAX, i64::from(u32::MAX), 0),
    ] {
        let value = flow(amount, 5).value(5 + seconds, window);
        assert_eq!(value, Ok(SignedAtoms(left)), "{amount} in {window} after {seconds}");
    }
}

#[test]
fn a_clock_that_went_back_runs_nothing_off_and_one_at_its_end_everything() {
    for (since, now, left) in [
        (100, 99, 1_000),
        (100, i64::MIN, 1_000),
        (i64::MAX, i64::MIN, 1_000),
        (i64::MIN, i64::MAX, 0),
        (0, i64::MAX, 0),
        (i64::MAX, i64::MAX, 1_000),
    ] {
        for window in [1, 100, u32::MAX] {
            assert_eq!(
                sum(1_000, since).value(now, window),
                Ok(Atoms(left as u64)),
                "{since} {now} {window}"
            );
            assert_eq!(
                flow(1_000, since).value(now, window),
                Ok(SignedAtoms(left)),
                "{since} {now} {window}"
            );
            assert_eq!(flow(-1_000, since).value(now, window), Ok(SignedAtoms(-left)));
        }
    }
}

#[test]
fn a_window_of_nothing_is_refused_without_a_panic() {
    assert_eq!(sum(1, 0).value(0, 0), Err(EngineError::Overflow));
    assert_eq!(flow(1, 0).value(0, 0), Err(EngineError::Overflow));
    assert_eq!(sum(0, 0).value(0, 0), Ok(Atoms(0)));
}
