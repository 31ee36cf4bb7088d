//! A queued withdrawal whose token account can't receive any more goes back to capital, and those behind move up.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token_2022::spl_token_2022::extension::{cpi_guard, memo_transfer, ExtensionType};
use anchor_spl::token_2022::spl_token_2022::instruction::{
    close_account, freeze_account, reallocate, set_authority, AuthorityType,
};
use clearing::events::WithdrawalServed;
use jettison_client::AnyEvent;
use jettison_embedded::{Account, Chain, Trader};
use jettison_tests::{elf, native, on_both_runtimes, Scene};
use solana_signer::Signer;

use super::throttle::throttled;
use crate::support::USDC;

on_both_runtimes!(
    a_closed_destination_returns_the_money_and_the_queue_moves_on,
    a_frozen_destination_returns_the_money_and_the_queue_moves_on,
    a_destination_that_became_another_mints_returns_the_money,
    a_destination_that_became_something_else_returns_the_money,
    a_destination_that_changed_hands_is_paid,
    a_half_served_withdrawal_returns_its_rest,
);

mod of_token_2022 {
    #[test]
    fn a_destination_that_asks_for_memos_returns_the_money() {
        super::on_token_2022(super::a_destination_that_asks_for_memos_returns_the_money);
    }

    #[test]
    fn a_destination_with_a_guard_or_memos_turned_off_is_paid() {
        super::on_token_2022(super::a_destination_with_a_guard_or_memos_turned_off_is_paid);
    }
}

fn on_token_2022(test: fn(Scene)) {
    let on = |chain: Chain| test(Scene::on_token_2022(chain));
    on(native());
    elf().map(on);
}

/// One who waits for 150 USDC at a token account, and one behind for 10.
fn waiting(scene: &mut Scene) -> (Trader, Trader, Pubkey) {
    let [first, second] = throttled(scene, [600, 400]);
    let to = scene.wallet(&first.key.pubkey(), 0);
    let there = scene.wallet(&second.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(&first, &to, 150 * USDC), Some(0));
    assert_eq!(scene.withdraw_to(&second, &there, 10 * USDC), Some(1));
    (first, second, to)
}

/// Serving returns the first one's money to its capital, and then the second one is served.
fn turned_away(scene: &mut Scene, first: &Trader, second: &Trader, to: Pubkey) {
    let capital = scene.capital(first);
    let waited = scene.queued(first).amount.0;
    let served = scene.serve(first);
    let event = WithdrawalServed {
        margin_account: first.address,
        to,
        place: 0,
        paid: 0,
        returned: waited,
        left: 0,
        queued_in_all: 10 * USDC,
    };
    scene.expect_event(&served, AnyEvent::WithdrawalServed(event));
    assert_eq!((scene.capital(first), scene.queued(first).amount.0), (capital + waited, 0));
    let there = scene.at.margin_account(&second.address).unwrap().destination;
    scene.later(3_600);
    scene.serve(second);
    assert_eq!(scene.tokens(&there), 10 * USDC);
    // Elsewhere the first gets its money as anyone.
    let elsewhere = scene.wallet(&first.key.pubkey(), 0);
    assert_eq!(scene.withdraw_to(first, &elsewhere, 50 * USDC), None);
}

fn a_closed_destination_returns_the_money_and_the_queue_moves_on(mut scene: Scene) {
    let (first, second, to) = waiting(&mut scene);
    let (program, owner) = (scene.at.venue.token_program, first.key.pubkey());
    scene.send(&[close_account(&program, &to, &owner, &owner, &[]).unwrap()]);
    turned_away(&mut scene, &first, &second, to);
}

fn a_frozen_destination_returns_the_money_and_the_queue_moves_on(mut scene: Scene) {
    let (first, second, to) = waiting(&mut scene);
    let (venue, payer) = (scene.at.venue.clone(), scene.at.chain.payer().pubkey());
    let freeze = freeze_account(&venue.token_program, &to, &venue.quote_mint, &payer, &[]).unwrap();
    scene.at.chain.send(&[freeze], &[]).unwrap();
    turned_away(&mut scene, &first, &second, to);
}

fn a_destination_that_became_another_mints_returns_the_money(mut scene: Scene) {
    let (first, second, to) = waiting(&mut scene);
    let mint = scene.at.chain.create_mint(6).unwrap();
    let other = scene.at.chain.create_token_account(&mint, &first.key.pubkey()).unwrap();
    let account = scene.at.chain.account(&other).unwrap();
    scene.at.chain.set_account(&to, account);
    turned_away(&mut scene, &first, &second, to);
}

fn a_destination_that_became_something_else_returns_the_money(mut scene: Scene) {
    let (first, second, to) = waiting(&mut scene);
    let real = scene.at.chain.account(&to).unwrap();
    let mint = scene.at.chain.account(&scene.at.venue.quote_mint).unwrap();
    // The bytes of a token account under another owner, too few of them, one that is not initialized, and a mint.
    let mut blank = real.clone();
    blank.data[108] = 0;
    for other in [
        Account { owner: Pubkey::new_unique(), ..real.clone() },
        Account { data: real.data[..164].to_vec(), ..real.clone() },
        blank,
        mint,
    ] {
        let before = scene.snapshot();
        scene.at.chain.set_account(&to, other);
        turned_away(&mut scene, &first, &second, to);
        before.restore(&mut scene.at.chain);
    }
}

/// The owner chose the address; who owns it now is the owner's business.
fn a_destination_that_changed_hands_is_paid(mut scene: Scene) {
    let (first, _, to) = waiting(&mut scene);
    let (program, owner) = (scene.at.venue.token_program, first.key.pubkey());
    let heir = scene.key();
    let kind = AuthorityType::AccountOwner;
    scene.send(&[set_authority(&program, &to, Some(&heir), kind, &owner, &[]).unwrap()]);
    scene.serve(&first);
    assert_eq!(scene.tokens(&to), 100 * USDC);
}

fn a_half_served_withdrawal_returns_its_rest(mut scene: Scene) {
    let (first, second, to) = waiting(&mut scene);
    scene.serve(&first);
    assert_eq!((scene.tokens(&to), scene.queued(&first).amount.0), (100 * USDC, 50 * USDC));
    let (venue, payer) = (scene.at.venue.clone(), scene.at.chain.payer().pubkey());
    let freeze = freeze_account(&venue.token_program, &to, &venue.quote_mint, &payer, &[]).unwrap();
    scene.at.chain.send(&[freeze], &[]).unwrap();
    // Being turned away needs no room: nothing leaves.
    turned_away(&mut scene, &first, &second, to);
}

/// Makes room for an extension and turns it on.
fn extend(scene: &mut Scene, account: Pubkey, owner: Pubkey, kind: ExtensionType) {
    let program = scene.at.venue.token_program;
    let payer = scene.at.chain.payer().pubkey();
    let room = reallocate(&program, &account, &payer, &owner, &[], &[kind]).unwrap();
    let on = if kind == ExtensionType::MemoTransfer {
        memo_transfer::instruction::enable_required_transfer_memos(&program, &account, &owner, &[])
    } else {
        cpi_guard::instruction::enable_cpi_guard(&program, &account, &owner, &[])
    };
    scene.send(&[room, on.unwrap()]);
}

fn a_destination_that_asks_for_memos_returns_the_money(mut scene: Scene) {
    let (first, second, to) = waiting(&mut scene);
    extend(&mut scene, to, first.key.pubkey(), ExtensionType::CpiGuard);
    extend(&mut scene, to, first.key.pubkey(), ExtensionType::MemoTransfer);
    turned_away(&mut scene, &first, &second, to);
}

fn a_destination_with_a_guard_or_memos_turned_off_is_paid(mut scene: Scene) {
    let (first, _, to) = waiting(&mut scene);
    let (program, owner) = (scene.at.venue.token_program, first.key.pubkey());
    extend(&mut scene, to, owner, ExtensionType::MemoTransfer);
    extend(&mut scene, to, owner, ExtensionType::CpiGuard);
    use memo_transfer::instruction::disable_required_transfer_memos;
    scene.send(&[disable_required_transfer_memos(&program, &to, &owner, &[]).unwrap()]);
    scene.serve(&first);
    assert_eq!(scene.tokens(&to), 100 * USDC);
}
