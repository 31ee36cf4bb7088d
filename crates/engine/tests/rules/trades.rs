//! Trades between two accounts.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

fn at(world: &World, size: u64, price: u64) -> Terms {
    Terms { price: Price(price), ..world.terms(0, size) }
}

fn fill(closed: u64, opened: u64) -> Fill {
    Fill { closed: Contracts(closed), opened: Contracts(opened) }
}

/// Account 0 is long 10 at 1,000 and account 1 short; account 2 is flat.
fn open() -> World {
    let mut world = World::plain(1_000, &[5_000, 5_000, 5_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world
}

#[test]
fn the_premium_moves_in_cash_and_both_are_marked_from_the_effective_price() {
    for (price, premium) in [(1_000, 0), (1_010, 100), (990, -100), (1_050, 500), (950, -500)] {
        let mut world = World::plain(1_000, &[5_000, 5_000]);
        let outcome = world.trade_at(0, 1, at(&world, 10, price)).unwrap();
        assert_eq!(outcome.premium, SignedAtoms(premium), "at {price}");
        assert_eq!(
            [world.capital(0), world.capital(1)].map(|c| c as i64),
            [5_000 - premium, 5_000 + premium]
        );
        assert_eq!([world.claim(0, 0), world.claim(1, 0)], [0, 0], "at {price}");
    }
}

#[test]
fn a_price_outside_the_band_is_refused() {
    for (price, expected) in [
        (950, Ok(())),
        (1_050, Ok(())),
        (949, Err(EngineError::PriceOutsideBand)),
        (1_051, Err(EngineError::PriceOutsideBand)),
        (0, Err(EngineError::PriceOutsideBand)),
        (u64::MAX, Err(EngineError::PriceOutsideBand)),
    ] {
        let mut world = World::plain(1_000, &[5_000, 5_000]);
        assert_eq!(world.trade_at(0, 1, at(&world, 10, price)).map(|_| ()), expected, "at {price}");
    }
}

#[test]
fn a_premium_needs_capital_on_either_side() {
    for (price, poor, expected) in [
        (1_050, [1_500, 5_000], Ok(())),
        (1_050, [499, 5_000], Err(EngineError::InsufficientCapital)),
        (950, [5_000, 499], Err(EngineError::InsufficientCapital)),
        (950, [5_000, 1_500], Ok(())),
    ] {
        let mut world = World::plain(1_000, &poor);
        assert_eq!(world.trade_at(0, 1, at(&world, 10, price)).map(|_| ()), expected, "at {price}, {poor:?}");
    }
}

#[test]
fn a_trade_closes_first_and_opens_the_rest_on_the_other_side() {
    for (name, size, bought, sold, positions) in [
        ("both close in part", 4, fill(4, 0), fill(4, 0), [6, -6]),
        ("both close", 10, fill(10, 0), fill(10, 0), [0, 0]),
        ("both flip", 15, fill(10, 5), fill(10, 5), [-5, 5]),
    ] {
        let mut world = open();
        let outcome = world.trade(1, 0, 0, size).unwrap();
        assert_eq!((outcome.buyer.fill, outcome.seller.fill), (bought, sold), "{name}");
        assert_eq!([world.position(0, 0), world.position(1, 0)], positions, "{name}");
    }
    let mut world = open();
    let outcome = world.trade(2, 0, 0, 15).unwrap();
    assert_eq!((outcome.buyer.fill, outcome.seller.fill), (fill(0, 15), fill(10, 5)), "one opens, one flips");
    assert_eq!(world.markets[0].long.contracts, Contracts(15));
}

#[test]
fn a_trade_marks_and_settles_both_before_anything_is_paid() {
    let mut world = open();
    world.gap(0, 1_300);
    let outcome = world.trade_at(1, 0, at(&world, 10, 1_365)).unwrap();
    let marked = [outcome.buyer.marked.variation, outcome.seller.marked.variation];
    assert_eq!(marked, [SignedAtoms(-3_000), SignedAtoms(3_000)]);
    // The buyer pays its loss, the seller collects it, and the premium of 650 comes out of what the buyer has left.
    assert_eq!([world.capital(1), world.capital(0)], [5_000 - 3_000 - 650, 5_000 + 3_000 + 650]);
    assert!(world.accounts[0].has_no_legs() && world.accounts[1].has_no_legs());
}

#[test]
fn open_interest_stays_within_its_cap() {
    let capped = MarketParams { max_open_interest: Contracts(10), ..plain() };
    let cap = Err(EngineError::OpenInterestCap);
    for (name, trades, expected) in [
        ("at the cap", &[(0, 1, 10)][..], Ok(())),
        ("over it at once", &[(0, 1, 11)], cap),
        ("over it in two", &[(0, 1, 6), (2, 1, 5)], cap),
        ("passed on at the cap", &[(0, 1, 10), (2, 0, 10)], Ok(())),
        ("a flip that opens no more than it closes", &[(0, 1, 6), (1, 0, 10)], Ok(())),
    ] {
        let mut world = World::with(capped, 1_000, &[50_000, 50_000, 50_000]);
        let mut last = Ok(());
        for (buyer, seller, size) in trades {
            last = world.trade(*buyer, *seller, 0, *size).map(|_| ());
        }
        assert_eq!(last, expected, "{name}");
    }
}

#[test]
fn over_a_lowered_cap_only_trades_that_add_are_refused() {
    let mut world = open();
    world.markets[0].params.max_open_interest = Contracts(5);
    assert_eq!(world.trade(2, 1, 0, 1).unwrap_err(), EngineError::OpenInterestCap);
    world.trade(2, 0, 0, 5).expect("passed on");
    world.trade(1, 0, 0, 4).expect("reduced");
}

/// Lowering the cap needs no timelock: it must not make whoever holds a large position leave in small steps.
#[test]
fn a_lowered_cap_bars_nobody_from_closing_in_one_trade() {
    let mut world = open();
    let cap = MarketParams { max_open_interest: Contracts(1), ..world.markets[0].params };
    assert!(world.markets[0].params.only_restricts(&cap));
    world.markets[0].set_params(cap).unwrap();
    assert_eq!(world.trade(2, 0, 0, 11).unwrap_err(), EngineError::OpenInterestCap);
    assert_eq!(world.trade(1, 2, 0, 11).unwrap_err(), EngineError::OpenInterestCap);
    world.trade(1, 0, 0, 10).expect("closed at once");
    assert_eq!(world.trade(2, 0, 0, 2).unwrap_err(), EngineError::OpenInterestCap);
    world.trade(2, 0, 0, 1).expect("within the cap");
}

#[test]
fn an_opening_trade_leaves_at_least_the_minimum_notional_and_a_reducing_one_may_leave_less() {
    let params = MarketParams { min_notional: Atoms(5_000), ..plain() };
    let small = Err(EngineError::BelowMinNotional);
    for (name, trades, expected) in [
        ("under it", &[(0, 1, 4)][..], small),
        ("at it", &[(0, 1, 5)], Ok(())),
        ("a contract more", &[(0, 1, 5), (0, 1, 1)], Ok(())),
        ("reduced to under it", &[(0, 1, 5), (1, 0, 1)], Ok(())),
        ("flipped to under it", &[(0, 1, 5), (1, 0, 9)], small),
        ("flipped to it", &[(0, 1, 5), (1, 0, 10)], Ok(())),
    ] {
        let mut world = World::with(params, 1_000, &[50_000, 50_000]);
        let mut last = Ok(());
        for (buyer, seller, size) in trades {
            last = world.trade(*buyer, *seller, 0, *size).map(|_| ());
        }
        assert_eq!(last, expected, "{name}");
    }
}

#[test]
fn while_the_market_lags_trades_can_only_reduce() {
    let lagging = Err(EngineError::MarketLagging);
    for (name, buyer, seller, size, expected) in [
        ("both reduce", 1, 0, 10, Ok(())),
        ("one opens", 2, 0, 10, lagging),
        ("both flip", 1, 0, 11, lagging),
        ("both open", 2, 1, 1, lagging),
    ] {
        let mut world = open();
        world.accrue(0, 1_100, 1).unwrap();
        assert_eq!(world.trade(buyer, seller, 0, size).map(|_| ()), expected, "{name}");
    }
}

/// Account 1 is short 10 with an equity of 400 and a maintenance requirement of 530 at 1,060.
fn unhealthy() -> World {
    let mut world = World::with(MarketParams { trade_band: Bps(1_000), ..plain() }, 1_000, &[5_000, 1_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_060);
    world
}

#[test]
fn a_reducing_trade_may_not_lower_the_part_of_maintenance_that_equity_covers() {
    for (name, size, price, expected) in [
        ("at the effective price", 1, 1_060, Ok(())),
        // A tenth of the position may take a tenth of the equity along.
        ("paying its part", 1, 1_100, Ok(())),
        ("paying an atom more", 1, 1_101, Err(EngineError::HealthWorsened)),
        ("closing for all it has", 10, 1_100, Ok(())),
        ("closing for more than it has", 10, 1_101, Err(EngineError::InsufficientCapital)),
        ("reducing to health", 3, 1_060, Ok(())),
    ] {
        let mut world = unhealthy();
        assert_eq!(world.trade_at(1, 0, at(&world, size, price)).map(|_| ()), expected, "{name}");
    }
}

#[test]
fn a_healthy_account_may_pay_for_reducing_down_to_maintenance() {
    // Of an equity of 1,000; the 9 contracts left need 450.
    for (premium, expected) in [(550, Ok(())), (551, Err(EngineError::HealthWorsened))] {
        let mut world =
            World::with(MarketParams { trade_band: Bps(10_000), ..plain() }, 1_000, &[5_000, 1_000]);
        world.trade(0, 1, 0, 10).unwrap();
        assert_eq!(world.trade_at(1, 0, at(&world, 1, 1_000 + premium)).map(|_| ()), expected, "{premium}");
    }
}

#[test]
fn nobody_trades_with_a_bankrupt_account() {
    for (buyer, seller) in [(1, 0), (0, 1), (2, 1)] {
        let mut world = open();
        world.gap(0, 1_501);
        assert_eq!(
            world.trade(buyer, seller, 0, 1).unwrap_err(),
            EngineError::Bankrupt,
            "{buyer} buys from {seller}"
        );
    }
}

#[test]
fn an_account_is_in_eight_markets_at_most() {
    let mut world = World::new(&[(plain(), 1_000); 9], 2, 0);
    world.fund_all(&[50_000, 50_000]);
    for market in 0..MAX_LEGS {
        world.trade(0, 1, market, 1).unwrap();
    }
    assert_eq!(world.trade(0, 1, MAX_LEGS, 1).unwrap_err(), EngineError::TooManyLegs);
    world.trade(1, 0, 3, 1).expect("closing frees a slot");
    world.trade(0, 1, MAX_LEGS, 1).expect("which the ninth market takes");
}

#[test]
fn a_trade_needs_a_size_a_market_and_a_fresh_price() {
    let mut world = open();
    assert_eq!(world.trade(0, 1, 0, 0).unwrap_err(), EngineError::ZeroSize);
    let elsewhere = Terms { market: MarketIndex(7), ..world.terms(0, 1) };
    assert_eq!(world.trade_at(0, 1, elsewhere).unwrap_err(), EngineError::MarketMissing);
    world.now += 61;
    assert_eq!(world.trade(0, 2, 0, 1).unwrap_err(), EngineError::StalePrice);
    let mut world = World::plain(1_000, &[5_000, 5_000]);
    world.now += 61;
    assert_eq!(world.trade(0, 1, 0, 1).unwrap_err(), EngineError::StalePrice, "without a position too");
}
