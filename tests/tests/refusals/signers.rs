//! Somebody else's signature, or none.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use jettison_tests::{on_both_runtimes, standard, Scene, PRICE};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_stranger_cannot_withdraw,
    a_stranger_cannot_close_or_appoint_a_delegate,
    a_stranger_cannot_trade_for_either_side,
    a_stranger_cannot_liquidate_into_someones_account,
    a_stranger_cannot_take_over_into_someones_account,
    a_stranger_cannot_create_a_market,
    an_owner_who_does_not_sign_is_refused,
    the_default_key_is_no_delegate,
);

fn signed_by(mut instruction: Instruction, index: usize, signer: Pubkey) -> Instruction {
    instruction.accounts[index].pubkey = signer;
    instruction
}

fn a_stranger_cannot_withdraw(mut scene: Scene) {
    let (trader, stranger) = (scene.trader(USDC), scene.key());
    let withdraw = scene.withdraw_of(&trader, 1);
    scene.refuse(signed_by(withdraw, 0, stranger), ClearingError::NotAuthority);
}

fn a_stranger_cannot_close_or_appoint_a_delegate(mut scene: Scene) {
    let (trader, stranger) = (scene.trader(0), scene.key());
    let close = scene.close_of(&trader, true);
    scene.refuse(signed_by(close, 0, stranger), ClearingError::NotAuthority);
    let appoint = scene.at.venue.set_delegate(stranger, trader.address, stranger);
    scene.refuse(appoint, ClearingError::NotAuthority);
}

fn a_stranger_cannot_trade_for_either_side(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let stranger = scene.key();
    for index in [0, 1] {
        let trade = scene.trade_of(&buyer, &seller, 0, 100, PRICE);
        let forged = signed_by(trade, index, stranger);
        scene.refuse(forged, ClearingError::NotAuthorityOrDelegate);
    }
    // One side signs twice.
    let trade = scene.trade_of(&buyer, &seller, 0, 100, PRICE);
    let forged = signed_by(trade, 1, buyer.key.pubkey());
    scene.refuse(forged, ClearingError::NotAuthorityOrDelegate);
}

fn a_stranger_cannot_liquidate_into_someones_account(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let stranger = scene.key();
    scene.move_price(0, 940_000);
    let liquidate = scene.liquidate_of(&long, &short, 0, 10);
    let forged = signed_by(liquidate, 0, stranger);
    scene.refuse(forged, ClearingError::NotAuthorityOrDelegate);
}

fn a_stranger_cannot_take_over_into_someones_account(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    let stranger = scene.key();
    scene.move_price(0, 880_000);
    for take_over in [false, true] {
        let resolve = scene.resolve_of(&long, Some(&short), take_over);
        let forged = signed_by(resolve, 0, stranger);
        scene.refuse(forged, ClearingError::NotAuthorityOrDelegate);
    }
}

fn a_stranger_cannot_create_a_market(mut scene: Scene) {
    let (stranger, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let feed = scene.at.feeds[0].address;
    let create = scene.at.venue.create_market(stranger, payer, 1, feed, standard());
    scene.refuse(create, ClearingError::NotAuthority);
}

fn an_owner_who_does_not_sign_is_refused(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let (withdraw, trade) = (scene.withdraw_of(&buyer, 1), scene.trade_of(&buyer, &seller, 0, 100, PRICE));
    for (mut instruction, index) in [(withdraw, 0), (trade.clone(), 0), (trade, 1)] {
        instruction.accounts[index].is_signer = false;
        scene.refuse(instruction, ErrorCode::AccountNotSigner);
    }
}

/// An account without a delegate has the default key there: the system program, which nobody signs for.
fn the_default_key_is_no_delegate(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let mut trade = scene.trade_of(&buyer, &seller, 0, 100, PRICE);
    trade.accounts[0].pubkey = Pubkey::default();
    trade.accounts[0].is_signer = false;
    scene.refuse(trade, ErrorCode::AccountNotSigner);
}
