//! What lies in the accounts, against what the program that wrote them read there.

use clearing::state::{v1, Clearinghouse, Custody, Market};
use jettison_client::former;
use jettison_engine::{Atoms, Bps, EngineError, MarketIndex, MarketParams};
use jettison_tests::to_hex;
use std::collections::BTreeSet;

use super::on_former;
use super::scene::{golden, Former, TRADERS};
use crate::idl::committed;
use crate::idl::reader::{read_account, Value};

on_former!(every_value_is_what_it_was, what_is_new_is_set_as_documented);

/// What the first version's program read: account, field, value.
fn facts() -> Vec<(&'static str, &'static str, &'static str)> {
    let fact = |line: &'static str| {
        let (name, rest) = line.split_once(' ').expect("an account's name");
        let (field, value) = rest.split_once(' ').expect("a field");
        (name, field, value)
    };
    include_str!("../../golden/version_1_fields.txt").lines().map(fact).collect()
}

/// Says the listed fields in the form of the facts.
macro_rules! say {
    ($said:ident, $name:expr, $value:expr; $($($field:ident).+),* $(,)?) => {
        $($said.insert(format!("{} {} {}", $name, stringify!($($field).+), $value.$($field).+));)*
    };
}

fn say_market(said: &mut BTreeSet<String>, name: &str, market: &v1::Market) {
    say!(said, name, market; version, bump, oracle_source, contract_exponent, quote_decimals, max_confidence_bps,
        max_oracle_age_seconds, book.long.contracts, book.long.shares, book.short.contracts, book.short.shares,
        book.effective_price, book.target_price, book.accrued_ts, book.pool, book.surplus, book.uncovered,
        book.insurance_fees, book.protocol_fees, book.losses.deficit, book.losses.by_surplus,
        book.losses.by_insurance, book.losses.by_index, book.losses.uncovered, book.params.max_open_interest,
        book.params.min_notional, book.params.requirement_floor, book.params.bankruptcy_bounty_cap,
        book.params.max_price_age_seconds, book.params.keeper_window_seconds, book.params.max_move_per_second,
        book.params.initial_margin, book.params.maintenance_margin, book.params.profit_weight,
        book.params.trade_band, book.params.maker_fee, book.params.taker_fee, book.params.fee_to_insurance,
        book.params.liquidation_max_fee, book.params.liquidation_min_fee, book.params.penalty_to_insurance,
        book.params.liquidation_buffer, book.params.deleverage_threshold, book.params.deleverage_bounty,
        book.params.bankruptcy_bounty, book.index);
    for (field, key) in [("clearinghouse", market.clearinghouse), ("oracle", market.oracle)] {
        said.insert(format!("{name} {field} {}", key_text(key)));
    }
    said.insert(format!("{name} name {}", to_hex(&market.name)));
    for (side, at) in [("long", market.book.long), ("short", market.book.short)] {
        let settlement: i128 = bytemuck::cast(at.settlement_index);
        let loss: u128 = bytemuck::cast(at.loss_index);
        said.insert(format!("{name} book.{side}.settlement_index {settlement}"));
        said.insert(format!("{name} book.{side}.loss_index {loss}"));
    }
}

fn say_account(said: &mut BTreeSet<String>, name: &str, account: &v1::MarginAccount) {
    say!(said, name, account; version, bump, id, ledger.capital);
    let keys = [("clearinghouse", account.clearinghouse), ("authority", account.authority)];
    for (field, key) in keys.into_iter().chain([("delegate", account.delegate)]) {
        said.insert(format!("{name} {field} {}", key_text(key)));
    }
    for leg in account.ledger.legs.iter().filter(|leg| leg.in_use != 0) {
        let settlement: i128 = bytemuck::cast(leg.settlement_snapshot);
        let loss: u128 = bytemuck::cast(leg.loss_snapshot);
        let (market, short) = (leg.market, leg.is_short != 0);
        said.insert(format!(
            "{name} leg.{market} {short} {} {settlement} {loss} {}",
            leg.shares, leg.unsettled
        ));
    }
}

fn key_text(key: [u8; 32]) -> String {
    anchor_lang::prelude::Pubkey::from(key).to_string()
}

#[test]
fn the_frozen_definitions_read_what_the_first_version_read() {
    let (golden, mut said) = (golden(), BTreeSet::new());
    let house: v1::Clearinghouse = former(&golden.account("clearinghouse").data).unwrap();
    say!(said, "clearinghouse", house; version, bump, quote_decimals, market_count);
    for (field, key) in [
        ("creator", house.creator),
        ("authority", house.authority),
        ("fee_authority", house.fee_authority),
        ("quote_mint", house.quote_mint),
        ("margin_vault", house.margin_vault),
        ("insurance_vault", house.insurance_vault),
        ("insurance_fund", house.insurance_fund),
    ] {
        said.insert(format!("clearinghouse {field} {}", key_text(key)));
    }
    let fund = &golden.account("insurance_fund").data;
    let fund: v1::InsuranceFund = bytemuck::pod_read_unaligned(&fund[8..]);
    say!(said, "insurance_fund", fund; version, bump, assets);
    said.insert(format!("insurance_fund clearinghouse {}", key_text(fund.clearinghouse)));
    assert_eq!(fund.reserved, [0; 128]);
    for name in ["market_0", "market_1"] {
        say_market(&mut said, name, &former(&golden.account(name).data).unwrap());
    }
    for name in TRADERS {
        let account: v1::MarginAccount = former(&golden.account(name).data).unwrap();
        assert_eq!(account.reserved, [0; 64]);
        say_account(&mut said, name, &account);
    }
    let read = facts().iter().map(|(name, field, value)| format!("{name} {field} {value}")).collect();
    assert_eq!(said, read);
}

/// A field of an account of this version, as the IDL has it, in the form of the facts.
fn told(account: &Value, field: &str) -> String {
    if field.ends_with("settlement_index") {
        return (account.wide(field) as i128).to_string();
    }
    if field.ends_with("loss_index") {
        return account.wide(field).to_string();
    }
    match account.at(field) {
        Value::Number(number) => number.to_string(),
        Value::Key(key) => key_text(*key),
        Value::List(bytes) => {
            let byte = |index| u8::try_from(account.number(&format!("{field}.{index}"))).expect("a byte");
            to_hex(&(0..bytes.len()).map(byte).collect::<Vec<u8>>())
        }
        Value::Struct(_) => panic!("{field} is no value"),
    }
}

/// A leg in the form of the facts.
fn told_leg(account: &Value, market: &str) -> String {
    let slots = 0..jettison_engine::MAX_LEGS;
    let number = |slot: usize, field: &str| account.number(&format!("ledger.legs.{slot}.{field}"));
    let of = |slot: &usize| number(*slot, "in_use") == 1 && number(*slot, "market").to_string() == market;
    let slot = slots.clone().find(of).expect("a leg");
    let wide = |field: &str| account.wide(&format!("ledger.legs.{slot}.{field}"));
    format!(
        "{} {} {} {} {}",
        number(slot, "is_short") == 1,
        number(slot, "shares"),
        wide("settlement_snapshot") as i128,
        wide("loss_snapshot"),
        number(slot, "unsettled")
    )
}

fn every_value_is_what_it_was(mut former: Former) {
    former.migrate_all();
    for (name, field, value) in facts() {
        let data = former.scene.at.chain.account(&former.golden.address(name)).unwrap().data;
        let (_, account) = read_account(&committed(), &data);
        let now = match (name, field, field.strip_prefix("leg.")) {
            (.., Some(market)) => told_leg(&account, market),
            ("insurance_fund", "assets", _) => told(&account, "ledger.assets"),
            _ => told(&account, field),
        };
        match (name, field) {
            ("insurance_fund", _) | (_, "authority") => assert_eq!(now, value, "{name} {field}"),
            (_, "version") => assert_eq!(now, "2", "{name}"),
            _ => assert_eq!(now, value, "{name} {field}"),
        }
    }
}

fn what_is_new_is_set_as_documented(mut former: Former) {
    former.migrate_all();
    let at = &former.scene.at;
    let house: Clearinghouse = at.clearinghouse().unwrap();
    assert_eq!((house.open_markets, house.revision, house.queued_ready_ts), (2, 0, 0));
    assert_eq!((house.custody, house.settings), (at.venue.custody, v1::SETTINGS));
    // Half of 1,000.000001.
    assert_eq!(house.migrated_insurance_base, 500_000_000);
    let custody: Custody = at.custody().unwrap();
    assert_eq!((custody.version, custody.has_uncounted_accounts, custody.margin_accounts), (1, 1, 6));
    assert_eq!((custody.clearinghouse, custody.throttle), (at.venue.clearinghouse, Default::default()));
    let legs = [2, 4];
    for (index, legs) in (0u16..).zip(legs) {
        let market: Market = at.market(index).unwrap();
        assert_eq!((market.feed_id, market.revision, market.settlement_ready_ts), ([0; 32], 0, 0));
        let book = market.book;
        assert_eq!((book.index, book.legs, book.has_uncounted_legs), (MarketIndex(index), legs, 1));
        assert_eq!((book.stable_price, book.stable_ts), (book.effective_price, book.accrued_ts));
        assert_eq!(book.max_price, book.params.max_price());
        assert_eq!((book.params.insurance_base, book.params.max_funding), (Atoms(500_000_000), Bps(0)));
        assert_eq!((book.breakers, book.allowance, book.funding), Default::default());
        // Their deleveraging threshold is below what this version's envelope asks for, and stays.
        assert_eq!(book.params.validate(), Err(EngineError::EnvelopeTooWide));
        let fitting = MarketParams { deleverage_threshold: Bps(6_100), ..book.params };
        assert_eq!(fitting.validate(), Ok(()));
    }
    let fund = at.fund().unwrap();
    assert_eq!((fund.assets.0, fund.shares.0, fund.stakes), (1_000_000_001, 0, 0));
}
