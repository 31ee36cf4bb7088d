//! The committed IDL against real accounts: a client that knows nothing else must read what the program means.

pub mod reader;

use anchor_lang_idl_spec::{Idl, IdlInstructionAccountItem};
use clearing::error::ClearingError;
use jettison_engine::{Direction, MarketIndex};
use jettison_tests::{native, Scene};
use solana_signer::Signer;

use crate::support::{leveraged, wait_in_the_queue, USDC};
use reader::{read_account, Value};

/// The file itself, not what the source would make of it: that is for `cargo xtask idl --check`.
pub fn committed() -> Idl {
    serde_json::from_str(include_str!("../../../idl/clearing.json")).expect("idl/clearing.json is an IDL")
}

/// What an instruction's accounts are called, in order.
pub fn account_names(accounts: &[IdlInstructionAccountItem]) -> Vec<String> {
    accounts
        .iter()
        .map(|item| match item {
            IdlInstructionAccountItem::Single(account) => account.name.clone(),
            IdlInstructionAccountItem::Composite(group) => panic!("{} is a group of accounts", group.name),
        })
        .collect()
}

fn read(scene: &Scene, address: &anchor_lang::prelude::Pubkey, kind: &str) -> Value {
    let account = scene.at.chain.account(address).expect("an account");
    let (name, value) = read_account(&committed(), &account.data);
    assert_eq!(name, kind);
    value
}

/// After a loss that the index has paid, with legs on both sides of two markets.
fn eventful() -> (Scene, jettison_embedded::Trader) {
    let mut scene = Scene::new(native());
    scene.market(jettison_tests::standard());
    let (long, short) = leveraged(&mut scene);
    let other = scene.trader(100_000 * USDC);
    scene.trade(&short, &other, 1, 100);
    scene.trade(&other, &short, 0, 2_000);
    scene.fund_insurance(50 * USDC);
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    scene.post(0, 870_000);
    scene.settle(&short);
    (scene, short)
}

#[test]
fn a_market_reads_as_the_program_means_it() {
    let (scene, _) = eventful();
    let (market, book) = (scene.at.market(0).unwrap(), scene.book(0));
    let read = read(&scene, &scene.at.venue.market(0), "Market");
    assert!(matches!(read.at("clearinghouse"), Value::Key(key) if *key == market.clearinghouse.to_bytes()));
    assert!(matches!(read.at("oracle"), Value::Key(key) if *key == market.oracle.to_bytes()));
    assert_eq!(read.number("name.0"), i128::from(market.name[0]));
    assert_eq!(read.number("contract_exponent"), -2);
    let same =
        |path: &str, value: u64| assert_eq!(read.number(&format!("book.{path}")), value.into(), "{path}");
    same("effective_price", book.effective_price.0);
    same("target_price", book.target_price.0);
    same("accrued_ts", book.accrued_ts as u64);
    same("pool", book.pool.0);
    same("insurance_fees", book.insurance_fees.0);
    same("losses.by_insurance", book.losses.by_insurance.0);
    same("losses.by_index", book.losses.by_index.0);
    same("params.max_open_interest", book.params.max_open_interest.0);
    same("params.bankruptcy_bounty", book.params.bankruptcy_bounty.0.into());
    same("index", book.index.0.into());
    for (path, side) in [("long", book.long), ("short", book.short)] {
        same(&format!("{path}.contracts"), side.contracts.0);
        same(&format!("{path}.shares"), side.shares.0);
        let index = read.wide(&format!("book.{path}.settlement_index"));
        assert_eq!(index as i128, side.settlement_index.get());
        assert_eq!(read.wide(&format!("book.{path}.loss_index")), side.loss_index.get());
    }
    // What was compared means something.
    assert!(book.long.settlement_index.get() < 0 && book.short.loss_index.get() > 0);
    assert!(book.losses.by_index.0 > 0 && book.target_price != book.effective_price);
}

#[test]
fn a_margin_account_reads_as_the_program_means_it() {
    let (scene, short) = eventful();
    let ledger = scene.ledger(&short);
    let read = read(&scene, &short.address, "MarginAccount");
    assert_eq!(read.number("ledger.capital"), ledger.capital.0.into());
    let mut seen = Vec::new();
    for slot in 0..jettison_engine::MAX_LEGS {
        let number = |field: &str| read.number(&format!("ledger.legs.{slot}.{field}"));
        let Some(leg) =
            ledger.legs().find(|leg| number("in_use") != 0 && number("market") == leg.market.0.into())
        else {
            assert_eq!(number("in_use"), 0);
            continue;
        };
        seen.push(leg.market);
        assert_eq!(number("shares"), leg.shares.0.into());
        assert_eq!(number("unsettled"), leg.unsettled.0.into());
        assert_eq!(number("is_short") != 0, leg.direction() == Direction::Short);
        let wide = |field: &str| read.wide(&format!("ledger.legs.{slot}.{field}"));
        assert_eq!(wide("settlement_snapshot") as i128, leg.settlement_snapshot.get());
        assert_eq!(wide("loss_snapshot"), leg.loss_snapshot.get());
    }
    assert_eq!(seen, [MarketIndex(0), MarketIndex(1)]);
    let direction = |market| ledger.leg(MarketIndex(market)).unwrap().direction();
    assert_eq!((direction(0), direction(1)), (Direction::Short, Direction::Long));
}

#[test]
fn the_other_accounts_read_to_their_last_byte() {
    let (scene, _) = eventful();
    let fund = read(&scene, &scene.at.venue.insurance_fund, "InsuranceFund");
    assert_eq!(fund.number("ledger.assets"), scene.insurance().into());
    let clearinghouse = read(&scene, &scene.at.venue.clearinghouse, "Clearinghouse");
    assert_eq!(clearinghouse.number("market_count"), 2);
}

#[test]
fn custody_and_stakes_read_as_the_program_means_them() {
    let (mut scene, short) = eventful();
    let (owner, payer) = (short.key.pubkey(), scene.at.chain.payer().pubkey());
    let wallet = scene.wallet(&owner, 10 * USDC);
    let venue = scene.at.venue.clone();
    scene.send(&[venue.open_stake(owner, payer), venue.stake(owner, wallet, 10 * USDC)]);
    scene.send(&[venue.request_unstake(owner, 1_000_000_007)]);
    wait_in_the_queue(&mut scene, &short);

    let custody = scene.at.custody().unwrap();
    let read_custody = read(&scene, &venue.custody, "Custody");
    assert_eq!(read_custody.number("margin_accounts"), 3);
    let same = |path: &str, value: u64| {
        assert_eq!(read_custody.number(&format!("throttle.{path}")), value.into(), "{path}");
    };
    same("head", custody.throttle.head);
    same("tail", custody.throttle.tail);
    same("queued", custody.throttle.queued.0);
    // The flow is the engine's own; its words are told at all, and here it is what was deposited lately.
    assert!(read_custody.number("throttle.flow.amount") <= 0);
    assert_eq!(
        (custody.throttle.head, custody.throttle.tail, custody.throttle.queued.0),
        (0, 1, 5_000 * USDC)
    );

    let account = scene.at.margin_account(&short.address).unwrap();
    let read_account = read(&scene, &short.address, "MarginAccount");
    assert_eq!(read_account.number("queued.amount"), account.queued.amount.0.into());
    assert_eq!(read_account.number("queued.place"), account.queued.place.into());
    let destination = account.destination.to_bytes();
    assert!(matches!(read_account.at("destination"), Value::Key(key) if *key == destination));

    let stake = scene.at.stake_account(&owner).unwrap();
    let read_stake = read(&scene, &venue.stake_account(&owner), "StakeAccount");
    assert!(matches!(read_stake.at("authority"), Value::Key(key) if *key == owner.to_bytes()));
    let same = |path: &str, value: u64| {
        assert_eq!(read_stake.number(&format!("stake.{path}")), value.into(), "{path}");
    };
    same("shares", stake.stake.shares.0);
    same("requested", 1_000_000_007);
    same("requested_value", stake.stake.requested_value.0);
    same("ready_ts", stake.stake.ready_ts as u64);
    same("generation", stake.stake.generation.into());
    let fund = scene.at.fund().unwrap();
    let read_fund = read(&scene, &venue.insurance_fund, "InsuranceFund");
    for (path, value) in [("shares", fund.shares.0), ("own_shares", fund.own_shares.0)] {
        assert_eq!(read_fund.number(&format!("ledger.{path}")), value.into(), "{path}");
    }
    assert!(stake.stake.shares.0 > 0 && stake.stake.requested_value.0 > 0);
}

#[test]
fn address_and_error_codes_are_the_programs() {
    let idl = committed();
    assert_eq!(idl.address, clearing::ID.to_string());
    for error in [ClearingError::Overflow, ClearingError::NotAuthority, ClearingError::VaultMismatch] {
        let told = idl.errors.iter().find(|told| told.name == error.name()).expect("an error of the IDL");
        assert_eq!((told.code, told.msg.clone()), (error.into(), Some(error.to_string())));
    }
}
