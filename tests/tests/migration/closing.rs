//! What came from the first version is wound down like anything else and never closed: nobody knows how many of its
//! accounts have yet to come.

use clearing::error::ClearingError;
use jettison_embedded::Trader;
use jettison_engine::EngineError;
use solana_signer::Signer;

use super::on_former;
use super::scene::{Former, TRADERS};
use crate::support::USDC;

on_former!(
    who_migrates_last_still_gets_all_that_is_theirs,
    a_clearinghouse_without_markets_keeps_the_capital_of_accounts_to_come,
);

/// Winds both markets down, as far as the last claim's time.
fn wind_down(former: &mut Former) {
    let (authority, venue) = (former.scene.at.authority.pubkey(), former.scene.at.venue.clone());
    for index in [0, 1] {
        former.attempt(&venue.schedule_settlement(authority, index, 0));
    }
    former.scene.at.chain.set_time(former.golden.time + 2 * 86_400);
    for index in [0, 1] {
        let oracle = former.scene.at.feeds[usize::from(index)].address;
        former.attempt(&venue.begin_settlement(index, oracle));
    }
    former.scene.at.chain.set_time(former.scene.at.chain.now() + 3_600);
}

/// Settles, withdraws all and closes, in as many rounds as the pools need.
fn leave(former: &mut Former, traders: &[Trader]) {
    for _ in 0..2 {
        for trader in traders {
            let settle = former.scene.settle_of(trader);
            former.attempt(&settle);
        }
    }
    for trader in traders {
        let capital = former.scene.capital(trader);
        if capital > 0 {
            former.attempt(&former.scene.withdraw_of(trader, capital));
        }
        former.attempt(&former.scene.close_of(trader, true));
    }
}

fn refuse_closing(former: &mut Former) {
    let (authority, fee) = (former.scene.at.authority.pubkey(), former.scene.at.fee_account);
    let venue = former.scene.at.venue.clone();
    for index in [0, 1] {
        let close = venue.close_market(authority, index, authority, fee);
        former.scene.refuse(close, EngineError::MarketInUse);
    }
    let close = venue.close_clearinghouse(authority, authority, fee);
    former.scene.refuse(close, ClearingError::ClearinghouseInUse);
}

fn who_migrates_last_still_gets_all_that_is_theirs(mut former: Former) {
    former.migrate_venue();
    let (late, early): (Vec<&str>, Vec<&str>) =
        TRADERS.into_iter().partition(|name| ["winner", "idle"].contains(name));
    for name in &early {
        former.attempt(&former.migrate_account(name));
    }
    wind_down(&mut former);
    let traders: Vec<Trader> = early.iter().map(|name| former.trader(name)).collect();
    leave(&mut former, &traders);
    // No account that is counted has a leg, no side has a share: yet someone may come.
    let book = former.scene.book(1);
    assert_eq!((book.legs, book.long.shares.0, book.short.shares.0), (0, 0, 0));
    assert_eq!(former.scene.at.custody().unwrap().margin_accounts, 0);
    refuse_closing(&mut former);

    for name in &late {
        former.attempt(&former.migrate_account(name));
    }
    former.scene.check();
    let (winner, idle) = (former.trader("winner"), former.trader("idle"));
    former.scene.settle(&winner);
    assert_eq!(former.scene.capital(&winner), 499_298_000 + 10_000_000);
    let before = former.scene.tokens(&former.scene.at.treasury);
    leave(&mut former, &[winner, idle]);
    assert_eq!(former.scene.tokens(&former.scene.at.treasury), before + 509_298_000 + 7 * USDC);
    refuse_closing(&mut former);
    // What is left in the vault is fees and the dust of rounding.
    let (book0, book1) = (former.scene.book(0), former.scene.book(1));
    assert!(book0.pool.0 < 10 && book1.pool.0 < 10, "{} {}", book0.pool.0, book1.pool.0);
    former.scene.check();
}

/// Its only margin account has capital and no leg; it has never had a market.
fn a_clearinghouse_without_markets_keeps_the_capital_of_accounts_to_come(mut former: Former) {
    const MARKET_COUNT: usize = 8 + 4;
    let key = former.golden.address("clearinghouse");
    let mut account = former.golden.account("clearinghouse").clone();
    account.data[MARKET_COUNT] = 0;
    former.scene.at.chain.set_account(&key, account);
    former.attempt(&former.migrate_clearinghouse());
    let (authority, fee) = (former.scene.at.authority.pubkey(), former.scene.at.fee_account);
    let close = former.scene.at.venue.close_clearinghouse(authority, authority, fee);
    former.scene.refuse(close.clone(), ClearingError::ClearinghouseInUse);
    let idle = former.trader("idle");
    former.attempt(&former.migrate_account("idle"));
    leave(&mut former, &[idle]);
    former.scene.refuse(close, ClearingError::ClearinghouseInUse);
}
