//! Price updates beside whatever gains by them, in one transaction, on the ELF.

use jettison_embedded::Trader;
use jettison_engine::EngineError;
use jettison_tests::{feed_price, on_elf, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_elf!(
    open_update_settle_close_and_withdraw_gain_nothing,
    an_update_that_makes_the_market_lag_stops_the_withdrawal_behind_it,
    a_withdrawal_before_the_update_leaves_initial_margin_behind,
    a_liquidation_with_borrowed_capital_leaves_its_margin_behind,
    an_update_flags_resolves_and_keeps_stakers_in_one_transaction,
    a_stake_around_a_sweep_stays_for_its_cooldown,
);

/// Someone with two accounts and 1,000 USDC in each.
fn pair(scene: &mut Scene) -> [Trader; 2] {
    [scene.trader(1_000 * USDC), scene.trader(1_000 * USDC)]
}

/// Knows the next price, trades at the old one with itself, and goes: fees are all that it moves.
fn open_update_settle_close_and_withdraw_gain_nothing(mut scene: Scene) {
    let [one, other] = pair(&mut scene);
    let wallet = scene.wallet(&one.key.pubkey(), 0);
    scene.later(10);
    let venue = scene.at.venue.clone();
    let open = scene.trade_of(&one, &other, 0, 1_000, 1_000_000);
    let [post, accrue] = scene.at.price_instructions(0, feed_price(1_030_000));
    let close = scene.trade_of(&other, &one, 0, 1_000, 1_030_000);
    let settle = [&other, &one].map(|trader| venue.settle_account(trader.address, &[0]));
    let withdraw =
        |trader: &Trader, atoms| venue.withdraw(trader.key.pubkey(), trader.address, wallet, atoms, &[]);
    // 5 and 2 basis points of 1,000 and of 1,030 USDC, to each a taker's and a maker's; 30 USDC from one to the other.
    let kept = [1_000 * USDC + 30 * USDC - 500_000 - 206_000, 1_000 * USDC - 30 * USDC - 200_000 - 515_000];
    let [first, second] = settle;
    let all = [open, post, accrue, first, second, close];
    let with = |extra: u64| {
        let mut all = all.to_vec();
        all.extend([withdraw(&one, kept[0] + extra), withdraw(&other, kept[1])]);
        all
    };
    scene.refuse_all(&with(1), EngineError::InsufficientCapital);
    scene.send(&with(0));
    let fees = 700_000 + 721_000;
    assert_eq!(scene.tokens(&wallet), 2_000 * USDC - fees);
    let book = scene.book(0);
    assert_eq!((book.insurance_fees.0 + book.protocol_fees.0, book.pool.0), (fees, 0));
}

fn an_update_that_makes_the_market_lag_stops_the_withdrawal_behind_it(mut scene: Scene) {
    let [long, short] = pair(&mut scene);
    scene.trade(&long, &short, 0, 1_000);
    scene.later(10);
    let [post, accrue] = scene.at.price_instructions(0, feed_price(1_200_000));
    let withdraw = scene.withdraw_of(&long, 1);
    scene.refuse_all(&[post, accrue, withdraw], EngineError::MarketLagging);
}

/// Who knows the next price and goes before it leaves what initial margin is for.
fn a_withdrawal_before_the_update_leaves_initial_margin_behind(mut scene: Scene) {
    let [long, short] = pair(&mut scene);
    scene.trade(&long, &short, 0, 1_000);
    scene.later(10);
    // 100.1 USDC stay of 999.5; a keeper window later, 30 less.
    let (most, more) = (scene.withdraw_of(&long, 899_400_000), scene.withdraw_of(&long, 899_400_001));
    let [post, accrue] = scene.at.price_instructions(0, feed_price(970_000));
    scene.refuse_all(&[more, post.clone(), accrue.clone()], EngineError::BelowInitialMargin);
    scene.send(&[most, post, accrue]);
    assert_eq!(scene.equity(&long), 70_100_000);
    // It can be liquidated only below 48.6, and was far from owing anything.
    let keeper = scene.trader(1_000 * USDC);
    scene.liquidate(&long, &keeper, 0, 1_000);
    assert_eq!(scene.size(&long, 0), 1_000);
}

fn a_liquidation_with_borrowed_capital_leaves_its_margin_behind(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let keeper = scene.trader(0);
    let owner = keeper.key.pubkey();
    let wallet = scene.wallet(&owner, 1_000 * USDC);
    scene.move_price(0, 940_000);
    let venue = scene.at.venue.clone();
    let deposit = venue.deposit(owner, wallet, keeper.address, 1_000 * USDC);
    let liquidate = scene.liquidate_of(&long, &keeper, 0, u64::MAX);
    let withdraw = |atoms| venue.withdraw(owner, keeper.address, wallet, atoms, &[0]);
    let back = [deposit.clone(), liquidate.clone(), withdraw(1_000 * USDC)];
    scene.refuse_all(&back, EngineError::BelowInitialMargin);
    // As without the loan: 2,251 contracts at 0.94 keep 211.694 USDC, of which the reward is 2.96.
    let before = scene.snapshot();
    scene.send(&[deposit.clone(), liquidate.clone(), withdraw(791_268_316)]);
    assert_eq!((scene.size(&keeper, 0), scene.capital(&keeper)), (2_251, 211_694_000));
    before.restore(&mut scene.at.chain);
    scene.refuse_all(&[deposit, liquidate, withdraw(791_268_317)], EngineError::BelowInitialMargin);
}

fn an_update_flags_resolves_and_keeps_stakers_in_one_transaction(mut scene: Scene) {
    let staker = scene.staker(200 * USDC);
    scene.stake(&staker, 200 * USDC);
    scene.request(&staker, 200_000_000_000);
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 900_000);
    scene.later(10);
    let update = scene.at.price_instructions(0, feed_price(880_000));
    let (flag, resolve) = (scene.flag_of(&long), scene.resolve_of(&long, None, false));
    let unstake = scene.unstake_of(&staker);
    let mut all = update.to_vec();
    all.extend([flag, unstake.clone()]);
    scene.refuse_all(&all, EngineError::BankruptcyOpen);
    all.truncate(3);
    all.push(resolve);
    scene.send(&all);
    scene.refuse(unstake, EngineError::BankruptcyOpen);
    scene.later(60);
    assert_eq!(scene.unstake(&staker), 5 * USDC);
}

/// With a cooldown nobody collects what others have waited for and is gone in the same transaction.
fn a_stake_around_a_sweep_stays_for_its_cooldown(mut scene: Scene) {
    scene.change_settings(|settings| settings.unstake_cooldown_seconds = 600);
    let (loyal, quick) = (scene.staker(100 * USDC), scene.staker(100 * USDC));
    scene.stake(&loyal, 100 * USDC);
    let (long, _) = leveraged(&mut scene);
    let sweep = scene.at.venue.sweep_fees(0, scene.at.fee_account);
    let request = scene.at.venue.request_unstake(quick.key, 100_000_000_000);
    let around = [scene.stake_of(&quick, 100 * USDC), sweep, request, scene.unstake_of(&quick)];
    scene.refuse_all(&around, EngineError::UnstakeNotReady);
    scene.send(&around[..3]);
    // Its half of 3.5 USDC costs it its half of the loss that comes before it may go.
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    scene.wait(600);
    let paid = scene.unstake(&quick);
    assert!(paid.abs_diff((203_500_000 - 195_000_000) / 2) <= 1, "{paid}");
}
