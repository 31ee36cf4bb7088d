//! The books of a world that lived through a bankruptcy balance; whatever is wrong with them is found, and named.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use jettison_engine::{Atoms, MarginAccount, QueuedWithdrawal, Shares};
use jettison_harness::World;
use jettison_risk::{check_books, Books, Check};

const UNIT: u64 = 1_000_000;

/// A bankrupt long was resolved at the expense of the shorts; fees wait, one withdrawal too.
fn world() -> World {
    let mut world = World::plain(100 * UNIT, &[1_000 * UNIT, 10_000 * UNIT, 5_000 * UNIT]);
    world.trade(0, 1, 0, 40).expect("trade");
    world.trade(2, 1, 0, 7).expect("trade");
    world.gap(0, 60 * UNIT);
    world.resolve(0, None).expect("bankrupt");
    world.endow_surplus(0, 5);
    world
}

struct Held {
    world: World,
    accounts: Vec<(MarginAccount, QueuedWithdrawal)>,
}

impl Held {
    fn new() -> Self {
        let world = world();
        let accounts = world.accounts.iter().copied().zip(world.places.iter().copied()).collect();
        Self { world, accounts }
    }

    fn check(&self) -> Vec<Check> {
        let world = &self.world;
        check_books(&Books {
            markets: &world.markets,
            accounts: &self.accounts,
            fund: &world.fund,
            stakes: &world.stakes,
            throttle: &world.throttle,
            margin_vault: Atoms(world.vault),
            insurance_vault: Atoms(world.insurance),
            now: world.now,
        })
    }

    fn broken(&self) -> Vec<&'static str> {
        let mut names: Vec<_> =
            self.check().iter().filter(|check| !check.holds).map(|check| check.invariant).collect();
        names.dedup();
        names
    }
}

#[test]
fn books_that_balance_pass_and_show_the_vaults_to_the_atom() {
    let held = Held::new();
    assert_eq!(held.broken(), [""; 0], "{:#?}", held.check());
    assert_eq!(held.check().iter().filter(|check| check.of_vault).count(), 2);
    for check in held.check().iter().filter(|check| check.of_vault) {
        assert_eq!(check.left, check.right, "{check:?}");
    }
}

#[test]
fn a_gift_to_a_vault_is_no_fault_and_is_seen() {
    let mut held = Held::new();
    held.world.vault += 3;
    assert_eq!(held.broken(), [""; 0]);
    let check = held.check()[0];
    assert_eq!((check.invariant, check.left - check.right), ("CONSERVATION", 3));
}

#[test]
fn whatever_is_wrong_is_found_by_its_name() {
    type Wrong = fn(&mut Held);
    let cases: [(&str, Wrong); 9] = [
        ("CONSERVATION", |held| held.world.vault -= 1),
        ("CONSERVATION", |held| held.accounts[1].0.capital.0 += 1),
        ("CONSERVATION", |held| held.world.throttle.queued = Atoms(1)),
        ("INSURANCE", |held| held.world.fund.assets.0 += 1),
        ("INSURANCE", |held| held.world.fund.shares.0 += 1),
        ("BALANCE", |held| held.world.markets[0].long.contracts.0 += 1),
        ("SHARES", |held| held.world.markets[0].short.shares = Shares(1)),
        ("BACKING", |held| {
            held.world.markets[0].surplus.0 += held.world.markets[0].pool.0 + 1;
        }),
        ("BACKING", |held| {
            let leg = held.accounts[1].0.legs.iter_mut().find(|leg| leg.is_in_use()).expect("a leg");
            leg.unsettled.0 += 1 << 50;
        }),
    ];
    for (number, (name, wrong)) in cases.into_iter().enumerate() {
        let mut held = Held::new();
        wrong(&mut held);
        assert_eq!(held.broken(), [name], "case {number}");
    }
}
