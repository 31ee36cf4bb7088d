//! Deleveraging: a position closed without a counterparty, and what it leaves behind.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Accounts 0 and 1 are long 30 and 10 against account 2, short 20 with 2,000, and account 3, short 20.
fn open(params: MarketParams) -> World {
    let mut world = World::with(params, 1_000, &[50_000, 50_000, 2_000, 50_000]);
    world.trade(0, 2, 0, 20).unwrap();
    world.trade(0, 3, 0, 10).unwrap();
    world.trade(1, 3, 0, 10).unwrap();
    world
}

#[test]
fn an_account_is_deleveraged_below_the_threshold_and_left_alone_at_it() {
    // At 1,073 equity is 540 and half of maintenance 536; at 1,074 they are 520 and 537.
    for (price, eligible) in [(1_073, false), (1_074, true)] {
        let mut world = open(plain());
        world.gap(0, price);
        let before = world.clone();
        assert_eq!(world.deleverage(2, None, 0).unwrap().eligible, eligible, "at {price}");
        if !eligible {
            assert_eq!((world.accounts, world.markets), (before.accounts, before.markets));
        }
    }
}

#[test]
fn an_account_at_a_threshold_rounded_down_is_left_alone() {
    // Maintenance is 1,075 at 1,075, and half of it 537.5; a capital of 2,037 leaves 537.
    for (capital, eligible) in [(2_036, true), (2_037, false)] {
        let mut world = World::plain(1_000, &[50_000, capital]);
        world.trade(0, 1, 0, 20).unwrap();
        world.gap(0, 1_075);
        assert_eq!(world.deleverage(1, None, 0).unwrap().eligible, eligible, "{capital}");
    }
}

#[test]
fn the_other_side_shrinks_pro_rata() {
    let mut world = open(plain());
    world.gap(0, 1_080);
    let outcome = world.deleverage(2, None, 0).unwrap();
    assert_eq!((outcome.size, outcome.marked.variation), (Contracts(20), SignedAtoms(-1_600)));
    assert_eq!([0, 1, 2, 3].map(|who| world.position(who, 0)), [15, 5, 0, -20]);
    assert_eq!(world.markets[0].long.shares.0 >> SHARE_BITS, 40, "shares stay");
    assert_eq!([world.claim(0, 0), world.claim(1, 0)], [2_400, 800], "and what they had earned");
    world.gap(0, 1_081);
    assert_eq!([world.claim(0, 0), world.claim(1, 0)], [2_415, 805], "but from now on they earn on less");
}

#[test]
fn the_penalty_goes_to_insurance_less_a_bounty_for_the_caller() {
    // Equity 400 of 1,080: 62 basis points of 21,600 are 133, a tenth of that 13.
    for (caller, bounty) in [(None, 0), (Some(3), 13)] {
        let mut world = open(plain());
        world.gap(0, 1_080);
        let outcome = world.deleverage(2, caller, 0).unwrap();
        assert_eq!((outcome.penalty, outcome.bounty), (Atoms(133), Atoms(bounty)), "{caller:?}");
        assert_eq!(outcome.fees.to_insurance, Atoms(133 - bounty));
        assert_eq!([world.capital(2), world.capital(3)], [400 - 133, 50_000 + bounty]);
        assert!(world.accounts[2].has_no_legs());
    }
}

#[test]
fn the_penalty_takes_no_more_than_equity() {
    // 100 basis points of 21,980 are 219, and 20 are left.
    let mut world = open(plain());
    world.gap(0, 1_099);
    assert_eq!(world.deleverage(2, None, 0).unwrap().penalty, Atoms(20));
    assert_eq!(world.capital(2), 0);
}

#[test]
fn it_needs_a_solvent_account_with_a_position_in_a_fresh_market() {
    let mut world = open(plain());
    world.gap(0, 1_101);
    assert_eq!(world.deleverage(2, None, 0).unwrap_err(), EngineError::Bankrupt);
    let mut world = World::new(&[(plain(), 1_000); 2], 2, 0);
    world.fund_all(&[50_000, 2_000]);
    world.trade(0, 1, 0, 20).unwrap();
    world.gap(0, 1_080);
    assert_eq!(world.deleverage(1, None, 1).unwrap_err(), EngineError::NoPosition);
    world.now += 61;
    assert_eq!(world.deleverage(1, None, 0).unwrap_err(), EngineError::StalePrice);
}

/// Account 0 was long 20 and has no contract left; account 1 was the other side and is gone.
fn drained() -> World {
    let mut world = World::plain(1_000, &[50_000, 2_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 20).unwrap();
    world.gap(0, 1_080);
    world.deleverage(1, None, 0).unwrap();
    world
}

#[test]
fn nobody_opens_on_a_draining_side_until_its_legs_are_settled() {
    let mut world = drained();
    assert!(world.markets[0].long.is_draining() && !world.markets[0].short.is_draining());
    assert_eq!((world.position(0, 0), world.claim(0, 0)), (0, 1_600));
    assert_eq!(world.trade(2, 3, 0, 1).unwrap_err(), EngineError::SideDraining);
    assert_eq!(world.trade(0, 3, 0, 1).unwrap_err(), EngineError::SideDraining, "nor its own holder");

    let settlement = world.settle(0).unwrap();
    let leg = settlement.legs().next().unwrap();
    assert_eq!((leg.drained, leg.cash), (true, SignedAtoms(1_600)));
    assert!(world.accounts[0].has_no_legs());
    assert_eq!(world.markets[0].long.shares, Shares::ZERO);
    world.trade(2, 3, 0, 1).expect("the side is open again");
    assert_eq!(world.leg(2, 0).unwrap().shares, Shares(1 << SHARE_BITS));
}

#[test]
fn a_draining_side_is_not_marked() {
    let mut world = drained();
    world.gap(0, 3_000);
    assert_eq!(world.claim(0, 0), 1_600);
}

#[test]
fn the_holder_of_a_drained_leg_can_trade_on_the_other_side() {
    let mut world = drained();
    world.trade(2, 0, 0, 1).unwrap_err();
    world.settle(0).unwrap();
    world.trade(2, 0, 0, 1).unwrap();
    assert_eq!(world.position(0, 0), -1);
}

#[test]
fn settling_a_leg_of_less_than_a_contract_closes_it_on_a_live_side_too() {
    let mut world = World::plain(1_000, &[50_000, 50_000, 500, 50_000]);
    world.trade(0, 2, 0, 1).unwrap();
    world.trade(1, 2, 0, 4).unwrap();
    world.trade(1, 3, 0, 5).unwrap();
    world.gap(0, 1_080);
    world.deleverage(2, None, 0).unwrap();
    // Half a contract, and four and a half.
    assert_eq!([0, 1].map(|who| world.position(who, 0)), [0, 4]);
    assert!(world.settle(0).unwrap().legs().next().unwrap().drained);
    assert_eq!([0, 1].map(|who| world.position(who, 0)), [0, 5]);
}
