//! What is left of a market that is wound down: claims that lapse, bankruptcies after its end, dust and fees.

use jettison_engine::*;
use jettison_harness::{params::plain, World};

use super::settlement_of_a_market::{settling, CLAIMS, GRACE};

#[test]
fn a_bankruptcy_after_everybody_opposite_has_closed_is_uncovered_until_their_claims_lapse() {
    let mut world = settling(1_000, 1_150);
    world.now += GRACE;
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.unsettled(0, 0)), (50_000, 1_500));
    let leg = *world.resolve(1, None).unwrap().legs().next().unwrap();
    assert_eq!((leg.by_index, leg.uncovered), (Atoms(0), Atoms(500)));
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.unsettled(0, 0)), (51_000, 500));
    let opened = world.now;
    for seconds in [1, CLAIMS - 1] {
        world.now = opened + seconds;
        assert_eq!(world.settle(0).unwrap().legs[0].lapsed, Atoms(0), "after {seconds}");
        assert_eq!(world.wind_up(0), Err(EngineError::MarketInUse), "after {seconds}");
    }
    world.now = opened + CLAIMS;
    assert_eq!(world.settle(0).unwrap().legs[0].lapsed, Atoms(500));
    assert_eq!((world.markets[0].uncovered, world.markets[0].legs), (Atoms(0), 0));
    assert_eq!(world.wind_up(0), Ok(0));
}

#[test]
fn what_the_pool_can_pay_is_paid_when_claims_lapse_and_debts_do_not() {
    let mut world = settling(50_000, 1_100);
    world.now += GRACE;
    world.settle(0).unwrap();
    world.settle(1).unwrap();
    world.now += CLAIMS;
    let settlement = world.settle(0).unwrap();
    assert_eq!((settlement.legs[0].cash, settlement.legs[0].lapsed), (SignedAtoms(1_000), Atoms(0)));
    assert_eq!(world.capital(0), 51_000);
}

/// A bankrupt account's claim belongs to those it owes: a pool that can pay it pays it in the resolution.
#[test]
fn a_bankrupt_accounts_claim_does_not_lapse_for_whoever_settles_it_before_it_is_resolved() {
    let mut world = World::new(&[(plain(), 1_000); 2], 4, 0);
    world.fund_all(&[3_000, 50_000, 50_000, 0]);
    world.trade(0, 1, 0, 10).unwrap();
    world.trade(0, 2, 1, 10).unwrap();
    world.gap(0, 1_100);
    world.begin_settlement(0).unwrap();
    world.now += GRACE;
    world.accrue(1, 1_000, 0).unwrap();
    world.settle(0).unwrap();
    assert_eq!(world.unsettled(0, 0), 1_000);
    world.now += CLAIMS;
    world.accrue(1, 1_000, 0).unwrap();
    world.settle(1).unwrap();
    assert_eq!(world.markets[0].pool, Atoms(1_000));
    // Account 0 has 3,000 and a claim of 1,000 that the pool can pay, and loses 5,000 in the other market.
    world.markets[1].params.max_move_per_second = Bps(u16::MAX);
    world.accrue(1, 500, 1).unwrap();
    assert!(world.is_bankrupt(0));
    assert_eq!(world.settle(0).unwrap().legs[0].lapsed, Atoms(0));
    let resolution = world.resolve(0, None).unwrap();
    assert_eq!((resolution.equity, resolution.legs[1].by_index), (SignedAtoms(-1_000), Atoms(1_000)));
}

#[test]
fn unswept_fees_and_dust_leave_with_the_market_and_once() {
    let mut world = settling(50_000, 1_100);
    world.endow_fees(0, 70);
    world.now += GRACE;
    for who in [1, 0] {
        world.settle(who).unwrap();
    }
    world.endow_surplus(0, 5);
    assert_eq!(world.wind_up(0), Ok(75));
    assert_eq!((world.wind_up(0), world.insurance, world.markets[0].surplus), (Ok(0), 75, Atoms(0)));
}

/// Found by the fuzzer: a market emptied of its surplus kept the uncovered loss that had backed it.
#[test]
fn an_uncovered_loss_that_backs_nothing_but_surplus_ends_with_its_market() {
    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[2_000, 1_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.trade(0, 2, 1, 10).unwrap();
    world.gap(0, 1_150);
    world.begin_settlement(0).unwrap();
    world.now += GRACE;
    world.accrue(1, 1_000, 0).unwrap();
    world.settle(0).unwrap();
    assert_eq!(world.resolve(1, None).unwrap().legs[0].uncovered, Atoms(500));
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.unsettled(0, 0)), (3_000, 500));
    // The winner of market 0 goes bankrupt in market 1 before its claim lapses: what nobody can pay is forfeited.
    world.markets[1].params.max_move_per_second = Bps(u16::MAX);
    world.accrue(1, 500, 1).unwrap();
    assert_eq!(world.resolve(0, None).unwrap().legs[0].forfeited, Atoms(500));
    let market = &world.markets[0];
    assert_eq!((market.surplus, market.uncovered, market.pool), (Atoms(500), Atoms(500), Atoms(0)));
    assert_eq!(world.wind_up(0), Ok(0));
    assert_eq!((world.markets[0].surplus, world.markets[0].uncovered), (Atoms(0), Atoms(0)));
}
