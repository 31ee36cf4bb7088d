//! A wind-down that the authority schedules.

use clearing::error::ClearingError;
use clearing::events::{SettlementBegun, SettlementScheduled};
use clearing::state::CHANGE_LAPSE_SECONDS;
use jettison_client::AnyEvent;
use jettison_engine::SETTLEMENT_GRACE_SECONDS;
use jettison_tests::{on_both_runtimes, standard, Scene, PRICE, TIMELOCK};

on_both_runtimes!(
    a_scheduled_wind_down_begins_after_the_timelock_by_anyone,
    a_schedule_lapses_two_weeks_after_it_was_due,
    only_the_authority_schedules_for_the_settings_in_force,
    a_wind_down_begins_once,
    scheduling_again_starts_the_timelock_anew,
);

fn a_scheduled_wind_down_begins_after_the_timelock_by_anyone(mut scene: Scene) {
    scene.govern();
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    let executed = scene.send(&[scene.schedule_of(0)]);
    let ready_ts = scene.at.chain.now() + TIMELOCK;
    scene.expect_event(
        &executed,
        AnyEvent::SettlementScheduled(SettlementScheduled { market_index: 0, ready_ts }),
    );
    scene.wait(TIMELOCK - 1);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.pass(1);
    assert!(scene.begin_of(0).accounts.iter().all(|meta| !meta.is_signer));
    let executed = scene.send(&[scene.begin_of(0)]);
    let closes_ts = ready_ts + SETTLEMENT_GRACE_SECONDS;
    scene.expect_event(
        &executed,
        AnyEvent::SettlementBegun(SettlementBegun {
            market_index: 0,
            price_before: PRICE,
            final_price: PRICE,
            scheduled: true,
            closes_ts,
        }),
    );
    let listing = scene.listing(0);
    assert_eq!((listing.settlement_ready_ts, listing.revision), (0, 1));
    assert_eq!(listing.book.breakers.settles_ts, closes_ts);
}

fn a_schedule_lapses_two_weeks_after_it_was_due(mut scene: Scene) {
    scene.market(standard());
    scene.govern();
    scene.send(&[scene.schedule_of(0)]);
    scene.send(&[scene.schedule_of(1)]);
    scene.pass(TIMELOCK + CHANGE_LAPSE_SECONDS);
    scene.send(&[scene.begin_of(0)]);
    scene.pass(1);
    scene.refuse(scene.begin_of(1), ClearingError::SettlementNotDue);
}

fn only_the_authority_schedules_for_the_settings_in_force(mut scene: Scene) {
    let guardian = scene.govern();
    for signer in [guardian, scene.key()] {
        let schedule = scene.at.venue.schedule_settlement(signer, 0, 0);
        scene.refuse(schedule, ClearingError::NotAuthority);
    }
    let early = scene.schedule_of(0);
    scene.send(&[scene.change_market_of(0, |settings| settings.params.trade_band_bps = 1)]);
    scene.refuse(early, ClearingError::WrongRevision);
    // Nor does a schedule outlive the clearinghouse's settings of its day.
    scene.send(&[scene.schedule_of(0)]);
    scene.send(&[scene.change_house_of(|settings| settings.withdrawal_limit_bps = 5_000)]);
    scene.wait(TIMELOCK);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    // And what is queued later doesn't bring it back.
    scene.send(&[scene.change_market_of(0, |settings| settings.params.taker_fee_bps = 6)]);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
}

fn a_wind_down_begins_once(mut scene: Scene) {
    scene.wind_down(0);
    let before = scene.book(0);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.refuse(scene.schedule_of(0), ClearingError::MarketSettling);
    let oracle = scene.at.feeds[0].address;
    scene.refuse(scene.at.venue.accrue_market(0, oracle), ClearingError::MarketSettling);
    assert_eq!(scene.book(0), before);
    scene.market(standard());
    let other = scene.at.feeds[1].address;
    scene.send(&[scene.schedule_of(1)]);
    let wrong = scene.at.venue.begin_settlement(1, oracle);
    scene.refuse(wrong, ClearingError::WrongOracle);
    scene.send(&[scene.at.venue.begin_settlement(1, other)]);
}

fn scheduling_again_starts_the_timelock_anew(mut scene: Scene) {
    scene.govern();
    scene.send(&[scene.schedule_of(0)]);
    scene.wait(TIMELOCK - 1);
    scene.send(&[scene.schedule_of(0)]);
    scene.wait(1);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
    scene.wait(TIMELOCK - 1);
    scene.send(&[scene.begin_of(0)]);
}
