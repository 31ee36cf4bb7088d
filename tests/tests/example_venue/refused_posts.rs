//! Offers that are refused, account by account.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use example_venue::error::VenueError;
use example_venue::instructions::PostOfferArgs;
use example_venue::offer::Terms;
use jettison_tests::{on_both_runtimes, Foreign, Scene};
use solana_signer::Signer;

use super::stage::{delegate_in, Refused, Stage, TERMS};

on_both_runtimes!(
    jettison_tests::native_venue, jettison_tests::elf_venue;
    the_maker_signs,
    nobody_offers_for_somebody_elses_account,
    an_account_that_the_venue_cannot_trade_for_makes_no_offer,
    a_clearinghouse_or_a_margin_account_is_one_of_the_clearing_program,
    the_offer_and_the_delegate_are_at_their_own_addresses,
    an_offer_of_nothing_or_for_the_past_is_refused,
);

const MAKER: usize = 0;
const CLEARINGHOUSE: usize = 1;
const MAKER_ACCOUNT: usize = 2;
const DELEGATE: usize = 3;
const OFFER: usize = 4;
const SYSTEM_PROGRAM: usize = 5;

fn the_maker_signs(scene: Scene) {
    let mut stage = Stage::new(scene);
    let mut post = stage.post_of(stage.post_args());
    post.accounts[MAKER].is_signer = false;
    stage.scene.refuse(post, ErrorCode::AccountNotSigner);
}

fn nobody_offers_for_somebody_elses_account(scene: Scene) {
    let mut stage = Stage::new(scene);
    let mut post = stage.post_of(stage.post_args());
    post.accounts[MAKER].pubkey = stage.taker.key.pubkey();
    stage.scene.refuse(post, Refused(VenueError::NotOwner));
}

fn an_account_that_the_venue_cannot_trade_for_makes_no_offer(scene: Scene) {
    let mut stage = Stage::new(scene);
    let post = stage.post_of(stage.post_args());
    let venue = stage.venue();
    let foreign = Foreign::open(&mut stage.scene);
    // Nobody; the owner alone; the venue, as a delegate in another clearinghouse.
    let owner = stage.maker.key.pubkey();
    for delegate in [Pubkey::default(), owner, delegate_in(&foreign.venue.clearinghouse)] {
        stage.scene.send(&[venue.set_delegate(owner, stage.maker.address, delegate)]);
        stage.scene.refuse(post.clone(), Refused(VenueError::NotDelegated));
    }
}

fn a_clearinghouse_or_a_margin_account_is_one_of_the_clearing_program(scene: Scene) {
    let mut stage = Stage::new(scene);
    let post = stage.post_of(stage.post_args());
    for index in [CLEARINGHOUSE, MAKER_ACCOUNT] {
        // The same bytes under another owner.
        let mut copy = stage.scene.at.chain.account(&post.accounts[index].pubkey).expect("an account");
        copy.owner = example_venue::ID;
        let fake = stage.scene.key();
        stage.scene.at.chain.set_account(&fake, copy);
        let mut faked = post.clone();
        faked.accounts[index].pubkey = fake;
        stage.scene.refuse(faked, ErrorCode::AccountOwnedByWrongProgram);
        // Another kind of account of the same program.
        let mut cast = post.clone();
        cast.accounts[index].pubkey = stage.scene.at.venue.market(0);
        stage.scene.refuse(cast, ErrorCode::AccountDiscriminatorMismatch);
    }
    // A clearinghouse that is not the margin account's has another delegate.
    let foreign = Foreign::open(&mut stage.scene);
    let mut other = post.clone();
    other.accounts[CLEARINGHOUSE].pubkey = foreign.venue.clearinghouse;
    stage.scene.refuse(other.clone(), ErrorCode::ConstraintSeeds);
    other.accounts[DELEGATE].pubkey = delegate_in(&foreign.venue.clearinghouse);
    stage.scene.refuse(other, Refused(VenueError::NotDelegated));
}

fn the_offer_and_the_delegate_are_at_their_own_addresses(scene: Scene) {
    let mut stage = Stage::new(scene);
    let post = stage.post_of(stage.post_args());
    let next = stage.offer(&stage.maker.address, 1);
    let anothers = stage.offer(&stage.taker.address, 0);
    for address in [next, anothers] {
        let mut elsewhere = post.clone();
        elsewhere.accounts[OFFER].pubkey = address;
        stage.scene.refuse(elsewhere, ErrorCode::ConstraintSeeds);
    }
    // An owner who trades for themself could name any key as the delegate that it is not.
    let owner = stage.maker.key.pubkey();
    let venue = stage.venue();
    stage.scene.send(&[venue.set_delegate(owner, stage.maker.address, owner)]);
    let mut own = post.clone();
    own.accounts[DELEGATE].pubkey = owner;
    stage.scene.refuse(own, ErrorCode::ConstraintSeeds);
    let mut fake = post;
    fake.accounts[SYSTEM_PROGRAM].pubkey = clearing::ID;
    stage.scene.refuse(fake, ErrorCode::InvalidProgramId);
}

fn an_offer_of_nothing_or_for_the_past_is_refused(scene: Scene) {
    let mut stage = Stage::new(scene);
    let args = stage.post_args();
    let now = stage.scene.at.chain.now();
    for bad in [
        PostOfferArgs { size: 0, ..args },
        PostOfferArgs { terms: Terms { price: 0, ..TERMS }, ..args },
        PostOfferArgs { expires_at_ts: now, ..args },
    ] {
        let post = stage.post_of(bad);
        stage.scene.refuse(post, Refused(VenueError::BadOffer));
    }
    stage.post(PostOfferArgs { expires_at_ts: now + 1, ..args });
}
