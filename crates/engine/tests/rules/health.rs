//! Equity, requirements, and the set of markets they are computed over.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 0 has 5,000 and is long 10 at 1,000.
fn long(params: MarketParams) -> World {
    let mut world = World::with(params, 1_000, &[5_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world
}

fn health(equity: i64, requirement: u64) -> Health {
    Health { equity: SignedAtoms(equity), requirement: Atoms(requirement) }
}

#[test]
fn equity_counts_loss_in_full_and_profit_by_the_kind_of_margin() {
    for (name, price, maintenance, initial) in [
        ("as opened", 1_000, health(5_000, 500), health(5_000, 1_000)),
        ("profit", 1_101, health(6_010, 551), health(5_505, 1_101)),
        ("loss", 899, health(3_990, 450), health(3_990, 899)),
        ("ruin", 400, health(-1_000, 200), health(-1_000, 400)),
    ] {
        let mut world = long(plain());
        world.gap(0, price);
        assert_eq!(world.health(0, Margin::Maintenance), Ok(maintenance), "{name}");
        assert_eq!(world.health(0, Margin::Initial), Ok(initial), "{name}");
        // A mark moves money from pending to unsettled, and neither kind of margin sees the difference.
        world.settle(0).unwrap();
        assert_eq!(world.health(0, Margin::Maintenance), Ok(maintenance), "{name}, marked");
        assert_eq!(world.health(0, Margin::Initial), Ok(initial), "{name}, marked");
    }
}

#[test]
fn profit_is_weighed_rounded_down() {
    for (weight, counted) in [(0, 0), (1, 0), (5_000, 15), (9_999, 29), (10_000, 30)] {
        let mut world = long(MarketParams { profit_weight: Bps(weight), ..plain() });
        world.gap(0, 1_003);
        let equity = world.health(0, Margin::Initial).unwrap().equity;
        assert_eq!(equity, SignedAtoms(5_000 + counted), "a weight of {weight}");
    }
}

#[test]
fn profit_counts_for_nothing_while_its_market_lags_and_loss_in_full() {
    for (name, target, initial) in [("profit", 2_000, health(5_000, 1_010)), ("loss", 1, health(4_900, 990))]
    {
        let mut world = long(plain());
        world.accrue(0, target, 10).unwrap();
        assert!(world.markets[0].is_lagging());
        assert_eq!(world.health(0, Margin::Initial), Ok(initial), "{name}");
    }
    let mut world = long(plain());
    world.accrue(0, 2_000, 10).unwrap();
    assert_eq!(world.health(0, Margin::Maintenance), Ok(health(5_100, 505)), "maintenance counts it all");
}

#[test]
fn each_leg_with_a_position_adds_its_requirement_rounded_up_and_the_floor() {
    let floored = MarketParams { requirement_floor: Atoms(7), ..plain() };
    let mut world = World::new(&[(floored, 1_001), (floored, 999)], 2, 0);
    world.fund_all(&[5_000, 5_000]);
    world.trade(0, 1, 0, 1).unwrap();
    world.trade(1, 0, 1, 3).unwrap();
    // 50.05 and 149.85; 100.1 and 299.7.
    assert_eq!(world.health(0, Margin::Maintenance), Ok(health(5_000, 51 + 7 + 150 + 7)));
    assert_eq!(world.health(0, Margin::Initial), Ok(health(5_000, 101 + 7 + 300 + 7)));
    world.trade(1, 0, 0, 1).unwrap();
    assert_eq!(world.health(0, Margin::Maintenance), Ok(health(5_000, 150 + 7)));
}

#[test]
fn a_leg_of_less_than_a_contract_needs_its_part_and_the_floor() {
    let floored = MarketParams { requirement_floor: Atoms(7), ..plain() };
    let mut world = World::with(floored, 1_000, &[5_000, 5_000, 5_000, 507]);
    world.trade(0, 2, 0, 1).unwrap();
    world.trade(1, 2, 0, 4).unwrap();
    world.trade(1, 3, 0, 5).unwrap();
    world.gap(0, 1_080);
    assert!(world.deleverage(3, None, 0).unwrap().eligible);
    assert_eq!(world.position(0, 0), 0);
    // Half a contract at 1,080.
    assert_eq!(world.health(0, Margin::Maintenance).unwrap().requirement, Atoms(27 + 7));
}

#[test]
fn a_claim_without_a_position_counts_and_requires_nothing() {
    let mut world = World::plain(1_000, &[5_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_101);
    world.trade(2, 0, 0, 10).unwrap();
    assert_eq!(world.health(0, Margin::Maintenance), Ok(health(6_010, 0)));
    assert_eq!(world.health(0, Margin::Initial), Ok(health(5_505, 0)));
}

#[test]
fn a_requirement_is_met_by_equity_that_equals_it() {
    for (equity, requirement, met, excess) in
        [(5, 5, true, 0), (6, 5, true, 1), (4, 5, false, -1), (0, 0, true, 0), (-1, 0, false, -1)]
    {
        let health = health(equity, requirement);
        assert_eq!(
            (health.is_met(), health.excess()),
            (met, Ok(SignedAtoms(excess))),
            "{equity} of {requirement}"
        );
    }
}

#[test]
fn an_account_at_zero_equity_is_solvent_and_an_atom_below_is_bankrupt() {
    for (capital, expected) in [(1_000, Ok(health(0, 550))), (999, Err(EngineError::Bankrupt))] {
        let mut world = World::plain(1_000, &[50_000, 1_000]);
        world.trade(0, 1, 0, 10).unwrap();
        world.accounts[1].capital = Atoms(capital);
        world.markets[0].accrue(Price(1_000), world.now).unwrap();
        let mut market = world.markets[0];
        market.params.max_move_per_second = Bps(u16::MAX);
        market.accrue(Price(1_100), world.now + 1).unwrap();
        let mut lent = [&mut market];
        let markets = Markets::new(&mut lent).unwrap();
        assert_eq!(assess_solvent(&world.accounts[1], &markets, world.now + 1), expected, "{capital}");
    }
}

#[test]
fn initial_margin_is_required_to_the_atom() {
    for (capital, expected) in [(1_000, Ok(())), (999, Err(EngineError::BelowInitialMargin))] {
        let mut world = World::plain(1_000, &[50_000, capital]);
        assert_eq!(world.trade(0, 1, 0, 10).map(|_| ()), expected, "{capital}");
    }
}

#[test]
fn markets_come_once_each_in_ascending_order() {
    for (name, order, expected) in [
        ("ascending", vec![0, 1, 2], Ok(())),
        ("with a gap", vec![0, 2], Ok(())),
        ("none", vec![], Ok(())),
        ("repeated", vec![0, 1, 1], Err(EngineError::MarketRepeated)),
        ("descending", vec![1, 0], Err(EngineError::MarketsOutOfOrder)),
        ("repeated apart", vec![0, 1, 0], Err(EngineError::MarketsOutOfOrder)),
    ] {
        let market = |index: &u16| Market::new(MarketIndex(*index), plain(), Price(1_000), 0).unwrap();
        let mut markets: Vec<Market> = order.iter().map(market).collect();
        let mut lent: Vec<&mut Market> = markets.iter_mut().collect();
        assert_eq!(Markets::new(&mut lent).map(|_| ()), expected, "{name}");
    }
}

/// Account 0 has a position in market 1 and a claim in market 0.
fn in_two_markets() -> World {
    let mut world = World::new(&[(plain(), 1_000); 3], 3, 0);
    world.fund_all(&[50_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_100);
    world.trade(2, 0, 0, 10).unwrap();
    world.trade(0, 1, 1, 10).unwrap();
    world
}

fn assess_with(world: &mut World, given: &[usize]) -> Result<Health> {
    let account = world.accounts[0];
    let now = world.now;
    let mut lent: Vec<&mut Market> =
        world.markets.iter_mut().filter(|market| given.contains(&usize::from(market.index.0))).collect();
    assess(&account, &Markets::new(&mut lent).unwrap(), Margin::Maintenance, now)
}

#[test]
fn every_market_of_the_account_has_to_be_given_and_others_do_no_harm() {
    let mut world = in_two_markets();
    let all = Ok(health(51_000, 500));
    for (given, expected) in [
        (&[0, 1][..], all),
        (&[0, 1, 2], all),
        (&[0], Err(EngineError::MarketMissing)),
        (&[1], Err(EngineError::MarketMissing)),
        (&[], Err(EngineError::MarketMissing)),
        (&[2], Err(EngineError::MarketMissing)),
    ] {
        assert_eq!(assess_with(&mut world, given), expected, "given {given:?}");
    }
}

#[test]
fn a_price_has_to_be_fresh_where_the_account_has_a_position() {
    for (name, refreshed, expected) in [
        ("both stale", None, Err(EngineError::StalePrice)),
        ("the position's is fresh", Some(1), Ok(health(51_000, 500))),
        ("only the claim's is fresh", Some(0), Err(EngineError::StalePrice)),
    ] {
        let mut world = in_two_markets();
        world.now += 61;
        if let Some(market) = refreshed {
            let target = world.markets[market].target_price.0;
            world.accrue(market, target, 0).unwrap();
        }
        assert_eq!(assess_with(&mut world, &[0, 1]), expected, "{name}");
    }
}
