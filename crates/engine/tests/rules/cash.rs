//! Cash settlement: what a marked leg pays into its pool and collects from it.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 0 is short 10 in the first market and long 10 in the others, account 1 holds the other sides.
fn across(markets: usize, capital: u64) -> World {
    let mut world = World::new(&vec![(plain(), 1_000); markets], 2, 0);
    world.fund_all(&[capital, 100_000]);
    world.trade(1, 0, 0, 10).unwrap();
    for market in 1..markets {
        world.trade(0, 1, market, 10).unwrap();
    }
    world
}

#[test]
fn a_loser_pays_at_once_and_a_winner_collects_what_has_been_paid() {
    let mut world = World::plain(1_000, &[5_000, 5_000, 5_000]);
    world.trade(0, 1, 0, 3).unwrap();
    world.trade(0, 2, 0, 7).unwrap();
    world.gap(0, 1_100);
    for (who, capital, owed_to_winner, pool) in [
        (0, 5_000, 1_000, 0),
        (1, 4_700, 1_000, 300),
        (0, 5_300, 700, 0),
        (2, 4_300, 700, 700),
        (0, 6_000, 0, 0),
        (0, 6_000, 0, 0),
    ] {
        world.settle(who).unwrap();
        assert_eq!(world.capital(who), capital, "account {who}");
        assert_eq!((world.unsettled(0, 0), world.markets[0].pool), (owed_to_winner, Atoms(pool)));
    }
}

#[test]
fn settling_reports_what_was_marked_and_moved_for_each_leg() {
    let mut world = across(2, 5_000);
    world.gap(0, 1_100);
    world.gap(1, 1_030);
    world.settle(1).unwrap();
    let settlement = world.settle(0).unwrap();
    let legs: Vec<_> = settlement
        .legs()
        .map(|leg| (leg.market.0, leg.marked.variation.0, leg.cash.0, leg.unsettled.0))
        .collect();
    assert_eq!(legs, [(0, -1_000, -1_000, 0), (1, 300, 300, 0)]);
    assert_eq!(settlement.health.equity, SignedAtoms(4_300));
    assert_eq!(settlement.health.requirement, Atoms(550 + 515));
}

#[test]
fn claims_are_collected_before_debts_are_paid() {
    let mut world = across(2, 2_000);
    world.gap(0, 1_300);
    world.gap(1, 1_300);
    world.settle(1).unwrap();
    world.settle(0).unwrap();
    assert_eq!(world.capital(0), 2_000);
    assert_eq!((world.unsettled(0, 0), world.unsettled(0, 1)), (0, 0));
}

#[test]
fn what_neither_capital_nor_pool_can_pay_stays_on_the_legs() {
    let mut world = across(2, 2_000);
    world.gap(0, 1_300);
    world.gap(1, 1_300);
    world.settle(0).unwrap();
    assert_eq!(world.capital(0), 0);
    assert_eq!((world.unsettled(0, 0), world.unsettled(0, 1)), (-1_000, 3_000));
    assert_eq!((world.markets[0].pool, world.markets[1].pool), (Atoms(2_000), Atoms::ZERO));
}

#[test]
fn debts_are_paid_in_the_order_of_the_legs() {
    let mut world = World::new(&[(plain(), 1_000); 3], 2, 0);
    world.fund_all(&[3_000, 100_000]);
    for (buyer, seller, market) in [(0, 1, 2), (1, 0, 1), (1, 0, 0)] {
        world.trade(buyer, seller, market, 10).unwrap();
    }
    for (market, price) in [(0, 1_200), (1, 1_200), (2, 1_600)] {
        world.gap(market, price);
    }
    world.settle(0).unwrap();
    // Market 1 was entered before market 0; market 2 owes 6,000 and has nothing.
    assert_eq!([0, 1, 2].map(|market| world.unsettled(0, market)), [-1_000, 0, 6_000]);
}

#[test]
fn settling_a_bankrupt_account_marks_it_and_moves_no_cash() {
    let mut world = World::plain(1_000, &[5_000, 1_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_200);
    let settlement = world.settle(1).unwrap();
    assert_eq!(settlement.health.equity, SignedAtoms(-1_000));
    let leg = settlement.legs().next().unwrap();
    assert_eq!((leg.marked.variation.0, leg.cash.0, leg.unsettled.0), (-2_000, 0, -2_000));
    assert_eq!((world.capital(1), world.markets[0].pool), (1_000, Atoms::ZERO));
}

#[test]
fn an_account_at_zero_equity_still_pays() {
    let mut world = World::plain(1_000, &[5_000, 1_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_100);
    world.settle(1).unwrap();
    assert_eq!((world.capital(1), world.unsettled(1, 0)), (0, 0));
    assert_eq!(world.markets[0].pool, Atoms(1_000));
}

#[test]
fn a_bankrupt_account_collects_nothing_either() {
    let mut world = across(2, 2_000);
    world.gap(0, 1_400);
    world.gap(1, 1_100);
    world.settle(1).unwrap();
    world.settle(0).unwrap();
    assert_eq!(world.capital(0), 2_000);
    assert_eq!((world.unsettled(0, 0), world.unsettled(0, 1)), (-4_000, 1_000));
    assert_eq!(world.markets[1].pool, Atoms(1_000));
}

#[test]
fn a_pool_pays_no_winner_what_backs_its_surplus() {
    // Account 0's claim in market 1 is forfeited when market 0 bankrupts it, and its loser pays afterwards. Account 2
    // has won as much there, from account 3.
    let mut world = World::new(&[(plain(), 1_000); 2], 4, 0);
    world.fund_all(&[2_500, 100_000, 100_000, 100_000]);
    for (buyer, seller, market) in [(1, 0, 0), (0, 1, 1), (2, 3, 1)] {
        world.trade(buyer, seller, market, 10).unwrap();
    }
    world.gap(1, 1_200);
    world.gap(0, 1_500);
    assert_eq!(world.resolve(0, None).unwrap().legs().nth(1).unwrap().forfeited, Atoms(2_000));
    for (who, pool, payable, owed) in
        [(1, 2_000, 0, 2_000), (2, 2_000, 0, 2_000), (3, 4_000, 2_000, 2_000), (2, 2_000, 0, 0)]
    {
        world.settle(who).unwrap();
        let market = &world.markets[1];
        assert_eq!((market.pool, market.payable()), (Atoms(pool), Atoms(payable)), "account {who}");
        assert_eq!(world.claim(2, 1), owed, "account {who}");
        assert_eq!(world.markets[1].surplus, Atoms(2_000), "account {who}");
    }
}

#[test]
fn a_flat_leg_keeps_its_slot_until_it_is_settled() {
    let mut world = World::plain(1_000, &[5_000, 5_000, 5_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_100);
    world.trade(2, 0, 0, 10).unwrap();
    assert_eq!((world.position(0, 0), world.unsettled(0, 0)), (0, 1_000), "flat, and waits for the pool");
    world.settle(1).unwrap();
    world.settle(0).unwrap();
    assert!(world.accounts[0].has_no_legs());
    assert_eq!(world.capital(0), 6_000);
}

#[test]
fn a_deposit_is_of_something_and_keeps_capital_within_63_bits() {
    let mut world = World::plain(1_000, &[0]);
    assert_eq!(world.deposit(0, 0), Err(EngineError::ZeroSize));
    assert_eq!(world.deposit(0, 1 << 63), Err(EngineError::Overflow));
    assert_eq!(world.deposit(0, (1 << 63) - 1), Ok(()));
    assert_eq!(world.deposit(0, 1), Err(EngineError::Overflow));
}
