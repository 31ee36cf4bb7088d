//! A new market is a new risk: nobody opens in it before the timelock is over.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use clearing::events::MarketCreated;
use clearing::instructions::CreateMarketArgs;
use jettison_client::AnyEvent;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Scene, PRICE, TIMELOCK};
use solana_signer::Signer;

use crate::support::USDC;

on_both_runtimes!(
    a_new_market_opens_when_the_timelock_is_over,
    a_new_market_is_made_by_the_authority_for_the_settings_in_force,
);

fn create_of(scene: &Scene, signer: Pubkey, revision: u64) -> Instruction {
    let args = CreateMarketArgs { expected_revision: revision, ..standard() };
    let payer = scene.at.chain.payer().pubkey();
    let index = scene.house().market_count;
    scene.at.venue.create_market(signer, payer, index, scene.at.feeds[0].address, args)
}

fn a_new_market_opens_when_the_timelock_is_over(mut scene: Scene) {
    scene.govern();
    scene.wait(0);
    let created = scene.at.chain.now();
    let executed = scene.send(&[create_of(&scene, scene.authority(), 1)]);
    scene.expect_event(
        &executed,
        AnyEvent::MarketCreated(MarketCreated {
            clearinghouse: scene.at.venue.clearinghouse,
            market: scene.at.venue.market(1),
            index: 1,
            oracle: scene.at.feeds[0].address,
            price: PRICE,
            opens_ts: created + TIMELOCK,
            args: CreateMarketArgs { expected_revision: 1, ..standard() },
        }),
    );
    let (long, short) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let open = scene.trade_of(&long, &short, 1, 100, PRICE);
    for seconds in [0, TIMELOCK - 1] {
        scene.at.chain.set_time(created + seconds);
        scene.wait(0);
        scene.send(&[scene.at.venue.accrue_market(1, scene.at.feeds[0].address)]);
        scene.refuse(open.clone(), EngineError::OpeningHalted);
    }
    scene.wait(1);
    scene.send(&[scene.at.venue.accrue_market(1, scene.at.feeds[0].address), open]);
    assert_eq!(scene.size(&long, 1), 100);
}

fn a_new_market_is_made_by_the_authority_for_the_settings_in_force(mut scene: Scene) {
    let guardian = scene.govern();
    scene.wait(0);
    for signer in [guardian, scene.key()] {
        scene.refuse(create_of(&scene, signer, 1), ClearingError::NotAuthority);
    }
    for revision in [0, 2] {
        scene.refuse(create_of(&scene, scene.authority(), revision), ClearingError::WrongRevision);
    }
    scene.pass(31);
    scene.refuse(create_of(&scene, scene.authority(), 1), ClearingError::StaleOracle);
}
