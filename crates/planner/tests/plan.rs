//! What is planned, and in which order.

use anchor_lang::prelude::Pubkey;
use clearing::state::Gate;
use jettison_engine::{Atoms, Bps, Contracts, Direction, MarketIndex, MarketParams, Price, SignedAtoms};
use jettison_harness::{params, World};
use jettison_planner::book::{AccountState, Book, MarketState, Oracle, Version};
use jettison_planner::plan::{Action, Kind, Plan, Planner, Policy, Reason, Why};

const MARKET: MarketIndex = MarketIndex(0);
/// The keeper's account in each world.
const KEEPER: usize = 2;

fn address(who: usize) -> Pubkey {
    Pubkey::new_from_array([who as u8 + 1; 32])
}

/// A book that knows a world, and that each oracle says what it said last.
fn book_of(world: &World) -> Book {
    let mut book = Book::new();
    for market in &world.markets {
        let state = MarketState { book: *market, ..MarketState::default() };
        book.apply_market(&state, Version::at(1));
        book.quote(market.index, Oracle::Usable(market.target_price), world.now);
    }
    for (who, ledger) in world.accounts.iter().enumerate() {
        let state = AccountState { ledger: *ledger, queued: world.places[who], ..AccountState::default() };
        book.apply_account(address(who), Some(&state), Version::at(1));
    }
    book.common.fund = world.fund;
    book.common.throttle = world.throttle;
    book.common.throttle_params = world.throttle_params;
    book.common.margin_vault = Atoms(world.vault);
    book.advance(world.now);
    book
}

fn policy(limit: u64) -> Policy {
    Policy {
        account: Some(address(KEEPER)),
        position_limits: [(MARKET, Contracts(limit))].into(),
        least_sweep: Atoms(u64::MAX),
        ..Policy::default()
    }
}

fn plan(world: &World, policy: Policy) -> Plan {
    Planner::new(policy).plan(&book_of(world), world.now)
}

fn kinds(plan: &Plan) -> Vec<Kind> {
    plan.tasks.iter().map(|task| task.key.subject.kind).collect()
}

/// Account 0 is long 100 contracts against account 1 at 1,000,000, and then the price is `price`.
fn fallen(price: u64, capitals: [u64; 3]) -> World {
    fallen_with(params::plain(), price, capitals)
}

fn fallen_with(params: MarketParams, price: u64, capitals: [u64; 3]) -> World {
    let mut world = World::with(params, 1_000_000, &capitals);
    world.trade(0, 1, 0, 100).expect("a trade");
    world.gap(0, price);
    world
}

const RICH: u64 = 1_000_000_000;

#[test]
fn a_takeover_is_planned_with_the_reward_that_it_brings() {
    // Equity 3,500,000 of the maintenance 4,675,000.
    let mut world = fallen(935_000, [10_000_000, RICH, RICH]);
    let plan = plan(&world, policy(1_000));
    assert_eq!(kinds(&plan), [Kind::Liquidate]);
    let task = &plan.tasks[0];
    assert_eq!(task.accounts, [address(0), address(KEEPER)]);
    assert_eq!(
        (task.markets.as_slice(), task.written.as_slice()),
        ([MARKET].as_slice(), [MARKET].as_slice())
    );
    assert!(matches!(task.reason, Reason::BelowMaintenance { .. }), "{:?}", task.reason);
    let outcome = world.liquidate(0, KEEPER, 0, 1_000).expect("a takeover");
    assert_eq!(task.value, SignedAtoms(outcome.reward.0 as i64));
}

#[test]
fn a_takeover_keeps_to_the_position_limit_and_counts_what_is_held() {
    let mut world = fallen(935_000, [10_000_000, RICH, RICH]);
    let cap = |world: &World| match plan(world, policy(5)).tasks.first().map(|task| task.action.clone()) {
        Some(Action::Liquidate { max_contracts, .. }) => max_contracts.0,
        other => panic!("{other:?}"),
    };
    assert_eq!(cap(&world), 5);
    // What is short already is closed by it first.
    world.trade(1, KEEPER, 0, 3).expect("a trade");
    assert_eq!(cap(&world), 8);
}

#[test]
fn what_the_keeper_may_not_take_is_deleveraged_once_it_is_low_enough() {
    // Equity 2,200,000 is below half of the maintenance 4,610,000.
    let world = fallen(922_000, [10_000_000, RICH, RICH]);
    let plan = plan(&world, policy(0));
    assert_eq!(kinds(&plan), [Kind::Deleverage]);
    assert!(plan.tasks[0].value.0 > 0, "the bounty: {:?}", plan.tasks[0]);
}

#[test]
fn what_is_neither_taken_nor_low_enough_waits_and_says_why() {
    let world = fallen(935_000, [10_000_000, RICH, RICH]);
    let plan = plan(&world, policy(0));
    assert_eq!(kinds(&plan), []);
    assert_eq!((plan.waiting[0].account, plan.waiting[0].why), (address(0), Why::NotWorthTaking));
}

#[test]
fn a_position_that_the_lag_makes_worth_less_than_the_reward_is_not_taken() {
    let mut world = fallen(935_000, [10_000_000, RICH, RICH]);
    // The oracle is a tenth below the effective price, which moves by 0.1 % a second.
    world.accrue(0, 840_000, 0).expect("an accrual");
    assert_eq!(kinds(&plan(&world, policy(1_000))), []);
    // The other way the lag pays.
    world.accrue(0, 960_000, 0).expect("an accrual");
    assert_eq!(kinds(&plan(&world, policy(1_000))), [Kind::Liquidate]);
}

#[test]
fn a_keeper_takes_as_much_as_its_margin_allows() {
    // Initial margin of what it would take is some 4,000,000; it has an eighth.
    let mut world = fallen(930_000, [10_000_000, RICH, 500_000]);
    let plan = plan(&world, policy(1_000));
    let Some(Action::Liquidate { max_contracts, .. }) = plan.tasks.first().map(|task| task.action.clone())
    else {
        panic!("{plan:?}")
    };
    assert!((2..20).contains(&max_contracts.0), "{max_contracts:?}");
    let mut greedy = world.clone();
    greedy.liquidate(0, KEEPER, 0, max_contracts.0 * 2).expect_err("more than its margin allows");
    let outcome = world.liquidate(0, KEEPER, 0, max_contracts.0).expect("what was planned");
    assert_eq!(outcome.size, max_contracts);
}

#[test]
fn two_takeovers_share_the_keepers_margin() {
    let mut world = World::plain(1_000_000, &[10_000_000, RICH, 900_000, 10_000_000]);
    world.trade(0, 1, 0, 100).expect("a trade");
    world.trade(3, 1, 0, 100).expect("a trade");
    world.gap(0, 930_000);
    let plan = plan(&world, policy(1_000));
    assert!(!plan.tasks.is_empty());
    for task in &plan.tasks {
        let Action::Liquidate { account, max_contracts, .. } = &task.action else { panic!("{task:?}") };
        let who = if *account == address(0) { 0 } else { 3 };
        world.liquidate(who, KEEPER, 0, max_contracts.0).expect("what was planned");
    }
}

#[test]
fn the_account_that_would_cost_most_by_waiting_comes_first() {
    // 0 is large and near zero equity, 3 is small and near zero equity, 4 is large and far from it, 5 is bankrupt.
    let capitals = [7_200_000, RICH, RICH, 720_000, 10_000_000, 6_000_000];
    let mut world = World::new(&[(params::plain(), 1_000_000)], capitals.len(), 0);
    world.fund_all(&[20_000_000, RICH, RICH, 2_000_000, 20_000_000, 20_000_000]);
    for (who, size) in [(0, 100), (3, 10), (4, 100), (5, 100)] {
        world.trade(who, 1, 0, size).expect("a trade");
    }
    world.gap(0, 930_000);
    for (who, capital) in capitals.into_iter().enumerate() {
        world.accounts[who].capital = Atoms(capital);
    }
    let plan = plan(&world, policy(1_000));
    // The penalties of the first are fees that are swept before the last is resolved.
    let order: Vec<Pubkey> = plan.tasks.iter().filter_map(|task| task.key.subject.account).collect();
    assert_eq!(order, [0, 3, 4, 5].map(address), "{plan:#?}");
    assert!(plan.tasks[0].loss > plan.tasks[1].loss);
}

#[test]
fn a_bankrupt_account_is_resolved_for_the_bounty_that_it_brings() {
    let rules =
        MarketParams { bankruptcy_bounty: Bps(10), bankruptcy_bounty_cap: Atoms(50_000), ..params::plain() };
    let mut world = fallen_with(rules, 880_000, [10_000_000, RICH, RICH]);
    world.endow_insurance(1_000_000);
    let plan = plan(&world, policy(0));
    assert_eq!(kinds(&plan), [Kind::Resolve]);
    let resolution = world.resolve(0, Some((KEEPER, false))).expect("a resolution");
    assert_eq!(plan.tasks[0].value, SignedAtoms(resolution.bounty_from_insurance.0 as i64));
}

#[test]
fn fees_are_swept_before_a_loss_that_insurance_lacks_the_money_for() {
    let mut world = fallen(880_000, [10_000_000, RICH, RICH]);
    world.endow_fees(0, 700_000);
    let plan = plan(&world, policy(0));
    assert_eq!(kinds(&plan), [Kind::SweepFees, Kind::Resolve]);
}

#[test]
fn losers_of_a_short_pool_are_settled_before_a_resolution() {
    // Account 0 is long in both markets: it wins in the first, where nobody has paid yet, and loses more in the second.
    let rules = [(params::plain(), 1_000_000), (params::plain(), 1_000_000)];
    let mut world = World::new(&rules, 4, 0);
    world.fund_all(&[15_000_000, RICH, RICH, RICH]);
    world.trade(0, 3, 0, 40).expect("a trade");
    world.trade(0, 1, 1, 100).expect("a trade");
    world.gap(0, 1_050_000);
    world.gap(1, 820_000);
    assert!(world.is_bankrupt(0));
    let plan = plan(&world, policy(0));
    let resolve =
        plan.tasks.iter().find(|task| task.key.subject.kind == Kind::Resolve).expect("a resolution");
    assert_eq!(
        resolve.action,
        Action::Resolve { account: address(0), losers: vec![address(3)], take_over: false }
    );
    assert_eq!(resolve.accounts, [address(0), address(3), address(KEEPER)]);
}

#[test]
fn a_bankrupt_position_that_shrinks_the_keepers_own_is_taken_over() {
    let mut world = World::plain(1_000_000, &[10_000_000, RICH, RICH]);
    world.trade(0, KEEPER, 0, 100).expect("a trade");
    world.gap(0, 880_000);
    let plan = plan(&world, policy(0));
    assert!(matches!(plan.tasks[0].action, Action::Resolve { take_over: true, .. }), "{plan:?}");
    assert!(world.resolve(0, Some((KEEPER, true))).expect("a resolution").taken_over);
}

#[test]
fn a_bankruptcy_that_can_t_be_resolved_is_flagged() {
    let world = {
        let mut world = fallen(880_000, [10_000_000, RICH, RICH]);
        let staker = world.open_stake();
        world.stake(staker, 1_000_000).expect("a stake");
        world
    };
    let mut book = book_of(&world);
    book.common.pauses.until[Gate::Resolve as usize] = world.now + 60;
    let plan = Planner::new(policy(0)).plan(&book, world.now);
    assert_eq!(kinds(&plan), [Kind::FlagBankruptcy]);
    assert_eq!(plan.waiting, [], "something is done about it");
}

#[test]
fn a_task_on_its_way_is_not_planned_again_until_its_account_changes_or_it_fails() {
    let world = fallen(935_000, [10_000_000, RICH, RICH]);
    let (mut book, mut planner) = (book_of(&world), Planner::new(policy(1_000)));
    let key = planner.plan(&book, world.now).tasks[0].key;
    planner.sent(&key);
    assert_eq!(kinds(&planner.plan(&book, world.now)), []);
    planner.failed(&key);
    assert_eq!(kinds(&planner.plan(&book, world.now)), [Kind::Liquidate]);
    planner.sent(&key);
    let mut ledger = world.accounts[0];
    ledger.capital = Atoms(ledger.capital.0 - 1);
    let state = AccountState { ledger, ..AccountState::default() };
    book.apply_account(address(0), Some(&state), Version::at(2));
    assert_eq!(kinds(&planner.plan(&book, world.now)), [Kind::Liquidate]);
    planner.suppress(key.subject, world.now + 5);
    assert_eq!(kinds(&planner.plan(&book, world.now + 4)), []);
    assert_eq!(kinds(&planner.plan(&book, world.now + 5)), [Kind::Liquidate]);
}

#[test]
fn a_price_that_only_an_accrual_brings_is_accrued_first_in_the_same_task() {
    let mut world = World::plain(1_000_000, &[10_000_000, RICH, RICH]);
    world.trade(0, 1, 0, 100).expect("a trade");
    world.gap(0, 950_000);
    let mut book = book_of(&world);
    assert!(book.in_need().is_empty());
    // Ten seconds of 0.1 % each take it below maintenance.
    book.quote(MARKET, Oracle::Usable(Price(900_000)), world.now + 10);
    assert_eq!(book.in_need().len(), 1);
    let plan = Planner::new(policy(1_000)).plan(&book, world.now + 10);
    let liquidate = plan.tasks.iter().find(|task| task.key.subject.kind == Kind::Accrue);
    assert!(liquidate.is_some(), "{plan:?}");
    for task in plan.tasks.iter().filter(|task| task.key.subject.account.is_some()) {
        assert_eq!(task.accrue_first, [MARKET]);
    }
}

#[test]
fn a_stale_price_without_an_oracle_makes_an_account_wait() {
    let world = fallen(935_000, [10_000_000, RICH, RICH]);
    let mut book = book_of(&world);
    let now = world.now + 61;
    book.quote(MARKET, Oracle::Unknown, now);
    let plan = Planner::new(policy(1_000)).plan(&book, now);
    assert_eq!(kinds(&plan), []);
    assert_eq!(plan.waiting[0].why, Why::StalePrice);
}

#[test]
fn a_position_above_its_limit_is_to_be_unwound_and_all_of_it_when_margin_is_short() {
    let mut world = World::plain(1_000_000, &[RICH, RICH, 12_000_000]);
    world.trade(KEEPER, 1, 0, 100).expect("a trade");
    let unwind = |world: &World| match plan(world, policy(30)).tasks.last().map(|task| task.action.clone()) {
        Some(Action::Unwind { direction: Direction::Long, size, .. }) => size.0,
        other => panic!("{other:?}"),
    };
    assert_eq!(unwind(&world), 70);
    // Equity 7,000,000 is less than one and a half times the maintenance 4,750,000.
    world.gap(0, 950_000);
    assert_eq!(unwind(&world), 100);
}

#[test]
fn charged_accounts_are_settled_the_largest_charge_first() {
    let mut world = World::plain(1_000_000, &[10_000_000, RICH, RICH, RICH]);
    world.trade(0, 1, 0, 70).expect("a trade");
    world.trade(0, 3, 0, 30).expect("a trade");
    world.gap(0, 850_000);
    world.resolve(0, None).expect("a resolution");
    let settled: Vec<Pubkey> = plan(&world, policy(0)).tasks.iter().map(|task| task.accounts[0]).collect();
    assert_eq!(settled, [address(1), address(3)]);
    world.settle(1).expect("a settlement");
    assert_eq!(plan(&world, policy(0)).tasks[0].accounts, [address(3)]);
}

#[test]
fn the_first_of_the_withdrawal_queue_is_served_when_something_may_leave() {
    let mut world = World::plain(1_000_000, &[RICH, RICH, RICH]);
    world.throttle_params = params::throttled();
    world.now += 10_000;
    world.withdraw(0, RICH / 2).expect("a withdrawal");
    assert!(!world.places[0].amount.is_zero());
    world.now += 10_000;
    let plan = plan(&world, policy(0));
    assert_eq!(kinds(&plan), [Kind::ServeWithdrawal]);
    assert!(world.serve(0).expect("a payment") > 0);
}

#[test]
fn a_scheduled_wind_down_begins_when_it_is_due() {
    let world = World::plain(1_000_000, &[RICH, RICH, RICH]);
    let mut book = book_of(&world);
    let state =
        MarketState { book: world.markets[0], settlement_ready_ts: world.now + 5, ..MarketState::default() };
    book.apply_market(&state, Version::at(2));
    let mut planner = Planner::new(policy(0));
    assert_eq!(kinds(&planner.plan(&book, world.now + 4)), []);
    assert_eq!(kinds(&planner.plan(&book, world.now + 5)), [Kind::BeginSettlement]);
    book.common.revision = 1;
    assert_eq!(kinds(&planner.plan(&book, world.now + 5)), [], "it was scheduled against other settings");
}
