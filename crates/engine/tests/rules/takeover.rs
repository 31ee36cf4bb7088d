//! Taking over the positions of a bankrupt account, and falling back to deleveraging.

use jettison_engine::*;

use jettison_harness::{params::plain, World};

/// Account 1, short 10 with 1,000, is bankrupt at 1,200; account 0 is long; account 2 has `capital`.
fn ruined(capital: u64) -> World {
    let mut world = World::plain(1_000, &[50_000, 1_000, capital, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_200);
    world
}

/// The same resolution with and without the offer ends in the same state.
fn require_fallback(world: &World, who: usize, by: usize, name: &str) {
    let (mut offered, mut not) = (world.clone(), world.clone());
    let resolution = offered.resolve(who, Some((by, true))).unwrap();
    assert!(!resolution.taken_over, "{name}");
    let plain = not.resolve(who, Some((by, false))).unwrap();
    assert_eq!(resolution, plain, "{name}");
    assert_eq!((offered.accounts, offered.markets), (not.accounts, not.markets), "{name}");
}

#[test]
fn the_caller_gets_the_position_at_the_effective_price_and_nobody_is_deleveraged() {
    let mut world = ruined(5_000);
    let resolution = world.resolve(1, Some((2, true))).unwrap();
    assert!(resolution.taken_over);
    assert_eq!([0, 1, 2].map(|who| world.position(who, 0)), [10, 0, -10]);
    assert_eq!(
        (world.claim(2, 0), world.claim(0, 0)),
        (0, 1_000),
        "the loss is the other side's all the same"
    );
    assert_eq!(world.markets[0].long.contracts, Contracts(10));
    world.gap(0, 1_210);
    assert_eq!(world.claim(2, 0), -100);
}

#[test]
fn the_caller_needs_initial_margin_or_everything_is_put_back_and_deleveraged() {
    let mut world = ruined(1_200);
    assert!(world.resolve(1, Some((2, true))).unwrap().taken_over);
    require_fallback(&ruined(1_199), 1, 2, "an atom short of initial margin");
    require_fallback(&ruined(0), 1, 2, "nothing");
}

#[test]
fn a_bounty_does_not_count_toward_the_margin_it_is_paid_for() {
    let params = MarketParams { bankruptcy_bounty: Bps(100), bankruptcy_bounty_cap: Atoms(500), ..plain() };
    let mut world = World::with(params, 1_000, &[50_000, 1_000, 1_199]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, 1_200);
    world.endow_insurance(10_000);
    require_fallback(&world, 1, 2, "the bounty of 120 would have been enough");
}

#[test]
fn a_counterparty_closes_its_own_position_and_bears_its_share() {
    let mut world = ruined(0);
    assert!(world.resolve(1, Some((0, true))).unwrap().taken_over);
    assert_eq!((world.position(0, 0), world.claim(0, 0)), (0, 1_000));
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.accounts[0].has_no_legs()), (51_000, true));
    assert_eq!(world.markets[0].pool, Atoms::ZERO);
}

#[test]
fn a_counterparty_that_can_t_close_enough_is_put_back_with_its_leg_unmarked() {
    let mut world = World::plain(1_000, &[50_000, 1_000, 300]);
    world.trade(0, 1, 0, 7).unwrap();
    world.trade(2, 1, 0, 3).unwrap();
    world.gap(0, 1_200);
    // Account 2 would end up short 7, which needs 840, with 300 and half of 600 less its share of the loss.
    require_fallback(&world, 1, 2, "short of margin on the other side");
}

#[test]
fn all_positions_are_taken_over_or_none() {
    for (capital, taken) in [(2_400, true), (2_399, false)] {
        let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
        world.fund_all(&[50_000, 2_000, capital]);
        for market in [0, 1] {
            world.trade(0, 1, market, 10).unwrap();
        }
        for market in [0, 1] {
            world.gap(market, 1_200);
        }
        if taken {
            assert!(world.resolve(1, Some((2, true))).unwrap().taken_over);
            assert_eq!([0, 1].map(|market| world.position(2, market)), [-10, -10]);
        } else {
            require_fallback(&world, 1, 2, "margin for one of two");
        }
    }
}

#[test]
fn a_caller_without_a_free_slot_falls_back() {
    let mut world = World::new(&[(plain(), 1_000); 9], 4, 0);
    world.fund_all(&[50_000, 1_000, 50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    for market in 1..=MAX_LEGS {
        world.trade(2, 3, market, 1).unwrap();
    }
    world.gap(0, 1_200);
    require_fallback(&world, 1, 2, "all slots in use");
    world.trade(3, 2, MAX_LEGS, 1).unwrap();
    assert!(world.resolve(1, Some((2, true))).unwrap().taken_over);
}

#[test]
fn an_offer_without_the_callers_markets_or_with_stale_ones_is_an_error() {
    let mut world = World::new(&[(plain(), 1_000); 2], 3, 0);
    world.fund_all(&[50_000, 1_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.trade(0, 2, 1, 10).unwrap();
    world.gap(0, 1_200);
    let missing = Err(EngineError::MarketMissing);
    for (name, takes_over, expected) in [("an offer", true, missing), ("no offer", false, Ok(false))] {
        let (mut bankrupt, mut caller, mut market) = (world.accounts[1], world.accounts[2], world.markets[0]);
        let mut lent = [&mut market];
        let mut markets = Markets::new(&mut lent).unwrap();
        let offer = Caller { account: &mut caller, takes_over };
        let resolved = resolve_bankruptcy(&mut bankrupt, Some(offer), &mut markets, Atoms::ZERO, world.now);
        assert_eq!(resolved.map(|resolution| resolution.taken_over), expected, "{name}");
    }
    world.now += 61;
    world.accrue(0, 1_200, 0).unwrap();
    assert_eq!(world.clone().resolve(1, Some((2, true))).unwrap_err(), EngineError::StalePrice);
    assert!(!world.resolve(1, Some((2, false))).unwrap().taken_over);
}

#[test]
fn a_bankrupt_account_without_a_position_has_nothing_to_take_over() {
    let mut world = World::new(&[(plain(), 1_000); 2], 4, 0);
    world.fund_all(&[2_000, 50_000, 50_000, 0]);
    world.trade(1, 0, 0, 10).unwrap();
    world.trade(0, 2, 1, 10).unwrap();
    world.gap(0, 1_300);
    world.gap(1, 1_300);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(1, 1_050);
    world.trade(2, 0, 1, 10).unwrap_err();
    assert!(world.is_bankrupt(0));
    let resolution = world.resolve(0, Some((3, true))).unwrap();
    assert_eq!(resolution.legs().map(|leg| leg.size.0).collect::<Vec<_>>(), [0, 10]);
    assert!(!resolution.taken_over, "market 1's position needs margin");
}
