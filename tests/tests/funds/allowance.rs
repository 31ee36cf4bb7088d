//! What one market's bankruptcies may draw from insurance: its base within the window, and what it has earned.
//!
//! The long of `leveraged` leaves a deficit of 195 USDC at 0.88, and pays 3.5 USDC of fees to insurance.

use jettison_client::AnyEvent;
use jettison_embedded::{Executed, Trader};
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_market_draws_its_base_and_what_it_earned_and_the_index_bears_the_rest,
    the_base_comes_back_over_the_window_and_what_was_earned_does_not,
    another_markets_allowance_is_untouched,
    a_bounty_counts_against_the_allowance_and_comes_out_of_fees_beyond_it,
    fees_count_as_earned_once_they_are_swept,
);

/// A base of 50 USDC an hour and half of what is earned.
fn limited(scene: &mut Scene, market: u16) {
    scene.change_params(market, |params| {
        params.insurance_base_atoms = 50 * USDC;
        params.insurance_window_seconds = 3_600;
        params.insurance_earned_bps = 5_000;
    });
}

fn remaining(scene: &Scene, market: u16) -> u64 {
    let book = scene.book(market);
    book.allowance.remaining(&book.params, scene.at.chain.now()).unwrap().0
}

/// As `leveraged`, in another market.
fn leveraged_in(scene: &mut Scene, market: u16) -> Trader {
    let (long, short) = (scene.trader(1_010 * USDC), scene.trader(100_000 * USDC));
    scene.trade(&long, &short, market, 10_000);
    long
}

/// What a bankrupt account's only leg cost insurance and the other side.
fn paid(scene: &Scene, executed: &Executed, market: u16, expected: [u64; 2]) {
    if let Some(events) = scene.events(executed) {
        let [AnyEvent::BankruptcyResolved(event)] = &events[..] else {
            panic!("{events:?}");
        };
        let leg = &event.legs[0];
        assert_eq!((leg.market_index, [leg.by_insurance, leg.by_index]), (market, expected));
        assert_eq!(event.insurance_spent, expected[0]);
    }
}

fn a_market_draws_its_base_and_what_it_earned_and_the_index_bears_the_rest(mut scene: Scene) {
    limited(&mut scene, 0);
    scene.fund_insurance(1_000 * USDC);
    let (long, short) = leveraged(&mut scene);
    scene.sweep(0);
    assert_eq!(remaining(&scene, 0), 51_750_000);
    scene.move_price(0, 880_000);
    let resolved = scene.resolve(&long, None, false);
    paid(&scene, &resolved, 0, [51_750_000, 143_250_000]);
    assert_eq!((remaining(&scene, 0), scene.insurance()), (0, 1_003_500_000 - 51_750_000));
    scene.settle(&short);
    assert_eq!(scene.capital(&short), (99_998 + 1_200) * USDC - 143_250_000);
}

fn the_base_comes_back_over_the_window_and_what_was_earned_does_not(mut scene: Scene) {
    limited(&mut scene, 0);
    scene.fund_insurance(1_000 * USDC);
    let (first, _) = leveraged(&mut scene);
    let (second, _) = leveraged(&mut scene);
    scene.sweep(0);
    scene.move_price(0, 880_000);
    let resolved = scene.resolve(&first, None, false);
    paid(&scene, &resolved, 0, [53_500_000, 141_500_000]);
    scene.wait(1_800);
    assert_eq!(remaining(&scene, 0), 25 * USDC);
    let resolved = scene.resolve(&second, None, false);
    paid(&scene, &resolved, 0, [25 * USDC, 170 * USDC]);
    for (seconds, left) in
        [(0, 0), (900, 12_500_000), (900, 25 * USDC), (1_800, 50 * USDC), (9_999, 50 * USDC)]
    {
        scene.later(seconds);
        assert_eq!(remaining(&scene, 0), left);
    }
}

fn another_markets_allowance_is_untouched(mut scene: Scene) {
    scene.market(standard());
    limited(&mut scene, 0);
    limited(&mut scene, 1);
    scene.fund_insurance(1_000 * USDC);
    let longs = [leveraged_in(&mut scene, 0), leveraged_in(&mut scene, 1)];
    scene.move_price(0, 880_000);
    scene.move_price(1, 880_000);
    let resolved = scene.resolve(&longs[0], None, false);
    paid(&scene, &resolved, 0, [50 * USDC, 145 * USDC]);
    assert_eq!([remaining(&scene, 0), remaining(&scene, 1)], [0, 50 * USDC]);
    let resolved = scene.resolve(&longs[1], None, false);
    paid(&scene, &resolved, 1, [50 * USDC, 145 * USDC]);
    assert_eq!((remaining(&scene, 1), scene.insurance()), (0, 900 * USDC));
}

/// The bounty is 5 basis points of 8,800 USDC: 4.4.
fn a_bounty_counts_against_the_allowance_and_comes_out_of_fees_beyond_it(mut scene: Scene) {
    scene.change_params(0, |params| params.insurance_base_atoms = 196 * USDC);
    scene.fund_insurance(1_000 * USDC);
    let (long, _) = leveraged(&mut scene);
    let keeper = scene.trader(USDC);
    scene.move_price(0, 880_000);
    let resolved = scene.resolve(&long, Some(&keeper), false);
    paid(&scene, &resolved, 0, [195 * USDC, 0]);
    assert_eq!((scene.capital(&keeper), remaining(&scene, 0)), (5_400_000, 0));
    assert_eq!((scene.insurance(), scene.book(0).insurance_fees.0), (804 * USDC, 100_000));
    if let Some(events) = scene.events(&resolved) {
        let [AnyEvent::BankruptcyResolved(event)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((event.bounty_from_insurance, event.bounty_from_fees), (USDC, 3_400_000));
    }
}

/// Who wants the fees of the day to count sweeps them first; anyone may.
fn fees_count_as_earned_once_they_are_swept(mut scene: Scene) {
    limited(&mut scene, 0);
    scene.fund_insurance(1_000 * USDC);
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    assert_eq!(remaining(&scene, 0), 50 * USDC);
    let sweep = scene.at.venue.sweep_fees(0, scene.at.fee_account);
    let resolve = scene.resolve_of(&long, None, false);
    scene.send(&[sweep, resolve]);
    assert_eq!(scene.book(0).losses.by_insurance.0, 51_750_000);
    assert_eq!(scene.book(0).losses.by_index.0, 143_250_000);
}
