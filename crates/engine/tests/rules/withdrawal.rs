//! Taking money out, giving claims up, and closing an account.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 0 has 5,000 and is long 10 at 1,000 against account 1.
fn long() -> World {
    let mut world = World::plain(1_000, &[5_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world
}

/// The largest withdrawal that succeeds; one atom more has to be refused with `error`.
fn require_largest(world: &mut World, largest: u64, error: EngineError, name: &str) {
    let refused = world.clone().withdraw(0, largest + 1);
    assert_eq!(refused.unwrap_err(), error, "{name}: {}", largest + 1);
    if largest > 0 {
        world
            .withdraw(0, largest)
            .unwrap_or_else(|error| panic!("{name}: {largest} was refused with {error:?}"));
    }
}

#[test]
fn an_account_without_legs_can_take_all_its_capital_whatever_the_markets_do() {
    let mut world = World::plain(1_000, &[5_000]);
    world.accrue(0, 9_999, 1).unwrap();
    world.now += 1_000_000;
    require_largest(&mut world, 5_000, EngineError::InsufficientCapital, "flat");
    assert_eq!(world.withdraw(0, 0).unwrap_err(), EngineError::ZeroSize);
}

#[test]
fn a_withdrawal_leaves_initial_margin_with_profit_at_its_weight() {
    for (name, price, largest) in [
        ("no profit", 1_000, 4_000),
        // Equity counts 5,000 + 2,000 / 2, the requirement is 1,200.
        ("profit", 1_200, 4_800),
        // 5,000 - 2,000 - 800.
        ("loss", 800, 2_200),
        // 5,000 + floor(30 / 2) - 1,003.
        ("profit rounded down", 1_003, 4_012),
    ] {
        let mut world = long();
        world.gap(0, price);
        require_largest(&mut world, largest, EngineError::BelowInitialMargin, name);
    }
}

#[test]
fn unpaid_profit_of_a_closed_position_counts_at_its_weight_too() {
    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[2_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_300);
    // Account 2 opens where account 0 closes, so the pool is empty: a claim of 3,000.
    world.trade(2, 0, 0, 10).unwrap();
    world.trade(0, 1, 1, 20).unwrap();
    require_largest(&mut world, 1_500, EngineError::BelowInitialMargin, "2,000 + 1,500 - 2,000");
}

#[test]
fn nothing_is_withdrawn_beside_a_position_whose_market_lags() {
    let mut world = long();
    world.accrue(0, 1_100, 1).unwrap();
    require_largest(&mut world, 0, EngineError::MarketLagging, "lagging");
    world.accrue(0, world.markets[0].effective_price.0, 0).unwrap();
    world.withdraw(0, 100).unwrap();
}

#[test]
fn a_claim_in_a_lagging_market_bars_no_withdrawal_and_counts_for_nothing() {
    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[2_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_300);
    world.trade(2, 0, 0, 10).unwrap();
    world.trade(0, 1, 1, 10).unwrap();
    world.accrue(0, 9_999, 1).unwrap();
    require_largest(&mut world, 1_000, EngineError::BelowInitialMargin, "2,000 + 0 - 1,000");
}

#[test]
fn a_stale_price_bars_withdrawals_beside_a_position() {
    let mut world = long();
    world.now += 61;
    require_largest(&mut world, 0, EngineError::StalePrice, "stale");
    world.refresh();
    world.withdraw(0, 1).unwrap();
}

/// Account 0 is flat, is owed 1,000 by market 0, and the loser, account 1, has not paid yet.
fn owed() -> World {
    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[5_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_100);
    world.trade(2, 0, 0, 10).unwrap();
    world
}

#[test]
fn a_waived_claim_becomes_surplus_and_the_loser_still_pays() {
    let mut world = owed();
    assert_eq!(world.waive(0), Ok(1_000));
    assert!(world.accounts[0].has_no_legs());
    assert_eq!((world.capital(0), world.markets[0].surplus), (5_000, Atoms(1_000)));
    world.settle(1).unwrap();
    assert_eq!((world.markets[0].pool, world.markets[0].payable()), (Atoms(1_000), Atoms::ZERO));
}

#[test]
fn what_the_pool_can_pay_is_collected_and_only_the_rest_waived() {
    let mut world = World::plain(1_000, &[5_000, 5_000, 5_000, 5_000]);
    world.trade(0, 1, 0, 4).unwrap();
    world.trade(0, 2, 0, 6).unwrap();
    world.gap(0, 1_100);
    world.trade(3, 0, 0, 10).unwrap();
    world.settle(1).unwrap();
    assert_eq!(world.waive(0), Ok(600));
    assert_eq!((world.capital(0), world.markets[0].surplus), (5_400, Atoms(600)));
}

#[test]
fn a_claim_is_not_waived_beside_a_position() {
    let mut world = owed();
    world.trade(0, 1, 1, 10).unwrap();
    assert_eq!(world.waive(0), Err(EngineError::AccountNotEmpty));
}

#[test]
fn a_claim_is_not_waived_beside_a_debt() {
    // Its owner could otherwise make a bankrupt of a solvent account and leave the debt to insurance.
    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[2_000, 50_000, 50_000]);
    world.trade(1, 0, 0, 10).unwrap();
    world.trade(0, 1, 1, 10).unwrap();
    world.gap(0, 1_300);
    world.gap(1, 1_300);
    world.trade(0, 1, 0, 10).unwrap();
    world.trade(2, 0, 1, 10).unwrap();
    assert_eq!((world.unsettled(0, 0), world.unsettled(0, 1)), (-1_000, 3_000));
    assert_eq!(world.waive(0), Err(EngineError::AccountNotEmpty));
    world.deposit(0, 1_000).unwrap();
    world.settle(0).unwrap();
    assert_eq!(world.waive(0), Ok(3_000));
}

#[test]
fn waiving_nothing_changes_nothing() {
    let mut world = World::plain(1_000, &[5_000]);
    assert_eq!(world.waive(0), Ok(0));
    assert_eq!(world.capital(0), 5_000);
}

#[test]
fn an_account_is_empty_without_capital_and_legs() {
    let mut world = owed();
    assert_eq!(require_empty(&MarginAccount::default()), Ok(()));
    assert_eq!(require_empty(&world.accounts[0]), Err(EngineError::AccountNotEmpty), "a claim and capital");
    world.waive(0).unwrap();
    assert_eq!(require_empty(&world.accounts[0]), Err(EngineError::AccountNotEmpty), "capital");
    world.withdraw(0, 5_000).unwrap();
    assert_eq!(require_empty(&world.accounts[0]), Ok(()));
}
