//! A whole life of a clearinghouse, of which nothing is left in the end.

use anchor_lang::prelude::Pubkey;
use jettison_embedded::Trader;
use jettison_engine::{SETTLEMENT_CLAIM_SECONDS, SETTLEMENT_GRACE_SECONDS};
use jettison_tests::{on_both_runtimes, standard, Scene};
use solana_signer::Signer;

use crate::support::USDC;

on_both_runtimes!(a_clearinghouse_that_lived_through_a_crash_leaves_nothing_behind);

fn a_clearinghouse_that_lived_through_a_crash_leaves_nothing_behind(mut scene: Scene) {
    scene.market(standard());
    // So that the index bears a part of the losses, and the stake is not all spent.
    for market in [0, 1] {
        let least = scene.change_market_of(market, |new| new.params.insurance_base_atoms = 200 * USDC);
        let oracle = scene.at.feeds[usize::from(market)].address;
        scene.send(&[least, scene.at.venue.execute_market_change(market, oracle)]);
    }
    scene.govern();
    scene.wait(0);
    let (venue, payer) = (scene.at.venue.clone(), scene.at.chain.payer().pubkey());
    let staker = scene.key();
    let wallet = scene.wallet(&staker, 500 * USDC);
    scene.send(&[venue.open_stake(staker, payer), venue.stake(staker, wallet, 500 * USDC)]);
    scene.fund_insurance(20 * USDC);
    let traders = crash(&mut scene);
    leave(&mut scene, &traders);

    // The staker, with what is left of the stake.
    let shares = scene.at.stake_account(&staker).expect("a stake").stake.shares.0;
    scene.send(&[venue.request_unstake(staker, shares), venue.unstake(staker, wallet)]);
    scene.send(&[venue.close_stake(staker, staker)]);
    let (authority, fee_account) = (scene.authority(), scene.at.fee_account);
    for market in [0, 1] {
        scene.send(&[venue.close_market(authority, market, authority, fee_account)]);
    }
    scene.send(&[venue.close_clearinghouse(authority, authority, fee_account)]);

    let left =
        |key: &&Pubkey| scene.at.chain.account(key).is_some_and(|account| account.owner == clearing::ID);
    assert_eq!(scene.known().iter().filter(left).count(), 0);
    for key in [venue.margin_vault, venue.insurance_vault] {
        assert_eq!(scene.at.chain.account(&key).map_or(0, |account| account.lamports), 0);
    }
    // Every atom that was minted is in somebody's wallet: 500 + 20 + 4 × 1,010 + 100,000 + 50,000.
    let tokens = [wallet, scene.at.treasury, fee_account].map(|key| scene.tokens(&key));
    assert_eq!(tokens.iter().sum::<u64>(), (500 + 20 + 4_040 + 150_000) * USDC);
    // And every rent that the program's accounts held came back: 2 + 5 accounts of the clearinghouse to the authority,
    // the others' to their owners.
    let rent = |bytes| anchor_lang::prelude::Rent::default().minimum_balance(bytes);
    use clearing::state::*;
    let house =
        rent(Clearinghouse::SPACE) + rent(Custody::SPACE) + rent(InsuranceFund::SPACE) + 2 * rent(165);
    let lamports = |key: &Pubkey| scene.at.chain.account(key).map_or(0, |account| account.lamports);
    assert_eq!(lamports(&authority), house + 2 * rent(Market::SPACE));
    assert_eq!(lamports(&staker), rent(StakeAccount::SPACE));
    for trader in &traders {
        assert_eq!(lamports(&trader.key.pubkey()), rent(MarginAccount::SPACE));
    }
}

/// Four longs against a short in market 0, two of them also short in market 1; a crash that leaves bankrupts, a
/// socialized loss, a deleverage and a liquidation.
fn crash(scene: &mut Scene) -> Vec<Trader> {
    let longs: Vec<Trader> = (0..4).map(|_| scene.trader(1_010 * USDC)).collect();
    let (short, keeper) = (scene.trader(100_000 * USDC), scene.trader(50_000 * USDC));
    for long in &longs[..3] {
        scene.trade(long, &short, 0, 9_000);
    }
    scene.trade(&keeper, &longs[0], 1, 700);
    scene.trade(&longs[3], &short, 0, 5_000);
    scene.move_price(0, 920_000);
    scene.liquidate(&longs[1], &keeper, 0, 3_000);
    scene.move_price(1, 1_030_000);
    scene.move_price(0, 820_000);
    scene.resolve(&longs[0], None, false);
    scene.resolve(&longs[2], Some(&keeper), true);
    scene.sweep(0);
    assert!(scene.book(0).losses.by_insurance.0 > 0 && scene.book(0).losses.by_index.0 > 0);
    longs.into_iter().chain([short, keeper]).collect()
}

/// Both markets are wound down, and everybody leaves.
fn leave(scene: &mut Scene, traders: &[Trader]) {
    scene.send(&[scene.schedule_of(0), scene.schedule_of(1)]);
    scene.wait(jettison_tests::TIMELOCK);
    scene.send(&[scene.begin_of(0), scene.begin_of(1)]);
    resolve_and_settle(scene, traders);
    scene.pass(SETTLEMENT_GRACE_SECONDS);
    resolve_and_settle(scene, traders);
    scene.pass(SETTLEMENT_CLAIM_SECONDS);
    resolve_and_settle(scene, traders);
    assert_eq!((scene.book(0).legs, scene.book(1).legs), (0, 0));
    for trader in traders {
        let capital = scene.capital(trader);
        if capital > 0 {
            scene.send(&[scene.withdraw_of(trader, capital)]);
        }
        scene.send(&[scene.close_of(trader, false)]);
    }
}

fn resolve_and_settle(scene: &mut Scene, traders: &[Trader]) {
    for _ in 0..2 {
        for trader in traders {
            scene.settle(trader);
        }
        for trader in traders {
            // Of those who aren't bankrupt it is refused.
            let resolve = scene.resolve_of(trader, None, false);
            if scene.attempt(&[resolve]).is_ok() {
                scene.check();
            }
        }
    }
}
