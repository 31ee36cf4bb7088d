//! Another oracle for a market: it must give a good price when it is put in force.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::events::MarketChanged;
use jettison_client::AnyEvent;
use jettison_engine::EngineError;
use jettison_tests::{feed_price, on_both_runtimes, standard, Scene, TIMELOCK};

use crate::support::leveraged;

on_both_runtimes!(
    another_oracle_must_give_a_good_price_when_it_is_put_in_force,
    a_new_oracles_price_moves_the_market_within_the_clamp,
    an_account_that_is_no_oracle_is_never_put_in_force,
);

/// The feed of a second market, which becomes the first one's.
fn queue_another(scene: &mut Scene) -> Pubkey {
    scene.market(standard());
    scene.govern();
    let oracle = scene.at.feeds[1].address;
    scene.send(&[scene.change_oracle_of(0, oracle, |_| ())]);
    assert_eq!(scene.listing(0).oracle, scene.at.feeds[0].address);
    scene.wait(TIMELOCK);
    oracle
}

fn post(scene: &mut Scene, oracle: &Pubkey, price: i64, confidence: u64, age: i64) {
    let now = scene.at.chain.now();
    let authority = scene.authority();
    scene.send(&[price_feed::instruction::post(oracle, &authority, price, confidence, now - age)]);
}

fn another_oracle_must_give_a_good_price_when_it_is_put_in_force(mut scene: Scene) {
    let oracle = queue_another(&mut scene);
    let price = feed_price(1_000_000);
    scene.pass(31);
    scene.refuse(scene.execute_market_of(0), ClearingError::StaleOracle);
    post(&mut scene, &oracle, price, price as u64 / 100 + 1, 0);
    scene.refuse(scene.execute_market_of(0), ClearingError::UncertainOracle);
    // Above what the market's open interest allows.
    post(&mut scene, &oracle, feed_price(72_057_595), 0, 0);
    scene.refuse(scene.execute_market_of(0), EngineError::BadPrice);
    post(&mut scene, &oracle, price, price as u64 / 100, 0);
    let other = scene.at.feeds[0].address;
    scene.refuse(scene.at.venue.execute_market_change(0, other), ClearingError::WrongOracle);
    let executed = scene.send(&[scene.execute_market_of(0)]);
    scene.expect_event(
        &executed,
        AnyEvent::MarketChanged(MarketChanged { market_index: 0, oracle, revision: 1 }),
    );
    assert_eq!(scene.listing(0).oracle, oracle);
    scene.refuse(scene.at.venue.accrue_market(0, other), ClearingError::WrongOracle);
    scene.send(&[scene.at.venue.accrue_market(0, oracle)]);
}

/// Whoever names an oracle that says something else gets no jump out of it.
fn a_new_oracles_price_moves_the_market_within_the_clamp(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let oracle = queue_another(&mut scene);
    post(&mut scene, &oracle, feed_price(500_000), 0, 0);
    scene.send(&[scene.execute_market_of(0)]);
    let before = scene.ledger(&long);
    assert_eq!((scene.book(0).effective_price.0, scene.book(0).target_price.0), (1_000_000, 1_000_000));
    scene.send(&[scene.at.venue.accrue_market(0, oracle)]);
    assert_eq!(scene.book(0).effective_price.0, 1_000_000);
    scene.pass(10);
    scene.send(&[scene.at.venue.accrue_market(0, oracle)]);
    // Ten seconds of 30 bps.
    assert_eq!(scene.book(0).effective_price.0, 970_000);
    assert_eq!(scene.ledger(&long), before);
}

fn an_account_that_is_no_oracle_is_never_put_in_force(mut scene: Scene) {
    scene.govern();
    for oracle in [scene.at.venue.clearinghouse, scene.at.treasury, scene.authority()] {
        scene.send(&[scene.change_oracle_of(0, oracle, |_| ())]);
        scene.wait(TIMELOCK);
        scene.refuse(scene.execute_market_of(0), ClearingError::BadOracle);
    }
}
