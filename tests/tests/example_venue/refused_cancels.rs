//! Cancellations that are refused, account by account.

use anchor_lang::error::ErrorCode;
use example_venue::error::VenueError;
use jettison_tests::{on_both_runtimes, Scene};
use solana_signer::Signer;

use super::stage::{Refused, Stage, TERMS};

on_both_runtimes!(
    jettison_tests::native_venue, jettison_tests::elf_venue;
    only_the_maker_cancels,
    what_is_no_offer_is_not_cancelled,
    an_offer_is_not_cancelled_twice,
    a_cancelled_offer_is_not_filled_in_the_same_transaction,
);

const MAKER: usize = 0;
const OFFER: usize = 1;

fn only_the_maker_cancels(scene: Scene) {
    let mut stage = Stage::new(scene);
    stage.post(stage.post_args());
    let mut unsigned = stage.cancel_of();
    unsigned.accounts[MAKER].is_signer = false;
    stage.scene.refuse(unsigned, ErrorCode::AccountNotSigner);
    let mut strangers = stage.cancel_of();
    strangers.accounts[MAKER].pubkey = stage.taker.key.pubkey();
    stage.scene.refuse(strangers, Refused(VenueError::WrongMaker));
}

fn what_is_no_offer_is_not_cancelled(scene: Scene) {
    let mut stage = Stage::new(scene);
    stage.post(stage.post_args());
    let address = stage.offer(&stage.maker.address, 0);
    let mut copy = stage.scene.at.chain.account(&address).expect("an offer");
    copy.owner = clearing::ID;
    let fake = stage.scene.key();
    stage.scene.at.chain.set_account(&fake, copy);
    let mut cancel = stage.cancel_of();
    cancel.accounts[OFFER].pubkey = fake;
    stage.scene.refuse(cancel, ErrorCode::AccountOwnedByWrongProgram);
}

fn an_offer_is_not_cancelled_twice(scene: Scene) {
    let mut stage = Stage::new(scene);
    stage.post(stage.post_args());
    let cancel = stage.cancel_of();
    stage.scene.refuse_all(&[cancel.clone(), cancel.clone()], ErrorCode::AccountNotInitialized);
    stage.scene.send(std::slice::from_ref(&cancel));
    stage.scene.refuse(cancel, ErrorCode::AccountNotInitialized);
}

/// Not even if somebody pays the rent in between, so that the account lives on: it is the system program's by then.
fn a_cancelled_offer_is_not_filled_in_the_same_transaction(scene: Scene) {
    let mut stage = Stage::new(scene);
    stage.post(stage.post_args());
    let (cancel, fill) = (stage.cancel_of(), stage.fill_of(TERMS, 1));
    let (owner, offer) = (stage.taker.key.pubkey(), stage.offer(&stage.maker.address, 0));
    let pay = anchor_lang::solana_program::system_instruction::transfer(&owner, &offer, 10_000_000);
    stage.scene.refuse_all(&[cancel, pay, fill], ErrorCode::AccountOwnedByWrongProgram);
}
