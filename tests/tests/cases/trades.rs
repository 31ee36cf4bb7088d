//! Trades between two margin accounts.

use clearing::events::{Fees, Marked, TradeSettled, TradeSideSettled};
use clearing::instructions::SettleTradeArgs;
use jettison_client::AnyEvent;
use jettison_engine::{Direction, MarketIndex};
use jettison_tests::{on_both_runtimes, standard, Scene, PRICE};

use crate::support::USDC;

on_both_runtimes!(
    an_opening_trade_moves_premium_and_fees_at_once,
    below_the_mark_the_seller_pays_the_premium,
    a_trade_against_a_position_closes_first_and_opens_the_rest,
    a_trade_settles_what_the_price_moved_before_it,
    a_full_close_leaves_no_leg_once_all_is_paid,
    an_account_trades_in_eight_markets,
    a_reducing_trade_goes_through_while_the_market_lags,
    fees_are_rounded_up_and_the_odd_atom_goes_to_insurance,
);

/// 1,000 contracts at 1.01 USDC: premium 10 USDC; fees 5 and 2 basis points of 1,010 USDC.
fn an_opening_trade_moves_premium_and_fees_at_once(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let trade = scene.trade_of(&buyer, &seller, 0, 1_000, 1_010_000);
    let executed = scene.send(&[trade]);
    assert_eq!(scene.capital(&buyer), 989_495_000);
    assert_eq!(scene.capital(&seller), 1_009_798_000);
    let book = scene.book(0);
    assert_eq!((book.pool.0, book.insurance_fees.0, book.protocol_fees.0), (0, 353_500, 353_500));
    let side = |margin_account, fee, capital_after| TradeSideSettled {
        margin_account,
        closed: 0,
        opened: 1_000,
        fee,
        marked: Marked { variation: 0, haircut: 0 },
        capital_before: 1_000 * USDC,
        capital_after,
    };
    scene.expect_event(
        &executed,
        AnyEvent::TradeSettled(TradeSettled {
            market_index: 0,
            size: 1_000,
            price: 1_010_000,
            effective_price: PRICE,
            premium: 10_000_000,
            open_interest: 1_000,
            buyer: side(buyer.address, 505_000, 989_495_000),
            seller: side(seller.address, 202_000, 1_009_798_000),
            fees: Fees { to_uncovered: 0, to_insurance: 353_500, to_protocol: 353_500 },
        }),
    );
}

fn below_the_mark_the_seller_pays_the_premium(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let args = SettleTradeArgs { market_index: 0, size: 1_000, price: 950_000, buyer_is_taker: false };
    let trade = scene.at.trade_instruction(&buyer, &seller, args).unwrap();
    scene.send(&[trade]);
    // Premium 50 USDC; the buyer, here the maker, pays 0.19 and the seller 0.475.
    assert_eq!(scene.capital(&buyer), 1_049_810_000);
    assert_eq!(scene.capital(&seller), 949_525_000);
}

fn a_trade_against_a_position_closes_first_and_opens_the_rest(mut scene: Scene) {
    let (trader, maker) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let other = scene.trader(1_000 * USDC);
    scene.trade(&trader, &maker, 0, 1_000);
    let executed = scene.trade(&other, &trader, 0, 1_500);
    let leg = *scene.ledger(&trader).leg(MarketIndex(0)).unwrap();
    assert_eq!((leg.direction(), scene.size(&trader, 0)), (Direction::Short, 500));
    assert_eq!((scene.size(&other, 0), scene.size(&maker, 0)), (1_500, 1_000));
    assert_eq!(scene.book(0).long.contracts.0, 1_500);
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::TradeSettled(event)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((event.buyer.closed, event.buyer.opened), (0, 1_500));
        assert_eq!((event.seller.closed, event.seller.opened), (1_000, 500));
        assert_eq!(event.open_interest, 1_500);
    }
}

/// After +2 % the seller of 1,000 owes 20 USDC: marked and paid into the pool before it reduces by 400, and the
/// winner, who is the counterparty, collects it in the same trade.
fn a_trade_settles_what_the_price_moved_before_it(mut scene: Scene) {
    let (long, short) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    scene.trade(&long, &short, 0, 1_000);
    scene.move_price(0, 1_020_000);
    let before = (scene.capital(&long), scene.capital(&short));
    let executed = scene.trade(&short, &long, 0, 400);
    // Taker 5 and maker 2 basis points of 408 USDC.
    assert_eq!(scene.capital(&short), before.1 - 20_000_000 - 204_000);
    // The buyer is marked and pays first, so the pool has the seller's claim at once.
    assert_eq!(scene.capital(&long), before.0 + 20_000_000 - 81_600);
    assert_eq!((scene.book(0).pool.0, scene.book(0).long.contracts.0), (0, 600));
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::TradeSettled(event)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((event.buyer.marked.variation, event.seller.marked.variation), (-20_000_000, 20_000_000));
        assert_eq!((event.buyer.capital_before, event.seller.capital_before), (before.1, before.0));
    }
}

fn a_full_close_leaves_no_leg_once_all_is_paid(mut scene: Scene) {
    let (long, short) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    scene.trade(&long, &short, 0, 1_000);
    scene.move_price(0, 1_020_000);
    scene.trade(&short, &long, 0, 1_000);
    assert!(scene.ledger(&long).has_no_legs() && scene.ledger(&short).has_no_legs());
    let book = scene.book(0);
    assert_eq!((book.long.shares.0, book.short.shares.0, book.pool.0), (0, 0, 0));
}

fn an_account_trades_in_eight_markets(mut scene: Scene) {
    let (long, short) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    for _ in 1..8 {
        scene.market(standard());
    }
    for market in 0..8 {
        scene.trade(&long, &short, market, 100);
    }
    assert_eq!(scene.ledger(&long).legs().count(), 8);
    // Eight times 0.05 USDC of fees; then 80.8 USDC of initial margin stay.
    assert_eq!(scene.capital(&long), 999_600_000);
    scene.send(&[scene.withdraw_of(&long, 999_600_000 - 80_800_000)]);
}

fn a_reducing_trade_goes_through_while_the_market_lags(mut scene: Scene) {
    let (long, short) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    scene.trade(&long, &short, 0, 1_000);
    scene.wait(5);
    scene.post(0, 1_200_000);
    assert!(scene.book(0).is_lagging());
    scene.trade(&short, &long, 0, 400);
    assert_eq!((scene.size(&long, 0), scene.size(&short, 0)), (600, 600));
}

/// 11 contracts at 0.999999 USDC: 5,499.99… and 2,199.99… atoms of fees.
fn fees_are_rounded_up_and_the_odd_atom_goes_to_insurance(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(100 * USDC), scene.trader(100 * USDC));
    let trade = scene.trade_of(&buyer, &seller, 0, 11, 999_999);
    scene.send(&[trade]);
    // The seller pays a premium of 11 atoms.
    assert_eq!(scene.capital(&buyer), 100 * USDC + 11 - 5_500);
    assert_eq!(scene.capital(&seller), 100 * USDC - 11 - 2_200);
    assert_eq!((scene.book(0).insurance_fees.0, scene.book(0).protocol_fees.0), (3_850, 3_850));
    let trade = scene.trade_of(&buyer, &seller, 0, 11, 999_000);
    scene.send(&[trade]);
    // 5,494.5 and 2,197.8 atoms.
    assert_eq!((scene.book(0).insurance_fees.0, scene.book(0).protocol_fees.0), (7_697, 7_696));
}
