//! What is left over: forfeited claims, and losses that nobody can be charged for.

use jettison_client::AnyEvent;
use jettison_embedded::Trader;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_claim_that_its_pool_cannot_pay_is_forfeited_and_pays_the_next_deficit,
    settling_the_losers_first_saves_the_claim,
    with_nobody_on_the_other_side_the_loss_stays_uncovered,
    fees_pay_an_uncovered_loss_first,
);

/// A long in markets 0 and 1 that is 20 USDC up in market 1, which nobody has paid yet, and bankrupt at 0.88 in
/// market 0; and the short of both.
fn bankrupt_with_a_claim(scene: &mut Scene) -> (Trader, Trader) {
    scene.market(standard());
    let (long, short) = leveraged(scene);
    scene.deposit(&long, 100 * USDC);
    scene.trade(&long, &short, 1, 1_000);
    scene.move_price(1, 1_020_000);
    scene.move_price(0, 880_000);
    (long, short)
}

fn a_claim_that_its_pool_cannot_pay_is_forfeited_and_pays_the_next_deficit(mut scene: Scene) {
    let (long, short) = bankrupt_with_a_claim(&mut scene);
    let executed = scene.resolve(&long, None, false);
    let book = scene.book(1);
    assert_eq!((book.surplus.0, book.pool.0), (20_000_000, 0));
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::BankruptcyResolved(event)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((event.legs[1].forfeited, event.legs[1].deficit), (20_000_000, 0));
        // 1,005 + 100 − 0.5 of fees for market 1.
        assert_eq!((event.legs[0].by_capital, event.legs[0].deficit), (1_104_500_000, 95_500_000));
    }
    scene.settle(&short);
    assert_eq!((scene.book(1).surplus.0, scene.book(1).pool.0), (20_000_000, 20_000_000));

    // The next bankruptcy of market 1: 1,000 contracts, 109.5 USDC of capital, 150 of loss.
    let (next, other) = (scene.trader(110 * USDC), scene.trader(1_000 * USDC));
    scene.fund_insurance(5 * USDC);
    let trade = scene.trade_of(&next, &other, 1, 1_000, 1_020_000);
    scene.send(&[trade]);
    assert_eq!(scene.capital(&next), 109_490_000);
    scene.move_price(1, 870_000);
    let executed = scene.resolve(&next, None, false);
    // 40.51 of deficit: surplus 20, then insurance 5, then the other side 15.51.
    let losses = scene.book(1).losses;
    assert_eq!((losses.deficit.0, losses.by_surplus.0), (40_510_000, 20_000_000));
    assert_eq!((losses.by_insurance.0, losses.by_index.0), (5_000_000, 15_510_000));
    assert_eq!(scene.book(1).surplus.0, 0);
    if let Some(events) = scene.events(&executed) {
        assert!(matches!(&events[..], [AnyEvent::BankruptcyResolved(event)]
            if event.legs[0].by_surplus == 20_000_000));
    }
    scene.settle(&other);
    assert_eq!(scene.capital(&other), 1_000 * USDC - 204_000 + 150_000_000 - 15_510_000);
    assert_eq!(scene.book(1).pool.0, 0);
}

fn settling_the_losers_first_saves_the_claim(mut scene: Scene) {
    let (long, short) = bankrupt_with_a_claim(&mut scene);
    let (settle, resolve) = (scene.settle_of(&short), scene.resolve_of(&long, None, false));
    scene.send(&[settle, resolve]);
    assert_eq!((scene.book(1).surplus.0, scene.book(1).pool.0), (0, 0));
    assert_eq!(scene.book(0).losses.deficit.0, 75_500_000);
}

/// A loss of 195 USDC in market 0 that nobody could be charged for: the only short was deleveraged there because
/// of what it lost in market 1. Returns the short, who has a claim of 1,200 in market 0, and its counterparty in
/// market 1.
pub fn uncovered_loss(scene: &mut Scene) -> (Trader, Trader) {
    scene.market(standard());
    let (long, short) = (scene.trader(1_010 * USDC), scene.trader(2_000 * USDC));
    let other = scene.trader(100_000 * USDC);
    scene.trade(&long, &short, 0, 10_000);
    scene.trade(&short, &other, 1, 9_900);
    scene.move_price(0, 880_000);
    // The short is 1,200 up in market 0; 3,004.65 down in market 1 leave it with 188.4 of equity.
    scene.move_price(1, 696_500);
    scene.deleverage(&short, None, 0);
    assert_eq!(scene.book(0).short.shares.0, 0);
    assert_eq!(scene.unsettled(&short, 0), 1_200_000_000);
    scene.resolve(&long, None, false);
    (short, other)
}

fn with_nobody_on_the_other_side_the_loss_stays_uncovered(mut scene: Scene) {
    let (short, _) = uncovered_loss(&mut scene);
    let book = scene.book(0);
    assert_eq!((book.uncovered.0, book.pool.0), (195_000_000, 1_005_000_000));
    assert_eq!((book.losses.uncovered.0, book.losses.by_index.0), (195_000_000, 0));
    assert_eq!((book.long.shares.0, book.short.shares.0), (0, 0));
    scene.settle(&short);
    assert_eq!(scene.unsettled(&short, 0), 195_000_000);
}

fn fees_pay_an_uncovered_loss_first(mut scene: Scene) {
    let (short, _) = uncovered_loss(&mut scene);
    scene.settle(&short);
    let (buyer, seller) = (scene.trader(100_000 * USDC), scene.trader(100_000 * USDC));
    let before = (scene.book(0).insurance_fees, scene.book(0).protocol_fees);
    // 7 bps of 88,000 USDC.
    scene.trade(&buyer, &seller, 0, 100_000);
    let book = scene.book(0);
    assert_eq!((book.uncovered.0, book.pool.0), (195_000_000 - 61_600_000, 61_600_000));
    assert_eq!((book.insurance_fees, book.protocol_fees), before);
    scene.settle(&short);
    assert_eq!(scene.unsettled(&short, 0), 195_000_000 - 61_600_000);
}
