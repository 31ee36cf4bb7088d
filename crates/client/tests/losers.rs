//! Whom to settle before a bankruptcy is resolved, on books worked by hand and against every subset.
#![allow(missing_docs)]

use jettison_client::{losers_to_settle, LoserLimits, LosersToSettle};
use jettison_engine::{Atoms, EngineError};
use jettison_harness::{params::plain, World};
use proptest::prelude::*;

const PRICE: u64 = 1_000_000;
/// The account that fails.
const FAILED: usize = 0;
const ROOM: LoserLimits = LoserLimits { accounts: 8, markets: 8 };

/// Account 0 loses six tenths of 100 contracts in market 0, to account 1, and wins a tenth of what it holds in the others.
/// `shorts` are `(account, market, contracts)` beside it; all trade with the house, account 2.
fn world(accounts: usize, wins: &[(usize, u64)], shorts: &[(usize, usize, u64)]) -> World {
    let mut world = World::new(&[(plain(), PRICE), (plain(), PRICE), (plain(), PRICE)], accounts, 0);
    let mut capitals = vec![1_000 * PRICE; accounts];
    let held: u64 = wins.iter().map(|(_, size)| size).sum();
    capitals[FAILED] = (100 + held) * PRICE / 10;
    world.fund_all(&capitals);
    world.trade(FAILED, 1, 0, 100).unwrap();
    for (market, size) in wins {
        world.trade(FAILED, 2, *market, *size).unwrap();
    }
    for (account, market, size) in shorts {
        world.trade(2, *account, *market, *size).unwrap();
    }
    world.gap(0, PRICE * 4 / 10);
    for market in [1, 2] {
        world.gap(market, PRICE * 11 / 10);
    }
    assert!(world.is_bankrupt(FAILED));
    world
}

fn choose(world: &World, limits: LoserLimits) -> LosersToSettle<usize> {
    let candidates = world.accounts.iter().enumerate();
    losers_to_settle(&world.accounts[FAILED], candidates, &world.markets, limits, world.now).unwrap()
}

fn ids(choice: &LosersToSettle<usize>) -> Vec<usize> {
    choice.losers.iter().map(|(id, _)| *id).collect()
}

/// What is forfeited in all if these are settled first.
fn forfeited(world: &World, losers: &[usize]) -> u64 {
    let mut world = world.clone();
    for loser in losers {
        world.settle(*loser).unwrap();
    }
    world.resolve(FAILED, None).unwrap().legs().map(|leg| leg.forfeited.0).sum()
}

#[test]
fn the_fewest_losers_that_fill_the_pool_are_settled() {
    // 60 contracts won 6 PRICE; the shorts of market 1 owe a tenth of theirs. The house is flat.
    let book = |sizes: &[u64]| {
        let shorts: Vec<_> = sizes.iter().enumerate().map(|(place, size)| (3 + place, 1, *size)).collect();
        world(3 + sizes.len(), &[(1, 60)], &shorts)
    };
    for (sizes, expected) in [
        (&[10, 20, 30][..], &[5, 4, 3][..]),
        (&[60, 20, 30], &[3]),
        (&[20, 10, 40, 20], &[5, 3]),
        (&[59, 1], &[3, 4]),
    ] {
        let world = book(sizes);
        let choice = choose(&world, ROOM);
        assert_eq!(ids(&choice), expected, "{sizes:?}");
        assert_eq!(choice.forfeited, [], "{sizes:?}");
        assert_eq!(forfeited(&world, expected), 0, "{sizes:?}");
    }
}

#[test]
fn a_pool_that_can_pay_needs_nobody() {
    let mut world = world(5, &[(1, 60)], &[(3, 1, 40), (4, 1, 20)]);
    for loser in [3, 4] {
        world.settle(loser).unwrap();
    }
    assert_eq!(choose(&world, ROOM), LosersToSettle { losers: vec![], forfeited: vec![] });
}

#[test]
fn what_is_lacking_is_what_the_pool_holds_less_than_the_claim() {
    let mut world = world(6, &[(1, 60)], &[(3, 1, 40), (4, 1, 19), (5, 1, 1)]);
    world.settle(3).unwrap();
    assert_eq!(ids(&choose(&world, ROOM)), [4, 5]);
}

#[test]
fn within_the_limits_those_who_bring_most_are_settled_and_the_rest_is_named() {
    let world = world(6, &[(1, 60)], &[(3, 1, 10), (4, 1, 20), (5, 1, 30)]);
    let choice = choose(&world, LoserLimits { accounts: 2, markets: 8 });
    assert_eq!(ids(&choice), [5, 4]);
    assert_eq!(choice.forfeited, [(1, Atoms(PRICE))]);
    assert_eq!(forfeited(&world, &[5, 4]), PRICE);
}

#[test]
fn a_loser_in_further_markets_is_left_out_where_there_is_no_room_for_them() {
    let world = world(6, &[(1, 60)], &[(3, 1, 60), (3, 2, 5), (4, 1, 30), (5, 1, 30)]);
    assert_eq!(choose(&world, ROOM).losers, [(3, vec![1, 2])]);
    let tight = choose(&world, LoserLimits { accounts: 8, markets: 2 });
    assert_eq!(tight.losers, [(4, vec![1]), (5, vec![1])]);
}

#[test]
fn two_who_fill_a_pool_each_come_before_three_of_whom_one_pays_both() {
    // Lacking are 10 in both; account 3 owes 6 in both, account 4 and 5 all of one: whoever takes the largest first needs all.
    let shorts = [(3, 1, 60), (3, 2, 60), (4, 1, 100), (5, 2, 100)];
    let world = world(6, &[(1, 100), (2, 100)], &shorts);
    let choice = choose(&world, ROOM);
    assert_eq!(ids(&choice), [4, 5]);
    assert_eq!(forfeited(&world, &[4, 5]), 0);
}

#[test]
fn losers_that_are_bankrupt_themselves_are_passed_over() {
    let mut world = world(5, &[(1, 60)], &[(3, 1, 60), (4, 1, 30)]);
    world.accounts[3].capital = Atoms(0);
    let choice = choose(&world, ROOM);
    assert_eq!(ids(&choice), [4]);
    assert_eq!(choice.forfeited, [(1, Atoms(3 * PRICE))]);
}

#[test]
fn a_market_of_the_bankrupt_account_that_is_not_given_is_an_error() {
    let world = world(4, &[(1, 60)], &[(3, 1, 60)]);
    let candidates = world.accounts.iter().enumerate();
    let chosen = losers_to_settle(&world.accounts[FAILED], candidates, &world.markets[..1], ROOM, world.now);
    assert_eq!(chosen, Err(EngineError::MarketMissing));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_smaller_set_would_do(
        wins in (1_u64..90, 1_u64..90),
        shorts in proptest::collection::vec((3_usize..9, 1_usize..3, 1_u64..60), 1..12),
        limit in 0_usize..7,
    ) {
        let world = world(9, &[(1, wins.0), (2, wins.1)], &shorts);
        let choice = choose(&world, LoserLimits { accounts: limit, markets: 3 });
        let left: u64 = choice.forfeited.iter().map(|(_, amount)| amount.0).sum();
        let chosen = ids(&choice);
        prop_assert!(chosen.len() <= limit);
        prop_assert_eq!(forfeited(&world, &chosen), left, "the choice says what it leaves");
        let subsets = (0_u32..1 << 7).map(|bits| -> Vec<usize> {
            (2..9).filter(|account| bits >> (account - 2) & 1 == 1).collect()
        });
        let fewest = subsets
            .filter(|subset| subset.len() <= limit && forfeited(&world, subset) == 0)
            .map(|subset| subset.len())
            .min();
        match fewest {
            Some(fewest) => prop_assert_eq!((chosen.len(), left), (fewest, 0)),
            None => prop_assert!(left > 0),
        }
    }
}
