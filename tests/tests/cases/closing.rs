//! Closing margin accounts, with and without giving up a claim.

use anchor_lang::error::ErrorCode;
use clearing::events::MarginAccountClosed;
use jettison_client::AnyEvent;
use jettison_embedded::Trader;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Scene};
use solana_signer::Signer;

use crate::support::USDC;

on_both_runtimes!(
    closing_an_empty_account_returns_its_rent,
    a_closed_account_opens_again_as_new,
    an_account_closed_and_opened_in_one_transaction_is_new,
    a_claim_that_the_pool_cannot_pay_keeps_the_account_open_unless_waived,
    an_account_cannot_be_closed_into_itself,
    waiving_collects_what_the_pool_can_pay,
    waiving_lowers_uncovered_loss_before_it_becomes_surplus,
);

fn closing_an_empty_account_returns_its_rent(mut scene: Scene) {
    let trader = scene.trader(USDC);
    scene.send(&[scene.withdraw_of(&trader, USDC)]);
    let rent = scene.at.chain.account(&trader.address).unwrap().lamports;
    let executed = scene.send(&[scene.close_of(&trader, false)]);
    let owner = trader.key.pubkey();
    assert_eq!(scene.at.chain.account(&owner).unwrap().lamports, rent);
    let left = scene.at.chain.account(&trader.address);
    assert!(left.is_none_or(|account| account.lamports == 0 && account.data.is_empty()));
    scene.expect_event(
        &executed,
        AnyEvent::MarginAccountClosed(MarginAccountClosed {
            clearinghouse: scene.at.venue.clearinghouse,
            margin_account: trader.address,
            authority: owner,
            waived: 0,
        }),
    );
}

fn a_closed_account_opens_again_as_new(mut scene: Scene) {
    let trader = scene.trader(0);
    let (owner, payer) = (trader.key.pubkey(), scene.at.chain.payer().pubkey());
    let delegate = scene.key();
    scene.send(&[scene.at.venue.set_delegate(owner, trader.address, delegate)]);
    scene.send(&[scene.close_of(&trader, false)]);
    scene.send(&[scene.at.venue.open_margin_account(owner, payer, 0)]);
    assert_is_new(&scene, &trader);
}

fn an_account_closed_and_opened_in_one_transaction_is_new(mut scene: Scene) {
    let trader = scene.trader(0);
    let (owner, payer) = (trader.key.pubkey(), scene.at.chain.payer().pubkey());
    let delegate = scene.key();
    let set = scene.at.venue.set_delegate(owner, trader.address, delegate);
    let (close, open) = (scene.close_of(&trader, false), scene.at.venue.open_margin_account(owner, payer, 0));
    scene.send(&[set, close, open]);
    assert_is_new(&scene, &trader);
}

fn assert_is_new(scene: &Scene, trader: &Trader) {
    let decode = jettison_client::account::<clearing::state::MarginAccount>;
    let opened = scene.at.chain.with_account_data(&trader.address, decode).unwrap().unwrap();
    assert_eq!(opened.delegate, Default::default());
    assert_eq!(opened.ledger, Default::default());
}

/// A trader who left with a gain of 10 USDC that the loser hasn't paid yet, and the loser.
fn unpaid_winner(scene: &mut Scene) -> (Trader, Trader) {
    let (winner, loser) = (scene.trader(200 * USDC), scene.trader(200 * USDC));
    let third = scene.trader(200 * USDC);
    scene.trade(&winner, &loser, 0, 1_000);
    scene.move_price(0, 1_010_000);
    scene.trade(&third, &winner, 0, 1_000);
    let capital = scene.capital(&winner);
    scene.send(&[scene.withdraw_of(&winner, capital)]);
    assert_eq!((scene.size(&winner, 0), scene.unsettled(&winner, 0)), (0, 10_000_000));
    assert_eq!(scene.book(0).pool.0, 0);
    (winner, loser)
}

fn a_claim_that_the_pool_cannot_pay_keeps_the_account_open_unless_waived(mut scene: Scene) {
    let (winner, loser) = unpaid_winner(&mut scene);
    scene.refuse(scene.close_of(&winner, false), EngineError::AccountNotEmpty);
    let executed = scene.send(&[scene.close_of(&winner, true)]);
    assert_eq!(scene.book(0).surplus.0, 10_000_000);
    scene.expect_event(
        &executed,
        AnyEvent::MarginAccountClosed(MarginAccountClosed {
            clearinghouse: scene.at.venue.clearinghouse,
            margin_account: winner.address,
            authority: winner.key.pubkey(),
            waived: 10_000_000,
        }),
    );
    // What the loser pays later backs the surplus and is paid to nobody.
    scene.settle(&loser);
    assert_eq!((scene.book(0).pool.0, scene.book(0).payable().0), (10_000_000, 0));
}

fn an_account_cannot_be_closed_into_itself(mut scene: Scene) {
    let trader = scene.trader(0);
    let mut close = scene.close_of(&trader, false);
    close.accounts[1].pubkey = trader.address;
    scene.refuse(close, ErrorCode::ConstraintClose);
}

fn waiving_collects_what_the_pool_can_pay(mut scene: Scene) {
    let (winner, loser) = unpaid_winner(&mut scene);
    scene.settle(&loser);
    // What was collected is capital, which must be withdrawn before the account can close.
    scene.refuse(scene.close_of(&winner, true), EngineError::AccountNotEmpty);
    scene.settle(&winner);
    assert_eq!(scene.capital(&winner), 10_000_000);
    scene.send(&[scene.withdraw_of(&winner, 10_000_000)]);
    scene.send(&[scene.close_of(&winner, false)]);
    assert_eq!((scene.book(0).pool.0, scene.book(0).surplus.0), (0, 0));
}

fn waiving_lowers_uncovered_loss_before_it_becomes_surplus(mut scene: Scene) {
    let (winner, other) = crate::cases::surplus::uncovered_loss(&mut scene);
    // The winner's claim is 1,200 USDC; the pool holds 1,005, and 195 are uncovered.
    scene.deposit(&winner, 500 * USDC);
    scene.settle(&winner);
    assert_eq!(scene.unsettled(&winner, 0), 195_000_000);
    scene.trade(&other, &winner, 1, 9_900);
    let capital = scene.capital(&winner);
    scene.send(&[scene.withdraw_of(&winner, capital)]);
    scene.send(&[scene.close_of(&winner, true)]);
    assert_eq!((scene.book(0).uncovered.0, scene.book(0).surplus.0), (0, 0));
}
