//! Funding: what a premium does to the rate, and what the rate moves from one side to the other.

use jettison_engine::*;
use jettison_harness::{params::plain, World};
use proptest::prelude::*;

/// A sixty-fourth: with a period of 5,120 seconds, 10 of them at a price of 3,276,800 cost 100 atoms to the last bit.
const SIXTY_FOURTH: i64 = RATE_ONE / 64;
pub(crate) const PRICE: u64 = 3_276_800;
const ATOM: i128 = 1 << CHANGE_BITS;

pub(crate) fn funded() -> MarketParams {
    MarketParams {
        max_funding: Bps(1_000),
        funding_period_seconds: 5_120,
        max_price_age_seconds: 86_400,
        ..plain()
    }
}

/// Account 0 is long 10 against account 1, and the rate is `average` until the next accrual.
pub(crate) fn at_rate(params: MarketParams, price: u64, average: i64) -> World {
    let mut world = World::with(params, price, &[1 << 40, 1 << 40]);
    world.trade(0, 1, 0, 10).unwrap();
    world.accrue(0, price, 0).unwrap();
    hold(&mut world, average);
    world
}

fn hold(world: &mut World, average: i64) {
    let funding = &mut world.markets[0].funding;
    *funding = Funding { average, ..Funding::default() };
}

#[test]
fn longs_pay_shorts_the_rate_for_the_time_up_to_a_keeper_window() {
    for (name, average, seconds, funding, claims) in [
        ("ten seconds", SIXTY_FOURTH, 10, 100 * ATOM, [-1_000, 1_000]),
        // The fraction is no power of two: a unit less, which the short's claim is rounded down by and the long's not up.
        ("a second", SIXTY_FOURTH, 1, 10 * ATOM - 1, [-100, 99]),
        ("shorts pay", -SIXTY_FOURTH, 10, -100 * ATOM, [1_000, -1_000]),
        ("a second more than the window", SIXTY_FOURTH, 11, 100 * ATOM, [-1_000, 1_000]),
        ("a day", SIXTY_FOURTH, 86_400, 100 * ATOM, [-1_000, 1_000]),
        ("no time", SIXTY_FOURTH, 0, 0, [0, 0]),
        ("no premium", 0, 10, 0, [0, 0]),
    ] {
        let mut world = at_rate(funded(), PRICE, average);
        assert_eq!(world.accrue(0, PRICE, seconds).unwrap().funding, funding, "{name}");
        assert_eq!([world.claim(0, 0), world.claim(1, 0)], claims, "{name}");
        assert_eq!(world.markets[0].effective_price, Price(PRICE), "{name}");
    }
}

#[test]
fn funding_is_of_the_price_before_and_comes_beside_the_move() {
    let mut world = at_rate(funded(), PRICE, SIXTY_FOURTH);
    let accrual = world.accrue(0, 2 * PRICE, 10).unwrap();
    assert_eq!((accrual.funding, accrual.price_after), (100 * ATOM, Price(PRICE + 32_768)));
    assert_eq!([world.claim(0, 0), world.claim(1, 0)], [10 * (32_768 - 100), -10 * (32_768 - 100)]);
}

#[test]
fn the_rate_is_clamped_to_the_markets_bound() {
    for (bound, average, rate) in [
        (0, RATE_ONE, 0),
        (1, 99_999_999, 99_999_999),
        (1, 100_000_001, 100_000_000),
        (1_000, RATE_ONE / 10, RATE_ONE / 10),
        (1_000, RATE_ONE / 10 + 1, RATE_ONE / 10),
        (1_000, -RATE_ONE / 10 - 1, -RATE_ONE / 10),
        (1_000, i64::MAX, RATE_ONE / 10),
        (1_000, i64::MIN, -RATE_ONE / 10),
    ] {
        let funding = Funding { average, ..Funding::default() };
        let params = MarketParams { max_funding: Bps(bound), ..funded() };
        assert_eq!(funding.rate(&params), rate, "{average} within {bound}");
    }
}

/// The unit is 2⁻⁴⁴ atoms; a payment is rounded toward the longs, and what one side has less the other has more.
#[test]
fn the_least_payment_is_rounded_down_and_moves_no_more_than_a_unit() {
    for (average, price, units) in [(1, 1, 0), (-1, 1, -1), (1, 1_000, 3), (-1, 1_000, -4)] {
        let mut world = at_rate(funded(), price, average);
        assert_eq!(world.accrue(0, price, 1).unwrap().funding, units, "{average} of {price}");
        let market = &world.markets[0];
        let moved = [market.long, market.short].map(|side| side.settlement_index.get());
        assert_eq!(moved, [-units, units], "{average} of {price}");
    }
}

#[test]
fn the_largest_payment_does_not_overflow() {
    let params = MarketParams {
        max_open_interest: Contracts(1),
        max_move_per_second: Bps(1),
        keeper_window_seconds: 3_600,
        funding_period_seconds: 3_600,
        maintenance_margin: Bps(10_000),
        initial_margin: Bps(10_000),
        deleverage_threshold: Bps(10_000),
        ..funded()
    };
    for (average, target) in
        [(i64::MAX, 1), (i64::MAX, MAX_NOTIONAL), (i64::MIN, 1), (i64::MIN, MAX_NOTIONAL)]
    {
        let mut world = World::with(params, MAX_NOTIONAL, &[1 << 58, 1 << 58]);
        world.trade(0, 1, 0, 1).unwrap();
        world.accrue(0, MAX_NOTIONAL, 0).unwrap();
        hold(&mut world, average);
        let funding = world.accrue(0, target, 3_600).unwrap().funding;
        // A tenth of the price, rounded down to what price × 2⁻⁶⁴ can tell apart: 2⁵⁶ × 2⁻⁶⁴ is less than an atom.
        let tenth = i128::from(MAX_NOTIONAL) * ATOM / 10 * i128::from(average.signum());
        assert!((0..ATOM).contains(&(tenth - funding)), "{average}: {funding} of {tenth}");
    }
}

/// At maintenance to the atom, where clamp, funding at its bound and no fee take all of it.
#[test]
fn a_keeper_window_of_moves_and_funding_leaves_no_deficit() {
    let params = |maintenance| MarketParams {
        max_funding: Bps(1_000),
        funding_period_seconds: 3_600,
        keeper_window_seconds: 60,
        max_move_per_second: Bps(10),
        liquidation_max_fee: Bps(0),
        liquidation_min_fee: Bps(0),
        maintenance_margin: Bps(maintenance),
        deleverage_threshold: Bps(10_000),
        ..plain()
    };
    let least = (1..1_000).find(|rate| params(*rate).validate().is_ok()).unwrap();
    // 1.001⁶⁰ is 1.061805; a tenth of it, for a sixtieth of the period, is 0.001770.
    assert_eq!(least, 636);
    for (target, average, loser) in [(1, RATE_ONE, 0), (100_000_000, -RATE_ONE, 1)] {
        for accruals in [1, 6, 60] {
            let mut world = at_rate(params(least), 1_000_000, average);
            let margin = u64::from(least) * 1_000;
            let taken = (1 << 40) - margin;
            world.accounts[loser].capital = Atoms(margin);
            world.vault -= taken;
            world.outside -= i128::from(taken);
            for _ in 0..accruals {
                world.accrue(0, target, 60 / accruals).unwrap();
            }
            assert!(world.equity(loser) >= 0, "{loser} in {accruals}: {}", world.equity(loser));
        }
    }
}

proptest! {
    #![proptest_config(crate::cases(200))]

    /// Ten accruals of a second take what one of ten does, less the rounding of each: a unit, and a unit of the fraction
    /// (2⁻⁶⁴) times the price.
    #[test]
    fn funding_by_the_second_is_funding_by_ten_within_its_rounding(
        price in 1..10_000_000_000u64,
        average in -RATE_ONE / 10..=RATE_ONE / 10,
    ) {
        let mut seconds = at_rate(funded(), price, average);
        let mut at_once = seconds.clone();
        let whole = at_once.accrue(0, price, 10).unwrap().funding;
        let accrue = |world: &mut World| {
            hold(world, average);
            world.accrue(0, price, 1).unwrap().funding
        };
        let parts: i128 = (0..10).map(|_| accrue(&mut seconds)).sum();
        let rounding = 10 * (i128::from(price >> 20) + 2);
        prop_assert!((0..=rounding).contains(&(whole - parts)), "{parts} of {whole}");
    }

    /// On diluted sides too: together they never get more than nothing, and lose less than a unit of the index a share.
    #[test]
    fn funding_is_zero_sum_and_never_mints(
        average in -RATE_ONE / 10..=RATE_ONE / 10,
        size in 1..5u64,
        seconds in 1..20i64,
    ) {
        let params = MarketParams { insurance_base: Atoms(0), ..funded() };
        let mut world = World::with(params, 1_000_000, &[1 << 40, 1 << 40, size * 100_000]);
        world.trade(0, 1, 0, 7).unwrap();
        world.trade(0, 2, 0, size).unwrap();
        world.gap(0, 1_200_000);
        world.resolve(2, None).unwrap();
        world.accrue(0, 1_200_000, 1).unwrap();
        hold(&mut world, average);
        let before = [world.claim(0, 0), world.claim(1, 0)];
        world.accrue(0, 1_200_000, seconds).unwrap();
        let got = world.claim(0, 0) - before[0] + world.claim(1, 0) - before[1];
        prop_assert!((-2..=0).contains(&got), "{got}");
    }
}
