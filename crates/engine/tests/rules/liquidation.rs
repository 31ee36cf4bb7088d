//! Takeover of a solvent account's position by a liquidator.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 1 is short 100 from 1,000 with 10,000; account 2 can take over; the price is as given.
fn short_at(params: MarketParams, price: u64) -> World {
    let mut world = World::with(params, 1_000, &[50_000, 10_000, 50_000]);
    world.trade(0, 1, 0, 100).unwrap();
    world.gap(0, price);
    world
}

#[test]
fn the_penalty_rate_rises_from_its_floor_to_its_maximum_as_equity_falls() {
    for (equity, requirement, max, min, expected) in [
        (0, 1_000, 100, 50, 100),
        (250, 1_000, 100, 50, 75),
        (255, 1_000, 100, 50, 74),
        (500, 1_000, 100, 50, 50),
        (750, 1_000, 100, 50, 50),
        (999, 1_000, 100, 0, 0),
        (1, 3, 100, 0, 66),
        (0, 1, 0, 0, 0),
        (7, 8, 10_000, 0, 1_250),
    ] {
        let params = MarketParams { liquidation_max_fee: Bps(max), liquidation_min_fee: Bps(min), ..plain() };
        let health = Health { equity: SignedAtoms(equity), requirement: Atoms(requirement) };
        assert_eq!(penalty_rate(&params, &health), Ok(Bps(expected)), "{equity} of {requirement}");
    }
}

#[test]
fn a_liquidation_takes_the_least_that_restores_maintenance_and_splits_the_penalty() {
    let mut world = short_at(plain(), 1_060);
    let outcome = world.liquidate(1, 2, 0, u64::MAX).unwrap();
    // Equity 4,000 of 5,300: the minimum fee of 0.5 %. 28 contracts cost 148 and free 1,484; 27 are not enough.
    assert_eq!(outcome.health, Health { equity: SignedAtoms(4_000), requirement: Atoms(5_300) });
    assert_eq!((outcome.size, outcome.penalty, outcome.reward), (Contracts(28), Atoms(148), Atoms(74)));
    assert_eq!(outcome.fees.to_insurance, Atoms(74));
    assert_eq!(outcome.marked.variation, SignedAtoms(-6_000));
    assert_eq!([world.position(1, 0), world.position(2, 0)], [-72, -28]);
    assert_eq!([world.capital(1), world.capital(2)], [10_000 - 6_000 - 148, 50_000 + 74]);
    assert!(world.health(1, Margin::Maintenance).unwrap().is_met());
    assert_eq!(world.liquidate(1, 2, 0, u64::MAX).unwrap().size, Contracts::ZERO, "it is healthy now");
}

#[test]
fn the_buffer_is_restored_too() {
    // 4,000 - 5.3 x ≥ 1.2 × (5,300 - 53 x): 2,360 / 58.3 is 40.5.
    let mut world = short_at(MarketParams { liquidation_buffer: Bps(2_000), ..plain() }, 1_060);
    assert_eq!(world.liquidate(1, 2, 0, u64::MAX).unwrap().size, Contracts(41));
}

#[test]
fn the_insurance_part_of_a_penalty_is_rounded_up_and_the_liquidator_gets_the_rest() {
    for (part, reward) in [(0, 148), (1, 147), (5_000, 74), (5_001, 73), (10_000, 0)] {
        let mut world = short_at(MarketParams { penalty_to_insurance: Bps(part), ..plain() }, 1_060);
        let outcome = world.liquidate(1, 2, 0, u64::MAX).unwrap();
        assert_eq!(
            (outcome.reward, outcome.fees.to_insurance),
            (Atoms(reward), Atoms(148 - reward)),
            "{part}"
        );
        assert_eq!(world.markets[0].protocol_fees, Atoms::ZERO, "{part}");
    }
}

#[test]
fn a_penalty_takes_no_more_than_equity() {
    for (price, penalty, left) in [
        // 0.9 % of 109,500 is 985, of an equity of 500.
        (1_095, 500, 0),
        // 1 % of 110,000, of nothing.
        (1_100, 0, 0),
        // 0.88 % of 109,300 is 961, of 700.
        (1_093, 700, 0),
    ] {
        let mut world = short_at(plain(), price);
        let outcome = world.liquidate(1, 2, 0, u64::MAX).unwrap();
        assert_eq!((outcome.size, outcome.penalty), (Contracts(100), Atoms(penalty)), "at {price}");
        assert_eq!((world.capital(1), world.accounts[1].has_no_legs()), (left, true), "at {price}");
    }
}

#[test]
fn a_penalty_takes_no_more_than_equity_of_a_capital_that_is_owed_elsewhere() {
    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[90_000, 20_000, 90_000]);
    world.trade(0, 1, 0, 100).unwrap();
    world.trade(1, 0, 1, 100).unwrap();
    world.gap(1, 850);
    world.gap(0, 1_048);
    // 0.97 % of 104,800 is 1,016; there are 15,200, of which market 1 is owed 15,000.
    let outcome = world.liquidate(1, 2, 0, u64::MAX).unwrap();
    assert_eq!((outcome.size, outcome.penalty), (Contracts(100), Atoms(200)));
    assert_eq!((world.capital(1), world.claim(1, 1)), (15_000, -15_000));
}

#[test]
fn a_penalty_takes_no_more_than_capital() {
    // All of account 1's equity is a claim that market 1's empty pool can't pay.
    let mut world = World::new(&[(plain(), 1_000); 2], 4, 0);
    world.fund_all(&[90_000, 20_000, 90_000, 90_000]);
    world.trade(0, 1, 0, 100).unwrap();
    world.trade(1, 0, 1, 100).unwrap();
    world.gap(1, 1_300);
    world.trade(3, 1, 1, 100).unwrap();
    world.gap(0, 1_460);
    let outcome = world.liquidate(1, 2, 0, u64::MAX).unwrap();
    assert_eq!(outcome.health, Health { equity: SignedAtoms(4_000), requirement: Atoms(7_300) });
    assert_eq!((outcome.size > Contracts::ZERO, outcome.penalty), (true, Atoms::ZERO));
    assert_eq!((world.capital(1), world.unsettled(1, 0), world.unsettled(1, 1)), (0, -26_000, 30_000));
}

#[test]
fn a_position_that_would_be_left_under_the_minimum_notional_is_taken_whole() {
    // 72 contracts at 1,060 are 76,320.
    for (least, size) in [(0, 28), (76_320, 28), (76_321, 100)] {
        let mut world = short_at(MarketParams { min_notional: Atoms(least), ..plain() }, 1_060);
        assert_eq!(world.liquidate(1, 2, 0, u64::MAX).unwrap().size, Contracts(size), "a minimum of {least}");
    }
}

#[test]
fn a_liquidator_may_take_less() {
    for (max, size) in [(1, 1), (27, 27), (28, 28), (29, 28)] {
        let mut world = short_at(plain(), 1_060);
        assert_eq!(world.liquidate(1, 2, 0, max).unwrap().size, Contracts(size), "at most {max}");
    }
    let mut world = short_at(plain(), 1_060);
    assert_eq!(world.liquidate(1, 2, 0, 0).unwrap_err(), EngineError::ZeroSize);
}

#[test]
fn an_account_at_maintenance_is_left_alone_and_an_atom_below_it_is_not() {
    for (capital, size) in [(11_300, 0), (11_299, 1)] {
        let mut world = World::plain(1_000, &[50_000, capital, 50_000]);
        world.trade(0, 1, 0, 100).unwrap();
        world.gap(0, 1_060);
        let before = world.clone();
        let outcome = world.liquidate(1, 2, 0, u64::MAX).unwrap();
        assert_eq!(outcome.size, Contracts(size), "{capital}");
        if size == 0 {
            assert_eq!((world.accounts, world.markets), (before.accounts, before.markets));
        }
    }
}

#[test]
fn the_liquidator_needs_initial_margin_for_what_it_holds_then() {
    // 28 contracts need 2,968, and the reward of 74 counts.
    for (capital, expected) in [(2_894, Ok(())), (2_893, Err(EngineError::BelowInitialMargin))] {
        let mut world = World::plain(1_000, &[50_000, 10_000, capital]);
        world.trade(0, 1, 0, 100).unwrap();
        world.gap(0, 1_060);
        assert_eq!(world.liquidate(1, 2, 0, u64::MAX).map(|_| ()), expected, "{capital}");
    }
}

#[test]
fn the_counterparty_can_be_the_liquidator_and_closes_its_own_position() {
    let mut world = short_at(plain(), 1_060);
    world.liquidate(1, 0, 0, u64::MAX).unwrap();
    assert_eq!([world.position(0, 0), world.position(1, 0)], [72, -72]);
    // Its own profit of 6,000 was collected out of what the liquidatee had just paid.
    assert_eq!(world.capital(0), 50_000 + 6_000 + 74);
}

#[test]
fn a_lagging_market_does_not_stop_liquidations() {
    let mut world = short_at(plain(), 1_060);
    world.accrue(0, 5_000, 0).unwrap();
    assert!(world.markets[0].is_lagging());
    assert_eq!(world.liquidate(1, 2, 0, u64::MAX).unwrap().size, Contracts(28));
}

#[test]
fn a_bankrupt_account_an_empty_leg_or_a_stale_price_is_refused() {
    let mut world = short_at(plain(), 1_101);
    assert_eq!(world.liquidate(1, 2, 0, 1).unwrap_err(), EngineError::Bankrupt);

    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[50_000, 10_000, 50_000]);
    world.trade(0, 1, 0, 100).unwrap();
    world.gap(0, 1_060);
    assert_eq!(world.liquidate(1, 2, 1, 1).unwrap_err(), EngineError::NoPosition, "in another market");

    world.now += 61;
    assert_eq!(world.liquidate(1, 2, 0, 1).unwrap_err(), EngineError::StalePrice);
}
