//! Staking in the insurance fund, to the atom: what is bought, what is earned, what is paid out and when.

use clearing::events::{StakeClosed, StakeOpened, Staked, UnstakeRequested, Unstaked};
use jettison_client::AnyEvent;
use jettison_engine::{EngineError, UNSTAKE_WINDOW_SECONDS};
use jettison_tests::{on_both_runtimes, Scene};

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    opening_and_closing_a_stake_account_counts_it_and_returns_its_rent,
    a_stake_buys_shares_at_the_price_that_swept_fees_have_raised,
    what_a_sweep_brings_between_request_and_exit_stays_with_the_others,
    an_unstaking_waits_for_its_cooldown_and_runs_out_after_seven_days,
    a_new_request_replaces_the_one_before_and_zero_takes_it_back,
    leaving_in_parts_pays_no_more_than_leaving_at_once,
    a_stake_of_nothing_is_refused,
);

/// 3.5 USDC of fees to insurance.
fn income(scene: &mut Scene) {
    leveraged(scene);
    scene.sweep(0);
}

fn opening_and_closing_a_stake_account_counts_it_and_returns_its_rent(mut scene: Scene) {
    let (key, payer) = (scene.key(), solana_signer::Signer::pubkey(scene.at.chain.payer()));
    let venue = scene.at.venue.clone();
    let (clearinghouse, stake_account) = (venue.clearinghouse, venue.stake_account(&key));
    let opened = scene.send(&[venue.open_stake(key, payer)]);
    let event = StakeOpened { clearinghouse, stake_account, authority: key };
    scene.expect_event(&opened, AnyEvent::StakeOpened(event));
    let account = scene.at.stake_account(&key).unwrap();
    assert_eq!((account.version, account.authority, account.clearinghouse), (1, key, clearinghouse));
    assert_eq!((account.stake, scene.fund().stakes), (Default::default(), 1));

    let rent = scene.at.chain.account(&stake_account).unwrap().lamports;
    let receiver = scene.rich_key();
    let closed = scene.send(&[venue.close_stake(key, receiver)]);
    let event = StakeClosed { clearinghouse, stake_account, authority: key };
    scene.expect_event(&closed, AnyEvent::StakeClosed(event));
    assert_eq!(scene.at.chain.account(&receiver).unwrap().lamports, 10_000_000_000 + rent);
    assert_eq!(scene.fund().stakes, 0);
    scene.send(&[venue.open_stake(key, payer)]);
    assert_eq!(scene.fund().stakes, 1);
}

fn a_stake_buys_shares_at_the_price_that_swept_fees_have_raised(mut scene: Scene) {
    let (alice, bob) = (scene.staker(100 * USDC), scene.staker(60 * USDC));
    let clearinghouse = scene.at.venue.clearinghouse;
    let staked = scene.stake(&alice, 100 * USDC);
    let event = Staked {
        clearinghouse,
        authority: alice.key,
        amount: 100 * USDC,
        shares: 100_000_000_000,
        shares_after: 100_000_000_000,
        all_shares: 100_000_000_000,
        assets_before: 0,
        assets_after: 100 * USDC,
    };
    scene.expect_event(&staked, AnyEvent::Staked(event));
    income(&mut scene);
    let staked = scene.stake(&bob, 50 * USDC);
    let event = Staked {
        clearinghouse,
        authority: bob.key,
        amount: 50 * USDC,
        shares: 48_309_178_760,
        shares_after: 48_309_178_760,
        all_shares: 148_309_178_760,
        assets_before: 103_500_000,
        assets_after: 153_500_000,
    };
    scene.expect_event(&staked, AnyEvent::Staked(event));
    assert_eq!((scene.fund().assets.0, scene.fund().shares.0), (153_500_000, 148_309_178_760));
    assert_eq!((scene.fund().own_shares.0, scene.tokens(&bob.wallet)), (0, 10 * USDC));
}

fn what_a_sweep_brings_between_request_and_exit_stays_with_the_others(mut scene: Scene) {
    scene.change_settings(|settings| settings.unstake_cooldown_seconds = 600);
    let (alice, bob) = (scene.staker(100 * USDC), scene.staker(50 * USDC));
    scene.stake(&alice, 100 * USDC);
    income(&mut scene);
    scene.stake(&bob, 50 * USDC);
    let clearinghouse = scene.at.venue.clearinghouse;
    let requested = scene.request(&alice, 100_000_000_000);
    let event = UnstakeRequested {
        clearinghouse,
        authority: alice.key,
        shares: 100_000_000_000,
        value: 103_499_999,
        ready_ts: scene.at.chain.now() + 600,
    };
    scene.expect_event(&requested, AnyEvent::UnstakeRequested(event));
    income(&mut scene);
    scene.wait(600);
    let unstake = scene.unstake_of(&alice);
    let unstaked = scene.send(&[unstake]);
    let event = Unstaked {
        clearinghouse,
        authority: alice.key,
        shares: 100_000_000_000,
        requested_value: 103_499_999,
        amount: 103_499_999,
        shares_after: 0,
        assets_before: 157_000_000,
        assets_after: 53_500_001,
    };
    scene.expect_event(&unstaked, AnyEvent::Unstaked(event));
    assert_eq!(scene.tokens(&alice.wallet), 103_499_999);
    // Both parts of the second income are Bob's, but an atom that is nobody's.
    scene.request(&bob, 48_309_178_760);
    scene.wait(600);
    assert_eq!(scene.unstake(&bob), 53_500_000);
    assert_eq!((scene.insurance(), scene.stake_account(&bob).shares.0), (1, 0));
}

fn an_unstaking_waits_for_its_cooldown_and_runs_out_after_seven_days(mut scene: Scene) {
    scene.change_settings(|settings| settings.unstake_cooldown_seconds = 600);
    let staker = scene.staker(USDC);
    scene.stake(&staker, USDC);
    scene.refuse(scene.unstake_of(&staker), EngineError::NotStaked);
    scene.request(&staker, 100_000_000);
    let requested = scene.at.chain.now();
    for (seconds, ready) in [
        (599, false),
        (600, true),
        (600 + UNSTAKE_WINDOW_SECONDS, true),
        (601 + UNSTAKE_WINDOW_SECONDS, false),
    ] {
        scene.at.chain.set_time(requested + seconds);
        let before = scene.snapshot();
        if ready {
            assert_eq!(scene.unstake(&staker), USDC / 10, "{seconds}");
            before.restore(&mut scene.at.chain);
        } else {
            scene.refuse(scene.unstake_of(&staker), EngineError::UnstakeNotReady);
        }
    }
    // The shares are still there and earn; a new request begins anew.
    scene.request(&staker, 1_000_000_000);
    scene.refuse(scene.unstake_of(&staker), EngineError::UnstakeNotReady);
    scene.later(600);
    assert_eq!(scene.unstake(&staker), USDC);
}

fn a_new_request_replaces_the_one_before_and_zero_takes_it_back(mut scene: Scene) {
    scene.change_settings(|settings| settings.unstake_cooldown_seconds = 600);
    let staker = scene.staker(USDC);
    scene.stake(&staker, USDC);
    let all = scene.stake_account(&staker).shares.0;
    let too_many = scene.at.venue.request_unstake(staker.key, all + 1);
    scene.refuse(too_many, EngineError::NotStaked);
    scene.request(&staker, all);
    scene.later(300);
    scene.request(&staker, all / 4);
    scene.later(599);
    scene.refuse(scene.unstake_of(&staker), EngineError::UnstakeNotReady);
    scene.later(1);
    assert_eq!(scene.unstake(&staker), USDC / 4);
    scene.refuse(scene.unstake_of(&staker), EngineError::NotStaked);
    scene.request(&staker, 1_000);
    scene.request(&staker, 0);
    scene.later(600);
    scene.refuse(scene.unstake_of(&staker), EngineError::NotStaked);
    assert_eq!(scene.stake_account(&staker).shares.0, all - all / 4);
}

fn leaving_in_parts_pays_no_more_than_leaving_at_once(mut scene: Scene) {
    let (one, other) = (scene.staker(10 * USDC), scene.staker(10 * USDC));
    for staker in [&one, &other] {
        scene.stake(staker, 10 * USDC - 7);
    }
    income(&mut scene);
    let all = scene.stake_account(&one).shares.0;
    let before = scene.snapshot();
    scene.request(&one, all);
    let whole = scene.unstake(&one);
    before.restore(&mut scene.at.chain);
    let mut parts = 0;
    for part in [all / 3, 1, 999, 1_001, all - all / 3 - 2_001] {
        scene.request(&one, part);
        parts += scene.unstake(&one);
    }
    assert!(parts <= whole && parts + 5 >= whole, "{parts} in parts, {whole} at once");
}

fn a_stake_of_nothing_is_refused(mut scene: Scene) {
    let staker = scene.staker(USDC);
    scene.refuse(scene.stake_of(&staker, 0), EngineError::ZeroSize);
    scene.refuse(scene.stake_of(&staker, USDC + 1), 1);
}
