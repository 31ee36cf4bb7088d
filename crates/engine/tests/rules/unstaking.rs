//! Unstaking: the request, its cooldown and its window, and what is paid.

use jettison_engine::*;

use super::staking::{leave, staked, COOLDOWN};

#[test]
fn an_unstaking_is_ready_from_the_end_of_its_cooldown_to_that_of_its_window() {
    let not_ready = Err(EngineError::UnstakeNotReady);
    for (now, expected) in [
        (0, not_ready),
        (99, not_ready),
        (100, Ok(Atoms(500))),
        (100 + UNSTAKE_WINDOW_SECONDS, Ok(Atoms(500))),
        (101 + UNSTAKE_WINDOW_SECONDS, not_ready),
        (i64::MAX, not_ready),
    ] {
        let mut fund = InsuranceFund::default();
        let mut stake = staked(&mut fund, 500);
        fund.request_unstake(&mut stake, StakeShares(500_000), COOLDOWN, 0).unwrap();
        assert_eq!(fund.unstake(&mut stake, now), expected, "at {now}");
    }
}

#[test]
fn a_request_at_the_end_of_time_does_not_overflow_and_is_ready_at_once_there() {
    let mut fund = InsuranceFund::default();
    let mut stake = staked(&mut fund, 500);
    fund.request_unstake(&mut stake, StakeShares(1_000), u32::MAX, i64::MAX).unwrap();
    assert_eq!((stake.ready_ts, fund.unstake(&mut stake, i64::MAX)), (i64::MAX, Ok(Atoms(1))));
}

#[test]
fn a_request_is_for_shares_that_are_there_and_a_new_one_replaces_it() {
    let mut fund = InsuranceFund::default();
    let mut stake = staked(&mut fund, 500);
    let mut request =
        |fund: &InsuranceFund, shares| fund.request_unstake(&mut stake, StakeShares(shares), 100, 7);
    assert_eq!(request(&fund, 500_001), Err(EngineError::NotStaked));
    assert_eq!(request(&fund, 500_000), Ok(Atoms(500)));
    assert_eq!(request(&fund, 1_000), Ok(Atoms(1)));
    assert_eq!((stake.requested, stake.requested_value, stake.ready_ts), (StakeShares(1_000), Atoms(1), 107));
    assert_eq!(fund.request_unstake(&mut stake, StakeShares(0), 100, 8), Ok(Atoms(0)));
    assert_eq!(fund.unstake(&mut stake, 200), Err(EngineError::NotStaked));
}

#[test]
fn what_is_gained_after_the_request_stays_and_what_is_lost_is_borne() {
    for (name, earned, drawn, paid) in [
        ("nothing happens", 0, 0, 500),
        ("a gain", 100, 0, 500),
        // floor(500,000 × 801 / 1,001,000).
        ("a loss", 0, 200, 400),
        ("a loss after as large a gain", 200, 200, 500),
        ("a gain and half as large a loss", 200, 100, 500),
    ] {
        let mut fund = InsuranceFund::default();
        let (mut stake, mut other) = (staked(&mut fund, 500), staked(&mut fund, 500));
        fund.request_unstake(&mut stake, StakeShares(500_000), COOLDOWN, 0).unwrap();
        fund.earn(Atoms(earned)).unwrap();
        fund.draw(Atoms(drawn)).unwrap();
        assert_eq!(fund.unstake(&mut stake, 100), Ok(Atoms(paid)), "{name}");
        assert_eq!((stake.shares, stake.requested, stake.requested_value), Default::default(), "{name}");
        let left = 1_000 + earned - drawn - paid;
        assert_eq!(fund.assets, Atoms(left), "{name}");
        // All that is left is the other's but for what rounding and the virtual shares keep.
        let rest = leave(&mut fund, &mut other);
        assert!((left - left / 500 - 1..=left).contains(&rest), "{name}: {rest} of {left}");
    }
}

/// A request that is ready is an option to leave at its value or less for a window. Its shares earn and bear meanwhile;
/// of what they earned nothing leaves on it.
#[test]
fn a_request_kept_as_an_option_pays_no_more_than_at_its_start() {
    let mut fund = InsuranceFund::default();
    let (mut option, mut steady) = (staked(&mut fund, 500), staked(&mut fund, 500));
    fund.request_unstake(&mut option, StakeShares(500_000), COOLDOWN, 0).unwrap();
    fund.earn(Atoms(1_000)).unwrap();
    let now = 100 + UNSTAKE_WINDOW_SECONDS;
    assert_eq!(fund.unstake(&mut option, now), Ok(Atoms(500)));
    // floor(500,000 × 1,501 / 501,000).
    assert_eq!(fund.request_unstake(&mut steady, StakeShares(500_000), COOLDOWN, now), Ok(Atoms(1_498)));
    // Renewing an option takes the gain along, and the cooldown anew.
    let mut fund = InsuranceFund::default();
    let mut option = staked(&mut fund, 500);
    fund.request_unstake(&mut option, StakeShares(500_000), COOLDOWN, 0).unwrap();
    fund.earn(Atoms(1_000)).unwrap();
    assert_eq!(fund.request_unstake(&mut option, StakeShares(500_000), COOLDOWN, 100), Ok(Atoms(1_498)));
    assert_eq!(fund.unstake(&mut option, 199), Err(EngineError::UnstakeNotReady));
}
