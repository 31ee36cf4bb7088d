//! Life after the migration: what was claimed is paid, trading goes on, insurance pays within its new bound.

use clearing::state::v1;
use jettison_engine::EngineError;
use solana_signer::Signer;

use super::on_former;
use super::scene::{Former, TRADERS};
use crate::support::USDC;

on_former!(
    what_was_unpaid_is_paid,
    trading_and_price_moves_go_on,
    a_migration_can_precede_another_instruction_in_its_transaction,
    insurance_pays_a_migrated_market_no_more_than_its_part,
    an_empty_account_closes_and_is_counted_off,
    settings_change_under_the_timelock_from_now_on,
    the_throttle_is_open,
);

fn what_was_unpaid_is_paid(mut former: Former) {
    former.migrate_all();
    let (both, winner) = (former.trader("both"), former.trader("winner"));
    let scene = &mut former.scene;
    // The winner's 10 USDC, and 1 of the other long, are owed by the short, who pays when it is settled.
    assert_eq!((scene.unsettled(&winner, 1), scene.book(1).pool.0), (10_000_000, 0));
    scene.wait(1);
    scene.settle(&both);
    let before = scene.capital(&winner);
    scene.settle(&winner);
    assert_eq!((scene.capital(&winner), scene.unsettled(&winner, 1)), (before + 10_000_000, 0));
    // Its leg is done and counted off.
    assert_eq!(scene.book(1).legs, 3);
}

fn trading_and_price_moves_go_on(mut former: Former) {
    former.migrate_all();
    let traders = TRADERS.map(|name| former.trader(name));
    let [_, short, both, winner, third, _] = &traders;
    let scene = &mut former.scene;
    // The golden state's last price lags.
    scene.move_price(0, 870_000);
    // Its short side is diluted by the deleveraging: a long of 200 against the diluted short.
    scene.trade(winner, short, 0, 200);
    assert_eq!((scene.size(winner, 0), scene.book(0).legs), (200, 3));
    scene.move_price(0, 900_000);
    scene.trade(short, third, 1, 100);
    scene.move_price(1, 990_000);
    for trader in &traders {
        scene.settle(trader);
    }
    // Both close what they have against each other.
    let size = scene.size(both, 0);
    assert_eq!(size, 2_000);
    scene.trade(short, both, 0, size);
    assert_eq!(scene.size(both, 0), 0);
    scene.sweep(0);
    scene.sweep(1);
}

fn a_migration_can_precede_another_instruction_in_its_transaction(mut former: Former) {
    former.migrate_venue();
    let idle = former.trader("idle");
    let migrate = former.migrate_account("idle");
    let treasury = former.scene.at.treasury;
    let withdraw = former.scene.at.venue.withdraw(idle.key.pubkey(), idle.address, treasury, 7 * USDC, &[]);
    former.scene.attempt(&[migrate, withdraw]).unwrap();
    assert_eq!(former.scene.capital(&idle), 0);
}

fn insurance_pays_a_migrated_market_no_more_than_its_part(mut former: Former) {
    former.migrate_all();
    let third = former.trader("third");
    let scene = &mut former.scene;
    scene.move_price(0, 870_000);
    let weak = scene.trader(1_010 * USDC);
    scene.trade(&weak, &third, 0, 10_000);
    // 1,005.65 less 10,000 × 0.20.
    scene.move_price(0, 670_000);
    let before = scene.book(0).losses;
    scene.resolve(&weak, None, false);
    let after = scene.book(0).losses;
    let deficit = after.deficit.0 - before.deficit.0;
    assert!(deficit > 900 * USDC);
    assert_eq!(after.by_insurance.0 - before.by_insurance.0, 500 * USDC);
    assert_eq!(after.by_index.0 - before.by_index.0, deficit - 500 * USDC);
}

fn an_empty_account_closes_and_is_counted_off(mut former: Former) {
    former.migrate_all();
    let bankrupt = former.trader("bankrupt");
    former.scene.send(&[former.scene.close_of(&bankrupt, false)]);
    assert_eq!(former.scene.at.custody().unwrap().margin_accounts, 5);
    let idle = former.trader("idle");
    former.scene.refuse(former.scene.close_of(&idle, false), EngineError::AccountNotEmpty);
}

fn settings_change_under_the_timelock_from_now_on(mut former: Former) {
    use clearing::error::ClearingError;
    use clearing::instructions::ChangeClearinghouseArgs;
    use clearing::state::ClearinghouseSettings;

    former.migrate_all();
    let authority = former.scene.at.authority.pubkey();
    let venue = former.scene.at.venue.clone();
    // A tighter throttle is in force at once, with a floor of any size.
    let tighter = ClearinghouseSettings {
        withdrawal_floor_atoms: 100 * USDC,
        withdrawal_limit_bps: 2_000,
        ..v1::SETTINGS
    };
    let args = ChangeClearinghouseArgs { expected_revision: 0, settings: tighter };
    former.scene.send(&[venue.change_clearinghouse(authority, args)]);
    assert_eq!(former.scene.at.clearinghouse().unwrap().settings, tighter);
    // A shorter timelock waits for the one there is.
    let shorter = ClearinghouseSettings { timelock_seconds: 0, ..tighter };
    let args = ChangeClearinghouseArgs { expected_revision: 1, settings: shorter };
    former.scene.send(&[venue.change_clearinghouse(authority, args)]);
    former.scene.refuse(venue.execute_clearinghouse_change(), ClearingError::ChangeNotReady);
    former.scene.at.chain.set_time(former.golden.time + 2 * 86_400);
    former.scene.send(&[venue.execute_clearinghouse_change()]);
}

fn the_throttle_is_open(mut former: Former) {
    former.migrate_all();
    let (both, third) = (former.trader("both"), former.trader("third"));
    let scene = &mut former.scene;
    scene.move_price(0, 870_000);
    scene.settle(&both);
    for (trader, kept) in [(&both, 1_000 * USDC), (&third, 500 * USDC)] {
        let out = scene.capital(trader) - kept;
        let before = scene.tokens(&scene.at.treasury);
        scene.send(&[scene.withdraw_of(trader, out)]);
        assert_eq!(scene.tokens(&scene.at.treasury), before + out);
    }
    assert_eq!(scene.at.custody().unwrap().throttle.queued.0, 0);
}
