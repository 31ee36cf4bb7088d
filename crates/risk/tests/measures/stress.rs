//! Who fails in a move, and who pays.

use jettison_engine::{Atoms, Bps, Direction, EngineError, MarketIndex, MarketParams, SignedAtoms};
use jettison_harness::{params::plain, World};
use jettison_risk::{Move, Shock};

use crate::{ledger, snapshot, MARKET, PRICE};

/// Two longs of 100 and 50 contracts with 10 and 30 of capital; a short of 100 and one of 50 against them.
fn book(insurance: u64, params: MarketParams) -> World {
    let mut world = World::new(&[(params, PRICE)], 4, insurance);
    world.fund_all(&[10 * PRICE, 30 * PRICE, 500 * PRICE, 500 * PRICE]);
    world.trade(0, 2, 0, 100).unwrap();
    world.trade(1, 3, 0, 50).unwrap();
    world
}

fn fall(part: i64) -> Shock {
    Shock::One(MARKET, Move(-part))
}

#[test]
fn a_small_move_fails_nobody() {
    let scenario = snapshot(&book(0, plain())).stress(fall(100_000)).unwrap();
    assert_eq!(scenario.failures, []);
    assert_eq!(scenario.loss(MARKET).unwrap().deficit, Atoms(0));
}

#[test]
fn the_other_side_is_charged_by_contract() {
    let world = book(0, plain());
    let snapshot = snapshot(&world);
    let scenario = snapshot.stress(fall(250_000)).unwrap();
    // The first long loses 25 and has 10; the second 12.5 of 30.
    let failed: Vec<_> = scenario.failures.iter().map(|f| (f.account, f.equity, f.deficit)).collect();
    assert_eq!(failed, [(0, SignedAtoms(-15_000_000), Atoms(15_000_000))]);
    let loss = scenario.loss(MARKET).unwrap();
    assert_eq!((loss.to_shorts, loss.to_longs, loss.by_insurance), (Atoms(15_000_000), Atoms(0), Atoms(0)));
    // 15 over 150 contracts: a tenth each.
    assert_eq!(loss.per_contract(Direction::Short).decimal(6), "100000.000000");
    assert_eq!(snapshot.haircut_in(&scenario, ledger(&world, 2), MARKET), Ok(Atoms(10_000_000)));
    assert_eq!(snapshot.haircut_in(&scenario, ledger(&world, 3), MARKET), Ok(Atoms(5_000_000)));
    assert_eq!(snapshot.haircut_in(&scenario, ledger(&world, 1), MARKET), Ok(Atoms(0)));
    assert!(scenario.is_complete);
}

#[test]
fn surplus_pays_before_insurance_and_insurance_within_the_allowance() {
    let params = MarketParams { insurance_base: Atoms(4_000_000), insurance_window_seconds: 600, ..plain() };
    let mut world = book(9_000_000, params);
    world.endow_surplus(0, 1_000_000);
    let scenario = snapshot(&world).stress(fall(250_000)).unwrap();
    let loss = scenario.loss(MARKET).unwrap();
    assert_eq!(
        (loss.by_surplus, loss.by_insurance, loss.to_shorts),
        (Atoms(1_000_000), Atoms(4_000_000), Atoms(10_000_000))
    );
    assert_eq!(scenario.insurance_drawn, Atoms(4_000_000));
}

#[test]
fn a_caller_s_bounty_comes_out_of_insurance_first_come_first_served() {
    let params =
        MarketParams { bankruptcy_bounty: Bps(100), bankruptcy_bounty_cap: Atoms(500_000), ..plain() };
    let world = book(16_000_000, params);
    let scenario = snapshot(&world).stress(fall(250_000)).unwrap();
    assert_eq!(scenario.insurance_drawn, Atoms(15_500_000));
}

#[test]
fn whoever_the_charge_brings_below_zero_fails_in_turn() {
    // Account 2 is short 100 against account 0 in market 0, and long 100 in market 1, all that it has gained is its margin.
    let mut world = World::new(&[(plain(), PRICE), (plain(), PRICE)], 3, 0);
    world.fund_all(&[10 * PRICE, 500 * PRICE, 21 * PRICE]);
    world.trade(0, 2, 0, 100).unwrap();
    world.trade(2, 1, 1, 100).unwrap();
    let shock = Shock::All(Move(-250_000));
    let scenario = snapshot(&world).stress(shock).unwrap();
    // 2 gains 25 and loses 25, has 21; the failure of 0 takes 15 of its gain: 6 are left. It holds.
    assert_eq!(scenario.failures.len(), 1);
    // At 40 %: it gains 40 and loses 40, and 30 are charged: −9, which account 1 pays.
    let scenario = snapshot(&world).stress(Shock::All(Move(-400_000))).unwrap();
    let failed: Vec<_> = scenario.failures.iter().map(|f| (f.account, f.equity)).collect();
    assert_eq!(failed, [(0, SignedAtoms(-30_000_000)), (2, SignedAtoms(-9_000_000))]);
    assert_eq!(scenario.loss(MarketIndex(1)).unwrap().to_shorts, Atoms(9_000_000));
    assert_eq!(scenario.loss(MarketIndex(1)).unwrap().forfeited, Atoms(0));
    assert!(scenario.is_complete);
}

#[test]
fn claims_on_a_pool_that_has_not_been_paid_are_collected_from_its_losers() {
    // Account 0 is long 100 in market 0 and loses, and short 50 in market 1 and wins from account 1, who can pay.
    let mut world = World::new(&[(plain(), PRICE), (plain(), PRICE)], 3, 0);
    world.fund_all(&[15 * PRICE, 500 * PRICE, 500 * PRICE]);
    world.trade(0, 2, 0, 100).unwrap();
    world.trade(1, 0, 1, 50).unwrap();
    let scenario = snapshot(&world).stress(Shock::All(Move(-400_000))).unwrap();
    // 15 − 40 + 20 = −5, and nothing of the 20 is forfeited.
    assert_eq!(scenario.failures[0].equity, SignedAtoms(-5_000_000));
    assert_eq!(scenario.failures[0].deficit, Atoms(5_000_000));
}

#[test]
fn a_price_that_the_market_does_not_accept_is_an_error() {
    let world = book(0, plain());
    let beyond = Shock::One(MARKET, Move(1_000_000_000_000));
    assert_eq!(snapshot(&world).stress(beyond).err(), Some(EngineError::BadPrice));
}
