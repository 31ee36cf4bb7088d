//! How long a pause lasts, and when the next may follow.

use clearing::error::ClearingError;
use clearing::state::{Gate, MAX_PAUSE_SECONDS, PAUSE_REST_SECONDS};
use jettison_tests::{bit, on_both_runtimes, Scene};

use crate::support::USDC;

on_both_runtimes!(
    a_pause_expires_by_itself_at_its_second,
    a_pause_is_not_renewed_before_its_gate_has_been_open_for_three_days,
    a_pause_needs_known_gates_and_at_most_a_day,
    nothing_lifts_a_pause,
);

fn a_pause_expires_by_itself_at_its_second(mut scene: Scene) {
    scene.govern();
    let trader = scene.trader(10 * USDC);
    scene.send(&[scene.pause_of(bit(Gate::Withdraw), 600)]);
    let withdraw = scene.withdraw_of(&trader, USDC);
    scene.refuse(withdraw.clone(), ClearingError::Paused);
    scene.pass(599);
    scene.refuse(withdraw.clone(), ClearingError::Paused);
    scene.pass(1);
    scene.send(&[withdraw]);
}

/// So of any four days a gate is open three: a pause delays and doesn't bar.
fn a_pause_is_not_renewed_before_its_gate_has_been_open_for_three_days(mut scene: Scene) {
    scene.govern();
    let (withdraw, sweep) = (bit(Gate::Withdraw), bit(Gate::Sweep));
    scene.send(&[scene.pause_of(withdraw, MAX_PAUSE_SECONDS)]);
    let rest = [0, i64::from(MAX_PAUSE_SECONDS), PAUSE_REST_SECONDS - 1];
    for seconds in rest {
        scene.pass(seconds);
        if seconds == rest[2] {
            break;
        }
        for gates in [withdraw, withdraw | sweep, (1 << 9) - 1] {
            scene.refuse(scene.pause_of(gates, 1), ClearingError::PauseTooSoon);
        }
    }
    scene.refuse(scene.pause_of(withdraw, 1), ClearingError::PauseTooSoon);
    scene.send(&[scene.pause_of(sweep, 1)]);
    scene.pass(1);
    scene.send(&[scene.pause_of(withdraw, MAX_PAUSE_SECONDS)]);
    scene.refuse(scene.pause_of(sweep, 1), ClearingError::PauseTooSoon);
}

fn a_pause_needs_known_gates_and_at_most_a_day(mut scene: Scene) {
    scene.govern();
    for (gates, seconds) in [(0, 60), (1 << 9, 60), (u16::MAX, 60), (1, 0), (1, MAX_PAUSE_SECONDS + 1)] {
        scene.refuse(scene.pause_of(gates, seconds), ClearingError::BadPause);
    }
    scene.send(&[scene.pause_of((1 << 9) - 1, MAX_PAUSE_SECONDS)]);
}

/// Neither a shorter pause, nor another guardian, nor another authority.
fn nothing_lifts_a_pause(mut scene: Scene) {
    let guardian = scene.govern();
    scene.send(&[scene.pause_of(bit(Gate::Deposit), 600)]);
    let until = scene.house().pauses.until;
    let (old, new) = (scene.authority(), scene.key());
    scene.refuse(scene.pause_of(bit(Gate::Deposit), 1), ClearingError::PauseTooSoon);
    scene.send(&[scene.change_house_of(|settings| settings.withdrawal_limit_bps = 5_000)]);
    scene.send(&[scene.change_house_of(|settings| settings.unstake_cooldown_seconds = 1)]);
    scene.send(&[scene.at.venue.cancel_clearinghouse_change(guardian)]);
    scene.send(&[scene.nominate_of(old, clearing::instructions::Role::Authority, new)]);
    scene.send(&[scene.at.venue.accept(new, clearing::instructions::Role::Authority)]);
    assert_eq!(scene.house().pauses.until, until);
}
