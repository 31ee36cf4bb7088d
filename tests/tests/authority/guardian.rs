//! The guardian: may pause and take back, nothing else.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::events::Paused;
use clearing::instructions::PauseArgs;
use clearing::state::Gate;
use jettison_client::AnyEvent;
use jettison_tests::{bit, on_both_runtimes, Scene, TIMELOCK};
use solana_signer::Signer;

use super::stage::Stage;

on_both_runtimes!(
    a_pause_says_what_and_until_when,
    nobody_but_the_guardian_pauses,
    the_guardian_can_do_nothing_that_the_authority_can,
    a_new_guardian_waits_for_the_timelock_and_finds_the_pauses_of_the_former,
    a_pause_made_for_other_settings_is_refused,
);

fn a_pause_says_what_and_until_when(mut scene: Scene) {
    scene.govern();
    let gates = bit(Gate::Open) | bit(Gate::Sweep);
    let executed = scene.send(&[scene.pause_of(gates, 600)]);
    let until_ts = scene.at.chain.now() + 600;
    scene.expect_event(
        &executed,
        AnyEvent::Paused(Paused { clearinghouse: scene.at.venue.clearinghouse, gates, until_ts }),
    );
    let mut until = [0; 12];
    (until[0], until[8]) = (until_ts, until_ts);
    assert_eq!((scene.house().pauses.until, scene.house().revision), (until, 1));
}

fn nobody_but_the_guardian_pauses(mut scene: Scene) {
    let args = PauseArgs { expected_revision: 0, gates: 1, seconds: 60 };
    // Without a guardian the default key is there.
    for signer in [scene.authority(), scene.key()] {
        scene.refuse(scene.at.venue.pause(signer, args), ClearingError::NotGuardian);
    }
    scene.govern();
    let args = PauseArgs { expected_revision: 1, ..args };
    for signer in [scene.authority(), scene.key()] {
        scene.refuse(scene.at.venue.pause(signer, args), ClearingError::NotGuardian);
    }
}

/// Every instruction that the authority signs, signed by the guardian.
fn the_guardian_can_do_nothing_that_the_authority_can(scene: Scene) {
    let mut stage = Stage::set(scene);
    let (authority, guardian) = (stage.scene.authority(), stage.guardian);
    let mut refused = 0;
    for row in stage.rows() {
        let mut instruction = row.instruction.clone();
        let signs = |key: &Pubkey| *key == authority;
        let Some(meta) = instruction.accounts.iter_mut().find(|meta| meta.is_signer && signs(&meta.pubkey))
        else {
            continue;
        };
        meta.pubkey = guardian;
        if ["cancel_market_change", "cancel_clearinghouse_change"].contains(&row.name) {
            stage.scene.attempt(&[instruction]).expect("a guardian takes back");
        } else if row.is_of_the_authority() {
            stage.scene.refuse(instruction, ClearingError::NotAuthority);
            refused += 1;
        }
    }
    // create_market, change_market, change_clearinghouse, nominate, schedule_settlement, close_market.
    assert_eq!(refused, 6);
    let (venue, fee_account) = (stage.scene.at.venue.clone(), stage.scene.at.fee_account);
    stage.scene.refuse(
        venue.close_clearinghouse(guardian, stage.scene.at.chain.payer().pubkey(), fee_account),
        ClearingError::NotAuthority,
    );
}

fn a_new_guardian_waits_for_the_timelock_and_finds_the_pauses_of_the_former(mut scene: Scene) {
    let (former, next) = (scene.govern(), scene.key());
    scene.send(&[scene.change_house_of(|settings| settings.guardian = next)]);
    let args = PauseArgs { expected_revision: 1, gates: 1, seconds: 60 };
    scene.refuse(scene.at.venue.pause(next, args), ClearingError::NotGuardian);
    scene.pass(TIMELOCK);
    scene.send(&[scene.at.venue.pause(former, args)]);
    scene.send(&[scene.at.venue.execute_clearinghouse_change()]);
    let args = PauseArgs { expected_revision: 2, ..args };
    scene.refuse(scene.at.venue.pause(former, args), ClearingError::NotGuardian);
    scene.refuse(scene.at.venue.pause(next, args), ClearingError::PauseTooSoon);
    scene.send(&[scene.at.venue.pause(next, PauseArgs { gates: 2, ..args })]);
}

fn a_pause_made_for_other_settings_is_refused(mut scene: Scene) {
    scene.govern();
    let pause = scene.pause_of(1, 60);
    scene.send(&[scene.change_house_of(|settings| settings.withdrawal_limit_bps = 5_000)]);
    scene.refuse(pause, ClearingError::WrongRevision);
}
