//! The loss waterfall.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 0 is long 10 from 1,000 against account 1, which has 1,000 and at 1,200 owes 2,000.
fn ruined(insurance: u64, surplus: u64) -> World {
    let mut world = World::new(&[(plain(), 1_000)], 3, insurance);
    world.fund_all(&[50_000, 1_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_200);
    world.endow_surplus(0, surplus);
    world
}

#[test]
fn a_deficit_is_paid_by_surplus_then_insurance_then_the_opposite_side() {
    for (name, surplus, insurance, by_surplus, by_insurance, by_index, haircut) in [
        ("the index alone", 0, 0, 0, 0, 1_000, 1_000),
        ("insurance alone", 0, 5_000, 0, 1_000, 0, 0),
        ("surplus alone", 5_000, 0, 1_000, 0, 0, 0),
        ("surplus before insurance", 5_000, 5_000, 1_000, 0, 0, 0),
        ("all of insurance and the index", 0, 999, 0, 999, 1, 2),
        ("all of surplus and the index", 999, 0, 999, 0, 1, 2),
        ("all three", 300, 250, 300, 250, 450, 450),
        ("surplus and insurance to the atom", 400, 600, 400, 600, 0, 0),
    ] {
        let mut world = ruined(insurance, surplus);
        let resolution = world.resolve(1, None).unwrap();
        let leg = *resolution.legs().next().unwrap();
        let expected = LegResolution {
            market: MarketIndex(0),
            price: Price(1_200),
            size: Contracts(10),
            marked: Pending { variation: SignedAtoms(-2_000), haircut: Atoms(0) },
            by_capital: Atoms(1_000),
            deficit: Atoms(1_000),
            by_surplus: Atoms(by_surplus),
            by_insurance: Atoms(by_insurance),
            by_index: Atoms(by_index),
            ..LegResolution::default()
        };
        assert_eq!(leg, expected, "{name}");
        assert_eq!((resolution.equity, resolution.count), (SignedAtoms(-1_000), 1), "{name}");
        assert_eq!(resolution.insurance_drawn(), Ok(Atoms(by_insurance)), "{name}");
        assert_eq!(world.insurance, insurance - by_insurance, "{name}");
        let market = &world.markets[0];
        assert_eq!(market.surplus, Atoms(surplus - by_surplus), "{name}");
        let tally = LossTally {
            deficit: Atoms(1_000),
            by_surplus: Atoms(by_surplus),
            by_insurance: Atoms(by_insurance),
            by_index: Atoms(by_index),
            uncovered: Atoms(0),
        };
        assert_eq!(market.losses, tally, "{name}");
        // The winner gets its 2,000 less the charge, which is rounded up to a unit of the index and then to an atom.
        let settlement = world.settle(0).unwrap();
        let marked = settlement.legs().next().unwrap().marked;
        assert_eq!(marked, Pending { variation: SignedAtoms(2_000), haircut: Atoms(haircut) }, "{name}");
        assert_eq!(world.capital(0), 52_000 - haircut, "{name}");
        assert_eq!(world.markets[0].pool, Atoms(surplus - by_surplus + haircut - by_index), "{name}");
    }
}

#[test]
fn unswept_fees_pay_no_deficit_until_they_are_swept() {
    for (swept, by_insurance) in [(false, 0), (true, 1_000)] {
        let mut world = ruined(0, 0);
        world.endow_fees(0, 5_000);
        if swept {
            world.sweep(0);
        }
        let leg = *world.resolve(1, None).unwrap().legs().next().unwrap();
        let paid = (leg.by_insurance, leg.by_index);
        assert_eq!(paid, (Atoms(by_insurance), Atoms(1_000 - by_insurance)), "swept: {swept}");
    }
}

#[test]
fn only_an_account_below_zero_equity_can_be_resolved() {
    for (price, expected) in [(1_000, false), (1_100, false), (1_101, true)] {
        let mut world = World::plain(1_000, &[50_000, 1_000]);
        world.trade(0, 1, 0, 10).unwrap();
        world.gap(0, price);
        let refused = world.resolve(1, None).err();
        assert_eq!(refused, (!expected).then_some(EngineError::NotBankrupt), "at {price}");
    }
    assert_eq!(World::plain(1_000, &[5]).resolve(0, None).unwrap_err(), EngineError::NotBankrupt);
}

#[test]
fn a_stale_price_bars_a_resolution() {
    let mut world = ruined(0, 0);
    world.now += 61;
    assert_eq!(world.resolve(1, None).unwrap_err(), EngineError::StalePrice);
    world.refresh();
    world.resolve(1, None).unwrap();
}

#[test]
fn without_a_caller_who_takes_over_both_sides_shrink() {
    let mut world = World::plain(1_000, &[50_000, 1_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.trade(2, 3, 0, 30).unwrap();
    world.gap(0, 1_200);
    let resolution = world.resolve(1, None).unwrap();
    assert!(!resolution.taken_over);
    // 40 long contracts became 30; the loss of 1,000 was charged while there were 40.
    assert_eq!([0, 2, 3].map(|who| world.position(who, 0)), [7, 22, -30]);
    assert_eq!([0, 2].map(|who| world.claim(who, 0)), [2_000 - 250, 6_000 - 750]);
    assert!(world.accounts[1].has_no_legs() && world.capital(1) == 0);
}

/// Account 0 is short one contract in each market, whose price rises so that it owes these debts.
fn owing(capital: u64, debts: &[u64]) -> World {
    let mut world = World::new(&vec![(plain(), 1_000); debts.len()], 2, 0);
    world.fund_all(&[capital, 50_000]);
    for market in 0..debts.len() {
        world.trade(1, 0, market, 1).unwrap();
    }
    for (market, debt) in debts.iter().enumerate() {
        world.gap(market, 1_000 + debt);
    }
    world
}

#[test]
fn capital_is_shared_in_proportion_to_debts_and_pays_no_leg_more_than_it_owes() {
    for (capital, debts, parts) in [
        (300, &[301, 301, 301][..], &[100, 100, 100][..]),
        (329, &[110, 110, 110], &[109, 110, 110]),
        (328, &[110, 110, 110], &[109, 109, 110]),
        (209, &[210, 210], &[104, 105]),
        (419, &[210, 210], &[209, 210]),
        (300, &[100, 700, 100], &[33, 233, 34]),
        (899, &[100, 700, 100], &[99, 700, 100]),
        (400, &[1, 1, 1, 500], &[0, 0, 0, 400]),
        (502, &[1, 1, 1, 500], &[0, 1, 1, 500]),
        (100, &[101], &[100]),
    ] {
        let mut world = owing(capital, debts);
        let resolution = world.resolve(0, None).unwrap();
        let by_capital: Vec<u64> = resolution.legs().map(|leg| leg.by_capital.0).collect();
        assert_eq!(by_capital, parts, "{capital} over {debts:?}");
        for (leg, debt) in resolution.legs().zip(debts) {
            assert_eq!(leg.by_capital.0 + leg.deficit.0, *debt, "{capital} over {debts:?}");
        }
        assert_eq!(parts.iter().sum::<u64>(), capital, "all of it");
    }
}

#[test]
fn insurance_pays_the_legs_in_their_order() {
    let mut world = owing(200, &[500, 500]);
    world.endow_insurance(450);
    let resolution = world.resolve(0, None).unwrap();
    let paid: Vec<_> =
        resolution.legs().map(|leg| (leg.deficit.0, leg.by_insurance.0, leg.by_index.0)).collect();
    assert_eq!(paid, [(400, 400, 0), (400, 50, 350)]);
}

/// Account 0 is long 10 in market 0 and owed 1,000 there; in market 1 it owes 4,000. It has 2,000.
fn owed_and_owing() -> World {
    let mut world = World::new(&[(plain(), 1_000); 2], 4, 0);
    world.fund_all(&[2_000, 50_000, 50_000, 1_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.trade(2, 0, 1, 10).unwrap();
    world.gap(0, 1_100);
    world.gap(1, 1_400);
    world
}

#[test]
fn a_winning_leg_collects_and_pays_the_losing_one() {
    let mut world = owed_and_owing();
    world.settle(1).unwrap();
    let resolution = world.resolve(0, None).unwrap();
    let legs: Vec<_> =
        resolution.legs().map(|leg| (leg.forfeited.0, leg.by_capital.0, leg.deficit.0)).collect();
    assert_eq!(legs, [(0, 0, 0), (0, 3_000, 1_000)]);
    assert_eq!(world.markets[0].surplus, Atoms::ZERO);
}

#[test]
fn what_a_pool_can_t_pay_is_forfeited_and_spent_on_the_next_deficit_before_insurance() {
    let mut world = owed_and_owing();
    let resolution = world.resolve(0, None).unwrap();
    let legs: Vec<_> =
        resolution.legs().map(|leg| (leg.forfeited.0, leg.by_capital.0, leg.deficit.0)).collect();
    assert_eq!(legs, [(1_000, 0, 0), (0, 2_000, 2_000)]);
    assert_eq!(world.markets[0].surplus, Atoms(1_000));
    // Account 3 opens in market 0 and goes bankrupt by 1,500.
    world.trade(2, 3, 0, 1).unwrap_err();
    world.settle(1).unwrap();
    world.trade(2, 3, 0, 9).unwrap();
    world.gap(0, 1_400);
    world.endow_insurance(200);
    let leg = *world.resolve(3, None).unwrap().legs().next().unwrap();
    assert_eq!(
        (leg.deficit, leg.by_surplus, leg.by_insurance, leg.by_index),
        (Atoms(1_700), Atoms(1_000), Atoms(200), Atoms(500))
    );
    assert_eq!(world.markets[0].surplus, Atoms::ZERO);
    world.settle(2).unwrap();
    // 2,700 of profit in market 0 and a haircut of 500, which 9 does not divide, so 501; 4,000 in market 1 and a haircut of 2,000.
    assert_eq!(world.capital(2), 50_000 + 2_700 - 501 + 4_000 - 2_000);
}

#[test]
fn a_pool_that_can_pay_in_part_forfeits_the_rest() {
    let mut world = World::new(&[(plain(), 1_000); 2], 4, 0);
    world.fund_all(&[2_000, 50_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 4).unwrap();
    world.trade(0, 3, 0, 6).unwrap();
    world.trade(2, 0, 1, 10).unwrap();
    world.gap(0, 1_100);
    world.gap(1, 1_400);
    world.settle(3).unwrap();
    let resolution = world.resolve(0, None).unwrap();
    assert_eq!(resolution.legs().next().unwrap().forfeited, Atoms(400));
    assert_eq!(resolution.legs().nth(1).unwrap().by_capital, Atoms(2_600));
}

#[test]
fn a_loss_is_borne_by_those_who_hold_the_opposite_side_when_it_is_booked() {
    // Account 0 held through the move and sold at the mark; account 2 bought from it before the resolution.
    let mut world = World::plain(1_000, &[1_000, 1_000, 5_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_200);
    world.trade(2, 0, 0, 10).unwrap();
    assert_eq!(world.resolve(1, None).unwrap().legs().next().unwrap().by_index, Atoms(1_000));
    assert_eq!([world.claim(0, 0), world.claim(2, 0)], [2_000, -1_000]);
}

#[test]
fn a_charge_that_bankrupts_in_turn_is_charged_back_across() {
    let mut world = World::plain(1_000, &[1_000, 1_000, 1_500, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_500);
    // Account 2 buys from account 0 and also from account 3, and is charged 4,000 with 1,500 to its name.
    world.trade(2, 0, 0, 9).unwrap();
    world.trade(0, 3, 0, 9).unwrap();
    world.trade(3, 0, 0, 10).unwrap();
    world.trade(2, 3, 0, 1).unwrap();
    assert_eq!(world.resolve(1, None).unwrap().legs().next().unwrap().by_index, Atoms(4_000));
    assert_eq!(world.equity(2), -2_500);
    let leg = *world.resolve(2, None).unwrap().legs().next().unwrap();
    assert_eq!((leg.by_capital, leg.by_index, leg.uncovered), (Atoms(1_500), Atoms(0), Atoms(2_500)));
    // Of account 0's 5,000, what the two bankrupts had is there.
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.unsettled(0, 0)), (1_000 + 2_500, 2_500));
}
