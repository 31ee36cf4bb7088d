//! Someone who holds both sides, and the liquidator too, on the ELF: while prices stay where keepers can follow, what the
//! three accounts get out is what they put in less fees and penalties.

use jettison_embedded::Trader;
use jettison_tests::{on_elf, Scene};

use crate::support::USDC;

on_elf!(
    trading_with_oneself_costs_the_fees,
    liquidating_oneself_through_a_third_account_costs_fees_and_penalties,
    deleveraging_oneself_for_the_bounty_costs_more_than_it_brings,
    a_premium_paid_to_oneself_before_the_fall_gains_nothing,
);

/// Settles until nothing moves, closes what is left between the accounts at the mark, and takes all money out. Returns it.
fn cash_out(scene: &mut Scene, accounts: &[&Trader]) -> u64 {
    let price = scene.book(0).effective_price.0;
    for buyer in accounts {
        for seller in accounts {
            let index = scene.book(0).index;
            let side = |scene: &Scene, trader: &Trader| {
                let ledger = scene.ledger(trader);
                ledger.leg(index).filter(|leg| leg.has_position()).map(|leg| leg.direction())
            };
            let [short, long] = [side(scene, buyer), side(scene, seller)];
            if (short, long)
                == (Some(jettison_engine::Direction::Short), Some(jettison_engine::Direction::Long))
            {
                let size = scene.size(buyer, 0).min(scene.size(seller, 0));
                let trade = scene.trade_of(buyer, seller, 0, size, price);
                scene.send(&[trade]);
            }
        }
    }
    for _ in 0..2 {
        for trader in accounts {
            scene.settle(trader);
        }
    }
    let mut out = 0;
    for trader in accounts {
        assert!(scene.ledger(trader).has_no_legs());
        let capital = scene.capital(trader);
        if capital > 0 {
            scene.send(&[scene.withdraw_of(trader, capital)]);
            out += capital;
        }
    }
    out
}

/// What was lost is in the market's fees and in the dust of its pool; insurance has paid nothing.
fn lost_is_fees(scene: &Scene, put_in: u64, out: u64) {
    let book = scene.book(0);
    assert!(out < put_in);
    assert_eq!(put_in - out, book.insurance_fees.0 + book.protocol_fees.0 + book.pool.0);
    assert!(book.pool.0 <= 10, "{}", book.pool.0);
    assert_eq!((scene.insurance(), book.losses.deficit.0), (1_000 * USDC, 0));
}

fn trading_with_oneself_costs_the_fees(mut scene: Scene) {
    scene.fund_insurance(1_000 * USDC);
    let [one, other, third] = [5_000, 3_000, 10_000].map(|usdc| scene.trader(usdc * USDC));
    for (price, buyer, seller, size) in [
        (1_030_000, &one, &other, 3_333),
        (990_001, &other, &third, 4_567),
        (1_010_007, &third, &one, 6_000),
        (970_003, &one, &other, 1_234),
    ] {
        scene.trade(buyer, seller, 0, size);
        scene.move_price(0, price);
    }
    let out = cash_out(&mut scene, &[&one, &other, &third]);
    lost_is_fees(&scene, 18_000 * USDC, out);
}

fn liquidating_oneself_through_a_third_account_costs_fees_and_penalties(mut scene: Scene) {
    scene.fund_insurance(1_000 * USDC);
    let [long, short, third] = [1_010, 100_000, 10_000].map(|usdc| scene.trader(usdc * USDC));
    scene.trade(&long, &short, 0, 10_000);
    for price in [946_000, 939_999, 930_001, 921_007, 915_003, 905_001] {
        scene.move_price(0, price);
        scene.liquidate(&long, &third, 0, u64::MAX);
    }
    let paid = scene.book(0).insurance_fees.0;
    assert!(paid > 3_500_000, "penalties came in: {paid}");
    let out = cash_out(&mut scene, &[&long, &short, &third]);
    lost_is_fees(&scene, 111_010 * USDC, out);
}

fn deleveraging_oneself_for_the_bounty_costs_more_than_it_brings(mut scene: Scene) {
    scene.fund_insurance(1_000 * USDC);
    let [long, short, third] = [1_010, 100_000, 10_000].map(|usdc| scene.trader(usdc * USDC));
    scene.trade(&long, &short, 0, 10_000);
    scene.move_price(0, 915_000);
    scene.deleverage(&long, Some(&third), 0);
    let bounty = scene.capital(&third) - 10_000 * USDC;
    assert!(bounty > 0);
    let out = cash_out(&mut scene, &[&long, &short, &third]);
    lost_is_fees(&scene, 111_010 * USDC, out);
    // Without the bounty the penalty costs that much more, and no more than that.
    assert!(111_010 * USDC - out > 9 * bounty);
}

/// The widest premium that the band lets through, so that the long is left with its initial margin and no more.
fn a_premium_paid_to_oneself_before_the_fall_gains_nothing(mut scene: Scene) {
    scene.fund_insurance(1_000 * USDC);
    let [long, short, third] = [1_506, 1_500, 10_000].map(|usdc| scene.trader(usdc * USDC));
    let trade = scene.trade_of(&long, &short, 0, 10_000, 1_050_000);
    scene.send(&[trade]);
    assert_eq!(scene.capital(&long), 1_506 * USDC - 500 * USDC - 5_250_000);
    scene.move_price(0, 945_000);
    scene.liquidate(&long, &third, 0, u64::MAX);
    let out = cash_out(&mut scene, &[&long, &short, &third]);
    lost_is_fees(&scene, 13_006 * USDC, out);
}
