//! Closing markets and the clearinghouse: rents, leftovers, and who must have left before.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::events::{ClearinghouseClosed, MarketClosed};
use jettison_client::AnyEvent;
use jettison_engine::SETTLEMENT_GRACE_SECONDS;
use jettison_tests::{on_both_runtimes, standard, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_closed_market_returns_its_rent_and_leaves_its_fees_to_insurance_and_protocol,
    a_market_closes_only_when_it_is_wound_down_and_empty,
    a_closed_markets_index_is_not_used_again,
    a_clearinghouse_closes_only_when_nobody_is_left,
);

fn lamports(scene: &Scene, key: &Pubkey) -> u64 {
    scene.at.chain.account(key).map_or(0, |account| account.lamports)
}

fn a_closed_market_returns_its_rent_and_leaves_its_fees_to_insurance_and_protocol(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.trade(&short, &long, 0, 10_000);
    scene.wind_down(0);
    let (receiver, market) = (scene.key(), scene.at.venue.market(0));
    let rent = lamports(&scene, &market);
    let executed =
        scene.send(&[scene.at.venue.close_market(scene.authority(), 0, receiver, scene.at.fee_account)]);
    assert_eq!((lamports(&scene, &receiver), lamports(&scene, &market)), (rent, 0));
    // Twice 7 USDC of fees.
    scene.expect_event(
        &executed,
        AnyEvent::MarketClosed(MarketClosed {
            market_index: 0,
            market,
            to_insurance: 7_000_000,
            to_protocol: 7_000_000,
            insurance_after: 7_000_000,
        }),
    );
    assert_eq!((scene.insurance(), scene.tokens(&scene.at.fee_account)), (7_000_000, 7_000_000));
    assert_eq!(scene.house().open_markets, 0);
}

fn a_market_closes_only_when_it_is_wound_down_and_empty(mut scene: Scene) {
    let guardian = scene.govern();
    scene.wait(0);
    let (long, short) = leveraged(&mut scene);
    let (authority, fee_account) = (scene.authority(), scene.at.fee_account);
    let close = |scene: &Scene, signer| scene.at.venue.close_market(signer, 0, signer, fee_account);
    scene.refuse(close(&scene, authority), ClearingError::MarketInUse);
    scene.wind_down(0);
    scene.refuse(close(&scene, authority), ClearingError::MarketInUse);
    scene.pass(SETTLEMENT_GRACE_SECONDS);
    scene.settle(&long);
    scene.refuse(close(&scene, authority), ClearingError::MarketInUse);
    scene.settle(&short);
    for signer in [guardian, scene.key()] {
        scene.refuse(close(&scene, signer), ClearingError::NotAuthority);
    }
    let stranger = scene.key();
    let wallet = scene.wallet(&stranger, 0);
    let elsewhere = scene.at.venue.close_market(authority, 0, authority, wallet);
    scene.refuse(elsewhere, ClearingError::WrongFeeAccount);
    scene.send(&[close(&scene, authority)]);
}

fn a_closed_markets_index_is_not_used_again(mut scene: Scene) {
    scene.wind_down(0);
    let (authority, payer) = (scene.authority(), scene.at.chain.payer().pubkey());
    scene.send(&[scene.at.venue.close_market(authority, 0, authority, scene.at.fee_account)]);
    let feed = scene.at.feeds[0].address;
    let again = scene.at.venue.create_market(authority, payer, 0, feed, standard());
    scene.refuse(again, anchor_lang::error::ErrorCode::ConstraintSeeds);
    scene.send(&[scene.at.venue.create_market(authority, payer, 1, feed, standard())]);
    let house = scene.house();
    assert_eq!((house.market_count, house.open_markets), (2, 1));
}

fn a_clearinghouse_closes_only_when_nobody_is_left(mut scene: Scene) {
    let (venue, payer) = (scene.at.venue.clone(), scene.at.chain.payer().pubkey());
    let (authority, fee_account, receiver) = (scene.authority(), scene.at.fee_account, scene.key());
    let (trader, staker) = (scene.trader(0), scene.key());
    scene.send(&[venue.open_stake(staker, payer)]);
    scene.fund_insurance(3 * USDC);
    // Donations, too, go to the fee authority in the end.
    scene.at.chain.mint_to(&venue.quote_mint, &venue.margin_vault, 11).expect("a mint");
    scene.held.donated.insert(venue.margin_vault, 11);
    let close = venue.close_clearinghouse(authority, receiver, fee_account);
    for leave in [
        vec![venue.schedule_settlement(authority, 0, 0), scene.begin_of(0)],
        vec![venue.close_market(authority, 0, authority, fee_account)],
        vec![scene.close_of(&trader, false)],
        vec![venue.close_stake(staker, staker)],
    ] {
        scene.refuse(close.clone(), ClearingError::ClearinghouseInUse);
        scene.send(&leave);
    }
    let stranger = scene.key();
    let wallet = scene.wallet(&stranger, 0);
    scene.refuse(venue.close_clearinghouse(stranger, stranger, fee_account), ClearingError::NotAuthority);
    scene.refuse(venue.close_clearinghouse(authority, receiver, wallet), ClearingError::WrongFeeAccount);
    let accounts =
        [venue.clearinghouse, venue.custody, venue.insurance_fund, venue.margin_vault, venue.insurance_vault];
    let rents: u64 = accounts.iter().map(|key| lamports(&scene, key)).sum();
    let executed = scene.send(&[close]);
    scene.expect_event(
        &executed,
        AnyEvent::ClearinghouseClosed(ClearinghouseClosed {
            clearinghouse: venue.clearinghouse,
            from_margin_vault: 11,
            from_insurance_vault: 3 * USDC,
        }),
    );
    assert_eq!(lamports(&scene, &receiver), rents);
    assert_eq!(accounts.map(|key| lamports(&scene, &key)), [0; 5]);
    assert_eq!(scene.tokens(&fee_account), 3 * USDC + 11);
}
