//! Changes of a market's settings: queued, in force, taken back.

use clearing::error::ClearingError;
use clearing::events::{MarketChangeCancelled, MarketChangeQueued, MarketChanged};
use clearing::instructions::ChangeMarketArgs;
use clearing::state::CHANGE_LAPSE_SECONDS;
use jettison_client::AnyEvent;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, settings_of, standard, Foreign, Scene, TIMELOCK};

on_both_runtimes!(
    market_settings_wait_for_the_timelock_and_anyone_puts_them_in_force,
    a_restriction_is_in_force_at_once,
    queued_market_settings_lapse_two_weeks_after_they_were_ready,
    a_market_change_made_for_other_settings_is_refused,
    only_the_authority_changes_a_market_and_only_its_own,
    authority_and_guardian_take_a_queued_market_change_back_and_nobody_else,
    queueing_a_market_change_again_starts_the_timelock_anew,
    a_change_of_the_clearinghouse_voids_queued_market_changes,
    a_market_that_is_wound_down_keeps_its_settings,
);

fn queue_fee(scene: &mut Scene, bps: u16) {
    scene.send(&[scene.change_market_of(0, |settings| settings.params.taker_fee_bps = bps)]);
}

fn market_settings_wait_for_the_timelock_and_anyone_puts_them_in_force(mut scene: Scene) {
    scene.govern();
    let oracle = scene.at.feeds[0].address;
    scene.refuse(scene.at.venue.execute_market_change(0, oracle), ClearingError::NothingQueued);
    let mut settings = standard().settings;
    settings.params.taker_fee_bps = 6;
    settings.max_oracle_age_seconds = 31;
    settings.max_confidence_bps = 101;
    let executed = scene.send(&[scene.change_market_of(0, |new| *new = settings)]);
    let ready_ts = scene.at.chain.now() + TIMELOCK;
    scene.expect_event(
        &executed,
        AnyEvent::MarketChangeQueued(MarketChangeQueued {
            market_index: 0,
            oracle,
            settings,
            in_force: false,
            ready_ts,
            revision: 0,
        }),
    );
    assert_eq!(settings_of(&scene.listing(0)), standard().settings);
    scene.pass(TIMELOCK - 1);
    scene.refuse(scene.execute_market_of(0), ClearingError::ChangeNotReady);
    scene.pass(1);
    assert!(scene.execute_market_of(0).accounts.iter().all(|meta| !meta.is_signer));
    // The oracle stays, so its price, which is old by now, is not asked for.
    let executed = scene.send(&[scene.execute_market_of(0)]);
    scene.expect_event(
        &executed,
        AnyEvent::MarketChanged(MarketChanged { market_index: 0, oracle, revision: 1 }),
    );
    let listing = scene.listing(0);
    assert_eq!((settings_of(&listing), listing.revision, listing.queued_ready_ts), (settings, 1, 0));
    scene.refuse(scene.execute_market_of(0), ClearingError::NothingQueued);
}

fn a_restriction_is_in_force_at_once(mut scene: Scene) {
    scene.govern();
    queue_fee(&mut scene, 6);
    let mut settings = standard().settings;
    settings.params.initial_margin_bps = 2_000;
    let executed = scene.send(&[scene.change_market_of(0, |new| *new = settings)]);
    scene.expect_event(
        &executed,
        AnyEvent::MarketChangeQueued(MarketChangeQueued {
            market_index: 0,
            oracle: scene.at.feeds[0].address,
            settings,
            in_force: true,
            ready_ts: 0,
            revision: 1,
        }),
    );
    assert_eq!(settings_of(&scene.listing(0)), settings);
    // And what was queued beside the former settings is void.
    scene.pass(TIMELOCK);
    scene.refuse(scene.execute_market_of(0), ClearingError::NothingQueued);
}

fn queued_market_settings_lapse_two_weeks_after_they_were_ready(mut scene: Scene) {
    scene.govern();
    queue_fee(&mut scene, 6);
    scene.pass(TIMELOCK + CHANGE_LAPSE_SECONDS);
    scene.send(&[scene.execute_market_of(0)]);
    queue_fee(&mut scene, 7);
    scene.pass(TIMELOCK + CHANGE_LAPSE_SECONDS + 1);
    scene.refuse(scene.execute_market_of(0), ClearingError::ChangeNotReady);
}

fn a_market_change_made_for_other_settings_is_refused(mut scene: Scene) {
    scene.govern();
    let stale = scene.change_market_of(0, |settings| settings.params.taker_fee_bps = 6);
    scene.send(&[scene.change_market_of(0, |settings| settings.params.trade_band_bps = 400)]);
    scene.refuse(stale, ClearingError::WrongRevision);
    let listing = scene.listing(0);
    let expected_revision = scene.at.market_revision(0).unwrap() + 1;
    let ahead = ChangeMarketArgs { expected_revision, settings: settings_of(&listing) };
    let ahead = scene.at.venue.change_market(scene.authority(), 0, listing.oracle, ahead);
    scene.refuse(ahead, ClearingError::WrongRevision);
}

fn only_the_authority_changes_a_market_and_only_its_own(mut scene: Scene) {
    let guardian = scene.govern();
    let foreign = Foreign::open(&mut scene);
    let oracle = scene.at.feeds[0].address;
    let args = ChangeMarketArgs { expected_revision: 0, settings: standard().settings };
    for signer in [guardian, scene.key(), foreign.authority] {
        scene.refuse(scene.at.venue.change_market(signer, 0, oracle, args), ClearingError::NotAuthority);
    }
    let mut change = foreign.venue.change_market(foreign.authority, 0, oracle, args);
    change.accounts[2].pubkey = scene.at.venue.market(0);
    scene.refuse(change, ClearingError::ForeignMarket);
}

fn authority_and_guardian_take_a_queued_market_change_back_and_nobody_else(mut scene: Scene) {
    let guardian = scene.govern();
    let (authority, stranger) = (scene.authority(), scene.key());
    let cancel = |scene: &Scene, by| scene.at.venue.cancel_market_change(by, 0);
    for by in [authority, guardian] {
        scene.refuse(cancel(&scene, by), ClearingError::NothingQueued);
        queue_fee(&mut scene, 6);
        scene.send(&[scene.schedule_of(0)]);
        scene.refuse(cancel(&scene, stranger), ClearingError::NotAuthorityOrGuardian);
        let executed = scene.send(&[cancel(&scene, by)]);
        scene.expect_event(
            &executed,
            AnyEvent::MarketChangeCancelled(MarketChangeCancelled { market_index: 0, by }),
        );
        scene.wait(TIMELOCK);
        scene.refuse(scene.execute_market_of(0), ClearingError::NothingQueued);
        scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    }
    assert_eq!(scene.listing(0).revision, 0);
}

fn queueing_a_market_change_again_starts_the_timelock_anew(mut scene: Scene) {
    scene.govern();
    queue_fee(&mut scene, 6);
    scene.pass(TIMELOCK - 1);
    queue_fee(&mut scene, 7);
    scene.pass(1);
    scene.refuse(scene.execute_market_of(0), ClearingError::ChangeNotReady);
    scene.pass(TIMELOCK - 1);
    scene.send(&[scene.execute_market_of(0)]);
    assert_eq!(scene.book(0).params.taker_fee.0, 7);
}

fn a_change_of_the_clearinghouse_voids_queued_market_changes(mut scene: Scene) {
    scene.govern();
    queue_fee(&mut scene, 6);
    scene.settle_for(|settings| settings.unstake_cooldown_seconds = 5);
    scene.refuse(scene.execute_market_of(0), ClearingError::WrongRevision);
    queue_fee(&mut scene, 6);
    scene.pass(TIMELOCK);
    scene.send(&[scene.execute_market_of(0)]);
}

fn a_market_that_is_wound_down_keeps_its_settings(mut scene: Scene) {
    queue_fee(&mut scene, 6);
    scene.wind_down(0);
    scene.refuse(scene.execute_market_of(0), ClearingError::NothingQueued);
    let restrict = scene.change_market_of(0, |settings| settings.params.trade_band_bps = 1);
    scene.refuse(restrict, EngineError::MarketSettling);
    queue_fee(&mut scene, 6);
    scene.refuse(scene.execute_market_of(0), EngineError::MarketSettling);
    scene.refuse(scene.schedule_of(0), ClearingError::MarketSettling);
}
