//! Fills that are refused, account by account.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use example_venue::error::VenueError;
use example_venue::instructions::PostOfferArgs;
use example_venue::offer::Terms;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Foreign, Scene, PRICE};
use solana_signer::Signer;

use super::stage::{delegate_in, Refused, Stage, TERMS};

on_both_runtimes!(
    jettison_tests::native_venue, jettison_tests::elf_venue;
    the_taker_signs,
    nobody_trades_with_somebody_elses_account,
    the_maker_and_the_makers_account_are_the_offers,
    a_maker_does_not_trade_with_the_same_account,
    an_account_of_another_kind_or_owner_is_refused,
    the_delegate_of_another_clearinghouse_does_not_sign,
    an_account_that_never_named_the_venue_does_not_trade,
    another_program_is_not_called,
    an_offer_that_was_replaced_is_not_what_the_taker_signed_for,
    an_offer_ends_at_its_second,
    a_size_is_between_one_and_what_is_left,
    markets_are_the_clearing_programs_to_check,
);

const TAKER: usize = 0;
const MAKER: usize = 1;
const OFFER: usize = 2;
const CLEARINGHOUSE: usize = 3;
const DELEGATE: usize = 4;
const MAKER_ACCOUNT: usize = 5;
const TAKER_ACCOUNT: usize = 6;
const CLEARING_PROGRAM: usize = 7;
const MARKET: usize = 8;

/// A stage with an offer, and the fill of a part of it that would go through.
fn offered(scene: Scene) -> (Stage, Instruction) {
    let mut stage = Stage::new(scene);
    stage.post(stage.post_args());
    let fill = stage.fill_of(TERMS, 40);
    (stage, fill)
}

fn with(fill: &Instruction, index: usize, address: Pubkey) -> Instruction {
    let mut fill = fill.clone();
    fill.accounts[index].pubkey = address;
    fill
}

fn the_taker_signs(scene: Scene) {
    let (mut stage, mut fill) = offered(scene);
    fill.accounts[TAKER].is_signer = false;
    stage.scene.refuse(fill, ErrorCode::AccountNotSigner);
}

/// The clearing program would let it through: the venue is the delegate of both.
fn nobody_trades_with_somebody_elses_account(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    let victim = stage.user();
    let stolen = with(&fill, TAKER_ACCOUNT, victim.address);
    stage.scene.refuse(stolen, Refused(VenueError::NotOwner));
}

fn the_maker_and_the_makers_account_are_the_offers(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    let victim = stage.user();
    // The rent of a filled offer would go to somebody else.
    let paid = with(&fill, MAKER, victim.key.pubkey());
    stage.scene.refuse(paid, Refused(VenueError::WrongMaker));
    // Somebody who offered nothing would trade.
    let stolen = with(&fill, MAKER_ACCOUNT, victim.address);
    stage.scene.refuse(stolen, Refused(VenueError::WrongMarginAccount));
}

fn a_maker_does_not_trade_with_the_same_account(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    let mut same = with(&fill, TAKER_ACCOUNT, stage.maker.address);
    same.accounts[TAKER].pubkey = stage.maker.key.pubkey();
    stage.scene.refuse(same, EngineError::SameAccount);
}

fn an_account_of_another_kind_or_owner_is_refused(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    for index in [OFFER, CLEARINGHOUSE, MAKER_ACCOUNT, TAKER_ACCOUNT] {
        let mut copy = stage.scene.at.chain.account(&fill.accounts[index].pubkey).expect("an account");
        copy.owner = if copy.owner == clearing::ID { example_venue::ID } else { clearing::ID };
        let fake = stage.scene.key();
        stage.scene.at.chain.set_account(&fake, copy);
        stage.scene.refuse(with(&fill, index, fake), ErrorCode::AccountOwnedByWrongProgram);
    }
    let market = stage.scene.at.venue.market(0);
    for index in [CLEARINGHOUSE, MAKER_ACCOUNT, TAKER_ACCOUNT] {
        // Writable twice is looked at later than what an account is.
        let cast = with(&fill, index, market);
        stage.scene.refuse(cast, ErrorCode::AccountDiscriminatorMismatch);
    }
}

fn the_delegate_of_another_clearinghouse_does_not_sign(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    let foreign = Foreign::open(&mut stage.scene);
    let other = foreign.venue.clearinghouse;
    stage.scene.refuse(with(&fill, DELEGATE, delegate_in(&other)), ErrorCode::ConstraintSeeds);
    let clearinghouse = with(&fill, CLEARINGHOUSE, other);
    stage.scene.refuse(clearinghouse.clone(), ErrorCode::ConstraintSeeds);
    // Both: either the offer's bump is not that delegate's, or the clearing program sees foreign accounts.
    let both = with(&clearinghouse, DELEGATE, delegate_in(&other));
    let failed = stage.scene.attempt(&[both]).expect_err("accounts of another clearinghouse");
    let expected = [ErrorCode::ConstraintSeeds.into(), ClearingError::ForeignAccount.into()];
    assert!(failed.custom.is_some_and(|code| expected.contains(&code)), "{failed}");
}

fn an_account_that_never_named_the_venue_does_not_trade(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    let (owner, venue) = (stage.taker.key.pubkey(), stage.venue());
    stage.scene.send(&[venue.set_delegate(owner, stage.taker.address, Pubkey::default())]);
    stage.scene.refuse(fill, ClearingError::NotAuthorityOrDelegate);
}

fn another_program_is_not_called(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    let fake = with(&fill, CLEARING_PROGRAM, price_feed::ID);
    stage.scene.refuse(fake, ErrorCode::InvalidProgramId);
}

fn an_offer_that_was_replaced_is_not_what_the_taker_signed_for(mut scene: Scene) {
    scene.market(standard());
    let (mut stage, _) = offered(scene);
    let args = stage.post_args();
    for replaced in [
        Terms { price: PRICE - 10_000, ..TERMS },
        Terms { maker_buys: false, ..TERMS },
        Terms { market_index: 1, ..TERMS },
    ] {
        // The taker signs; before it lands, the maker cancels and posts at the same address.
        let mut fill = stage.fill_of(TERMS, 40);
        // Whatever markets the taker passes.
        fill.accounts = stage.fill_of(replaced, 40).accounts;
        let (cancel, post) = (stage.cancel_of(), stage.post_of(PostOfferArgs { terms: replaced, ..args }));
        stage.scene.send(&[cancel, post]);
        stage.scene.refuse(fill, Refused(VenueError::OtherTerms));
    }
}

fn an_offer_ends_at_its_second(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    stage.scene.wait(59);
    stage.scene.send(std::slice::from_ref(&fill));
    stage.scene.wait(1);
    stage.scene.refuse(fill, Refused(VenueError::Expired));
}

fn a_size_is_between_one_and_what_is_left(scene: Scene) {
    let (mut stage, fill) = offered(scene);
    stage.scene.send(&[fill]);
    for size in [0, 61, u64::MAX] {
        let fill = stage.fill_of(TERMS, size);
        stage.scene.refuse(fill, Refused(VenueError::BadSize));
    }
    let rest = stage.fill_of(TERMS, 60);
    stage.scene.send(&[rest]);
}

/// Each comes through the CPI under the clearing program's own number.
fn markets_are_the_clearing_programs_to_check(mut scene: Scene) {
    scene.market(standard());
    let (mut stage, fill) = offered(scene);
    let foreign = Foreign::open(&mut stage.scene);
    let mut none = fill.clone();
    none.accounts.truncate(MARKET);
    stage.scene.refuse(none, EngineError::MarketMissing);
    let mut readonly = fill.clone();
    readonly.accounts[MARKET].is_writable = false;
    stage.scene.refuse(readonly, ClearingError::MarketNotWritable);
    let other = with(&fill, MARKET, foreign.venue.market(0));
    stage.scene.refuse(other, ClearingError::ForeignMarket);
    let mut twice = fill.clone();
    twice.accounts.push(fill.accounts[MARKET].clone());
    stage.scene.refuse(twice, ClearingError::MarketRepeated);
    let mut unsorted = fill.clone();
    let mut second = fill.accounts[MARKET].clone();
    second.pubkey = stage.scene.at.venue.market(1);
    unsorted.accounts.insert(MARKET, second);
    stage.scene.refuse(unsorted, EngineError::MarketsOutOfOrder);
}
