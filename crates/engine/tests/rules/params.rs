//! Bounds of a market's parameters.

use jettison_engine::*;

use jettison_harness::{
    params::{coarse, live, plain, unclamped},
    World,
};

type Change = fn(&mut MarketParams);

#[test]
fn the_parameter_sets_of_these_tests_are_valid() {
    for params in [plain(), live(), coarse(), unclamped()] {
        assert_eq!(params.validate(), Ok(()));
    }
}

#[test]
fn each_bound_is_accepted_at_its_edge_and_refused_past_it() {
    let edges: [(&str, Change, Change); 21] = [
        (
            "initial above",
            |p| p.initial_margin = MAX_INITIAL_MARGIN,
            |p| p.initial_margin.0 = MAX_INITIAL_MARGIN.0 + 1,
        ),
        ("open interest", |p| p.max_open_interest = Contracts(1), |p| p.max_open_interest = Contracts(0)),
        (
            "open interest above",
            |p| p.max_open_interest = Contracts(MAX_OPEN_INTEREST),
            |p| p.max_open_interest = Contracts(MAX_OPEN_INTEREST + 1),
        ),
        ("notional", |p| p.min_notional = Atoms(MAX_NOTIONAL), |p| p.min_notional = Atoms(MAX_NOTIONAL + 1)),
        (
            "floor",
            |p| p.requirement_floor = Atoms(MAX_NOTIONAL),
            |p| p.requirement_floor = Atoms(MAX_NOTIONAL + 1),
        ),
        (
            "bounty cap",
            |p| p.bankruptcy_bounty_cap = Atoms(MAX_NOTIONAL),
            |p| p.bankruptcy_bounty_cap = Atoms(MAX_NOTIONAL + 1),
        ),
        ("price age", |p| p.max_price_age_seconds = 1, |p| p.max_price_age_seconds = 0),
        ("window", |p| p.keeper_window_seconds = 1, |p| p.keeper_window_seconds = 0),
        ("clamp", |p| p.max_move_per_second = Bps(1), |p| p.max_move_per_second = Bps(0)),
        ("initial", |p| p.initial_margin = Bps(500), |p| p.initial_margin = Bps(499)),
        ("fees", |p| p.liquidation_min_fee = Bps(100), |p| p.liquidation_min_fee = Bps(101)),
        ("profit weight", |p| p.profit_weight = Bps(10_000), |p| p.profit_weight = Bps(10_001)),
        ("band", |p| p.trade_band = Bps(10_000), |p| p.trade_band = Bps(10_001)),
        ("maker fee", |p| p.maker_fee = Bps(10_000), |p| p.maker_fee = Bps(10_001)),
        ("taker fee", |p| p.taker_fee = Bps(10_000), |p| p.taker_fee = Bps(10_001)),
        ("fee part", |p| p.fee_to_insurance = Bps(10_000), |p| p.fee_to_insurance = Bps(10_001)),
        ("penalty part", |p| p.penalty_to_insurance = Bps(10_000), |p| p.penalty_to_insurance = Bps(10_001)),
        ("threshold", |p| p.deleverage_threshold = Bps(10_000), |p| p.deleverage_threshold = Bps(10_001)),
        ("deleverage bounty", |p| p.deleverage_bounty = Bps(10_000), |p| p.deleverage_bounty = Bps(10_001)),
        ("bounty", |p| p.bankruptcy_bounty = Bps(10_000), |p| p.bankruptcy_bounty = Bps(10_001)),
        ("buffer", |p| p.liquidation_buffer = Bps(10_000), |p| p.liquidation_buffer = Bps(10_001)),
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
fn maintenance_is_over_nothing_and_at_most_everything() {
    for (maintenance, expected) in
        [(0, Err(EngineError::BadParameter)), (10_000, Ok(())), (10_001, Err(EngineError::BadParameter))]
    {
        let (maintenance_margin, initial_margin) = (Bps(maintenance), Bps(20_000));
        let params = MarketParams { maintenance_margin, initial_margin, ..plain() };
        assert_eq!(params.validate(), expected, "a maintenance rate of {maintenance}");
    }
}

#[test]
fn the_compounded_envelope_fits_maintenance_or_is_refused() {
    // The last is the least maintenance rate that holds (1 + move a second)^window × (1 + liquidation fee) - 1.
    for (speed, window, fee, least) in [
        // 1.001¹⁰ × 1.01 is 1.020146.
        (10, 10, 100, 202),
        (10, 10, 0, 101),
        // 1.005¹⁰ is 1.051140.
        (50, 10, 0, 512),
        // 1.0001⁶⁰ is 1.006018.
        (1, 60, 0, 61),
        (1, 1, 9_998, 10_000),
        (5_000, 1, 0, 5_000),
        (10_000, 1, 0, 10_000),
        // 1.4142² is 1.99996.
        (4_142, 2, 0, 10_000),
    ] {
        let validate = |maintenance: u16| envelope(speed, window, fee, maintenance).validate();
        let name = format!("{speed} × {window} and a fee of {fee}");
        assert_eq!(validate(least), Ok(()), "{name} within {least}");
        assert_eq!(validate(least - 1), Err(EngineError::EnvelopeTooWide), "{name} within {}", least - 1);
    }
}

#[test]
fn an_envelope_past_everything_is_refused_and_does_not_overflow() {
    for (speed, window, fee) in [
        (u16::MAX, u16::MAX, 10_000),
        (u16::MAX, 1, 0),
        (1, u16::MAX, 0),
        (1, 1, u16::MAX),
        (10_000, 2, 0),
        (1, 1, 10_000),
    ] {
        let validated = envelope(speed, window, fee, 10_000).validate();
        assert_eq!(validated, Err(EngineError::EnvelopeTooWide), "{speed}, {window}, {fee}");
    }
}

fn envelope(speed: u16, window: u16, fee: u16, maintenance: u16) -> MarketParams {
    MarketParams {
        max_move_per_second: Bps(speed),
        keeper_window_seconds: window,
        liquidation_max_fee: Bps(fee),
        liquidation_min_fee: Bps(0),
        maintenance_margin: Bps(maintenance),
        initial_margin: Bps(10_000),
        deleverage_threshold: Bps(10_000),
        ..plain()
    }
}

/// Who has no money to take over can do nothing above the threshold: a window after that must not be a deficit.
#[test]
fn a_window_without_the_fee_fits_what_the_deleveraging_threshold_leaves_or_is_refused() {
    for (threshold, maintenance, holds) in [
        // 1.001¹⁰ is 1.010046, and with the fee of 1 % 1.020146.
        (10_000, 202, true),
        (4_900, 205, false),
        (4_900, 206, true),
        (1_000, 1_004, false),
        (1_000, 1_005, true),
        (0, 10_000, false),
    ] {
        let params =
            MarketParams { deleverage_threshold: Bps(threshold), ..envelope(10, 10, 100, maintenance) };
        let expected = if holds { Ok(()) } else { Err(EngineError::EnvelopeTooWide) };
        assert_eq!(params.validate(), expected, "{threshold} of {maintenance}");
    }
}

/// At the least parameters that are accepted, and at the threshold to the atom, where nobody may deleverage yet.
#[test]
fn a_keeper_without_money_who_looks_once_a_window_leaves_no_deficit() {
    let params = MarketParams { deleverage_threshold: Bps(5_000), ..envelope(10, 10, 100, 203) };
    params.validate().unwrap();
    for (target, loser) in [(1, 0), (100_000_000, 1)] {
        let mut world = World::with(params, 1_000_000, &[1 << 40, 1 << 40]);
        world.trade(0, 1, 0, 1_000).unwrap();
        let at_threshold = 1_000 * 1_000_000 / 100 * 203 / 100 / 2;
        let taken = world.capital(loser) - at_threshold;
        world.accounts[loser].capital = Atoms(at_threshold);
        world.vault -= taken;
        world.outside -= i128::from(taken);
        assert!(!world.deleverage(loser, None, 0).unwrap().eligible, "{loser}: at the threshold");
        world.accrue(0, target, 10).unwrap();
        assert!(world.deleverage(loser, None, 0).unwrap().eligible, "{loser}: a window later");
        assert!(world.equity(loser) >= 0, "{loser}: {}", world.equity(loser));
    }
}

#[test]
fn the_highest_price_keeps_the_largest_open_interest_within_the_largest_notional() {
    for (cap, highest) in [(1, MAX_NOTIONAL), (1_000_000, 72_057_594_037), (MAX_OPEN_INTEREST, 1 << 20)] {
        let params = MarketParams { max_open_interest: Contracts(cap), ..plain() };
        assert_eq!(params.max_price(), Price(highest));
        for (price, expected) in
            [(highest, Ok(())), (highest + 1, Err(EngineError::BadPrice)), (0, Err(EngineError::BadPrice))]
        {
            let market = Market::new(MarketIndex(0), params, Price(price), 0);
            assert_eq!(market.map(|_| ()), expected, "a price of {price} and a cap of {cap}");
        }
    }
}

#[test]
fn a_market_with_bad_parameters_is_not_made() {
    let params = MarketParams { keeper_window_seconds: 0, ..plain() };
    assert_eq!(Market::new(MarketIndex(0), params, Price(1), 0).unwrap_err(), EngineError::BadParameter);
}
