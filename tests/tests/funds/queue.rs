//! The queue of withdrawals that the throttle has stopped.

use clearing::error::ClearingError;
use clearing::events::WithdrawalServed;
use jettison_client::AnyEvent;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Foreign, Scene};
use solana_signer::Signer;

use super::throttle::throttled;
use crate::support::USDC;

on_both_runtimes!(
    the_queue_is_served_in_order_and_in_parts,
    nobody_passes_the_queue_however_little,
    an_account_has_one_place_and_keeps_it,
    an_account_with_something_queued_cannot_be_closed,
    what_waits_bears_no_loss_of_its_account,
    a_withdrawal_is_served_to_the_token_account_it_was_made_to,
    an_account_that_was_served_is_not_served_again,
);

fn the_queue_is_served_in_order_and_in_parts(mut scene: Scene) {
    let [one, other] = throttled(&mut scene, [600, 400]);
    let [to, there] = [&one, &other].map(|trader| scene.wallet(&trader.key.pubkey(), 0));
    assert_eq!(scene.withdraw_to(&one, &to, 200 * USDC), Some(0));
    assert_eq!(scene.withdraw_to(&other, &there, 50 * USDC), Some(1));
    scene.refuse(scene.serve_of(&other), EngineError::NotNextInQueue);
    let served = scene.serve(&one);
    let event = WithdrawalServed {
        margin_account: one.address,
        to,
        place: 0,
        paid: 100 * USDC,
        returned: 0,
        left: 100 * USDC,
        queued_in_all: 150 * USDC,
    };
    scene.expect_event(&served, AnyEvent::WithdrawalServed(event));
    scene.refuse(scene.serve_of(&one), EngineError::Throttled);
    // An hour later 10 % of 900; and in two, of 810 first the 10 that are left, then the next.
    scene.later(3_600);
    scene.serve(&one);
    assert_eq!((scene.tokens(&to), scene.queued(&one).amount.0), (190 * USDC, 10 * USDC));
    scene.refuse(scene.serve_of(&other), EngineError::NotNextInQueue);
    scene.later(3_600);
    scene.send(&[scene.serve_of(&one), scene.serve_of(&other)]);
    assert_eq!((scene.tokens(&to), scene.tokens(&there)), (200 * USDC, 50 * USDC));
    let throttle = scene.at.custody().unwrap().throttle;
    assert_eq!((throttle.head, throttle.tail, throttle.queued.0), (2, 2, 0));
    // The queue is empty: what the throttle lets out leaves at once again.
    assert_eq!(scene.withdraw_to(&one, &to, 21 * USDC), None);
    assert_eq!(scene.withdraw_to(&one, &to, 1), Some(2));
}

fn nobody_passes_the_queue_however_little(mut scene: Scene) {
    let [first, second] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&first.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&first, &to, 101 * USDC), Some(0));
    assert_eq!(scene.withdraw_to(&second, &to, 1), Some(1));
    // Not even a deposit makes room past those who wait, though it lets the queue be served.
    scene.deposit(&second, 500 * USDC);
    let third = scene.trader(USDC);
    assert_eq!(scene.withdraw_to(&third, &to, USDC), Some(2));
    for trader in [&first, &second, &third] {
        scene.serve(trader);
    }
    assert_eq!(scene.tokens(&to), 102 * USDC + 1);
}

fn an_account_has_one_place_and_keeps_it(mut scene: Scene) {
    let [first, second] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&first.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&first, &to, 150 * USDC), Some(0));
    assert_eq!(scene.withdraw_to(&second, &to, 50 * USDC), Some(1));
    scene.refuse(scene.withdraw_of(&first, 1), EngineError::AlreadyQueued);
    scene.refuse(scene.withdraw_of(&second, 1), EngineError::AlreadyQueued);
    // Neither a deposit nor a trade costs it its place.
    scene.deposit(&first, USDC);
    scene.trade(&first, &second, 0, 100);
    assert_eq!([scene.queued(&first).place, scene.queued(&second).place], [0, 1]);
    scene.serve(&first);
    scene.refuse(scene.serve_of(&second), EngineError::NotNextInQueue);
}

fn an_account_with_something_queued_cannot_be_closed(mut scene: Scene) {
    let [trader, _] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&trader.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&trader, &to, 600 * USDC), Some(0));
    assert_eq!(scene.capital(&trader), 0);
    for waive in [false, true] {
        scene.refuse(scene.close_of(&trader, waive), ClearingError::AccountNotEmpty);
    }
}

/// 10,000 contracts at 1 USDC need 1,000.1 USDC of margin; what is over it waits when the price falls by 12 %.
fn what_waits_bears_no_loss_of_its_account(mut scene: Scene) {
    let [long, short] = throttled(&mut scene, [1_505, 100_000]);
    let to = scene.wallet(&long.key.pubkey(), 0);
    scene.trade(&long, &short, 0, 10_000);
    // First uses up the room.
    let there = scene.wallet(&short.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&short, &there, 10_000 * USDC), None);
    assert_eq!(scene.withdraw_to(&long, &to, 495 * USDC), Some(0));
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    assert_eq!(scene.book(0).losses.deficit.0, 195 * USDC);
    assert_eq!((scene.capital(&long), scene.queued(&long).amount.0), (0, 495 * USDC));
    scene.later(3_600);
    scene.serve(&long);
    assert_eq!(scene.tokens(&to), 495 * USDC);
}

fn a_withdrawal_is_served_to_the_token_account_it_was_made_to(mut scene: Scene) {
    let [trader, _] = throttled(&mut scene, [600, 400]);
    let owner = trader.key.pubkey();
    let (to, other) = (scene.wallet(&owner, 0), scene.wallet(&owner, 0));
    assert_eq!(scene.withdraw_to(&trader, &to, 150 * USDC), Some(0));
    for wrong in [other, scene.at.treasury, scene.at.venue.insurance_vault] {
        let serve = scene.at.venue.serve_withdrawal(trader.address, wrong);
        scene.refuse(serve, ClearingError::BadDestination);
    }
    let foreign = Foreign::open(&mut scene);
    let abroad = scene.at.venue.serve_withdrawal(foreign.trader.address, to);
    scene.refuse(abroad, ClearingError::ForeignAccount);
    for (slot, error) in [(1, ClearingError::ForeignAccount), (4, ClearingError::WrongVault)] {
        let mut serve = scene.serve_of(&trader);
        let theirs = [foreign.venue.custody, foreign.venue.margin_vault];
        serve.accounts[slot].pubkey = theirs[usize::from(slot == 4)];
        scene.refuse(serve, error);
    }
    scene.serve(&trader);
}

fn an_account_that_was_served_is_not_served_again(mut scene: Scene) {
    let [trader, next] = throttled(&mut scene, [600, 400]);
    let to = scene.wallet(&trader.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&trader, &to, 101 * USDC), Some(0));
    assert_eq!(scene.withdraw_to(&next, &to, 1), Some(1));
    scene.wait(3_600);
    scene.deposit(&next, 100 * USDC);
    scene.serve(&trader);
    assert_eq!(scene.tokens(&to), 101 * USDC);
    scene.refuse(scene.serve_of(&trader), EngineError::NotNextInQueue);
    scene.serve(&next);
    scene.refuse(scene.serve_of(&next), EngineError::NotNextInQueue);
}
