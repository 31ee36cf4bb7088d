//! Markets whose source, feed id and account don't fit together.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::instructions::CreateMarketArgs;
use clearing::oracle::Unusable;
use clearing::state::{Market, OracleSource};
use jettison_embedded::Account;
use jettison_tests::{on_both_runtimes, standard, standard_on, Code, PythUpdate, Scene, SwitchboardFeed};
use solana_signer::Signer;

use super::watched::{refuse_as_new, Watched};

on_both_runtimes!(
    a_market_needs_the_feed_id_that_its_oracle_source_has,
    a_market_is_not_created_on_an_account_of_another_oracle_source,
    a_market_is_not_created_on_another_feed,
    a_market_is_not_created_on_an_unusable_reading,
    an_unknown_oracle_source_is_refused,
);

/// 100 USDC as each of them states it.
fn pyth(scene: &Scene) -> PythUpdate {
    PythUpdate::new(100 * 100_000_000, scene.at.chain.now())
}

fn switchboard(scene: &Scene) -> SwitchboardFeed {
    SwitchboardFeed::new(100 * 1_000_000_000_000_000_000, scene.at.chain.now())
}

fn place(scene: &mut Scene, account: Account) -> Pubkey {
    let address = scene.key();
    scene.at.chain.set_account(&address, account);
    address
}

/// Market 0 is on the stand-in feed.
fn refuse(scene: &mut Scene, oracle: Pubkey, args: CreateMarketArgs, expected: impl Code + Copy) {
    refuse_as_new(scene, 0, oracle, args, expected);
}

fn a_market_needs_the_feed_id_that_its_oracle_source_has(mut scene: Scene) {
    let (update, feed) = (pyth(&scene), switchboard(&scene));
    let with_zero_id = PythUpdate { feed_id: [0; 32], ..update }.account();
    let with_zero_hash = SwitchboardFeed { feed_hash: [0; 32], ..feed }.account();
    let stand_in = scene.at.feeds[0].address;
    let cases = [
        (place(&mut scene, with_zero_id), standard_on(OracleSource::Pyth, [0; 32])),
        (place(&mut scene, with_zero_hash), standard_on(OracleSource::Switchboard, [0; 32])),
        (stand_in, standard_on(OracleSource::PriceFeed, [1; 32])),
    ];
    for (oracle, args) in cases {
        refuse(&mut scene, oracle, args, ClearingError::BadFeedId);
    }
}

fn a_market_is_not_created_on_an_account_of_another_oracle_source(mut scene: Scene) {
    let (update, feed) = (pyth(&scene), switchboard(&scene));
    let stand_in = scene.at.feeds[0].address;
    let update_at = place(&mut scene, update.account());
    let feed_at = place(&mut scene, feed.account());
    let on_pyth = standard_on(OracleSource::Pyth, update.feed_id);
    let on_switchboard = standard_on(OracleSource::Switchboard, feed.feed_hash);
    let cases = [
        (stand_in, on_pyth),
        (feed_at, on_pyth),
        (stand_in, on_switchboard),
        (update_at, on_switchboard),
        (update_at, standard()),
        (feed_at, standard()),
    ];
    for (oracle, args) in cases {
        refuse(&mut scene, oracle, args, ClearingError::BadOracle);
    }
}

fn a_market_is_not_created_on_another_feed(mut scene: Scene) {
    let (update, feed) = (pyth(&scene).account(), switchboard(&scene).account());
    let update_at = place(&mut scene, update);
    let feed_at = place(&mut scene, feed);
    let expected = ClearingError::WrongFeedId;
    refuse(&mut scene, update_at, standard_on(OracleSource::Pyth, [1; 32]), expected);
    refuse(&mut scene, feed_at, standard_on(OracleSource::Switchboard, [1; 32]), expected);
}

fn a_market_is_not_created_on_an_unusable_reading(mut scene: Scene) {
    let (update, feed) = (pyth(&scene), switchboard(&scene));
    let on_pyth = standard_on(OracleSource::Pyth, update.feed_id);
    let on_switchboard = standard_on(OracleSource::Switchboard, feed.feed_hash);
    let update_at = place(&mut scene, update.account());
    let feed_at = place(&mut scene, feed.account());
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + 31);
    refuse(&mut scene, update_at, on_pyth, ClearingError::StaleOracle);
    refuse(&mut scene, feed_at, on_switchboard, ClearingError::StaleOracle);
}

/// In the instruction it is behind the discriminator, the revision, the name and the contract's exponent; in a market,
/// the third byte.
fn an_unknown_oracle_source_is_refused(mut scene: Scene) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let stand_in = scene.at.feeds[0].address;
    let mut create = scene.at.venue.create_market(authority, payer, 1, stand_in, standard());
    for source in [3, 255] {
        create.data[8 + 8 + 16 + 1] = source;
        scene.refuse(create.clone(), ErrorCode::InstructionDidNotDeserialize);
    }

    let watched = Watched::open(&mut scene, 0, stand_in);
    let market = scene.at.venue.market(0);
    let mut account = scene.at.chain.account(&market).unwrap();
    account.data[8 + core::mem::offset_of!(Market, oracle_source)] = 3;
    scene.at.chain.set_account(&market, account);
    watched.is_suspended(&mut scene, Unusable::Unreadable);
}
