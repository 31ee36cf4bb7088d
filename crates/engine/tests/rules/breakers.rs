//! The gates of a market: oracle, losses, and what each lets through.

use jettison_engine::*;
use jettison_harness::{params::plain, World};

/// 10 % of open interest within 100 seconds halts opening for 30.
fn breaking() -> MarketParams {
    MarketParams {
        loss_breaker: Bps(1_000),
        loss_window_seconds: 100,
        loss_halt_seconds: 30,
        insurance_base: Atoms(0),
        max_price_age_seconds: 86_400,
        ..plain()
    }
}

/// Account 0 is long 10 against each of `count` others, who have 1,000 each; at the price they are moved to each has lost
/// `deficit` more. Accounts `count + 1` and `count + 2` are rich and flat.
fn ruined(params: MarketParams, count: usize, deficit: u64) -> World {
    let mut world = World::new(&[(params, 1_000)], count + 3, 0);
    for who in [0, count + 1, count + 2] {
        world.deposit(who, 1 << 40).unwrap();
    }
    for who in 1..=count {
        world.deposit(who, 1_000).unwrap();
        world.trade(0, who, 0, 10).unwrap();
    }
    world.gap(0, 1_100 + deficit / 10);
    world
}

#[test]
fn losses_over_their_part_of_open_interest_halt_opening_and_at_it_they_do_not() {
    // 10 × 1,220 is open: a tenth, rounded down, is 1,220; a deficit of 1,200 is under it.
    for (breaker, deficit, halted) in [
        (1_000, 1_200, false),
        (984, 1_200, false),
        (983, 1_200, true),
        (0, 10, true),
        (10_000, 9_990, false),
    ] {
        let mut world = ruined(MarketParams { loss_breaker: Bps(breaker), ..breaking() }, 1, deficit);
        let leg = *world.resolve(1, None).unwrap().legs().next().unwrap();
        assert_eq!((leg.by_index, leg.halted), (Atoms(deficit), halted), "{deficit} over {breaker}");
        let until = if halted { world.now + 30 } else { 0 };
        assert_eq!(world.markets[0].breakers.halted_until, until, "{deficit} over {breaker}");
    }
}

#[test]
fn losses_add_up_within_the_window_and_run_off() {
    // Two of 1,000 over a tenth of 20 × 1,200, and then of 10 × 1,200: 1,200.
    for (seconds, halted) in [(0, true), (79, true), (80, false), (100, false)] {
        let mut world = ruined(breaking(), 2, 1_000);
        assert!(!world.resolve(1, None).unwrap().legs[0].halted);
        world.now += seconds;
        // ceil(1,000 × (100 - seconds) / 100) and 1,000 more.
        assert_eq!(world.resolve(2, None).unwrap().legs[0].halted, halted, "after {seconds}");
    }
}

#[test]
fn while_halted_nobody_opens_everybody_closes_and_it_ends_by_itself() {
    let mut world = ruined(MarketParams { loss_breaker: Bps(0), ..breaking() }, 2, 500);
    world.trade(4, 3, 0, 50).unwrap();
    world.resolve(1, None).unwrap();
    let until = world.markets[0].breakers.halted_until;
    assert_eq!(world.trade(3, 0, 0, 60).unwrap_err(), EngineError::OpeningHalted);
    assert_eq!(world.trade(3, 4, 0, 20).unwrap().buyer.fill.closed, Contracts(20));
    world.withdraw(4, 1_000).unwrap();
    world.now = until - 1;
    assert_eq!(world.trade(4, 3, 0, 1).unwrap_err(), EngineError::OpeningHalted);
    world.now = until;
    world.trade(4, 3, 0, 1).unwrap();
}

#[test]
fn a_halt_is_only_prolonged() {
    let mut market = World::plain(1_000, &[]).markets[0];
    for (until, stands) in [(i64::MIN, 0), (-1, 0), (50, 50), (49, 50), (51, 51)] {
        market.halt_opening(until);
        assert_eq!(market.breakers.halted_until, stands, "{until}");
    }
    assert_eq!(market.require_openable(50), Err(EngineError::OpeningHalted));
    assert_eq!(market.require_openable(51), Ok(()));
    market.halt_opening(i64::MAX);
    assert_eq!(market.require_openable(i64::MAX - 1), Err(EngineError::OpeningHalted));
    assert_eq!(market.require_openable(i64::MAX), Ok(()));
}

#[test]
fn an_unusable_oracle_is_news_once_and_an_accrual_ends_it() {
    let mut world = ruined(plain(), 1, 0);
    let now = world.now;
    assert_eq!(world.suspend(0), Ok(true));
    world.now += 5;
    assert_eq!(world.suspend(0), Ok(false));
    assert_eq!(world.markets[0].breakers.oracle_unusable_since, now);
    assert!(world.accrue(0, 1_100, 0).unwrap().restored);
    assert!(!world.accrue(0, 1_100, 0).unwrap().restored);
    assert!(!world.markets[0].is_oracle_unusable());
}

#[test]
fn a_clock_at_zero_or_before_suspends_too() {
    for now in [i64::MIN, -1, 0, 1] {
        let mut market = World::plain(1_000, &[]).markets[0];
        assert_eq!(market.suspend(now), Ok(true));
        assert!(market.is_oracle_unusable() && !market.is_oracle_dead(now), "at {now}");
    }
}

#[test]
fn an_oracle_is_dead_after_its_time_and_not_a_second_before() {
    let mut market = World::plain(1_000, &[]).markets[0];
    assert!(!market.is_oracle_dead(i64::MAX), "usable");
    market.suspend(500).unwrap();
    for (now, dead) in [(i64::MIN, false), (500, false), (4_099, false), (4_100, true), (i64::MAX, true)] {
        assert_eq!(market.is_oracle_dead(now), dead, "at {now}");
    }
}

#[test]
fn while_suspended_positions_only_shrink_keep_their_money_in_and_profit_counts_for_nothing() {
    let mut world = World::plain(1_000, &[5_000, 5_000, 5_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_200);
    world.suspend(0).unwrap();
    assert_eq!(world.trade(2, 1, 0, 1).unwrap_err(), EngineError::OracleUnusable);
    assert_eq!(world.withdraw(0, 1).unwrap_err(), EngineError::OracleUnusable);
    assert_eq!(world.health(0, Margin::Initial).unwrap().equity, SignedAtoms(5_000));
    assert_eq!(world.health(0, Margin::Maintenance).unwrap().equity, SignedAtoms(7_000));
    world.withdraw(2, 5_000).expect("a flat account");
    world.trade(1, 0, 0, 4).expect("reducing");
    world.settle(0).unwrap();
    // A price that lags is said first.
    world.markets[0].target_price = Price(1_300);
    assert_eq!(world.markets[0].require_certain(), Err(EngineError::MarketLagging));
}

#[test]
fn a_suspended_market_grows_stale_and_then_needs_an_accrual() {
    let mut world = World::plain(1_000, &[5_000, 5_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.suspend(0).unwrap();
    world.now += 60;
    world.trade(1, 0, 0, 1).unwrap();
    world.now += 1;
    assert_eq!(world.trade(1, 0, 0, 1).unwrap_err(), EngineError::StalePrice);
    world.accrue(0, 1_000, 0).unwrap();
    world.trade(1, 0, 0, 1).unwrap();
}

#[test]
fn only_a_bankrupt_account_is_flagged() {
    let mut world = ruined(plain(), 1, 500);
    for who in [0, 2] {
        assert_eq!(world.flag(who), Err(EngineError::NotBankrupt), "account {who}");
    }
    assert_eq!(world.flag(1), Ok(SignedAtoms(-500)));
    assert_eq!(world.fund.flagged_until, world.now + FLAG_SECONDS);
    world.now += 10;
    world.flag(1).unwrap();
    assert_eq!(world.fund.flagged_until, world.now + FLAG_SECONDS);
    // At the atom: equity of zero is not negative.
    let mut even = ruined(plain(), 1, 0);
    assert_eq!((even.equity(1), even.flag(1)), (0, Err(EngineError::NotBankrupt)));
    let mut stale = ruined(plain(), 1, 500);
    stale.now += 61;
    assert_eq!(stale.flag(1), Err(EngineError::StalePrice));
}

#[test]
fn a_flag_never_shortens_one_before() {
    let mut world = ruined(plain(), 1, 500);
    world.fund.flagged_until = i64::MAX;
    world.flag(1).unwrap();
    assert_eq!(world.fund.flagged_until, i64::MAX);
}
