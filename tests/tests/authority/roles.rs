//! Handing roles on, in two steps.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::events::{Nominated, RoleAccepted};
use clearing::instructions::Role;
use jettison_client::AnyEvent;
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::leveraged;

on_both_runtimes!(
    authority_moves_only_when_the_nominee_accepts,
    fee_authority_moves_apart_from_the_authority,
    the_fee_authority_voids_nothing_of_authority_and_guardian,
    only_the_holder_of_a_role_nominates_for_it,
    a_nomination_that_was_taken_back_or_replaced_cannot_be_accepted,
    what_the_former_authority_queued_is_void,
    a_wind_down_that_the_former_authority_scheduled_is_void,
);

fn authority_moves_only_when_the_nominee_accepts(mut scene: Scene) {
    let (old, new, stranger) = (scene.authority(), scene.key(), scene.key());
    let clearinghouse = scene.at.venue.clearinghouse;
    for role in [Role::Authority, Role::FeeAuthority] {
        scene.refuse(scene.at.venue.accept(new, role), ClearingError::NotNominated);
    }
    let executed = scene.send(&[scene.nominate_of(old, Role::Authority, new)]);
    scene.expect_event(
        &executed,
        AnyEvent::Nominated(Nominated { clearinghouse, role: Role::Authority, holder: old, nominee: new }),
    );
    let house = scene.house();
    assert_eq!((house.authority, house.nominated_authority, house.revision), (old, new, 0));
    scene.refuse(scene.at.venue.accept(stranger, Role::Authority), ClearingError::NotNominated);
    scene.refuse(scene.at.venue.accept(old, Role::Authority), ClearingError::NotNominated);
    scene.refuse(scene.at.venue.accept(new, Role::FeeAuthority), ClearingError::NotNominated);

    let executed = scene.send(&[scene.at.venue.accept(new, Role::Authority)]);
    scene.expect_event(
        &executed,
        AnyEvent::RoleAccepted(RoleAccepted {
            clearinghouse,
            role: Role::Authority,
            holder_before: old,
            holder_after: new,
            revision: 1,
        }),
    );
    let house = scene.house();
    assert_eq!((house.authority, house.fee_authority, house.creator), (new, old, old));
    assert_eq!((house.nominated_authority, house.revision), (Pubkey::default(), 1));
    scene.refuse(scene.at.venue.accept(new, Role::Authority), ClearingError::NotNominated);
    for refused in [
        scene.change_house_of(|_| ()),
        scene.change_market_of(0, |_| ()),
        scene.schedule_of(0),
        scene.nominate_of(old, Role::Authority, old),
    ] {
        scene.refuse(refused, ClearingError::NotAuthority);
    }
    scene.send(&[scene.nominate_of(new, Role::Authority, stranger)]);
}

fn fee_authority_moves_apart_from_the_authority(mut scene: Scene) {
    let (old, new) = (scene.authority(), scene.key());
    leveraged(&mut scene);
    scene.send(&[scene.nominate_of(old, Role::FeeAuthority, new)]);
    scene.send(&[scene.at.venue.accept(new, Role::FeeAuthority)]);
    let house = scene.house();
    assert_eq!((house.authority, house.fee_authority, house.revision), (old, new, 0));
    let sweep_to = |scene: &Scene, to| scene.at.venue.sweep_fees(0, to);
    scene.refuse(sweep_to(&scene, scene.at.fee_account), ClearingError::WrongFeeAccount);
    let wallet = scene.wallet(&new, 0);
    scene.send(&[sweep_to(&scene, wallet)]);
    assert_eq!(scene.tokens(&wallet), 3_500_000);
    // It is no authority, nor is the authority it any more.
    scene.refuse(scene.nominate_of(new, Role::Authority, new), ClearingError::NotAuthority);
    scene.refuse(scene.nominate_of(old, Role::FeeAuthority, old), ClearingError::NotAuthority);
    scene.send(&[scene.nominate_of(new, Role::FeeAuthority, old)]);
}

/// Who collects fees could otherwise hand the role to itself before every transaction of the guardian.
fn the_fee_authority_voids_nothing_of_authority_and_guardian(mut scene: Scene) {
    scene.govern();
    let (authority, collector) = (scene.authority(), scene.key());
    let (pause, change) =
        (scene.pause_of(1, 60), scene.change_house_of(|new| new.unstake_cooldown_seconds = 1));
    scene.send(&[scene.change_market_of(0, |new| new.params.taker_fee_bps = 6)]);
    scene.send(&[scene.nominate_of(authority, Role::FeeAuthority, collector)]);
    scene.send(&[scene.at.venue.accept(collector, Role::FeeAuthority)]);
    scene.send(&[scene.nominate_of(collector, Role::FeeAuthority, collector)]);
    scene.send(&[scene.at.venue.accept(collector, Role::FeeAuthority), pause, change]);
    scene.wait(jettison_tests::TIMELOCK);
    scene.send(&[scene.execute_market_of(0), scene.at.venue.execute_clearinghouse_change()]);
}

fn only_the_holder_of_a_role_nominates_for_it(mut scene: Scene) {
    let guardian = scene.govern();
    let stranger = scene.key();
    for role in [Role::Authority, Role::FeeAuthority] {
        for signer in [guardian, stranger] {
            scene.refuse(scene.nominate_of(signer, role, signer), ClearingError::NotAuthority);
        }
    }
}

fn a_nomination_that_was_taken_back_or_replaced_cannot_be_accepted(mut scene: Scene) {
    let (old, first, second) = (scene.authority(), scene.key(), scene.key());
    for role in [Role::Authority, Role::FeeAuthority] {
        scene.send(&[scene.nominate_of(old, role, first)]);
        scene.send(&[scene.nominate_of(old, role, Pubkey::default())]);
        scene.refuse(scene.at.venue.accept(first, role), ClearingError::NotNominated);
        scene.send(&[scene.nominate_of(old, role, first)]);
        scene.send(&[scene.nominate_of(old, role, second)]);
        scene.refuse(scene.at.venue.accept(first, role), ClearingError::NotNominated);
    }
    assert_eq!(scene.house().revision, 0);
}

/// The nominee takes over a clearinghouse as it stands, and nothing that comes into force behind its back.
fn what_the_former_authority_queued_is_void(mut scene: Scene) {
    scene.govern();
    let (old, new) = (scene.authority(), scene.key());
    scene.send(&[scene.change_house_of(|settings| settings.timelock_seconds = 0)]);
    scene.send(&[scene.change_market_of(0, |settings| settings.params.taker_fee_bps = 100)]);
    scene.send(&[scene.nominate_of(old, Role::Authority, new)]);
    scene.send(&[scene.at.venue.accept(new, Role::Authority)]);
    scene.wait(jettison_tests::TIMELOCK);
    scene.refuse(scene.at.venue.execute_clearinghouse_change(), ClearingError::NothingQueued);
    scene.refuse(scene.execute_market_of(0), ClearingError::WrongRevision);
}

fn a_wind_down_that_the_former_authority_scheduled_is_void(mut scene: Scene) {
    scene.govern();
    let (old, new) = (scene.authority(), scene.key());
    scene.send(&[scene.schedule_of(0)]);
    scene.send(&[scene.nominate_of(old, Role::Authority, new)]);
    scene.send(&[scene.at.venue.accept(new, Role::Authority)]);
    scene.wait(jettison_tests::TIMELOCK);
    scene.refuse(scene.begin_of(0), ClearingError::SettlementNotDue);
}
