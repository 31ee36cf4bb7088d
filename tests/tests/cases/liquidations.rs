//! Takeovers of solvent accounts below maintenance margin.

use clearing::events::{Fees, Liquidated, Marked};
use jettison_client::AnyEvent;
use jettison_engine::{Direction, EngineError, MarketIndex};
use jettison_tests::{feed_price, on_both_runtimes, standard, Scene, PRICE};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_liquidation_takes_the_least_that_restores_the_buffer,
    a_deep_liquidation_takes_the_whole_leg_and_all_equity_as_penalty,
    a_penalty_stops_at_equity_though_capital_be_higher,
    a_liquidation_takes_no_more_than_asked,
    a_rest_below_the_minimum_notional_is_taken_too,
    liquidating_a_healthy_account_succeeds_and_changes_nothing,
    a_liquidator_that_held_the_other_side_closes_it,
    the_liquidators_delegate_may_liquidate,
    a_short_is_liquidated_likewise,
    price_update_liquidation_and_withdrawal_fit_one_transaction,
);

/// At 0.94: equity 405, maintenance 470.1, fee at its minimum of 20 bps. The buffered goal is missed by 112.11 USDC,
/// and a contract restores 5.3 % of 0.94: 2,251 contracts, penalty 4.23188, of which 30 % go to insurance.
fn a_liquidation_takes_the_least_that_restores_the_buffer(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let liquidator = scene.trader(1_000 * USDC);
    scene.move_price(0, 940_000);
    let executed = scene.liquidate(&long, &liquidator, 0, u64::MAX);
    assert_eq!((scene.size(&long, 0), scene.size(&liquidator, 0)), (7_749, 2_251));
    assert_eq!(scene.capital(&long), 400_768_120);
    assert_eq!(scene.capital(&liquidator), 1_002_962_316);
    let book = scene.book(0);
    assert_eq!((book.pool.0, book.insurance_fees.0), (600 * USDC, 3_500_000 + 1_269_564));
    assert_eq!(book.long.contracts.0, 10_000);
    scene.expect_event(
        &executed,
        AnyEvent::Liquidated(Liquidated {
            market_index: 0,
            liquidatee: long.address,
            liquidator: liquidator.address,
            price: 940_000,
            equity: 405_000_000,
            maintenance: 470_100_000,
            size: 2_251,
            penalty: 4_231_880,
            reward: 2_962_316,
            fees: Fees { to_uncovered: 0, to_insurance: 1_269_564, to_protocol: 0 },
            marked: Marked { variation: -600_000_000, haircut: 0 },
            liquidatee_capital_before: 1_005_000_000,
            liquidatee_capital_after: 400_768_120,
            liquidator_capital_before: 1_000_000_000,
            liquidator_capital_after: 1_002_962_316,
        }),
    );
    // It is above maintenance now.
    let again = scene.liquidate(&long, &liquidator, 0, u64::MAX);
    if let Some(events) = scene.events(&again) {
        assert!(matches!(&events[..], [AnyEvent::Liquidated(event)] if event.size == 0));
    }
    assert_eq!(scene.size(&long, 0), 7_749);
}

/// At 0.905: equity 55, maintenance 452.6, fee 87 bps. No part of the leg restores the account, and the penalty of
/// 78.735 USDC stops at its equity.
fn a_deep_liquidation_takes_the_whole_leg_and_all_equity_as_penalty(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let liquidator = scene.trader(1_000 * USDC);
    scene.move_price(0, 905_000);
    scene.liquidate(&long, &liquidator, 0, u64::MAX);
    assert_eq!(scene.capital(&long), 0);
    assert!(scene.ledger(&long).has_no_legs());
    assert_eq!(scene.size(&liquidator, 0), 10_000);
    assert_eq!(scene.capital(&liquidator), 1_038_500_000);
    assert_eq!(scene.book(0).insurance_fees.0, 3_500_000 + 16_500_000);
    scene.settle(&short);
    assert_eq!(scene.capital(&short), (99_998 + 950) * USDC);
    assert_eq!(scene.book(0).pool.0, 0);
}

/// 5,000 contracts in each of two markets; the second has lost 990 USDC at 0.802, not yet paid: capital 1,005,
/// equity 15, maintenance 450.7, fee 96 bps. The whole leg of the first would cost 48.
fn a_penalty_stops_at_equity_though_capital_be_higher(mut scene: Scene) {
    scene.market(standard());
    let (long, short) = (scene.trader(1_010 * USDC), scene.trader(100_000 * USDC));
    let liquidator = scene.trader(1_000 * USDC);
    scene.trade(&long, &short, 0, 5_000);
    scene.trade(&long, &short, 1, 5_000);
    scene.move_price(1, 802_000);
    scene.liquidate(&long, &liquidator, 0, u64::MAX);
    assert_eq!((scene.size(&long, 0), scene.size(&liquidator, 0)), (0, 5_000));
    assert_eq!(scene.capital(&long), 990 * USDC);
    assert_eq!(scene.capital(&liquidator), 1_010_500_000);
    scene.refuse(scene.resolve_of(&long, None, false), EngineError::NotBankrupt);
}

fn a_liquidation_takes_no_more_than_asked(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let liquidator = scene.trader(1_000 * USDC);
    scene.move_price(0, 940_000);
    scene.liquidate(&long, &liquidator, 0, 100);
    assert_eq!((scene.size(&long, 0), scene.size(&liquidator, 0)), (9_900, 100));
    // 20 bps of 94 USDC.
    assert_eq!(scene.capital(&long), 405 * USDC - 188_000);
    assert_eq!(scene.capital(&liquidator), 1_000 * USDC + 131_600);
}

/// 14 contracts at 0.91, equity 0.533 and fee 27 bps: 6 would restore the buffer, but the 8 left would be worth 7.28
/// USDC, and the minimum is 10.
fn a_rest_below_the_minimum_notional_is_taken_too(mut scene: Scene) {
    let (long, short) = (scene.trader(1_800_000), scene.trader(1_000 * USDC));
    let liquidator = scene.trader(1_000 * USDC);
    scene.trade(&long, &short, 0, 14);
    scene.move_price(0, 910_000);
    scene.liquidate(&long, &liquidator, 0, u64::MAX);
    assert_eq!((scene.size(&long, 0), scene.size(&liquidator, 0)), (0, 14));
    assert_eq!(scene.capital(&long), 533_000 - 34_398);
}

fn liquidating_a_healthy_account_succeeds_and_changes_nothing(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let liquidator = scene.trader(1_000 * USDC);
    scene.move_price(0, 950_000);
    let before = scene.snapshot();
    let executed = scene.liquidate(&long, &liquidator, 0, u64::MAX);
    assert_eq!(before.changed(&scene.at.chain), []);
    scene.expect_event(
        &executed,
        AnyEvent::Liquidated(Liquidated {
            market_index: 0,
            liquidatee: long.address,
            liquidator: liquidator.address,
            price: 950_000,
            equity: 505_000_000,
            maintenance: 475_100_000,
            size: 0,
            penalty: 0,
            reward: 0,
            fees: Fees { to_uncovered: 0, to_insurance: 0, to_protocol: 0 },
            marked: Marked { variation: 0, haircut: 0 },
            liquidatee_capital_before: 1_005_000_000,
            liquidatee_capital_after: 1_005_000_000,
            liquidator_capital_before: 1_000_000_000,
            liquidator_capital_after: 1_000_000_000,
        }),
    );
}

/// The liquidator was short 1,000: it gains 60 USDC, closes them against the first 1,000 taken, and is long the
/// rest.
fn a_liquidator_that_held_the_other_side_closes_it(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let liquidator = scene.trader(1_000 * USDC);
    scene.trade(&short, &liquidator, 0, 1_000);
    scene.move_price(0, 940_000);
    scene.liquidate(&long, &liquidator, 0, u64::MAX);
    assert_eq!((scene.size(&liquidator, 0), scene.size(&short, 0)), (1_251, 9_000));
    assert_eq!(scene.book(0).long.contracts.0, 9_000);
    // Maker's fee on 1,000 USDC; variation; reward.
    assert_eq!(scene.capital(&liquidator), 1_000 * USDC - 200_000 + 60 * USDC + 2_962_316);
    assert_eq!(scene.book(0).pool.0, 540 * USDC);
}

fn the_liquidators_delegate_may_liquidate(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let (liquidator, delegate) = (scene.trader(1_000 * USDC), scene.key());
    let owner = liquidator.key.pubkey();
    scene.send(&[scene.at.venue.set_delegate(owner, liquidator.address, delegate)]);
    scene.move_price(0, 940_000);
    let mut liquidate = scene.liquidate_of(&long, &liquidator, 0, 10);
    liquidate.accounts[0].pubkey = delegate;
    scene.send(&[liquidate]);
    assert_eq!(scene.size(&liquidator, 0), 10);
    assert!(scene.book(0).effective_price.0 < PRICE);
}

/// At 1.06: equity 408, maintenance 530.1, fee 23 bps; 3,135 contracts restore the buffer.
fn a_short_is_liquidated_likewise(mut scene: Scene) {
    let (short, long) = (scene.trader(1_010 * USDC), scene.trader(100_000 * USDC));
    let liquidator = scene.trader(1_000 * USDC);
    scene.trade(&long, &short, 0, 10_000);
    assert_eq!(scene.capital(&short), 1_008 * USDC);
    scene.move_price(0, 1_060_000);
    scene.liquidate(&short, &liquidator, 0, u64::MAX);
    assert_eq!((scene.size(&short, 0), scene.size(&liquidator, 0)), (6_865, 3_135));
    assert_eq!(scene.capital(&short), 408 * USDC - 7_643_130);
    assert_eq!(scene.capital(&liquidator), 1_000 * USDC + 5_350_191);
    let leg = *scene.ledger(&liquidator).leg(MarketIndex(0)).unwrap();
    assert_eq!(leg.direction(), Direction::Short);
}

/// Whoever can do all three at once gains no more than who does them one by one: the reward, and no margin.
fn price_update_liquidation_and_withdrawal_fit_one_transaction(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let liquidator = scene.trader(1_000 * USDC);
    scene.move_price(0, 950_000);
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + 10);
    let [post, accrue] = scene.at.price_instructions(0, feed_price(940_000));
    let liquidate = scene.liquidate_of(&long, &liquidator, 0, u64::MAX);
    // 2,251 contracts at 0.94 keep 211.694 USDC of the 1,002.962316.
    let withdraw = |atoms| {
        let owner = liquidator.key.pubkey();
        scene.at.venue.withdraw(owner, liquidator.address, scene.at.treasury, atoms, &[0])
    };
    let (too_much, most) = (withdraw(791_268_317), withdraw(791_268_316));
    let all = [post, accrue, liquidate, too_much];
    scene.refuse_all(&all, EngineError::BelowInitialMargin);
    let [post, accrue, liquidate, _] = all;
    scene.send(&[post, accrue, liquidate, most]);
    assert_eq!(scene.capital(&liquidator), 211_694_000);
    assert_eq!(scene.size(&liquidator, 0), 2_251);
}
