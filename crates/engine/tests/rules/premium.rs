//! The premium of trades, and the average that the funding rate is.

use jettison_engine::*;
use jettison_harness::World;

use super::funding::{at_rate, funded};

/// Ten contracts of 1,000,000 are open: an atom of premium is 10⁵ of `RATE_ONE`.
const AN_ATOM: i64 = 100_000;

/// A market with ten open, these sums, and this average.
fn with(paid: i64, volume: u64, average: i64) -> World {
    let mut world = at_rate(funded(), 1_000_000, average);
    world.markets[0].funding.premium_paid = SignedAtoms(paid);
    world.markets[0].funding.volume = Contracts(volume);
    world
}

#[test]
fn the_average_moves_toward_the_premium_by_its_part_of_the_period_toward_zero() {
    for (paid, average, seconds, after) in [
        (5_120, 0, 1, AN_ATOM),
        (1, 0, 1, 19),
        (-1, 0, 1, -19),
        (-5_120, 0, 1, -AN_ATOM),
        (512, 0, 10, AN_ATOM),
        // No more than a keeper window counts.
        (512, 0, 86_400, AN_ATOM),
        (5_120, 0, 0, 0),
        (0, 5_120, 10, 5_110),
        (10_000_000, -RATE_ONE, 10, -RATE_ONE + 3_906_250_000),
        (-10_000_000, RATE_ONE, 10, RATE_ONE - 3_906_250_000),
    ] {
        let mut world = with(paid, 0, average);
        world.accrue(0, 1_000_000, seconds).unwrap();
        assert_eq!(world.markets[0].funding.average, after, "{paid} and {average} in {seconds}");
    }
}

#[test]
fn trades_run_off_over_the_funding_period_rounded_up() {
    for (paid, volume, seconds, left) in [
        (51_200, 51_200, 1, (51_190, 51_190)),
        (-51_200, 51_200, 10, (-51_100, 51_100)),
        (51_200, 51_200, 86_400, (51_100, 51_100)),
        (1, 1, 1, (0, 0)),
        (-1, 5_121, 1, (0, 5_119)),
        (7, 7, 0, (7, 7)),
    ] {
        let mut world = with(paid, volume, 0);
        world.accrue(0, 1_000_000, seconds).unwrap();
        let funding = world.markets[0].funding;
        assert_eq!((funding.premium_paid.0, funding.volume.0), left, "{paid}, {volume} in {seconds}");
    }
}

#[test]
fn the_premium_is_the_mean_of_trades_by_size_rounded_toward_zero() {
    for (name, trades, premium) in [
        ("at the price", &[(10, 0)][..], 0),
        ("a hundredth over it", &[(10, 10_000)], RATE_ONE / 100),
        ("under it", &[(10, -10_000)], -RATE_ONE / 100),
        ("the larger weighs more", &[(10, 10_000), (30, -10_000)], -RATE_ONE / 200),
        ("as much over as under", &[(10, 10_000), (10, -10_000)], 0),
        ("three contracts and an atom", &[(2, 0), (1, 1)], 333_333),
        ("three contracts less an atom", &[(2, 0), (1, -1)], -333_333),
        ("one at the band beside real volume", &[(999, 0), (1, 50_000)], RATE_ONE / 20_000),
        ("one under it beside real volume", &[(999, 0), (1, -50_000)], -RATE_ONE / 20_000),
    ] {
        let mut world = World::with(funded(), 1_000_000, &[1 << 40, 1 << 40]);
        for (size, off) in trades {
            let price = Price(1_000_000u64.strict_add_signed(*off));
            world.trade_at(0, 1, Terms { price, ..world.terms(0, *size) }).unwrap();
        }
        let traded_ts = world.now;
        world.accrue(0, 1_000_000, 1).unwrap();
        let funding = world.markets[0].funding;
        assert_eq!((funding.premium, funding.traded_ts), (premium, traded_ts), "{name}");
    }
}

/// Else a contract traded with oneself at the edge of the band would set the rate of a market with any number open.
#[test]
fn trades_of_less_than_the_open_interest_count_as_that_part_of_a_premium() {
    for (size, premium) in [(1, RATE_ONE / 20_000), (500, RATE_ONE / 40), (5_000, RATE_ONE / 40)] {
        let mut world = World::with(funded(), 1_000_000, &[1 << 40, 1 << 40, 1 << 40, 1 << 40]);
        world.trade(0, 1, 0, 1_000).unwrap();
        world.markets[0].funding = Funding::default();
        // Opened a twentieth above the price, and closed at the price.
        world.trade_at(2, 3, Terms { price: Price(1_050_000), ..world.terms(0, size) }).unwrap();
        world.trade(3, 2, 0, size).unwrap();
        world.accrue(0, 1_000_000, 1).unwrap();
        assert_eq!(world.markets[0].funding.premium, premium, "{size}");
    }
}

#[test]
fn a_premium_is_at_most_one_and_sums_beyond_64_bits_stay_where_they_are() {
    for (paid, volume, off, premium) in [
        (i64::MAX, 1, 1, RATE_ONE),
        (i64::MIN, 1, -1, -RATE_ONE),
        (i64::MAX - 1, 1, 1, RATE_ONE),
        // Half of 10¹² over 177, toward zero.
        (i64::MAX, u64::MAX, 1, 2_824_858_757),
        (i64::MIN, u64::MAX, -1, -2_824_858_757),
        (0, u64::MAX, 0, 0),
    ] {
        let mut world = at_rate(funded(), 177, 0);
        world.markets[0].funding.premium_paid = SignedAtoms(paid);
        world.markets[0].funding.volume = Contracts(volume);
        let price = Price(177u64.strict_add_signed(off));
        world.trade_at(0, 1, Terms { price, ..world.terms(0, 1) }).unwrap();
        world.accrue(0, 177, 1).unwrap();
        assert_eq!(world.markets[0].funding.premium, premium, "{paid} of {volume}");
    }
}

/// However accruals are placed around it, a wash trade weighs no more than its size.
#[test]
fn accruals_do_not_part_a_wash_trade_from_real_volume() {
    for gap in [0, 1, 10] {
        let mut world = World::with(funded(), 1_000_000, &[1 << 40, 1 << 40]);
        world.trade(0, 1, 0, 999).unwrap();
        world.accrue(0, 1_000_000, gap).unwrap();
        world.trade_at(0, 1, Terms { price: Price(1_050_000), ..world.terms(0, 1) }).unwrap();
        world.accrue(0, 1_000_000, 0).unwrap();
        world.accrue(0, 1_000_000, 1).unwrap();
        let premium = world.markets[0].funding.premium;
        assert!(premium <= RATE_ONE / 20_000, "{gap}: {premium}");
    }
}

#[test]
fn trades_while_the_price_is_uncertain_say_nothing() {
    for lagging in [true, false] {
        let mut world = at_rate(funded(), 1_000_000, 0);
        if lagging {
            world.accrue(0, 2_000_000, 1).unwrap();
        } else {
            world.suspend(0).unwrap();
        }
        world.trade_at(1, 0, Terms { price: Price(970_000), ..world.terms(0, 5) }).unwrap();
        assert_eq!(world.markets[0].funding.volume, Contracts(0), "lagging: {lagging}");
    }
}
