//! The premium of trades, and the average that the funding rate is.

use jettison_engine::*;
use jettison_harness::World;

use super::funding::{at_rate, funded, PRICE};

#[test]
fn the_average_moves_toward_the_premium_by_its_part_of_the_period_toward_zero() {
    for (premium, average, seconds, after) in [
        (5_120, 0, 1, 1),
        (5_119, 0, 1, 0),
        (-5_119, 0, 1, 0),
        (-5_120, 0, 1, -1),
        (10_239, 0, 1, 1),
        (512, 0, 10, 1),
        (512, 0, 86_400, 1),
        (5_120, 0, 0, 0),
        (0, 5_120, 10, 5_110),
        (RATE_ONE, -RATE_ONE, 10, -RATE_ONE + 3_906_250_000),
        (-RATE_ONE, RATE_ONE, 10, RATE_ONE - 3_906_250_000),
    ] {
        let mut world = at_rate(funded(), PRICE, 0);
        world.markets[0].funding.premium = premium;
        world.markets[0].funding.average = average;
        // A premium this old would stand no longer.
        world.markets[0].funding.sampled_ts += seconds;
        world.accrue(0, PRICE, seconds).unwrap();
        assert_eq!(world.markets[0].funding.average, after, "{average} to {premium} in {seconds}");
    }
}

#[test]
fn a_premium_stands_for_a_funding_period_without_trades() {
    for (seconds, premium) in [(5_119, 700), (5_120, 700), (5_121, 0), (i64::MAX - 1_000, 0)] {
        let mut world = at_rate(funded(), PRICE, 700);
        world.accrue(0, PRICE, seconds).unwrap();
        assert_eq!(world.markets[0].funding.premium, premium, "after {seconds}");
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
        world.accrue(0, 1_000_000, 1).unwrap();
        let funding = world.markets[0].funding;
        assert_eq!((funding.premium, funding.sampled_ts), (premium, world.now), "{name}");
        assert_eq!((funding.volume, funding.premium_paid), (Contracts(0), SignedAtoms(0)), "{name}");
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

/// Else one could accrue, trade one contract with oneself at the edge of the band, and accrue again: all in a second in
/// which others traded a thousand at the price.
#[test]
fn accruals_within_a_second_do_not_part_a_wash_trade_from_real_volume() {
    let mut world = World::with(funded(), 1_000_000, &[1 << 40, 1 << 40]);
    world.accrue(0, 1_000_000, 1).unwrap();
    world.trade(0, 1, 0, 999).unwrap();
    world.accrue(0, 1_000_000, 0).unwrap();
    world.trade_at(0, 1, Terms { price: Price(1_050_000), ..world.terms(0, 1) }).unwrap();
    world.accrue(0, 1_000_000, 0).unwrap();
    world.accrue(0, 1_000_000, 1).unwrap();
    assert_eq!(world.markets[0].funding.premium, RATE_ONE / 20_000);
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

/// What one trade can do where there is no other: until the next trades its premium stands, however small it is. What that
/// moves is bounded by the market's highest rate, not by the trade.
#[test]
fn a_lone_trade_of_one_contract_sets_the_premium_and_the_next_trades_replace_it() {
    let mut world = World::with(funded(), 1_000_000, &[1 << 40, 1 << 40]);
    world.trade(0, 1, 0, 999).unwrap();
    world.accrue(0, 1_000_000, 1).unwrap();
    world.trade_at(0, 1, Terms { price: Price(1_050_000), ..world.terms(0, 1) }).unwrap();
    world.accrue(0, 1_000_000, 1).unwrap();
    assert_eq!(world.markets[0].funding.premium, RATE_ONE / 20);
    world.trade(0, 1, 0, 1).unwrap();
    world.accrue(0, 1_000_000, 1).unwrap();
    assert_eq!(world.markets[0].funding.premium, 0);
}
