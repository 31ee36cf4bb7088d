//! What a charge does to who bears it: whether it then has less than it must have, or nothing.
//!
//! A is long 5 from 1,000 with 1,000, F long 5 with much; B is short 6. C joins late, short 4, with little.

use std::collections::BTreeSet;

use jettison_engine::Price;
use jettison_simulator::results::RuleRow;
use jettison_simulator::rules::{resolve, Rule};
use jettison_simulator::tally::Tally;

use super::scene;

const A: usize = 0;
const F: usize = 1;
const B: usize = 2;
const D: usize = 3;
const C: usize = 4;
const KEEPER: usize = 5;
const CLEARER: usize = 6;

/// C joins at one price with so much, A is bankrupt at the next; returns the counts of the loss.
fn row(rule: Rule, joined: u64, capital: u64, price: u64) -> RuleRow {
    let capitals = [1_000, 50_000, 10_000, 10_000, capital, 1_000_000, 1_000_000];
    let mut venue = scene::venue(scene::params(), &capitals);
    scene::open(&mut venue, A, B, 5);
    scene::open(&mut venue, F, B, 1);
    scene::open(&mut venue, F, D, 4);
    venue.world.gap(0, joined);
    venue.trade(D, C, 0, 4, Price(joined)).expect("D closes with C");
    venue.world.gap(0, price);
    let mut tally = Tally::new(RuleRow::default(), capitals.len(), BTreeSet::new(), 300);
    let loss = resolve(rule, &mut venue, A, KEEPER, CLEARER).expect("a resolution");
    tally.resolved(&loss, &venue, 0, false);
    tally.finish()
}

#[test]
fn who_keeps_enough_neither_falls_nor_fails() {
    // 302 of equity, 200 of charge; 140 are required, and C has 400 more.
    let row = row(Rule::Index, 705, 282 + 400, 700);
    assert_eq!((row.shared, row.secondary_liquidations, row.secondary_bankruptcies), (500, 0, 0));
}

#[test]
fn a_charge_that_leaves_less_than_maintenance_counts_as_a_secondary_liquidation() {
    // 302 − 200 = 102, and 140 are required.
    let row = row(Rule::Index, 705, 282, 700);
    assert_eq!((row.shared, row.secondary_liquidations, row.secondary_bankruptcies), (500, 1, 0));
    assert_eq!(row.charged, 2);
}

#[test]
fn a_charge_beyond_all_equity_counts_as_a_secondary_bankruptcy() {
    // A is short of 1,000 at 600: 400 are C's, who has 262.
    let row = row(Rule::Index, 605, 242, 600);
    assert_eq!((row.shared, row.secondary_liquidations, row.secondary_bankruptcies), (1_000, 0, 1));
}

#[test]
fn capped_at_the_gain_a_charge_ruins_nobody() {
    // C has gained 20 at 600.
    let row = row(Rule::Capped, 605, 242, 600);
    assert_eq!((row.shared, row.secondary_liquidations, row.secondary_bankruptcies), (1_000, 0, 0));
}
