//! Bounds of windows and funding, and which changes of parameters only restrict.

use jettison_engine::*;
use jettison_harness::params::{live, plain};
use jettison_harness::World;

type Change = fn(&mut MarketParams);

const HOUR: u32 = 3_600;
const WEEK: u32 = 604_800;

#[test]
fn each_window_is_accepted_at_its_edges_and_refused_past_them() {
    type Set = fn(&mut MarketParams, u32);
    let windows: [(&str, Set, u32, u32); 7] = [
        ("price age", |p, s| p.max_price_age_seconds = s, 1, 86_400),
        ("stable window", |p, s| p.stable_window_seconds = s, 1, WEEK),
        ("funding period", |p, s| p.funding_period_seconds = s, HOUR, WEEK),
        ("insurance window", |p, s| p.insurance_window_seconds = s, 1, 4 * WEEK),
        ("loss window", |p, s| p.loss_window_seconds = s, 1, WEEK),
        ("loss halt", |p, s| p.loss_halt_seconds = s, 1, WEEK),
        ("dead oracle", |p, s| p.dead_oracle_seconds = s, HOUR, 4 * WEEK),
    ];
    for (name, set, least, most) in windows {
        for (seconds, good) in
            [(least, true), (most, true), (least - 1, false), (most + 1, false), (u32::MAX, false)]
        {
            let mut params = plain();
            set(&mut params, seconds);
            let expected = if good { Ok(()) } else { Err(EngineError::BadParameter) };
            assert_eq!(params.validate(), expected, "{name} of {seconds}");
        }
    }
}

#[test]
fn each_new_rate_is_accepted_at_its_edge_and_refused_past_it() {
    let edges: [(&str, Change, Change); 5] = [
        ("funding", |p| p.max_funding = Bps(1_000), |p| p.max_funding = Bps(1_001)),
        ("earned part", |p| p.insurance_earned = Bps(10_000), |p| p.insurance_earned = Bps(10_001)),
        ("loss breaker", |p| p.loss_breaker = Bps(10_000), |p| p.loss_breaker = Bps(10_001)),
        (
            "insurance base",
            |p| p.insurance_base = Atoms(MAX_NOTIONAL),
            |p| p.insurance_base = Atoms(MAX_NOTIONAL + 1),
        ),
        ("reserved", |p| p.reserved = [0; 6], |p| p.reserved = [0, 0, 0, 0, 0, 1]),
    ];
    for (name, at, past) in edges {
        let (mut good, mut bad) = (plain(), plain());
        at(&mut good);
        past(&mut bad);
        assert_eq!(good.validate(), Ok(()), "{name} at its edge");
        assert_eq!(bad.validate(), Err(EngineError::BadParameter), "{name} past its edge");
    }
}

#[test]
fn the_envelope_has_room_for_a_window_of_funding() {
    // The last is the least maintenance rate that holds
    // (1 + move)^window × (1 + fee + max funding × window / period) - 1.
    for (funding, window, period, least) in [
        // 1.001¹⁰ × 1.01 is 1.020146; of 1.010046 funding takes a tenth for 10 / 3,600: 0.000281.
        (1_000, 10, HOUR, 205),
        (0, 10, HOUR, 202),
        (1_000, 10, WEEK, 202),
        // 1.001⁶⁰ × 1.01 is 1.072423, and 1.061805 × 0.1 × 60 / 3,600 is 0.001770.
        (1_000, 60, HOUR, 742),
        (0, 60, HOUR, 725),
        // 1.001⁶⁰ × 0.0001 × 60 / 3,600 is 0.000002: with it 0.072425.
        (1, 60, HOUR, 725),
    ] {
        let validate = |maintenance: u16| {
            let params = MarketParams {
                max_funding: Bps(funding),
                keeper_window_seconds: window,
                funding_period_seconds: period,
                maintenance_margin: Bps(maintenance),
                deleverage_threshold: Bps(10_000),
                ..plain()
            };
            params.validate()
        };
        let name = format!("{funding} for {window} of {period}");
        assert_eq!(validate(least), Ok(()), "{name} within {least}");
        assert_eq!(validate(least - 1), Err(EngineError::EnvelopeTooWide), "{name} within {}", least - 1);
    }
}

#[test]
fn lowering_what_can_be_lost_restricts_and_its_reverse_does_not() {
    let restrictions: [(&str, Change); 6] = [
        ("a lower cap", |p| p.max_open_interest.0 -= 1),
        ("a longer halt", |p| p.loss_halt_seconds += 1),
        ("a higher initial margin", |p| p.initial_margin.0 += 1),
        ("a lower profit weight", |p| p.profit_weight.0 -= 1),
        ("a narrower band", |p| p.trade_band.0 -= 1),
        ("an earlier breaker", |p| p.loss_breaker.0 -= 1),
    ];
    for (name, change) in restrictions {
        let (old, mut new) = (live(), live());
        change(&mut new);
        assert!(old.only_restricts(&new), "{name}");
        assert!(!new.only_restricts(&old), "the reverse of {name}");
        // One that restricts doesn't carry another along.
        new.taker_fee.0 += 1;
        assert!(!old.only_restricts(&new), "{name} beside a fee");
    }
    assert!(live().only_restricts(&live()), "nothing");
}

#[test]
fn every_other_change_waits_in_either_direction() {
    let others: [(&str, Change); 25] = [
        ("minimum notional", |p| p.min_notional.0 += 1),
        ("requirement floor", |p| p.requirement_floor.0 += 1),
        ("bounty cap", |p| p.bankruptcy_bounty_cap.0 += 1),
        ("price age", |p| p.max_price_age_seconds += 1),
        ("stable window", |p| p.stable_window_seconds += 1),
        ("funding period", |p| p.funding_period_seconds += 1),
        ("insurance window", |p| p.insurance_window_seconds += 1),
        ("loss window", |p| p.loss_window_seconds += 1),
        ("dead oracle", |p| p.dead_oracle_seconds += 1),
        ("keeper window", |p| p.keeper_window_seconds += 1),
        ("clamp", |p| p.max_move_per_second.0 += 1),
        ("maintenance", |p| p.maintenance_margin.0 += 1),
        ("maker fee", |p| p.maker_fee.0 += 1),
        ("taker fee", |p| p.taker_fee.0 += 1),
        ("fee part", |p| p.fee_to_insurance.0 += 1),
        ("highest penalty", |p| p.liquidation_max_fee.0 += 1),
        ("least penalty", |p| p.liquidation_min_fee.0 += 1),
        ("penalty part", |p| p.penalty_to_insurance.0 += 1),
        ("buffer", |p| p.liquidation_buffer.0 += 1),
        ("threshold", |p| p.deleverage_threshold.0 += 1),
        ("deleverage bounty", |p| p.deleverage_bounty.0 += 1),
        ("bankruptcy bounty", |p| p.bankruptcy_bounty.0 += 1),
        ("funding", |p| p.max_funding.0 += 1),
        ("insurance base", |p| p.insurance_base.0 += 1),
        ("insurance earned", |p| p.insurance_earned.0 += 1),
    ];
    for (name, change) in others {
        let mut new = live();
        change(&mut new);
        assert!(!live().only_restricts(&new), "a higher {name}");
        assert!(!new.only_restricts(&live()), "a lower {name}");
    }
}

#[test]
fn new_parameters_are_checked_and_keep_the_highest_price_within_the_largest_notional() {
    let old = plain();
    for (name, params, expected) in [
        ("the same", old, Ok(())),
        ("a lower cap", MarketParams { max_open_interest: Contracts(1), ..old }, Ok(())),
        (
            "a higher cap",
            MarketParams { max_open_interest: Contracts(1_000_001), ..old },
            Err(EngineError::BadParameter),
        ),
        ("out of bounds", MarketParams { profit_weight: Bps(10_001), ..old }, Err(EngineError::BadParameter)),
        (
            "too wide",
            MarketParams { max_move_per_second: Bps(1_000), ..old },
            Err(EngineError::EnvelopeTooWide),
        ),
    ] {
        let mut market = World::plain(1_000, &[]).markets[0];
        let before = market;
        assert_eq!(market.set_params(params), expected, "{name}");
        assert_eq!(market.params, if expected.is_ok() { params } else { old }, "{name}");
        market.params = before.params;
        assert_eq!(market, before, "{name}");
    }
}

/// Lowering the cap raises no price bound: the old cap comes back whole.
#[test]
fn a_cap_that_was_lowered_can_be_raised_again_to_what_it_was_and_no_further() {
    let mut market = World::plain(1_000, &[]).markets[0];
    let highest = market.max_price;
    market.set_params(MarketParams { max_open_interest: Contracts(1), ..plain() }).unwrap();
    assert_eq!(market.max_price, highest);
    assert!(!market.accepts(Price(highest.0 + 1)));
    market.set_params(plain()).unwrap();
    let more = MarketParams { max_open_interest: Contracts(1_000_001), ..plain() };
    assert_eq!(market.set_params(more), Err(EngineError::BadParameter));
}

#[test]
fn an_account_is_counted_in_a_market_while_it_has_a_position_or_a_claim_there() {
    let mut world = World::plain(1_000, &[50_000, 50_000, 50_000]);
    let legs = |world: &World| world.markets[0].legs;
    world.trade(0, 1, 0, 10).unwrap();
    assert_eq!(legs(&world), 2);
    world.trade(0, 1, 0, 10).unwrap();
    assert_eq!(legs(&world), 2);
    world.gap(0, 1_100);
    // Account 0 leaves with a claim of 2,000 that the pool can't pay yet; account 2 comes.
    world.trade(2, 0, 0, 20).unwrap();
    assert_eq!((legs(&world), world.unsettled(0, 0)), (3, 2_000));
    world.trade(1, 2, 0, 20).unwrap();
    assert_eq!((legs(&world), world.unsettled(0, 0)), (1, 2_000));
    world.settle(0).unwrap();
    assert_eq!(legs(&world), 0);
}
