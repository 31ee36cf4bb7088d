//! Whatever is planned can be done: in random histories each task of each plan is carried out, in order, by the engine.

// The index's test uses the rest of it.
#[allow(dead_code)]
mod twin;

use std::cell::RefCell;
use std::collections::BTreeMap;

use jettison_engine::{Contracts, MarketIndex, Price};
use jettison_harness::World;
use jettison_planner::book::{Book, Oracle};
use jettison_planner::plan::{Action, Kind, Plan, Planner, Policy, Task};
use rand::Rng;
use twin::{address, play, play_all, Twin, ACCOUNTS, PRICES};

/// The keeper's own account.
const KEEPER: usize = 2;

#[test]
fn every_task_of_a_plan_can_be_carried_out_in_its_order() {
    let done: RefCell<BTreeMap<Kind, u64>> = RefCell::default();
    let histories = play_all(150, |history| {
        play(history, |twin, told| {
            if told && twin.rng.random_ratio(1, 2) {
                for kind in carry_out_plan(twin) {
                    *done.borrow_mut().entry(kind).or_default() += 1;
                }
            }
        });
    });
    let done = done.into_inner();
    println!("{done:?}");
    for kind in
        [Kind::Accrue, Kind::Liquidate, Kind::Deleverage, Kind::Resolve, Kind::Settle, Kind::SweepFees]
    {
        assert!(done.get(&kind).is_some_and(|done| *done >= histories / 10), "{kind:?} was hardly planned");
    }
}

fn carry_out_plan(twin: &mut Twin) -> Vec<Kind> {
    let now = twin.world.now + twin.rng.random_range(0..4);
    twin.book.advance(now);
    let limit = |twin: &mut Twin| match twin.rng.random_range(0..3) {
        0 => 0,
        1 => twin.rng.random_range(0..1_000),
        _ => 1_000_000,
    };
    let limits =
        (0..PRICES.len() as u16).map(|market| (MarketIndex(market), Contracts(limit(twin)))).collect();
    let policy = Policy {
        account: Some(address(KEEPER)),
        position_limits: limits,
        least_sweep: jettison_engine::Atoms(100),
        ..Policy::default()
    };
    let plan = Planner::new(policy.clone()).plan(&twin.book, now);
    check_limits(&twin.book, &policy, &plan);
    let mut trial = twin.world.clone();
    trial.now = now;
    for task in &plan.tasks {
        accrue_first(&mut trial, &twin.book, task);
        carry_out(&mut trial, &twin.book, task);
    }
    plan.tasks.iter().map(|task| task.key.subject.kind).collect()
}

/// Takeovers never ask for more than the limit leaves room for.
fn check_limits(book: &Book, policy: &Policy, plan: &Plan) {
    for task in &plan.tasks {
        if let Action::Liquidate { market, max_contracts, .. } = task.action {
            let own = book.ledger(&address(KEEPER)).expect("the keeper's account");
            let view = book.market(market).expect("a market").view;
            let held = own.leg(market).map_or(0, |leg| view.size_of(leg).expect("a size").0);
            assert!(max_contracts.0 <= 2 * (policy.limit(market).0 + held), "{task:?}");
        }
    }
}

fn accrue_first(world: &mut World, book: &Book, task: &Task) {
    for market in &task.accrue_first {
        accrue(world, book, *market);
    }
}

fn accrue(world: &mut World, book: &Book, market: MarketIndex) {
    let at = usize::from(market.0);
    match book.market(market).expect("a market").oracle {
        Oracle::Usable(Price(price)) => {
            world.accrue(at, price, 0).expect("an accrual");
        }
        Oracle::Unusable => {
            world.suspend(at).expect("a note");
        }
        Oracle::Unknown => panic!("an accrual of a market whose oracle isn't known"),
    }
}

fn who(address_of: &anchor_lang::prelude::Pubkey) -> usize {
    (0..ACCOUNTS).find(|who| address(*who) == *address_of).expect("an account")
}

fn carry_out(world: &mut World, book: &Book, task: &Task) {
    let at = |market: MarketIndex| usize::from(market.0);
    match &task.action {
        Action::Accrue { market } => accrue(world, book, *market),
        Action::Liquidate { account, market, max_contracts } => {
            let outcome = world.liquidate(who(account), KEEPER, at(*market), max_contracts.0);
            let outcome = outcome.unwrap_or_else(|error| panic!("{error}: {task:?}"));
            assert!(
                !outcome.size.is_zero() && outcome.reward.0 as i64 >= task.value.0,
                "{outcome:?}: {task:?}"
            );
        }
        Action::Deleverage { account, market } => {
            let by = (who(account) != KEEPER).then_some(KEEPER);
            let outcome = world.deleverage(who(account), by, at(*market));
            let outcome = outcome.unwrap_or_else(|error| panic!("{error}: {task:?}"));
            assert!(outcome.eligible && outcome.bounty.0 as i64 == task.value.0, "{outcome:?}: {task:?}");
        }
        Action::Resolve { account, losers, take_over } => {
            for loser in losers {
                world.settle(who(loser)).unwrap_or_else(|error| panic!("{error}: {loser} of {task:?}"));
            }
            let by = (who(account) != KEEPER).then_some((KEEPER, *take_over));
            let outcome = world.resolve(who(account), by);
            let outcome = outcome.unwrap_or_else(|error| panic!("{error}: {task:?}"));
            let bounty = outcome.bounty_from_insurance.0 + outcome.bounty_from_fees.0;
            assert_eq!((outcome.taken_over, bounty as i64), (*take_over, task.value.0), "{task:?}");
        }
        Action::Settle { account } => {
            world.settle(who(account)).unwrap_or_else(|error| panic!("{error}: {task:?}"));
        }
        Action::SweepFees { market } => world.sweep(at(*market)),
        Action::FlagBankruptcy { account } => {
            world.flag(who(account)).expect("a bankruptcy");
        }
        Action::BeginSettlement { market } => {
            assert!(world.markets[at(*market)].is_oracle_dead(world.now), "{task:?}");
        }
        // Nobody trades with it here; how much it is says a test of its own.
        Action::Unwind { size, .. } => assert!(!size.is_zero(), "{task:?}"),
        Action::ServeWithdrawal { .. } => panic!("nothing is queued: {task:?}"),
    }
}
