//! The bounty of whoever resolves a bankruptcy.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 1 is short 10 and at 1,200 owes 1,000 more than it has; the bounty is 1 % of 12,000.
fn ruined(insurance: u64, fees: u64, cap: u64) -> World {
    let params = MarketParams { bankruptcy_bounty: Bps(100), bankruptcy_bounty_cap: Atoms(cap), ..plain() };
    let mut world = World::new(&[(params, 1_000)], 3, insurance);
    world.fund_all(&[50_000, 1_000, 7]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_200);
    world.endow_fees(0, fees);
    world
}

#[test]
fn the_bounty_comes_out_of_what_insurance_has_left_and_then_out_of_unswept_fees() {
    for (name, insurance, fees, cap, from_insurance, from_fees) in [
        ("insurance", 5_000, 5_000, 500, 120, 0),
        ("insurance to the atom", 1_120, 5_000, 500, 120, 0),
        ("some of each", 1_060, 5_000, 500, 60, 60),
        ("fees, insurance being spent on the deficit", 1_000, 5_000, 500, 0, 120),
        ("fees, there being no insurance", 0, 5_000, 500, 0, 120),
        ("what fees there are", 0, 50, 500, 0, 50),
        ("neither", 0, 0, 500, 0, 0),
        ("the cap", 5_000, 5_000, 30, 30, 0),
        ("the cap of some of each", 1_010, 5_000, 30, 10, 20),
        ("no cap, no bounty", 5_000, 5_000, 0, 0, 0),
    ] {
        let mut world = ruined(insurance, fees, cap);
        let resolution = world.resolve(1, Some((2, false))).unwrap();
        let paid = (resolution.bounty_from_insurance, resolution.bounty_from_fees);
        assert_eq!(paid, (Atoms(from_insurance), Atoms(from_fees)), "{name}");
        assert_eq!(world.capital(2), 7 + from_insurance + from_fees, "{name}");
        assert_eq!(world.markets[0].insurance_fees, Atoms(fees - from_fees), "{name}");
        assert_eq!(world.insurance, insurance - resolution.insurance_spent.0 - from_insurance, "{name}");
    }
}

#[test]
fn without_a_caller_there_is_no_bounty() {
    let mut world = ruined(5_000, 5_000, 500);
    let resolution = world.resolve(1, None).unwrap();
    assert_eq!((resolution.bounty_from_insurance, resolution.bounty_from_fees), (Atoms(0), Atoms(0)));
    assert_eq!((world.insurance, world.markets[0].insurance_fees), (4_000, Atoms(5_000)));
}

#[test]
fn each_market_pays_for_its_leg_and_insurance_pays_once() {
    let params = MarketParams { bankruptcy_bounty: Bps(100), bankruptcy_bounty_cap: Atoms(100), ..plain() };
    let mut world = World::new(&[(params, 1_000); 2], 3, 0);
    world.fund_all(&[50_000, 2_000, 0]);
    for market in [0, 1] {
        world.trade(0, 1, market, 10).unwrap();
    }
    for market in [0, 1] {
        world.gap(market, 1_200);
    }
    world.endow_fees(0, 1_000);
    world.endow_fees(1, 30);
    // Deficits of 1,000 a market leave 70 of insurance for bounties of 100 each.
    world.endow_insurance(2_070);
    let resolution = world.resolve(1, Some((2, false))).unwrap();
    assert_eq!((resolution.bounty_from_insurance, resolution.bounty_from_fees), (Atoms(70), Atoms(60)));
    assert_eq!([0, 1].map(|market| world.markets[market].insurance_fees), [Atoms(970), Atoms(0)]);
}
