//! The index finds whom a full rescan finds, whatever happens: random histories of trades, accruals with funding, crashes,
//! bankruptcies, liquidations, deleveraging, deposits, withdrawals, changes of parameters and wind-downs.

mod twin;

use std::cell::RefCell;
use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use jettison_engine::{assess, Health, Margin, Market, Markets};
use jettison_planner::book::Looks;
use twin::{address, play, play_all, Twin};

#[test]
fn the_index_finds_whom_a_rescan_finds() {
    let total = RefCell::new((0, 0, Looks::default()));
    let histories = play_all(150, |history| {
        let mut last = Looks::default();
        play(history, |twin, told| {
            let needs = compare(twin, told);
            let (comparisons, in_need, _) = &mut *total.borrow_mut();
            *comparisons += 1;
            *in_need += needs;
            last = twin.book.looks();
        });
        let looks = &mut total.borrow_mut().2;
        looks.touched += last.touched;
        looks.too_early += last.too_early;
        looks.rebuilt += last.rebuilt;
    });
    let (comparisons, in_need, looks) = total.into_inner();
    println!("{comparisons} comparisons, {in_need} accounts in need in them; {looks:?}");
    assert!(comparisons > 50 * histories && in_need > comparisons / 20 && looks.rebuilt > 0, "too tame");
}

/// Whom the index has in need, and with which health, are those whom the engine finds among all. Returns how many.
fn compare(twin: &Twin, told: bool) -> u64 {
    let indexed: BTreeMap<Pubkey, Health> =
        twin.book.in_need().into_iter().map(|need| (need.address, need.health)).collect();
    let rescanned = twin.book.rescan().into_iter().map(|need| (need.address, need.health)).collect();
    assert_eq!(indexed, rescanned, "the index differs from a rescan");
    if told {
        assert_eq!(indexed, in_need_of_world(twin), "the book differs from the world");
    }
    assert_eq!(twin.book.looks().missed, 0);
    indexed.len() as u64
}

/// The same from the world's ledgers and the book's views.
fn in_need_of_world(twin: &Twin) -> BTreeMap<Pubkey, Health> {
    let mut views: Vec<Market> = twin.book.markets().map(|entry| entry.view).collect();
    let mut lent: Vec<&mut Market> = views.iter_mut().collect();
    let markets = Markets::new(&mut lent).expect("markets");
    let mut needs = BTreeMap::new();
    for (who, ledger) in twin.world.accounts.iter().enumerate() {
        let health = assess(ledger, &markets, Margin::Maintenance, i64::MIN).expect("health");
        if !health.is_met() && !ledger.has_no_legs() {
            needs.insert(address(who), health);
        }
    }
    needs
}
