//! Changes of a clearinghouse's settings: at once, queued, in force, taken back.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use clearing::events::{ClearinghouseChangeCancelled, ClearinghouseChangeQueued, ClearinghouseChanged};
use clearing::instructions::ChangeClearinghouseArgs;
use clearing::state::{ClearinghouseSettings, CHANGE_LAPSE_SECONDS};
use jettison_client::AnyEvent;
use jettison_tests::{on_both_runtimes, Scene, TIMELOCK};

on_both_runtimes!(
    settings_wait_for_the_timelock_and_anyone_puts_them_in_force,
    queued_settings_lapse_two_weeks_after_they_were_ready,
    only_the_authority_changes_the_clearinghouse,
    a_change_made_for_other_settings_is_refused,
    authority_and_guardian_take_queued_settings_back_and_nobody_else,
    queueing_again_replaces_the_settings_and_starts_the_timelock_anew,
    a_restriction_at_once_voids_what_is_queued,
    lowering_the_timelock_waits_for_the_old_one,
    without_a_timelock_a_change_waits_only_for_its_execution,
);

fn queue_cooldown(scene: &mut Scene, seconds: u32) {
    scene.send(&[scene.change_house_of(|settings| settings.unstake_cooldown_seconds = seconds)]);
}

fn execute(scene: &Scene) -> Instruction {
    scene.at.venue.execute_clearinghouse_change()
}

fn settings_wait_for_the_timelock_and_anyone_puts_them_in_force(mut scene: Scene) {
    scene.govern();
    let clearinghouse = scene.at.venue.clearinghouse;
    scene.refuse(execute(&scene), ClearingError::NothingQueued);
    let before = scene.house().settings;
    let settings = ClearinghouseSettings { unstake_cooldown_seconds: 77, ..before };
    let change = scene.change_house_of(|new| *new = settings);
    let executed = scene.send(&[change]);
    let ready_ts = scene.at.chain.now() + TIMELOCK;
    scene.expect_event(
        &executed,
        AnyEvent::ClearinghouseChangeQueued(ClearinghouseChangeQueued {
            clearinghouse,
            settings,
            in_force: false,
            ready_ts,
            revision: 1,
        }),
    );
    let house = scene.house();
    assert_eq!((house.settings, house.queued_settings), (before, settings));
    assert_eq!((house.queued_ready_ts, house.queued_revision, house.revision), (ready_ts, 1, 1));
    scene.pass(TIMELOCK - 1);
    scene.refuse(execute(&scene), ClearingError::ChangeNotReady);
    scene.pass(1);
    // Nobody's signature is in it.
    assert!(execute(&scene).accounts.iter().all(|meta| !meta.is_signer));
    let executed = scene.send(&[execute(&scene)]);
    scene.expect_event(
        &executed,
        AnyEvent::ClearinghouseChanged(ClearinghouseChanged { clearinghouse, settings, revision: 2 }),
    );
    assert_eq!(
        (scene.house().settings, scene.house().revision, scene.house().queued_ready_ts),
        (settings, 2, 0)
    );
    scene.refuse(execute(&scene), ClearingError::NothingQueued);
}

fn queued_settings_lapse_two_weeks_after_they_were_ready(mut scene: Scene) {
    scene.govern();
    queue_cooldown(&mut scene, 1);
    scene.pass(TIMELOCK + CHANGE_LAPSE_SECONDS);
    scene.send(&[execute(&scene)]);
    queue_cooldown(&mut scene, 2);
    scene.pass(TIMELOCK + CHANGE_LAPSE_SECONDS + 1);
    scene.refuse(execute(&scene), ClearingError::ChangeNotReady);
    queue_cooldown(&mut scene, 2);
    scene.refuse(execute(&scene), ClearingError::ChangeNotReady);
}

fn only_the_authority_changes_the_clearinghouse(mut scene: Scene) {
    let guardian = scene.govern();
    let stranger = scene.key();
    let house = scene.house();
    let args = ChangeClearinghouseArgs { expected_revision: house.revision, settings: house.settings };
    for signer in [guardian, stranger] {
        scene.refuse(scene.at.venue.change_clearinghouse(signer, args), ClearingError::NotAuthority);
    }
}

fn a_change_made_for_other_settings_is_refused(mut scene: Scene) {
    scene.govern();
    let (early, late) =
        (scene.change_house_of(|_| ()), scene.change_house_of(|new| new.guardian = Pubkey::default()));
    scene.send(&[scene.change_house_of(|new| new.withdrawal_limit_bps = 5_000)]);
    for stale in [early, late] {
        scene.refuse(stale, ClearingError::WrongRevision);
    }
    let house = scene.house();
    let ahead = ChangeClearinghouseArgs { expected_revision: house.revision + 1, settings: house.settings };
    scene.refuse(scene.at.venue.change_clearinghouse(scene.authority(), ahead), ClearingError::WrongRevision);
}

fn authority_and_guardian_take_queued_settings_back_and_nobody_else(mut scene: Scene) {
    let guardian = scene.govern();
    let (authority, stranger, clearinghouse) = (scene.authority(), scene.key(), scene.at.venue.clearinghouse);
    let cancel = |scene: &Scene, by| scene.at.venue.cancel_clearinghouse_change(by);
    for by in [authority, guardian] {
        scene.refuse(cancel(&scene, by), ClearingError::NothingQueued);
        queue_cooldown(&mut scene, 5);
        scene.refuse(cancel(&scene, stranger), ClearingError::NotAuthorityOrGuardian);
        let executed = scene.send(&[cancel(&scene, by)]);
        scene.expect_event(
            &executed,
            AnyEvent::ClearinghouseChangeCancelled(ClearinghouseChangeCancelled { clearinghouse, by }),
        );
        scene.pass(TIMELOCK);
        scene.refuse(execute(&scene), ClearingError::NothingQueued);
    }
    assert_eq!(scene.house().revision, 1);
}

fn queueing_again_replaces_the_settings_and_starts_the_timelock_anew(mut scene: Scene) {
    scene.govern();
    queue_cooldown(&mut scene, 1);
    scene.pass(TIMELOCK - 1);
    queue_cooldown(&mut scene, 2);
    scene.pass(1);
    scene.refuse(execute(&scene), ClearingError::ChangeNotReady);
    scene.pass(TIMELOCK - 1);
    scene.send(&[execute(&scene)]);
    assert_eq!(scene.house().settings.unstake_cooldown_seconds, 2);
}

/// What was queued was looked at beside settings that are no more.
fn a_restriction_at_once_voids_what_is_queued(mut scene: Scene) {
    scene.govern();
    queue_cooldown(&mut scene, 1);
    scene.send(&[scene.change_market_of(0, |new| new.params.taker_fee_bps = 6)]);
    scene.send(&[scene.change_house_of(|new| new.withdrawal_limit_bps = 5_000)]);
    scene.wait(TIMELOCK);
    scene.refuse(execute(&scene), ClearingError::NothingQueued);
    scene.refuse(scene.execute_market_of(0), ClearingError::WrongRevision);
}

fn lowering_the_timelock_waits_for_the_old_one(mut scene: Scene) {
    scene.govern();
    scene.send(&[scene.change_house_of(|new| new.timelock_seconds = 60)]);
    assert_eq!(i64::from(scene.house().settings.timelock_seconds), TIMELOCK);
    scene.pass(TIMELOCK - 1);
    scene.refuse(execute(&scene), ClearingError::ChangeNotReady);
    // Nor does another change meanwhile wait for less.
    scene.send(&[scene.change_market_of(0, |new| new.params.taker_fee_bps = 6)]);
    assert_eq!(scene.listing(0).queued_ready_ts, scene.at.chain.now() + TIMELOCK);
    scene.pass(1);
    scene.send(&[execute(&scene)]);
    queue_cooldown(&mut scene, 1);
    assert_eq!(scene.house().queued_ready_ts, scene.at.chain.now() + 60);
    // Lengthening it waits for nothing.
    scene.send(&[scene.change_house_of(|new| new.timelock_seconds = TIMELOCK as u32)]);
    assert_eq!((scene.house().queued_ready_ts, scene.house().revision), (0, 3));
}

fn without_a_timelock_a_change_waits_only_for_its_execution(mut scene: Scene) {
    queue_cooldown(&mut scene, 3);
    assert_eq!(scene.house().queued_ready_ts, scene.at.chain.now());
    scene.send(&[execute(&scene)]);
    assert_eq!(scene.house().settings.unstake_cooldown_seconds, 3);
}
