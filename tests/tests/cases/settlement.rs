//! Settling an account: indices, cash, haircuts.

use clearing::events::{AccountSettled, LegSettled, Marked};
use jettison_client::AnyEvent;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_haircut_is_charged_once_however_often_one_settles,
    a_loser_pays_and_then_a_winner_collects,
    legs_of_several_markets_settle_together_claims_before_debts,
    an_insolvent_account_is_marked_but_no_cash_moves,
);

fn settled(
    margin_account: anchor_lang::prelude::Pubkey,
    equity: i64,
    maintenance: u64,
    capital: [u64; 2],
    leg: LegSettled,
) -> AnyEvent {
    AnyEvent::AccountSettled(AccountSettled {
        margin_account,
        equity,
        maintenance,
        capital_before: capital[0],
        capital_after: capital[1],
        legs: vec![leg],
    })
}

/// At 0.88 the long owes 1,200 and has 1,005: 195 are charged to the short's gain of 1,200. A second long keeps the
/// short side alive.
fn a_haircut_is_charged_once_however_often_one_settles(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let other = scene.trader(100_000 * USDC);
    scene.trade(&other, &short, 0, 10_000);
    scene.move_price(0, 880_000);
    scene.settle(&other);
    scene.resolve(&long, None, false);
    let before = scene.capital(&short);
    let executed = scene.settle(&short);
    // 20,000 contracts gained 2,400; of the pool's 1,005 + 1,200 all is paid.
    assert_eq!(scene.capital(&short), before + 2_205_000_000);
    assert_eq!((scene.book(0).pool.0, scene.size(&short, 0)), (0, 10_000));
    scene.expect_event(
        &executed,
        settled(
            short.address,
            (before + 2_205_000_000) as i64,
            440_100_000,
            [before, before + 2_205_000_000],
            LegSettled {
                market_index: 0,
                price: 880_000,
                marked: Marked { variation: 2_400_000_000, haircut: 195_000_000 },
                cash: 2_205_000_000,
                unsettled: 0,
                drained: false,
                closed: 0,
                lapsed: 0,
            },
        ),
    );
    let once = scene.snapshot();
    scene.settle(&short);
    assert_eq!(once.changed(&scene.at.chain), []);
}

fn a_loser_pays_and_then_a_winner_collects(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.move_price(0, 1_020_000);
    // Nobody has paid yet: the claim is marked and stays.
    let executed = scene.settle(&long);
    assert_eq!((scene.capital(&long), scene.unsettled(&long, 0)), (1_005 * USDC, 200_000_000));
    scene.expect_event(
        &executed,
        settled(
            long.address,
            1_205_000_000,
            510_100_000,
            [1_005_000_000, 1_005_000_000],
            LegSettled {
                market_index: 0,
                price: 1_020_000,
                marked: Marked { variation: 200_000_000, haircut: 0 },
                cash: 0,
                unsettled: 200_000_000,
                drained: false,
                closed: 0,
                lapsed: 0,
            },
        ),
    );
    scene.settle(&short);
    assert_eq!((scene.capital(&short), scene.book(0).pool.0), ((99_998 - 200) * USDC, 200 * USDC));
    scene.settle(&long);
    assert_eq!((scene.capital(&long), scene.unsettled(&long, 0)), (1_205 * USDC, 0));
    assert_eq!(scene.book(0).pool.0, 0);
}

/// Without capital to spare, the gain of one market pays the loss of another.
fn legs_of_several_markets_settle_together_claims_before_debts(mut scene: Scene) {
    scene.market(standard());
    let (trader, other) = (scene.trader(210 * USDC), scene.trader(10_000 * USDC));
    scene.trade(&trader, &other, 0, 1_000);
    scene.trade(&trader, &other, 1, 1_000);
    let capital = scene.capital(&trader);
    scene.move_price(1, 1_300_000);
    scene.move_price(0, 750_000);
    scene.settle(&other);
    let executed = scene.settle(&trader);
    // The other pays 300 in market 1, and in market 0 collects what comes in only now.
    assert_eq!(scene.capital(&trader), capital + 50 * USDC);
    assert_eq!((scene.book(0).pool.0, scene.book(1).pool.0), (250 * USDC, 0));
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::AccountSettled(event)] = &events[..] else {
            panic!("{events:?}");
        };
        let cash: Vec<i64> = event.legs.iter().map(|leg| leg.cash).collect();
        assert_eq!(cash, [-250_000_000, 300_000_000]);
    }
    scene.settle(&other);
    assert_eq!(scene.book(0).pool.0, 0);
}

fn an_insolvent_account_is_marked_but_no_cash_moves(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    let executed = scene.settle(&long);
    assert_eq!((scene.capital(&long), scene.unsettled(&long, 0)), (1_005 * USDC, -1_200_000_000));
    assert_eq!(scene.book(0).pool.0, 0);
    scene.expect_event(
        &executed,
        settled(
            long.address,
            -195_000_000,
            440_100_000,
            [1_005_000_000, 1_005_000_000],
            LegSettled {
                market_index: 0,
                price: 880_000,
                marked: Marked { variation: -1_200_000_000, haircut: 0 },
                cash: 0,
                unsettled: -1_200_000_000,
                drained: false,
                closed: 0,
                lapsed: 0,
            },
        ),
    );
}
