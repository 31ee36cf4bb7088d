//! Closing a position without a counterparty.

use clearing::events::{AccountSettled, Deleveraged, Fees, LegSettled, Marked};
use jettison_client::AnyEvent;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_deleverage_closes_the_leg_and_pays_insurance_and_the_caller,
    without_a_bounty_account_the_whole_penalty_goes_to_insurance,
    a_deleverage_shrinks_the_other_side_pro_rata,
    an_account_above_the_threshold_is_left_alone,
    nobody_opens_on_a_draining_side_until_it_is_settled,
);

fn nothing() -> Marked {
    Marked { variation: 0, haircut: 0 }
}

/// At 0.92: equity 205, maintenance 460.1, fee 55 bps of 9,200 USDC: 50.6, of which the caller gets a tenth.
fn a_deleverage_closes_the_leg_and_pays_insurance_and_the_caller(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let keeper = scene.trader(0);
    scene.move_price(0, 920_000);
    let executed = scene.deleverage(&long, Some(&keeper), 0);
    assert!(scene.ledger(&long).has_no_legs());
    assert_eq!(scene.capital(&long), 154_400_000);
    assert_eq!(scene.capital(&keeper), 5_060_000);
    let book = scene.book(0);
    assert_eq!((book.pool.0, book.insurance_fees.0), (800 * USDC, 3_500_000 + 45_540_000));
    assert_eq!((book.long.contracts.0, book.short.contracts.0), (0, 0));
    scene.expect_event(
        &executed,
        AnyEvent::Deleveraged(Deleveraged {
            market_index: 0,
            margin_account: long.address,
            bounty_account: Some(keeper.address),
            price: 920_000,
            equity: 205_000_000,
            maintenance: 460_100_000,
            eligible: true,
            size: 10_000,
            open_interest: 0,
            penalty: 50_600_000,
            bounty: 5_060_000,
            fees: Fees { to_uncovered: 0, to_insurance: 45_540_000, to_protocol: 0 },
            marked: Marked { variation: -800_000_000, haircut: 0 },
            capital_before: 1_005_000_000,
            capital_after: 154_400_000,
        }),
    );
}

fn without_a_bounty_account_the_whole_penalty_goes_to_insurance(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 920_000);
    scene.deleverage(&long, None, 0);
    assert_eq!(scene.capital(&long), 154_400_000);
    assert_eq!(scene.book(0).insurance_fees.0, 3_500_000 + 50_600_000);
}

/// Shorts of 20,000 (10,000 from the set-up) lose half when 15,000 of 30,000 close.
fn a_deleverage_shrinks_the_other_side_pro_rata(mut scene: Scene) {
    let (long, first) = leveraged(&mut scene);
    let (other, second) = (scene.trader(100_000 * USDC), scene.trader(100_000 * USDC));
    scene.trade(&other, &second, 0, 10_000);
    scene.trade(&other, &first, 0, 20_000);
    scene.move_price(0, 920_000);
    scene.deleverage(&long, None, 0);
    assert_eq!(scene.book(0).short.contracts.0, 30_000);
    assert_eq!((scene.size(&other, 0), scene.size(&first, 0)), (30_000, 22_500));
    assert_eq!(scene.size(&second, 0), 7_500);
    // From then on the shrunk legs earn less: −1 % of 0.92 on 22,500 and 7,500.
    let (before_first, before_second) = (scene.capital(&first), scene.capital(&second));
    scene.settle(&other);
    scene.move_price(0, 910_800);
    scene.settle(&other);
    scene.settle(&first);
    scene.settle(&second);
    assert_eq!(scene.capital(&first) - before_first, 30_000 * 80_000 + 22_500 * 9_200);
    assert_eq!(scene.capital(&second) - before_second, 10_000 * 80_000 + 7_500 * 9_200);
}

fn an_account_above_the_threshold_is_left_alone(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let keeper = scene.trader(0);
    scene.move_price(0, 940_000);
    let before = scene.snapshot();
    let executed = scene.deleverage(&long, Some(&keeper), 0);
    assert_eq!(before.changed(&scene.at.chain), []);
    scene.expect_event(
        &executed,
        AnyEvent::Deleveraged(Deleveraged {
            market_index: 0,
            margin_account: long.address,
            bounty_account: Some(keeper.address),
            price: 940_000,
            equity: 405_000_000,
            maintenance: 470_100_000,
            eligible: false,
            size: 0,
            open_interest: 10_000,
            penalty: 0,
            bounty: 0,
            fees: Fees { to_uncovered: 0, to_insurance: 0, to_protocol: 0 },
            marked: nothing(),
            capital_before: 1_005_000_000,
            capital_after: 1_005_000_000,
        }),
    );
}

fn nobody_opens_on_a_draining_side_until_it_is_settled(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    scene.move_price(0, 920_000);
    scene.deleverage(&long, None, 0);
    assert!(scene.book(0).short.is_draining());
    assert_eq!(scene.size(&short, 0), 0);
    let trade = scene.trade_of(&buyer, &seller, 0, 100, 920_000);
    scene.refuse(trade, EngineError::SideDraining);

    let executed = scene.settle(&short);
    assert!(scene.ledger(&short).has_no_legs());
    assert!(!scene.book(0).short.is_draining());
    scene.expect_event(
        &executed,
        AnyEvent::AccountSettled(AccountSettled {
            margin_account: short.address,
            equity: (99_998 + 800) * 1_000_000,
            maintenance: 100_000,
            capital_before: 99_998 * USDC,
            capital_after: (99_998 + 800) * USDC,
            legs: vec![LegSettled {
                market_index: 0,
                price: 920_000,
                marked: Marked { variation: 800_000_000, haircut: 0 },
                cash: 800_000_000,
                unsettled: 0,
                drained: true,
                closed: 0,
                lapsed: 0,
            }],
        }),
    );
    scene.trade(&buyer, &seller, 0, 100);
}
