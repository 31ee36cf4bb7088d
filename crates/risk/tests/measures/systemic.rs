//! A market as a whole.

use jettison_engine::{Atoms, Bps, Contracts, Direction, MarketParams};
use jettison_harness::{params::plain, World};
use jettison_risk::{Grid, GridMove, Move, Ratio};

use crate::{snapshot, MARKET, PRICE};

#[test]
fn the_expected_haircut_is_the_mean_over_the_grid() {
    let mut world = World::plain(PRICE, &[10 * PRICE, 500 * PRICE]);
    world.trade(0, 1, 0, 100).unwrap();
    let step = |shift, weight| GridMove { shift: Move(shift), weight };
    let grid = Grid(vec![step(-300_000, 1), step(-200_000, 2), step(-100_000, 4), step(100_000, 5)]);
    let risk = snapshot(&world).systemic(MARKET, &grid, Bps(1_000)).unwrap();
    let charged: Vec<u64> = risk.rows.iter().map(|row| row.loss.to_shorts.0).collect();
    assert_eq!(charged, [20_000_000, 10_000_000, 0, 0]);
    // (1 × 20 + 2 × 10) / (12 × 100 contracts).
    assert_eq!(risk.short.expected_haircut, Ratio::new(40_000_000_u128, 1_200_u128));
    assert_eq!(risk.long.expected_haircut.numerator, 0);
    assert_eq!(risk.open_interest, Contracts(100));
}

#[test]
fn insurance_left_is_what_the_allowance_lets_out_of_what_there_is() {
    let params = MarketParams { insurance_base: Atoms(4_000_000), ..plain() };
    for (fund, left) in [(9_000_000, 4_000_000), (3_000_000, 3_000_000)] {
        let world = World::new(&[(params, PRICE)], 1, fund);
        let risk = snapshot(&world).systemic(MARKET, &Grid::default(), Bps(1_000)).unwrap();
        assert_eq!((risk.insurance, risk.insurance_left), (Atoms(fund), Atoms(left)));
    }
}

#[test]
fn concentration_counts_the_parts_of_a_side() {
    let mut world = World::plain(PRICE, &[500 * PRICE; 8]);
    for (who, size) in [(0, 40), (1, 20), (2, 10), (3, 10), (4, 10), (5, 10)] {
        world.trade(who, 7, 0, size).unwrap();
    }
    let longs = snapshot(&world).concentration(MARKET, Direction::Long);
    assert_eq!(longs.accounts, 6);
    assert_eq!(longs.largest.decimal(2), "0.40");
    assert_eq!(longs.largest_five.decimal(2), "0.90");
    assert_eq!(longs.herfindahl.decimal(2), "0.24");
    let shorts = snapshot(&world).concentration(MARKET, Direction::Short);
    assert_eq!((shorts.accounts, shorts.herfindahl.decimal(2).as_str()), (1, "1.00"));
    let nobody = snapshot(&World::plain(PRICE, &[0])).concentration(MARKET, Direction::Long);
    assert_eq!((nobody.accounts, nobody.largest.decimal(2).as_str()), (0, "0.00"));
}

#[test]
fn moves_to_prices_that_the_market_does_not_accept_are_left_out() {
    let params = plain();
    let price = params.max_price().0 * 100 / 119;
    let world = World::new(&[(params, price)], 1, 0);
    let rows = snapshot(&world).systemic(MARKET, &Grid::default(), Bps(1_000)).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.shift).max(), Some(Move(150_000)));
    assert_eq!(rows.len(), 12 + 7);
}
