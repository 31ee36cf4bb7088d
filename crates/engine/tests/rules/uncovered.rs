//! Losses for which nobody can be charged.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 0 has closed its short in market 0 and still owes it 1,000; account 1, who was long, has closed too and
/// has yet to be paid as much. Account 0's claim in market 1 is worth 500 and account 2 has yet to pay it.
fn owed_by_the_absent(taker_fee: u16) -> World {
    let fees = MarketParams { taker_fee: Bps(taker_fee), ..plain() };
    let mut world = World::new(&[(fees, 1_000), (plain(), 1_000)], 5, 0);
    world.fund_all(&[2_000, 50_000, 50_000, 50_000, 50_000]);
    let terms = Terms { taker: Direction::Long, ..world.terms(0, 10) };
    world.trade_at(1, 0, terms).unwrap();
    world.trade(0, 2, 1, 10).unwrap();
    world.gap(0, 1_300);
    world.gap(1, 1_300);
    // The long side takes here too, so that the fee is not account 0's.
    let terms = Terms { taker: Direction::Short, ..world.terms(0, 10) };
    world.trade_at(0, 1, terms).unwrap();
    world.settle(1).unwrap();
    world.gap(1, 1_050);
    assert_eq!((world.unsettled(0, 0), world.unsettled(1, 0)), (-1_000, 1_000));
    world
}

#[test]
fn a_deficit_with_nobody_opposite_is_uncovered_and_charged_to_no_one() {
    let mut world = owed_by_the_absent(0);
    world.settle(2).unwrap();
    let resolution = world.resolve(0, None).unwrap();
    let leg = *resolution.legs().next().unwrap();
    assert_eq!((leg.size, leg.by_capital, leg.deficit), (Contracts(0), Atoms(500), Atoms(500)));
    assert_eq!((leg.by_index, leg.uncovered), (Atoms(0), Atoms(500)));
    assert_eq!((world.markets[0].uncovered, world.markets[0].losses.uncovered), (Atoms(500), Atoms(500)));
    world.settle(1).unwrap();
    assert_eq!(world.unsettled(1, 0), 500, "the winner gets what there is and keeps its claim");
}

#[test]
fn insurance_and_surplus_come_before_uncovered() {
    for (surplus, insurance, uncovered) in
        [(0, 300, 200), (300, 0, 200), (100, 150, 250), (500, 500, 0), (0, 500, 0)]
    {
        let mut world = owed_by_the_absent(0);
        world.settle(2).unwrap();
        world.endow_insurance(insurance);
        world.endow_surplus(0, surplus);
        let leg = *world.resolve(0, None).unwrap().legs().next().unwrap();
        assert_eq!(leg.uncovered, Atoms(uncovered), "{surplus} of surplus, {insurance} of insurance");
    }
}

#[test]
fn fees_repay_the_uncovered_loss_before_anyone_gets_a_part() {
    let mut world = owed_by_the_absent(100);
    world.settle(2).unwrap();
    world.resolve(0, None).unwrap();
    assert_eq!(world.markets[0].uncovered, Atoms(500));
    // One percent of 1,300 a contract.
    for (size, to_uncovered, to_insurance, to_protocol) in
        [(30, 390, 0, 0), (10, 110, 10, 10), (10, 0, 65, 65)]
    {
        let fees = world.trade(3, 4, 0, size).unwrap().fees;
        let expected = FeeSplit {
            to_uncovered: Atoms(to_uncovered),
            to_insurance: Atoms(to_insurance),
            to_protocol: Atoms(to_protocol),
        };
        assert_eq!(fees, expected);
    }
    assert_eq!(world.markets[0].uncovered, Atoms::ZERO);
    world.settle(1).unwrap();
    assert!(world.accounts[1].has_no_legs(), "the winner is paid in full");
}

#[test]
fn a_waived_claim_lowers_the_uncovered_loss_first() {
    let mut world = owed_by_the_absent(0);
    world.settle(2).unwrap();
    world.resolve(0, None).unwrap();
    assert_eq!(world.waive(1), Ok(500));
    let market = &world.markets[0];
    assert_eq!((market.uncovered, market.surplus, market.pool), (Atoms::ZERO, Atoms::ZERO, Atoms::ZERO));
}

#[test]
fn a_forfeited_claim_is_surplus_beside_an_uncovered_loss() {
    let mut world = owed_by_the_absent(0);
    world.settle(2).unwrap();
    world.resolve(0, None).unwrap();
    world.settle(2).unwrap();
    world.trade(3, 1, 1, 10).unwrap();
    let capital = world.capital(1);
    world.withdraw(1, capital - 800).unwrap();
    world.gap(1, 1_400);
    let resolution = world.resolve(1, None).unwrap();
    assert_eq!(resolution.legs().next().unwrap().forfeited, Atoms(500));
    assert_eq!((world.markets[0].uncovered, world.markets[0].surplus), (Atoms(500), Atoms(500)));
}

#[test]
fn a_debt_left_on_a_closed_position_is_charged_to_whoever_holds_the_opposite_side_now() {
    // Not to those who held it through the move: the index knows sides, and they have left theirs.
    let mut world = owed_by_the_absent(0);
    world.settle(2).unwrap();
    world.trade(3, 4, 0, 1).unwrap();
    let leg = *world.resolve(0, None).unwrap().legs().next().unwrap();
    assert_eq!((leg.by_index, leg.uncovered), (Atoms(500), Atoms(0)));
    assert_eq!(world.claim(3, 0), -500, "half the worth of the contract it has just bought");
}
