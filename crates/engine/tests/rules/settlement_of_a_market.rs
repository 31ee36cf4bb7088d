//! Winding a market down: the final price, the grace, closing each side by itself, lapsing, and emptying it.

use jettison_engine::*;
use jettison_harness::{params::plain, World};

pub(crate) const GRACE: i64 = SETTLEMENT_GRACE_SECONDS;
pub(crate) const CLAIMS: i64 = SETTLEMENT_CLAIM_SECONDS;

/// Account 0 is long 10 from 1,000 against account 1, which has `capital`; account 2 is rich and flat. The price is
/// `price`, and the market is settling.
pub(crate) fn settling(capital: u64, price: u64) -> World {
    let mut world = World::plain(1_000, &[50_000, capital, 1 << 40]);
    world.trade(0, 1, 0, 10).unwrap();
    world.gap(0, price);
    world.begin_settlement(0).unwrap();
    world
}

#[test]
fn the_final_price_is_the_stable_price_within_a_band_around_the_effective_one() {
    for (effective, stable, last) in [
        (1_000_000, 1_000_000, 1_000_000),
        (1_000_000, 1_050_000, 1_050_000),
        (1_000_000, 1_050_001, 1_050_000),
        (1_000_000, 950_000, 950_000),
        (1_000_000, 949_999, 950_000),
        (1_000_000, u64::MAX, 1_050_000),
        // The band is rounded down.
        (1_019, 2_000, 1_069),
        (19, 25, 19),
        (1, 1, 1),
    ] {
        let mut world = World::plain(effective, &[50_000_000, 50_000_000]);
        world.trade(0, 1, 0, 10).unwrap();
        world.markets[0].stable_price = Price(stable);
        assert_eq!(world.begin_settlement(0), Ok(Price(last)), "{stable} beside {effective}");
        let market = &world.markets[0];
        assert_eq!([market.effective_price, market.target_price, market.stable_price], [Price(last); 3]);
        let moved = 10 * (i128::from(last) - i128::from(effective));
        assert_eq!([world.claim(0, 0), world.claim(1, 0)], [moved, -moved], "{stable} beside {effective}");
        assert_eq!(market.breakers.settles_ts, world.now + GRACE);
    }
}

#[test]
fn a_clock_at_either_end_of_time_settles_too() {
    for (now, settles) in [(-GRACE, 1), (i64::MIN, 1), (i64::MAX, i64::MAX)] {
        let mut market = World::plain(1_000, &[]).markets[0];
        market.begin_settlement(now).unwrap();
        assert!(market.is_settling() && market.breakers.settles_ts == settles, "at {now}");
        assert!(!market.has_lapsed(i64::MIN));
    }
}

#[test]
fn a_settling_market_takes_no_price_no_parameters_and_no_second_settlement() {
    let mut world = settling(50_000, 1_100);
    let refused = EngineError::MarketSettling;
    assert_eq!(world.accrue(0, 1_100, 1).unwrap_err(), refused);
    assert_eq!(world.suspend(0), Err(refused));
    assert_eq!(world.begin_settlement(0), Err(refused));
    assert_eq!(world.markets[0].set_params(plain()), Err(refused));
    assert_eq!(world.trade(2, 1, 0, 1).unwrap_err(), refused);
    assert_eq!(world.wind_up(0), Err(EngineError::MarketInUse));
    assert_eq!(World::plain(1_000, &[]).wind_up(0), Err(EngineError::MarketInUse), "live and empty");
}

#[test]
fn its_price_never_grows_stale_and_an_unusable_oracle_is_forgotten() {
    let mut world = World::plain(1_000, &[50_000, 50_000]);
    world.trade(0, 1, 0, 10).unwrap();
    world.suspend(0).unwrap();
    world.begin_settlement(0).unwrap();
    assert_eq!(world.markets[0].require_certain(), Ok(()));
    world.now += 1_000_000_000;
    world.settle(0).unwrap();
    world.withdraw(0, 50_000).unwrap();
}

#[test]
fn nobody_is_out_by_settlement_before_the_grace_is_over() {
    let mut world = settling(50_000, 1_100);
    for (seconds, closed) in [(0, 0), (GRACE - 1, 0), (GRACE, 10)] {
        let mut world = World { now: world.now + seconds, ..world.clone() };
        let settlement = world.settle(0).unwrap();
        assert_eq!(settlement.legs[0].closed, Contracts(closed), "after {seconds}");
        assert_eq!(world.position(0, 0), 10 - closed as i64, "after {seconds}");
        assert_eq!(world.position(1, 0), -10);
    }
    // Until then positions can be reduced, and from then on they close in no other way.
    world.now += GRACE - 1;
    world.trade(1, 0, 0, 3).unwrap();
    world.now += 1;
    assert_eq!(world.trade(1, 0, 0, 3).unwrap_err(), EngineError::MarketSettling);
}

#[test]
fn each_side_closes_by_itself_and_everybody_gets_their_money() {
    for order in [[0, 1], [1, 0]] {
        let mut world = settling(50_000, 1_100);
        world.now += GRACE;
        for who in order {
            world.settle(who).unwrap();
        }
        world.settle(0).unwrap();
        assert_eq!([world.capital(0), world.capital(1)], [51_000, 49_000], "{order:?}");
        assert_eq!((world.markets[0].legs, world.markets[0].pool), (0, Atoms(0)), "{order:?}");
        assert_eq!(world.wind_up(0), Ok(0));
    }
}

#[test]
fn liquidation_goes_on_during_the_grace_and_ends_with_it() {
    // Account 1 has 1,300 and has lost 1,000: its maintenance is 550.
    let mut world = settling(1_300, 1_100);
    world.now += GRACE - 1;
    assert!(world.clone().liquidate(1, 2, 0, 10).unwrap().size > Contracts(0));
    world.now += 1;
    assert_eq!(world.liquidate(1, 2, 0, 10).unwrap_err(), EngineError::MarketSettling);
    assert_eq!(world.settle(1).unwrap().legs[0].closed, Contracts(10));
    let mut weak = settling(1_200, 1_100);
    weak.now += GRACE - 1;
    assert!(weak.clone().deleverage(1, None, 0).unwrap().eligible);
    weak.now += 1;
    assert_eq!(weak.deleverage(1, None, 0).unwrap_err(), EngineError::MarketSettling);
}

#[test]
fn a_bankrupt_account_is_resolved_during_the_grace_and_the_other_side_bears_it() {
    let mut world = settling(1_000, 1_150);
    world.now += GRACE - 1;
    let leg = *world.resolve(1, None).unwrap().legs().next().unwrap();
    assert_eq!((leg.deficit, leg.by_index, leg.size), (Atoms(500), Atoms(500), Contracts(10)));
    // By deleveraging: the other side's contracts are gone with it.
    assert_eq!(world.markets[0].long.contracts, Contracts(0));
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.markets[0].legs), (51_000, 0));
}

#[test]
fn after_the_grace_it_is_resolved_too_and_closed_by_its_own_side_alone() {
    let mut world = settling(1_000, 1_150);
    world.now += GRACE;
    // Of a bankrupt account nothing is moved or closed.
    let settlement = world.settle(1).unwrap();
    assert_eq!((settlement.legs[0].closed, world.capital(1)), (Contracts(0), 1_000));
    let leg = *world.resolve(1, None).unwrap().legs().next().unwrap();
    assert_eq!((leg.by_index, leg.size), (Atoms(500), Contracts(10)));
    assert_eq!(
        (world.markets[0].short.contracts, world.markets[0].long.contracts),
        (Contracts(0), Contracts(10))
    );
    world.settle(0).unwrap();
    assert_eq!((world.capital(0), world.markets[0].legs), (51_000, 0));
    assert_eq!((world.wind_up(0), world.vault), (Ok(0), 51_000 + (1 << 40)));
}

#[test]
fn an_account_closed_in_one_market_keeps_its_position_in_another() {
    let mut world = World::new(&[(plain(), 1_000); 2], 2, 0);
    world.fund_all(&[50_000, 50_000]);
    for market in 0..2 {
        world.trade(0, 1, market, 10).unwrap();
    }
    world.begin_settlement(0).unwrap();
    world.now += GRACE;
    assert_eq!(world.settle(0).unwrap_err(), EngineError::StalePrice);
    world.accrue(1, 1_000, 0).unwrap();
    world.settle(0).unwrap();
    assert_eq!((world.position(0, 0), world.position(0, 1)), (0, 10));
}
