//! Legs close by settlement, each side by itself, to the atom.

use clearing::events::{AccountSettled, LegSettled, Marked};
use jettison_client::AnyEvent;
use jettison_engine::SETTLEMENT_GRACE_SECONDS;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    each_leg_closes_by_itself_and_everyone_is_paid_to_the_atom,
    a_leg_elsewhere_stays_open,
    a_flat_account_leaves_beside_a_market_that_is_wound_down,
);

fn each_leg_closes_by_itself_and_everyone_is_paid_to_the_atom(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let second = scene.trader(1_000 * USDC);
    scene.trade(&second, &short, 0, 5_000);
    scene.move_price(0, 1_030_000);
    scene.wind_down(0);
    scene.pass(SETTLEMENT_GRACE_SECONDS);
    // The winners first: their legs close, their claims wait for the loser.
    let executed = scene.settle(&long);
    scene.expect_event(
        &executed,
        AnyEvent::AccountSettled(AccountSettled {
            margin_account: long.address,
            equity: 1_305_000_000,
            maintenance: 515_100_000,
            capital_before: 1_005_000_000,
            capital_after: 1_005_000_000,
            legs: vec![LegSettled {
                market_index: 0,
                price: 1_030_000,
                marked: Marked { variation: 300_000_000, haircut: 0 },
                cash: 0,
                unsettled: 300_000_000,
                drained: false,
                closed: 10_000,
                lapsed: 0,
            }],
        }),
    );
    let book = scene.book(0);
    assert_eq!((book.long.contracts.0, book.short.contracts.0, book.legs), (5_000, 15_000, 3));
    scene.settle(&second);
    assert_eq!((scene.book(0).long.contracts.0, scene.book(0).long.shares.0), (0, 0));
    scene.settle(&short);
    assert_eq!((scene.book(0).short.contracts.0, scene.book(0).pool.0), (0, 450 * USDC));
    scene.settle(&long);
    scene.settle(&second);
    // 1,000 less a fee of 2.5; the short paid 2 + 1 of fees.
    let capitals = [&long, &second, &short].map(|trader| scene.capital(trader));
    assert_eq!(capitals, [1_305_000_000, 1_147_500_000, 99_547_000_000]);
    assert_eq!((scene.book(0).legs, scene.book(0).pool.0), (0, 0));
}

fn a_leg_elsewhere_stays_open(mut scene: Scene) {
    scene.market(standard());
    let (long, short) = leveraged(&mut scene);
    scene.deposit(&long, 100 * USDC);
    scene.trade(&short, &long, 1, 100);
    scene.wind_down(0);
    scene.pass(SETTLEMENT_GRACE_SECONDS);
    let [post, accrue] = scene.at.price_instructions(1, jettison_tests::feed_price(1_000_000));
    scene.send(&[post, accrue]);
    scene.settle(&long);
    scene.settle(&short);
    assert_eq!((scene.size(&long, 0), scene.size(&long, 1)), (0, 100));
    // And is traded as before.
    scene.trade(&long, &short, 1, 100);
    assert_eq!(scene.size(&long, 1), 0);
}

fn a_flat_account_leaves_beside_a_market_that_is_wound_down(mut scene: Scene) {
    leveraged(&mut scene);
    let flat = scene.trader(10 * USDC);
    scene.wind_down(0);
    scene.send(&[scene.withdraw_of(&flat, 10 * USDC)]);
    scene.send(&[scene.close_of(&flat, false)]);
}
