//! Legs that a market hasn't counted, because it or its accounts are of a time that didn't count.

use jettison_engine::*;
use jettison_harness::{params::plain, World};

use super::settlement_of_a_market::{settling, GRACE};

#[test]
fn legs_are_counted_in_their_markets_and_all_of_them_must_be_there() {
    let mut world = World::new(&[(plain(), 1_000); 2], 2, 0);
    world.fund_all(&[50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.trade(0, 1, 1, 10).unwrap();
    for market in &mut world.markets {
        market.legs = 0;
    }
    let account = world.accounts[0];
    let [first, second] = &mut world.markets[..] else { panic!("two markets") };
    assert_eq!(account.count_legs(&mut Markets::new(&mut [&mut *first, &mut *second]).unwrap()), Ok(2));
    assert_eq!((first.legs, second.legs), (1, 1));
    let missing = account.count_legs(&mut Markets::new(&mut [second]).unwrap());
    assert_eq!(missing, Err(EngineError::MarketMissing));
}

#[test]
fn a_market_with_uncounted_legs_is_settled_like_any_other_and_never_wound_up() {
    let mut world = settling(50_000, 1_100);
    world.markets[0].has_uncounted_legs = 1;
    world.now += GRACE;
    world.settle(1).unwrap();
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.markets[0].legs), (51_000, 0));
    assert_eq!(world.wind_up(0), Err(EngineError::MarketInUse));
    world.markets[0].has_uncounted_legs = 0;
    assert_eq!(world.wind_up(0), Ok(0));
}
