//! The order of bankruptcies, and attempts to dodge one.

use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    two_bankruptcies_in_either_order_cost_the_same,
    resolving_twice_in_one_transaction_is_refused_whole,
    settling_or_depositing_less_than_the_debt_first_changes_no_cost,
    a_partial_liquidation_before_the_fall_leaves_a_smaller_deficit,
    the_index_bears_nothing_while_insurance_lasts_whoever_resolves,
);

/// Two longs of different sizes and depths, 300 USDC of insurance for deficits of 390 in all.
fn two_bankruptcies_in_either_order_cost_the_same(mut scene: Scene) {
    let (first, short) = leveraged(&mut scene);
    let (second, other) = leveraged(&mut scene);
    scene.fund_insurance(300 * USDC);
    scene.move_price(0, 880_000);
    let start = scene.snapshot();
    let mut seen = Vec::new();
    for order in [[&first, &second], [&second, &first]] {
        for bankrupt in order {
            scene.resolve(bankrupt, None, false);
        }
        let index = scene.book(0).short.loss_index.get();
        scene.settle(&short);
        scene.settle(&other);
        seen.push((index, scene.insurance(), scene.capital(&short), scene.capital(&other)));
        // The history is another: what the checker remembers of the index is forgotten with it.
        scene.held = jettison_tests::Held::of_donations(Default::default());
        start.restore(&mut scene.at.chain);
    }
    assert!(seen[0].0.abs_diff(seen[1].0) <= 1, "{seen:?}");
    assert_eq!((seen[0].1, seen[0].2, seen[0].3), (seen[1].1, seen[1].2, seen[1].3));
    assert_eq!(seen[0].1, 0);
}

fn resolving_twice_in_one_transaction_is_refused_whole(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.fund_insurance(1_000 * USDC);
    scene.move_price(0, 880_000);
    let resolve = scene.resolve_of(&long, None, false);
    scene.refuse_all(&[resolve.clone(), resolve.clone()], EngineError::NotBankrupt);
    scene.send(std::slice::from_ref(&resolve));
    scene.refuse(resolve, EngineError::NotBankrupt);
    assert_eq!(scene.insurance(), 805 * USDC);
}

fn settling_or_depositing_less_than_the_debt_first_changes_no_cost(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.fund_insurance(100 * USDC);
    scene.move_price(0, 880_000);
    scene.settle(&long);
    assert_eq!(scene.capital(&long), 1_005 * USDC);
    // A gift to a bankrupt account goes to its creditors, to the atom.
    scene.deposit(&long, 5 * USDC);
    scene.settle(&long);
    scene.resolve(&long, None, false);
    let losses = scene.book(0).losses;
    assert_eq!(
        (losses.deficit.0, losses.by_insurance.0, losses.by_index.0),
        (190_000_000, 100 * USDC, 90_000_000)
    );
}

/// A friend takes most of a position over just before the fall: what it takes stands on the friend's margin.
fn a_partial_liquidation_before_the_fall_leaves_a_smaller_deficit(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let friend = scene.trader(10_000 * USDC);
    scene.move_price(0, 901_000);
    let start = scene.snapshot();
    let mut deficits = Vec::new();
    for parts in [&[][..], &[1, 2_499, 2_500][..], &[u64::MAX][..]] {
        for part in parts {
            scene.liquidate(&long, &friend, 0, *part);
        }
        scene.move_price(0, 880_000);
        if scene.size(&long, 0) > 0 {
            scene.resolve(&long, None, false);
        }
        deficits.push(scene.book(0).losses.deficit.0);
        scene.at.feeds[0].price = jettison_tests::feed_price(901_000);
        scene.held = jettison_tests::Held::of_donations(Default::default());
        start.restore(&mut scene.at.chain);
        let now = scene.book(0).accrued_ts;
        scene.at.chain.set_time(now);
    }
    assert_eq!(deficits[0], 195 * USDC);
    assert!(deficits[1] < deficits[0] && deficits[2] == 0, "{deficits:?}");
}

fn the_index_bears_nothing_while_insurance_lasts_whoever_resolves(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let keeper = scene.trader(10_000 * USDC);
    scene.fund_insurance(195 * USDC);
    scene.move_price(0, 880_000);
    let start = scene.snapshot();
    for (caller, take_over) in [(None, false), (Some(&keeper), false), (Some(&keeper), true)] {
        scene.resolve(&long, caller, take_over);
        assert_eq!((scene.book(0).losses.by_index.0, scene.insurance()), (0, 0));
        start.restore(&mut scene.at.chain);
    }
}
