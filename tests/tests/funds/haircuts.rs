//! Haircut settlement: a claim is paid once, a charge is borne once, whatever the order and however an account is split.

use jettison_embedded::Trader;
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::USDC;

on_both_runtimes!(
    in_any_order_each_gets_the_same,
    a_claim_is_paid_once_however_it_is_collected,
    splitting_an_account_saves_no_more_than_an_atom_a_part,
);

/// A long that is bankrupt at 0.88, 195.000001 USDC short of what it owes the shorts of these sizes, resolved.
fn charged(scene: &mut Scene, sizes: &[u64]) -> Vec<Trader> {
    let long = scene.trader(1_010 * USDC - 1);
    let shorts: Vec<Trader> = sizes
        .iter()
        .map(|size| {
            let short = scene.trader(100_000 * USDC);
            scene.trade(&long, &short, 0, *size);
            short
        })
        .collect();
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    assert_eq!(scene.book(0).losses.by_index.0, 195 * USDC + 1);
    shorts
}

fn in_any_order_each_gets_the_same(mut scene: Scene) {
    let shorts = charged(&mut scene, &[3_333, 5_000, 1_667]);
    let start = scene.snapshot();
    let mut seen = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for which in order {
            scene.settle(&shorts[which]);
        }
        seen.push([0, 1, 2].map(|which| scene.capital(&shorts[which])));
        assert!(shorts.iter().all(|short| scene.unsettled(short, 0) == 0));
        start.restore(&mut scene.at.chain);
    }
    assert!(seen.iter().all(|capitals| *capitals == seen[0]), "{seen:?}");
    // 12 % of each size, less its part of the loss rounded up; the makers' fees are 2 basis points.
    for (capital, size) in seen[0].iter().zip([3_333u64, 5_000, 1_667]) {
        let loss = (195_000_001 * size).div_ceil(10_000);
        assert_eq!(*capital, 100_000 * USDC - 200 * size + 120_000 * size - loss);
    }
}

fn a_claim_is_paid_once_however_it_is_collected(mut scene: Scene) {
    let shorts = charged(&mut scene, &[4_000, 6_000]);
    let equity = scene.equity(&shorts[0]);
    let start = scene.snapshot();
    let settle = scene.settle_of(&shorts[0]);
    scene.send(&[settle.clone(), settle.clone(), settle]);
    assert_eq!(scene.capital(&shorts[0]) as i64, equity);
    scene.send(&[scene.withdraw_of(&shorts[0], 1_000 * USDC)]);
    scene.settle(&shorts[0]);
    assert_eq!(scene.capital(&shorts[0]) as i64, equity - 1_000_000_000);
    // Closing a part and then the rest collects the same, less the fees.
    start.restore(&mut scene.at.chain);
    assert_eq!(scene.size(&shorts[0], 0), 0);
    scene.settle(&shorts[1]);
    scene.settle(&shorts[0]);
    assert_eq!((scene.equity(&shorts[0]), scene.ledger(&shorts[0]).has_no_legs()), (equity, true));
}

fn splitting_an_account_saves_no_more_than_an_atom_a_part(mut scene: Scene) {
    let shorts = charged(&mut scene, &[5_000, 1_250, 1_250, 1_249, 1_251]);
    for short in &shorts {
        scene.settle(short);
    }
    let gain = |short: &Trader| scene.capital(short) as i64 - 100_000_000_000;
    let parts: i64 = shorts[1..].iter().map(gain).sum();
    let difference = gain(&shorts[0]) - parts;
    // Each part's charge is rounded up: splitting costs, if anything.
    assert!((0..=4).contains(&difference), "{difference}");
}
