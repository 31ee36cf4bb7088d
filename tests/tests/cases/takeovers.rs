//! A caller who takes a bankrupt account's positions over, or can't.

use jettison_client::AnyEvent;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_caller_with_margin_takes_the_position_over,
    a_caller_without_margin_gets_nothing_and_the_position_is_deleveraged,
    a_caller_who_does_not_offer_takes_nothing_over,
    a_caller_takes_positions_of_two_markets_over_or_none,
    a_caller_without_a_free_leg_gets_nothing,
    the_callers_own_opposite_position_is_charged_before_it_closes,
);

fn taken_over(scene: &Scene, executed: &jettison_embedded::Executed) -> Option<bool> {
    scene.events(executed).map(|events| match &events[..] {
        [AnyEvent::BankruptcyResolved(event)] => event.taken_over,
        _ => panic!("{events:?}"),
    })
}

fn a_caller_with_margin_takes_the_position_over(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let caller = scene.trader(900 * USDC);
    scene.move_price(0, 880_000);
    let executed = scene.resolve(&long, Some(&caller), true);
    assert_ne!(taken_over(&scene, &executed), Some(false));
    assert_eq!((scene.size(&caller, 0), scene.size(&short, 0)), (10_000, 10_000));
    assert_eq!(scene.book(0).long.contracts.0, 10_000);
    // It takes the position at the mark: no loss, no gain, and the bounty.
    assert_eq!((scene.capital(&caller), scene.unsettled(&caller, 0)), (900 * USDC + 3_500_000, 0));
    scene.settle(&short);
    assert_eq!(scene.capital(&short), (99_998 + 1_005) * USDC);
    // The position earns from then on.
    scene.move_price(0, 890_000);
    scene.settle(&short);
    scene.settle(&caller);
    assert_eq!(scene.capital(&caller), 1_003_500_000);
}

/// 8,800 USDC need 880.1; the bounty of 3.5 doesn't count before.
fn a_caller_without_margin_gets_nothing_and_the_position_is_deleveraged(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let caller = scene.trader(880_099_999);
    scene.move_price(0, 880_000);
    let executed = scene.resolve(&long, Some(&caller), true);
    assert_ne!(taken_over(&scene, &executed), Some(true));
    assert!(scene.ledger(&caller).has_no_legs());
    assert_eq!(scene.capital(&caller), 880_099_999 + 3_500_000);
    assert_eq!((scene.book(0).long.contracts.0, scene.book(0).short.contracts.0), (0, 0));
    assert_eq!(scene.ledger(&long), Default::default());
}

fn a_caller_who_does_not_offer_takes_nothing_over(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let caller = scene.trader(2_000 * USDC);
    scene.move_price(0, 880_000);
    let executed = scene.resolve(&long, Some(&caller), false);
    assert_ne!(taken_over(&scene, &executed), Some(true));
    assert!(scene.ledger(&caller).has_no_legs());
    assert_eq!(scene.book(0).long.contracts.0, 0);
}

/// 5,000 contracts each at 0.8 and 0.95 need 875.2 USDC.
fn a_caller_takes_positions_of_two_markets_over_or_none(mut scene: Scene) {
    for (capital, expected) in [(875_199_999, false), (875_200_000, true)] {
        let markets = [scene.market(standard()), scene.market(standard())];
        let (long, short) = (scene.trader(1_010 * USDC), scene.trader(100_000 * USDC));
        for market in markets {
            scene.trade(&long, &short, market, 5_000);
        }
        scene.move_price(markets[1], 950_000);
        scene.move_price(markets[0], 800_000);
        let caller = scene.trader(capital);
        let executed = scene.resolve(&long, Some(&caller), true);
        assert_ne!(taken_over(&scene, &executed), Some(!expected));
        for market in markets {
            assert_eq!(scene.size(&caller, market), if expected { 5_000 } else { 0 });
        }
        assert_eq!(scene.ledger(&long), Default::default());
    }
}

/// The caller is the only short: it bears the whole loss of 195 although its position is closed by the takeover.
fn the_callers_own_opposite_position_is_charged_before_it_closes(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    let executed = scene.resolve(&long, Some(&short), true);
    assert_ne!(taken_over(&scene, &executed), Some(false));
    let book = scene.book(0);
    assert_eq!((book.long.shares.0, book.short.shares.0), (0, 0));
    assert_eq!(scene.unsettled(&short, 0), 1_005_000_000);
    scene.settle(&short);
    assert_eq!(scene.capital(&short), (99_998 + 1_005) * USDC + 3_500_000);
    assert_eq!(scene.book(0).pool.0, 0);
}

fn a_caller_without_a_free_leg_gets_nothing(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let (caller, other) = (scene.trader(100_000 * USDC), scene.trader(100_000 * USDC));
    for market in 1..9 {
        assert_eq!(scene.market(standard()), market);
        scene.trade(&caller, &other, market, 100);
    }
    scene.move_price(0, 880_000);
    let executed = scene.resolve(&long, Some(&caller), true);
    assert_ne!(taken_over(&scene, &executed), Some(true));
    assert_eq!(scene.ledger(&caller).legs().count(), 8);
    assert_eq!(scene.ledger(&long), Default::default());
    assert_eq!(scene.book(0).long.contracts.0, 0);
}
