//! Who bears a loss does not depend on when anybody is touched, how accounts are split, or in which order
//! bankruptcies are resolved; and it costs the same however many share it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use jettison_engine::*;
use jettison_harness::{params::plain, Who, World};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const RICH: u64 = 1 << 40;
const OPENED_AT: u64 = 1_000_003;

/// Longs of these sizes against shorts of these sizes, each short with initial margin and an excess of so many atoms;
/// one more account, the last, is on whichever side is smaller.
fn open(longs: &[u64], shorts: &[(u64, u64)]) -> World {
    let accounts = longs.len() + shorts.len() + 1;
    let mut world = World::new(&[(plain(), OPENED_AT)], accounts, 0);
    let hub = accounts - 1;
    world.deposit(hub, RICH).unwrap();
    for (who, size) in longs.iter().enumerate() {
        world.deposit(who, RICH).unwrap();
        world.trade(who, hub, 0, *size).unwrap();
    }
    for (place, (size, excess)) in shorts.iter().enumerate() {
        let who = longs.len() + place;
        world.deposit(who, (size * OPENED_AT).div_ceil(10) + excess).unwrap();
        world.trade(hub, who, 0, *size).unwrap();
    }
    world
}

fn sizes(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u64>> {
    vec(1..3_000u64, count)
}

/// A short's size, and what it has above initial margin: at most half the price it opened at.
fn short() -> impl Strategy<Value = (u64, u64)> {
    (1..3_000u64, 0..500_000u64, 0..1_000u64).prop_map(|(size, each, more)| (size, size * each + more))
}

fn shorts(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(u64, u64)>> {
    vec(short(), count)
}

fn cases(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(1);
    ProptestConfig { cases, failure_persistence: None, rng_seed, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(400))]

    /// LAZY = EAGER, of variation: on an undiluted side exactly, on a diluted one within an atom a touch.
    #[test]
    fn an_account_touched_at_every_mark_gets_what_one_touched_once_gets(
        longs in sizes(2..5),
        shorts in shorts(2..4),
        moves in vec(900_000..1_080_000u64, 1..30),
        dilute in any::<bool>(),
    ) {
        let mut lazy = open(&longs, &shorts);
        if dilute {
            let poor = longs.len();
            lazy.gap(0, 1_400_000);
            prop_assume!(lazy.is_bankrupt(poor));
            lazy.resolve(poor, None).unwrap();
        }
        for who in 0..longs.len() {
            lazy.settle(who).unwrap();
        }
        let mut eager = lazy.clone();
        for price in &moves {
            lazy.gap(0, *price);
            eager.gap(0, *price);
            for who in 0..longs.len() {
                eager.settle(who).unwrap();
            }
        }
        for who in 0..longs.len() {
            let ahead = lazy.equity(who) - eager.equity(who);
            let bound = if dilute { moves.len() as i128 } else { 0 };
            prop_assert!((0..=bound).contains(&ahead), "account {who}: {ahead} over {} touches", moves.len());
        }
    }

    /// LAZY = EAGER, of haircuts: between the marks of a price that stands still, within an atom a touch.
    #[test]
    fn an_account_touched_at_every_charge_is_charged_what_one_touched_once_is(
        longs in sizes(1..5),
        shorts in shorts(2..12),
    ) {
        let mut lazy = open(&longs, &shorts);
        lazy.gap(0, 1_700_000);
        for who in 0..longs.len() {
            lazy.settle(who).unwrap();
        }
        let mut eager = lazy.clone();
        let mut touches = 0;
        for who in longs.len()..longs.len() + shorts.len() {
            lazy.resolve(who, None).unwrap();
            eager.resolve(who, None).unwrap();
            for long in 0..longs.len() {
                // A leg of less than a contract would be closed, and is a holder no longer.
                if eager.position(long, 0) > 0 {
                    eager.settle(long).unwrap();
                }
            }
            touches += 1;
        }
        for who in 0..longs.len() {
            let ahead = lazy.equity(who) - eager.equity(who);
            prop_assert!((0..=touches).contains(&ahead), "account {who}: {ahead} over {touches} touches");
        }
    }

    /// PRO RATA: the same contracts in one account or in many.
    #[test]
    fn splitting_an_account_changes_its_haircut_by_an_atom_a_part_at_most(
        parts in sizes(1..9),
        others in sizes(1..4),
        short in short(),
        price in 1_200_000..3_000_000u64,
    ) {
        let whole: u64 = parts.iter().sum();
        let haircut = |split: &[u64]| {
            let longs: Vec<u64> = split.iter().chain(&others).copied().collect();
            let mut world = open(&longs, &[short]);
            world.gap(0, price);
            world.is_bankrupt(longs.len()).then(|| {
                world.resolve(longs.len(), None).unwrap();
                let of = |who: Who| {
                    let leg = world.leg(who, 0).unwrap();
                    leg.pending(&world.markets[0].long).unwrap().haircut.0
                };
                (0..split.len()).map(of).sum::<u64>()
            })
        };
        let (merged, split) = (haircut(&[whole]), haircut(&parts));
        prop_assume!(merged.is_some());
        let more = split.unwrap() as i64 - merged.unwrap() as i64;
        prop_assert!((0..=parts.len() as i64).contains(&more), "{more} over {} parts", parts.len());
    }

    /// COMMUTE: in any order the same insurance, and the same index within a unit a bankruptcy after the first.
    #[test]
    fn bankruptcies_on_one_side_leave_the_same_index_and_insurance_in_any_order(
        longs in sizes(1..4),
        shorts in shorts(2..6),
        insurance in prop_oneof![Just(0), 0..2_000_000_000u64],
        surplus in prop_oneof![Just(0), 0..500_000_000u64],
        rotation in 0..6usize,
    ) {
        let mut world = open(&longs, &shorts);
        world.gap(0, 1_700_000);
        world.endow_insurance(insurance);
        world.endow_surplus(0, surplus);
        let order: Vec<Who> = (longs.len()..longs.len() + shorts.len()).collect();
        let resolve_all = |order: &[Who]| {
            let mut world = world.clone();
            for who in order {
                world.resolve(*who, None).unwrap();
            }
            world
        };
        let mut other = order.clone();
        other.rotate_left(rotation % order.len());
        if rotation > 2 {
            other.reverse();
        }
        let (one, two) = (resolve_all(&order), resolve_all(&other));
        prop_assert_eq!(one.insurance, two.insurance);
        prop_assert_eq!(one.markets[0].surplus, two.markets[0].surplus);
        let off = one.markets[0].long.loss_index.get().abs_diff(two.markets[0].long.loss_index.get());
        prop_assert!(off < order.len() as u128, "{off} units over {} bankruptcies", order.len());
    }

    /// Whoever held through the move keeps what it had gained when the other side ran out of money.
    #[test]
    fn a_charge_per_contract_is_at_most_the_distance_from_the_bankruptcy_price_to_the_mark(
        longs in sizes(1..6),
        short in short(),
        price in 1_100_010..4_000_000u64,
    ) {
        let mut world = open(&longs, &[short]);
        let bankrupt = longs.len();
        world.gap(0, price);
        prop_assume!(world.is_bankrupt(bankrupt));
        let (size, capital) = (i128::from(short.0), i128::from(world.capital(bankrupt)));
        let leg = *world.resolve(bankrupt, None).unwrap().legs().next().unwrap();
        for (who, held) in longs.iter().enumerate() {
            let pending = world.leg(who, 0).unwrap().pending(&world.markets[0].long).unwrap();
            let (held, haircut) = (i128::from(*held), i128::from(pending.haircut.0));
            // Distances are per contract and in fractions of `size`; each side allows the atom of rounding.
            prop_assert!(haircut * size <= held * i128::from(leg.deficit.0) + size + held);
            let kept = i128::from(pending.variation.0) - haircut;
            prop_assert!((kept + 2) * size >= held * capital, "keeps {kept} of what {capital} of capital backed");
        }
    }
}

#[test]
fn two_bankruptcies_commute_within_one_unit_of_the_index() {
    let mut world = open(&[7], &[(2, 1), (4, 3)]);
    world.gap(0, 1_700_000);
    world.endow_insurance(777_777);
    let index = |first: Who, second: Who| {
        let mut world = world.clone();
        world.resolve(first, None).unwrap();
        world.resolve(second, None).unwrap();
        assert_eq!(world.insurance, 0);
        world.markets[0].long.loss_index.get()
    };
    assert!(index(1, 2).abs_diff(index(2, 1)) <= 1);
}

#[test]
fn a_bounty_between_two_deficits_costs_the_index_no_more_than_itself() {
    let mut world = open(&[600], &[(200, 0), (400, 0)]);
    world.markets[0].params.bankruptcy_bounty = Bps(10);
    world.markets[0].params.bankruptcy_bounty_cap = Atoms(400_000);
    world.gap(0, 1_700_000);
    // Enough for either deficit and its bounty, and not for both deficits.
    world.endow_insurance(245_000_000);
    let caller = world.accounts.len() - 1;
    let charged = |order: [Who; 2]| {
        let mut world = world.clone();
        let resolutions = order.map(|who| world.resolve(who, Some((caller, false))).unwrap());
        let bounty = resolutions[0].bounty_from_insurance.0;
        (world.markets[0].losses.by_index.0, bounty)
    };
    let (one, two) = (charged([1, 2]), charged([2, 1]));
    assert_ne!(one.1, two.1);
    assert_eq!(one.0.abs_diff(two.0), one.1.abs_diff(two.1));
}

#[test]
fn a_bankruptcy_costs_one_holder_and_two_hundred_the_same_and_touches_none_of_them() {
    let resolve = |longs: &[u64]| {
        let mut world = open(longs, &[(90, 5)]);
        let bankrupt = longs.len();
        world.gap(0, 1_700_000);
        let before = world.clone();
        world.resolve(bankrupt, None).unwrap();
        for who in (0..world.accounts.len()).filter(|who| *who != bankrupt) {
            assert_eq!(world.accounts[who], before.accounts[who], "account {who} was written to");
        }
        // The accounts are counted; nothing else tells one holder from many.
        world.markets[0].legs = 0;
        world.markets[0]
    };
    assert_eq!(resolve(&[200]), resolve(&[1; 200]));
}

#[test]
fn a_resolution_needs_and_changes_no_market_but_the_accounts_own() {
    let mut world = World::new(&[(plain(), 1_000); 4], 3, 0);
    world.fund_all(&[RICH, 2_000, RICH]);
    for market in [1, 3] {
        world.trade(0, 1, market, 10).unwrap();
    }
    for market in 0..4 {
        world.trade(0, 2, market, 10).unwrap();
        world.gap(market, 1_300);
    }
    let before = world.clone();
    world.resolve(1, None).unwrap();
    for market in 0..4 {
        let touched = world.markets[market] != before.markets[market];
        assert_eq!(touched, market == 1 || market == 3, "market {market}");
    }
}

/// What flooring leaves behind belongs to those who stay. It is less than a contract a close, whoever closes, so a
/// contract has to be small beside the positions that people hold.
#[test]
fn each_full_close_on_a_diluted_side_leaves_less_than_a_contract_to_those_who_stay() {
    let sizes: Vec<u64> = (1..=40).map(|size| size * 7 % 41).collect();
    let mut world = open(&sizes, &[(77, 0)]);
    world.gap(0, 1_090_000);
    let (poor, hub, last) = (40, 41, 39);
    assert!(world.deleverage(poor, None, 0).unwrap().eligible);
    let held = world.position(last, 0);
    for who in 0..last {
        let before = world.markets[0].long;
        let size = world.position(who, 0) as u64;
        if size == 0 {
            assert!(world.settle(who).unwrap().legs().next().unwrap().drained);
        } else {
            world.trade(hub, who, 0, size).unwrap();
        }
        let after = world.markets[0].long;
        let fair = u128::from(before.contracts.0) * u128::from(after.shares.0);
        let got = u128::from(after.contracts.0) * u128::from(before.shares.0);
        assert!((fair..fair + u128::from(before.shares.0)).contains(&got), "account {who} left {size}");
    }
    assert_eq!((held, world.position(last, 0)), (30, 33));
}
