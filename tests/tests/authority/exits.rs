//! With every gate paused and everything restricted, people get out: delayed, not barred.

use clearing::error::ClearingError;
use clearing::state::{MAX_PAUSE_SECONDS, PAUSE_REST_SECONDS};
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Scene};
use solana_signer::Signer;

use crate::support::USDC;

on_both_runtimes!(
    a_position_closes_and_its_money_leaves_under_every_pause_and_restriction,
    a_stake_leaves_after_every_pause_and_before_the_next,
    the_authority_cannot_starve_a_market_of_its_price_at_once,
);

const WINDOW: i64 = 3_600;

/// All that the authority may put in force at once, at its worst.
fn restrict(scene: &mut Scene) {
    let change = scene.change_market_of(0, |settings| {
        let params = &mut settings.params;
        params.max_open_interest_contracts = 1;
        params.loss_halt_seconds = 7 * 86_400;
        params.initial_margin_bps = jettison_engine::MAX_INITIAL_MARGIN.0;
        params.profit_weight_bps = 0;
        params.trade_band_bps = 0;
        params.loss_breaker_bps = 0;
    });
    scene.send(&[change]);
    let change = scene.change_house_of(|settings| {
        settings.withdrawal_floor_atoms = 1;
        settings.withdrawal_limit_bps = 100;
        settings.timelock_seconds = 30 * 86_400;
    });
    scene.send(&[change]);
    assert_eq!((scene.listing(0).queued_ready_ts, scene.house().queued_ready_ts), (0, 0));
}

fn a_position_closes_and_its_money_leaves_under_every_pause_and_restriction(mut scene: Scene) {
    scene.govern();
    scene.settle_for(|settings| settings.withdrawal_window_seconds = WINDOW as u32);
    scene.wait(0);
    let (long, short) = (scene.trader(2_000 * USDC), scene.trader(2_000 * USDC));
    scene.trader(100_000 * USDC);
    scene.trade(&long, &short, 0, 10_000);
    scene.move_price(0, 1_010_000);
    restrict(&mut scene);
    scene.send(&[scene.pause_of((1 << 9) - 1, MAX_PAUSE_SECONDS)]);
    let paused_at = scene.at.chain.now();

    let open = scene.trade_of(&long, &short, 0, 1, 1_010_000);
    scene.refuse(open, EngineError::OpenInterestCap);
    scene.trade(&short, &long, 0, 10_000);
    scene.settle(&short);
    scene.settle(&long);
    assert_eq!((scene.size(&long, 0), scene.unsettled(&long, 0)), (0, 0));
    let capital = scene.capital(&long);
    // 2,000 less a taker's fee of 5, and a maker's of 2.02 at the end; up 100.
    assert_eq!(capital, 2_092_980_000);
    scene.refuse(scene.withdraw_of(&long, capital), ClearingError::Paused);

    let before = scene.tokens(&scene.at.treasury);
    scene.at.chain.set_time(paused_at + i64::from(MAX_PAUSE_SECONDS));
    scene.refuse(scene.pause_of((1 << 9) - 1, 1), ClearingError::PauseTooSoon);
    scene.send(&[scene.withdraw_of(&long, capital)]);
    // What doesn't leave at once is served at a hundredth of the vault a window, which two windows and a bit do here.
    let serve = scene.at.venue.serve_withdrawal(long.address, scene.at.treasury);
    let mut windows = 0;
    while scene.tokens(&scene.at.treasury) < before + capital {
        scene.send(std::slice::from_ref(&serve));
        scene.pass(WINDOW);
        windows += 1;
    }
    assert_eq!(windows, 3);
    assert!(scene.at.chain.now() < paused_at + i64::from(MAX_PAUSE_SECONDS) + PAUSE_REST_SECONDS);
    scene.send(&[scene.close_of(&long, false)]);
}

fn a_stake_leaves_after_every_pause_and_before_the_next(mut scene: Scene) {
    scene.govern();
    scene.settle_for(|settings| settings.unstake_cooldown_seconds = 3_600);
    let staker = scene.key();
    let wallet = scene.wallet(&staker, 10 * USDC);
    let (venue, payer) = (scene.at.venue.clone(), scene.at.chain.payer().pubkey());
    scene.send(&[venue.open_stake(staker, payer), venue.stake(staker, wallet, 10 * USDC)]);
    scene.send(&[scene.pause_of((1 << 9) - 1, MAX_PAUSE_SECONDS)]);
    let shares = scene.at.stake_account(&staker).expect("a stake").stake.shares.0;
    scene.send(&[venue.request_unstake(staker, shares)]);
    scene.pass(3_600);
    scene.refuse(venue.unstake(staker, wallet), ClearingError::Paused);
    scene.pass(i64::from(MAX_PAUSE_SECONDS) - 3_600);
    scene.send(&[venue.unstake(staker, wallet)]);
    assert_eq!(scene.tokens(&wallet), 10 * USDC);
    scene.send(&[venue.close_stake(staker, staker)]);
}

/// A confidence interval that no price meets would stop trading and settling, and after an hour begin a wind-down, all
/// without a timelock: so narrowing it waits.
fn the_authority_cannot_starve_a_market_of_its_price_at_once(mut scene: Scene) {
    scene.govern();
    scene.wait(0);
    for (name, change) in [
        ("confidence", scene.change_market_of(0, |settings| settings.max_confidence_bps = 0)),
        ("age", scene.change_market_of(0, |settings| settings.max_oracle_age_seconds = 0)),
        ("price age", scene.change_market_of(0, |settings| settings.params.max_price_age_seconds = 1)),
    ] {
        scene.send(&[change]);
        let settings = jettison_tests::settings_of(&scene.listing(0));
        assert_eq!(settings, standard().settings, "{name} waits");
    }
}
