//! Margin accounts: opening, deposits, withdrawals, delegates.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::events::{DelegateSet, Deposited, MarginAccountOpened, Withdrawn};
use clearing::instructions::SettleTradeArgs;
use clearing::state::MarginAccount;
use jettison_client::{account, AnyEvent};
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, Scene, PRICE};
use solana_signer::Signer;

use crate::support::USDC;

on_both_runtimes!(
    opening_an_account_records_whose_it_is,
    an_owner_may_have_several_accounts,
    a_deposit_becomes_capital_to_the_atom,
    anyone_may_deposit_into_anyones_account,
    a_withdrawal_pays_out_capital_to_the_atom,
    a_withdrawal_beside_a_position_stops_at_initial_margin,
    a_delegate_trades_but_cannot_withdraw_close_or_appoint,
    a_delegate_that_was_replaced_can_no_longer_trade,
);

fn read(scene: &Scene, address: &Pubkey) -> MarginAccount {
    let decode = account::<MarginAccount>;
    scene.at.chain.with_account_data(address, decode).unwrap().unwrap()
}

fn opening_an_account_records_whose_it_is(mut scene: Scene) {
    let (owner, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let executed = scene.send(&[scene.at.venue.open_margin_account(owner, payer, 7)]);
    let address = scene.at.venue.margin_account(&owner, 7);
    let opened = read(&scene, &address);
    assert_eq!((opened.version, opened.id, opened.authority), (2, 7, owner));
    assert_eq!(opened.clearinghouse, scene.at.venue.clearinghouse);
    assert_eq!(opened.delegate, Pubkey::default());
    assert_eq!(opened.ledger, jettison_engine::MarginAccount::default());
    scene.expect_event(
        &executed,
        AnyEvent::MarginAccountOpened(MarginAccountOpened {
            clearinghouse: scene.at.venue.clearinghouse,
            margin_account: address,
            authority: owner,
            id: 7,
        }),
    );
}

fn an_owner_may_have_several_accounts(mut scene: Scene) {
    let (owner, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    for id in [0, 1, u16::MAX] {
        scene.send(&[scene.at.venue.open_margin_account(owner, payer, id)]);
        assert_eq!(read(&scene, &scene.at.venue.margin_account(&owner, id)).id, id);
    }
}

fn a_deposit_becomes_capital_to_the_atom(mut scene: Scene) {
    let trader = scene.trader(5 * USDC);
    let wallet = scene.wallet(&trader.key.pubkey(), 3 * USDC);
    let deposit = scene.at.venue.deposit(trader.key.pubkey(), wallet, trader.address, 1_234_567);
    let executed = scene.send(&[deposit]);
    assert_eq!(scene.capital(&trader), 6_234_567);
    assert_eq!(scene.tokens(&wallet), 1_765_433);
    assert_eq!(scene.at.vaults().unwrap(), (6_234_567, 0));
    scene.expect_event(
        &executed,
        AnyEvent::Deposited(Deposited {
            margin_account: trader.address,
            depositor: trader.key.pubkey(),
            amount: 1_234_567,
            capital_before: 5 * USDC,
            capital_after: 6_234_567,
        }),
    );
}

fn anyone_may_deposit_into_anyones_account(mut scene: Scene) {
    let trader = scene.trader(0);
    let stranger = scene.key();
    let wallet = scene.wallet(&stranger, USDC);
    scene.send(&[scene.at.venue.deposit(stranger, wallet, trader.address, USDC)]);
    assert_eq!(scene.capital(&trader), USDC);
    assert_eq!(scene.tokens(&wallet), 0);
}

fn a_withdrawal_pays_out_capital_to_the_atom(mut scene: Scene) {
    let trader = scene.trader(5 * USDC);
    let to = scene.wallet(&Pubkey::new_unique(), 0);
    let owner = trader.key.pubkey();
    let withdraw = scene.at.venue.withdraw(owner, trader.address, to, 1_234_567, &[]);
    let executed = scene.send(&[withdraw]);
    assert_eq!(scene.capital(&trader), 3_765_433);
    assert_eq!(scene.tokens(&to), 1_234_567);
    assert_eq!(scene.at.vaults().unwrap(), (3_765_433, 0));
    scene.expect_event(
        &executed,
        AnyEvent::Withdrawn(Withdrawn {
            margin_account: trader.address,
            to,
            amount: 1_234_567,
            capital_before: 5 * USDC,
            capital_after: 3_765_433,
            queued_place: None,
        }),
    );
    scene.send(&[scene.withdraw_of(&trader, 3_765_433)]);
    assert_eq!(scene.capital(&trader), 0);
    assert_eq!(scene.at.vaults().unwrap(), (0, 0));
}

/// 10,000 contracts at 1 USDC need 1,000.1 USDC; 2,000 less the taker's 5 USDC leave 994.9 to take out.
fn a_withdrawal_beside_a_position_stops_at_initial_margin(mut scene: Scene) {
    let (trader, other) = (scene.trader(2_000 * USDC), scene.trader(2_000 * USDC));
    scene.trade(&trader, &other, 0, 10_000);
    scene.refuse(scene.withdraw_of(&trader, 994_900_001), EngineError::BelowInitialMargin);
    scene.send(&[scene.withdraw_of(&trader, 994_900_000)]);
    assert_eq!(scene.capital(&trader), 1_000_100_000);
    scene.refuse(scene.withdraw_of(&trader, 1), EngineError::BelowInitialMargin);
}

fn a_delegate_trades_but_cannot_withdraw_close_or_appoint(mut scene: Scene) {
    let (trader, other) = (scene.trader(100 * USDC), scene.trader(100 * USDC));
    let delegate = scene.key();
    let owner = trader.key.pubkey();
    let executed = scene.send(&[scene.at.venue.set_delegate(owner, trader.address, delegate)]);
    scene.expect_event(
        &executed,
        AnyEvent::DelegateSet(DelegateSet {
            margin_account: trader.address,
            delegate_before: Pubkey::default(),
            delegate_after: delegate,
        }),
    );
    let args = SettleTradeArgs { market_index: 0, size: 100, price: PRICE, buyer_is_taker: false };
    let signers = [delegate, other.key.pubkey()];
    scene.send(&[scene.at.venue.settle_trade(signers, trader.address, other.address, args, &[])]);
    assert_eq!((scene.size(&trader, 0), scene.size(&other, 0)), (100, 100));

    let wallet = scene.wallet(&delegate, 0);
    let venue = scene.at.venue.clone();
    let withdraw = venue.withdraw(delegate, trader.address, wallet, 1, &[0]);
    scene.refuse(withdraw, ClearingError::NotAuthority);
    let appoint = venue.set_delegate(delegate, trader.address, delegate);
    scene.refuse(appoint, ClearingError::NotAuthority);
    let close = venue.close_margin_account(delegate, trader.address, delegate, true, &[0]);
    scene.refuse(close, ClearingError::NotAuthority);
}

fn a_delegate_that_was_replaced_can_no_longer_trade(mut scene: Scene) {
    let (trader, other) = (scene.trader(100 * USDC), scene.trader(100 * USDC));
    let (first, second) = (scene.key(), scene.key());
    let owner = trader.key.pubkey();
    for delegate in [first, second] {
        scene.send(&[scene.at.venue.set_delegate(owner, trader.address, delegate)]);
    }
    let args = SettleTradeArgs { market_index: 0, size: 100, price: PRICE, buyer_is_taker: true };
    let venue = scene.at.venue.clone();
    let by = |signer| {
        let signers = [signer, other.key.pubkey()];
        venue.settle_trade(signers, trader.address, other.address, args, &[])
    };
    scene.refuse(by(first), ClearingError::NotAuthorityOrDelegate);
    scene.send(&[by(second)]);
}
