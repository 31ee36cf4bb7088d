//! What one owner of several accounts can't take from the others. Found by `jettison-self-dealing`.

use jettison_engine::*;
use jettison_harness::params::plain;
use jettison_harness::World;

const PRICE: u64 = 1_000_000;
const POOR: usize = 3;
const RICH: usize = 4;

/// A short side of 4 contracts' shares that stand for 3, and an account with next to nothing.
fn diluted() -> World {
    let mut world = World::plain(PRICE, &[10_000_000, 10_000_000, 100_000, 40_000, 10_000_000]);
    world.trade(0, 1, 0, 3).unwrap();
    world.trade(2, 1, 0, 1).unwrap();
    world.gap(0, 930_000);
    world.gap(0, 905_000);
    world.deleverage(2, None, 0).unwrap();
    world.gap(0, PRICE);
    assert_eq!(world.markets[0].short.contracts, Contracts(3));
    assert_eq!(world.markets[0].short.shares, Shares(4 << SHARE_BITS));
    world
}

#[test]
fn a_fraction_of_a_contract_needs_margin() {
    let mut world = diluted();
    // One contract, rounded down to 1,398,101 shares, is 0.99999986 contracts: a size of none, and all of its risk.
    world.deposit(POOR, 60_000).unwrap();
    world.trade(RICH, POOR, 0, 1).unwrap();
    assert_eq!(world.position(POOR, 0), 0);
    for (margin, requirement) in [(Margin::Maintenance, 50_000), (Margin::Initial, 100_000)] {
        assert_eq!(world.health(POOR, margin).unwrap().requirement, Atoms(requirement));
    }
}

#[test]
fn a_contract_is_not_opened_on_a_diluted_side_without_margin() {
    let mut world = diluted();
    assert_eq!(world.trade(RICH, POOR, 0, 1), Err(EngineError::BelowInitialMargin));
    world.deposit(POOR, 60_000).unwrap();
    world.trade(RICH, POOR, 0, 1).unwrap();
}

#[test]
fn a_contract_is_not_taken_over_on_a_diluted_side_without_margin() {
    let mut world = diluted();
    world.deposit(POOR, 360_000).unwrap();
    world.trade(RICH, POOR, 0, 4).unwrap();
    world.gap(0, 1_055_000);
    let empty = 2;
    assert_eq!(world.capital(empty), 0);
    assert_eq!(world.liquidate(POOR, empty, 0, 1), Err(EngineError::BelowInitialMargin));
    assert_eq!(world.liquidate(POOR, RICH, 0, 1).unwrap().size, Contracts(1));
}

#[test]
fn dust_above_maintenance_is_left_alone_and_below_it_anyone_closes_it() {
    let params = MarketParams { deleverage_threshold: Bps(10_000), ..plain() };
    let mut world = diluted();
    world.markets[0].params = params;
    world.deposit(POOR, 60_000).unwrap();
    world.trade(RICH, POOR, 0, 1).unwrap();
    assert!(!world.deleverage(POOR, None, 0).unwrap().eligible);
    world.gap(0, 1_050_000);
    assert!(world.deleverage(POOR, None, 0).unwrap().eligible);
    assert!(world.accounts[POOR].has_no_legs());
}

/// Between the deleveraging threshold and maintenance only a takeover closes a position. If its owner could sell half of it
/// to another account of his at the edge of the band, the other half would be left with what a window can take.
#[test]
fn equity_can_t_be_handed_on_below_maintenance_by_closing_off_the_price() {
    let mut world = World::plain(PRICE, &[50_000_000, 50_000_000]);
    world.trade(0, 1, 0, 100).unwrap();
    let taken = 50_000_000 - 4_000_000;
    world.accounts[0].capital.0 -= taken;
    world.vault -= taken;
    world.outside -= i128::from(taken);
    let close = |world: &mut World, off: u64| {
        let price = Price(PRICE - off);
        world.trade_at(1, 0, Terms { price, ..world.terms(0, 50) })
    };
    // Of 4 % half a position may take half along, 40,000 atoms a contract, and no more.
    assert_eq!(close(&mut world.clone(), 40_001), Err(EngineError::HealthWorsened));
    close(&mut world, 40_000).unwrap();
    assert_eq!((world.equity(0), world.position(0, 0)), (2_000_000, 50));
}
