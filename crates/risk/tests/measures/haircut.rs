//! Charges add up to what a leg's marking brings, to the atom.

use jettison_engine::{Atoms, Direction, LossIndex, MarketIndex};
use jettison_harness::World;
use jettison_risk::{parts_of_haircut, side_shares, Charge};
use proptest::prelude::*;

use crate::PRICE;

/// Longs with little capital fail one after the other as the price falls; shorts of odd sizes share.
fn played(sizes: &[u64], shorts: &[u64]) -> (World, Vec<Charge>, Vec<LossIndex>) {
    let mut capitals = vec![];
    capitals.extend(sizes.iter().map(|size| size * PRICE / 10 + size));
    capitals.extend(shorts.iter().map(|_| 100_000 * PRICE));
    capitals.push(1_000_000 * PRICE);
    let house = capitals.len() - 1;
    let mut world = World::plain(PRICE, &capitals);
    for (who, size) in sizes.iter().enumerate() {
        world.trade(who, house, 0, *size).unwrap();
    }
    for (place, size) in shorts.iter().enumerate() {
        world.trade(house, sizes.len() + place, 0, *size).unwrap();
    }
    let snapshots = (0..world.accounts.len()).map(|who| {
        world.accounts[who].leg(MarketIndex(0)).map_or(LossIndex::default(), |leg| leg.loss_snapshot)
    });
    let snapshots = snapshots.collect();
    let mut charges = vec![];
    world.gap(0, PRICE * 7 / 10 + 13);
    for who in 0..sizes.len() {
        let before = world.markets[0].short;
        let resolution = world.resolve(who, None).unwrap();
        let loss = resolution.legs[0].by_index;
        let after = world.markets[0].short.loss_index;
        let charge = Charge { loss, before: before.loss_index, after };
        if !loss.is_zero() {
            assert!(side_shares(&charge).unwrap().contains(&before.shares.0));
            charges.push(charge);
        }
    }
    (world, charges, snapshots)
}

#[test]
fn a_charge_tells_how_many_shares_it_was_charged_to() {
    let (world, charges, _) = played(&[100], &[30]);
    // The house is short 70, so a hundred contracts of 2²⁰ shares pay.
    let shares = side_shares(&charges[0]).unwrap();
    assert_eq!((*shares.start(), *shares.end()), (100 << 20, 100 << 20));
    assert_eq!(world.markets[0].side(Direction::Short).shares.0, 100 << 20);
}

#[test]
fn a_charge_that_moved_no_index_tells_nothing() {
    let index = LossIndex::new(5);
    assert_eq!(side_shares(&Charge { loss: Atoms(1), before: index, after: index }), None);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn parts_add_up_to_what_settling_charges(
        sizes in proptest::collection::vec(1_u64..5_000, 1..6),
        shorts in proptest::collection::vec(1_u64..900, 1..4),
    ) {
        prop_assume!(shorts.iter().sum::<u64>() < sizes.iter().sum::<u64>());
        let (mut world, charges, snapshots) = played(&sizes, &shorts);
        for (who, from) in snapshots.into_iter().enumerate().skip(sizes.len()) {
            let Some(leg) = world.accounts[who].leg(MarketIndex(0)).copied() else { continue };
            let parts = parts_of_haircut(leg.shares, from, &charges).unwrap();
            let settled = world.settle(who).unwrap();
            let charged = settled.legs[0].marked.haircut;
            prop_assert_eq!(parts.iter().map(|part| part.0).sum::<u64>(), charged.0);
            for (part, charge) in parts.iter().zip(&charges) {
                // Each is its share of the loss, within an atom of the index's rounding and one of its own.
                let side = *side_shares(charge).unwrap().start();
                let exact = u128::from(charge.loss.0) * u128::from(leg.shares.0) / u128::from(side);
                prop_assert!(u128::from(part.0).abs_diff(exact) <= 2, "{part:?} of {exact}");
            }
        }
    }
}
