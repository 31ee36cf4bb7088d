//! What the venue settles.

use anchor_lang::prelude::Pubkey;
use anchor_lang::{AnchorDeserialize, Discriminator, Event};
use clearing::error::ClearingError;
use example_venue::events::{OfferCancelled, OfferFilled, OfferPosted};
use example_venue::instructions::PostOfferArgs;
use example_venue::offer::Terms;
use jettison_client::{events_in, read_log, AnyEvent};
use jettison_engine::{Direction, EngineError, MarketIndex};
use jettison_tests::{on_both_runtimes, standard, Scene, PRICE};
use solana_signer::Signer;

use super::stage::{Stage, TERMS};

on_both_runtimes!(
    jettison_tests::native_venue, jettison_tests::elf_venue;
    a_maker_who_buys_is_filled_in_parts,
    an_offer_to_sell_makes_the_taker_the_buyer,
    the_last_fill_closes_the_offer_and_returns_its_rent,
    a_cancelled_offer_returns_its_rent_and_its_place,
    users_with_positions_elsewhere_pass_all_their_markets,
    a_fill_is_told_by_both_programs,
    the_owner_ends_the_venues_part_without_the_venue,
    what_the_clearing_program_refuses_undoes_the_fill,
);

/// 40 contracts at 1.01 USDC: premium 0.4 USDC from the maker to the taker; fees 2 and 5 basis points of 40.4 USDC.
fn a_maker_who_buys_is_filled_in_parts(scene: Scene) {
    let mut stage = Stage::new(scene);
    stage.post(stage.post_args());
    let fill = stage.fill_of(TERMS, 40);
    stage.scene.send(&[fill]);
    assert_eq!(stage.resting().map(|offer| offer.remaining), Some(60));
    let scene = &stage.scene;
    assert_eq!((scene.size(&stage.maker, 0), scene.size(&stage.taker, 0)), (40, 40));
    let leg = *scene.ledger(&stage.maker).leg(MarketIndex(0)).expect("a leg");
    assert_eq!(leg.direction(), Direction::Long);
    assert_eq!(scene.capital(&stage.maker), 1_000_000_000 - 400_000 - 8_080);
    assert_eq!(scene.capital(&stage.taker), 1_000_000_000 + 400_000 - 20_200);
}

fn an_offer_to_sell_makes_the_taker_the_buyer(scene: Scene) {
    let mut stage = Stage::new(scene);
    let terms = Terms { maker_buys: false, ..TERMS };
    let args = stage.post_args();
    stage.post(PostOfferArgs { terms, ..args });
    let fill = stage.fill_of(terms, 40);
    stage.scene.send(&[fill]);
    let scene = &stage.scene;
    let leg = *scene.ledger(&stage.taker).leg(MarketIndex(0)).expect("a leg");
    assert_eq!(leg.direction(), Direction::Long);
    // The taker pays the premium as the buyer, and the taker's fee.
    assert_eq!(scene.capital(&stage.maker), 1_000_000_000 + 400_000 - 8_080);
    assert_eq!(scene.capital(&stage.taker), 1_000_000_000 - 400_000 - 20_200);
}

fn the_last_fill_closes_the_offer_and_returns_its_rent(scene: Scene) {
    let mut stage = Stage::new(scene);
    let before = stage.makers_lamports();
    stage.post(stage.post_args());
    assert!(stage.makers_lamports() < before);
    for size in [99, 1] {
        assert!(stage.resting().is_some());
        let fill = stage.fill_of(TERMS, size);
        stage.scene.send(&[fill]);
    }
    assert!(stage.resting().is_none());
    assert_eq!(stage.makers_lamports(), before);
    // Nothing is left to fill, and the number is free again.
    let fill = stage.fill_of(TERMS, 1);
    stage.scene.refuse(fill, anchor_lang::error::ErrorCode::AccountNotInitialized);
    stage.post(stage.post_args());
}

fn a_cancelled_offer_returns_its_rent_and_its_place(scene: Scene) {
    let mut stage = Stage::new(scene);
    let before = stage.makers_lamports();
    stage.post(stage.post_args());
    let cancel = stage.cancel_of();
    stage.scene.send(&[cancel]);
    assert!(stage.resting().is_none());
    assert_eq!(stage.makers_lamports(), before);
    stage.post(stage.post_args());
}

fn users_with_positions_elsewhere_pass_all_their_markets(mut scene: Scene) {
    for _ in 1..4 {
        scene.market(standard());
    }
    let mut stage = Stage::new(scene);
    let other = stage.user();
    stage.scene.trade(&stage.maker, &other, 1, 100);
    stage.scene.trade(&other, &stage.taker, 3, 100);
    let terms = Terms { market_index: 2, ..TERMS };
    let args = stage.post_args();
    stage.post(PostOfferArgs { terms, ..args });
    let whole = stage.fill_of(terms, 40);
    let named: Vec<Pubkey> = whole.accounts[8..].iter().map(|meta| meta.pubkey).collect();
    let venue = stage.venue();
    assert_eq!(named, [1, 2, 3].map(|index| venue.market(index)));
    for left_out in [0, 2] {
        let mut fill = whole.clone();
        fill.accounts.remove(8 + left_out);
        stage.scene.refuse(fill, EngineError::MarketMissing);
    }
    stage.scene.send(&[whole]);
    assert_eq!(stage.scene.size(&stage.maker, 2), 40);
}

/// The venue's events of a kind in a log.
fn of_venue<T: Event + Discriminator + AnchorDeserialize>(logs: &[String]) -> Vec<T> {
    let data = read_log(logs, &[example_venue::ID]).program_data;
    data.iter().filter_map(|data| data.strip_prefix(T::DISCRIMINATOR)).map(read).collect()
}

fn read<T: AnchorDeserialize>(mut fields: &[u8]) -> T {
    T::deserialize(&mut fields).expect("an event")
}

fn a_fill_is_told_by_both_programs(scene: Scene) {
    let mut stage = Stage::new(scene);
    let args = stage.post_args();
    let (post, offer) = (stage.post_of(args), stage.offer(&stage.maker.address, 0));
    let posted = stage.scene.send(&[post]);
    let fill = stage.fill_of(TERMS, 40);
    let filled = stage.scene.send(&[fill]);
    let cancel = stage.cancel_of();
    let cancelled = stage.scene.send(&[cancel]);
    if !stage.scene.is_elf() {
        return;
    }
    let (maker_account, taker_account) = (stage.maker.address, stage.taker.address);
    let post =
        OfferPosted { offer, maker_account, terms: TERMS, size: 100, expires_at_ts: args.expires_at_ts };
    assert_eq!(of_venue::<OfferPosted>(&posted.logs), [post]);
    let fill = OfferFilled { offer, taker_account, size: 40, remaining_before: 100, remaining_after: 60 };
    assert_eq!(of_venue::<OfferFilled>(&filled.logs), [fill]);
    assert_eq!(of_venue::<OfferCancelled>(&cancelled.logs), [OfferCancelled { offer, remaining: 60 }]);
    // What money did is the clearing program's to tell: its event is found inside the venue's instruction.
    let facts = events_in(&filled.logs);
    let events = facts.events();
    let [AnyEvent::TradeSettled(trade)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((trade.size, trade.price, trade.effective_price), (40, 1_010_000, PRICE));
    assert_eq!((trade.buyer.margin_account, trade.buyer.fee), (maker_account, 8_080));
    assert_eq!((trade.seller.margin_account, trade.seller.fee), (taker_account, 20_200));
    assert_eq!(facts.program_data.len(), 1, "the venue's own event is none of the clearing program's");
}

fn the_owner_ends_the_venues_part_without_the_venue(scene: Scene) {
    let mut stage = Stage::new(scene);
    stage.post(stage.post_args());
    let (owner, account) = (stage.maker.key.pubkey(), stage.maker.address);
    let venue = stage.venue();
    stage.scene.send(&[venue.set_delegate(owner, account, Pubkey::default())]);
    let fill = stage.fill_of(TERMS, 40);
    stage.scene.refuse(fill, ClearingError::NotAuthorityOrDelegate);
    // The offer is still the maker's to take back.
    let cancel = stage.cancel_of();
    stage.scene.send(&[cancel]);
}

/// The offer is as it was: `refuse` compares every account. A venue can't go on to the next offer in the same transaction.
fn what_the_clearing_program_refuses_undoes_the_fill(scene: Scene) {
    let mut stage = Stage::new(scene);
    let size = 20_000;
    let args = stage.post_args();
    stage.post(PostOfferArgs { size, ..args });
    let fill = stage.fill_of(TERMS, size);
    stage.scene.refuse(fill, EngineError::BelowInitialMargin);
    let far = Terms { price: PRICE * 2, ..TERMS };
    stage.post(PostOfferArgs { id: 1, terms: far, ..args });
    let mut fill = stage.fill_of(far, 1);
    fill.accounts[2].pubkey = stage.offer(&stage.maker.address, 1);
    stage.scene.refuse(fill, EngineError::PriceOutsideBand);
}
