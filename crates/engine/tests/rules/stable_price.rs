//! The stable price, and initial margin at the worse of it and the effective price.

use jettison_engine::*;
use jettison_harness::{params::plain, World};
use proptest::collection::vec;
use proptest::prelude::*;

/// 300 seconds, with a keeper window of 10.
fn slow() -> MarketParams {
    MarketParams { stable_window_seconds: 300, max_price_age_seconds: 86_400, ..plain() }
}

/// A market at `effective`, whose stable price is `stable` and was moved just now.
fn apart(effective: u64, stable: u64) -> World {
    let mut world = World::with(slow(), effective, &[]);
    world.markets[0].stable_price = Price(stable);
    world
}

fn stable(world: &World) -> u64 {
    world.markets[0].stable_price.0
}

#[test]
fn it_moves_by_its_part_of_the_gap_rounded_down() {
    for (effective, from, seconds, after) in [
        (1_000_000, 997_000, 1, 997_010),
        (1_000_000, 1_003_000, 1, 1_002_990),
        (1_000_000, 997_000, 150, 998_500),
        (1_000_000, 997_000, 299, 999_990),
        (1_000_000, 997_000, 300, 1_000_000),
        (1_000_000, 997_000, 301, 1_000_000),
        (1_000_000, 997_000, i64::MAX - 1_000, 1_000_000),
        (1_000_000, 997_000, 0, 997_000),
        // floor(599 / 300) and floor(299 / 300).
        (1_000_000, 999_401, 1, 999_402),
        (1_000_000, 1_000_599, 1, 1_000_598),
        (1_000_000, 999_701, 1, 999_701),
        (1_000_000, 1_000_000, 7, 1_000_000),
    ] {
        let mut world = apart(effective, from);
        world.accrue(0, effective, seconds).unwrap();
        assert_eq!(stable(&world), after, "{from} to {effective} in {seconds}");
    }
}

#[test]
fn with_a_window_of_a_second_it_is_the_effective_price() {
    let mut world = World::plain(1_000_000, &[]);
    for target in [1_000_500, 1_000_000, 2_000_000] {
        world.accrue(0, target, 1).unwrap();
        assert_eq!(world.markets[0].stable_price, world.markets[0].effective_price);
    }
}

#[test]
fn frequent_accruals_do_not_hold_it() {
    for (from, seconds) in [(999_990, 3_000), (1_000_001, 300), (999_701, 4_000)] {
        let mut world = apart(1_000_000, from);
        for _ in 0..seconds {
            world.accrue(0, 1_000_000, 1).unwrap();
            world.accrue(0, 1_000_000, 0).unwrap();
        }
        assert_eq!(stable(&world), 1_000_000, "from {from}");
    }
}

/// Also under a price that flickers by an atom, so that each accrual finds another gap.
#[test]
fn a_flickering_price_does_not_hold_it() {
    let mut world = apart(1_000_000, 999_800);
    for second in 0..4_000 {
        world.accrue(0, 1_000_000 + second % 2, 1).unwrap();
    }
    assert!((999_999..=1_000_001).contains(&stable(&world)), "{}", stable(&world));
}

/// Time in which it stood, because less than an atom was due, doesn't count for a larger gap that opens afterwards.
#[test]
fn standing_an_atom_off_does_not_make_it_follow_a_jump() {
    for from in [999_999, 1_000_001, 1_000_000] {
        let mut world = apart(1_000_000, from);
        for _ in 0..29 {
            world.accrue(0, 1_000_000, 10).unwrap();
        }
        assert_eq!(stable(&world), from);
        world.accrue(0, 2_000_000, 9).unwrap();
        let gap = 1_009_000 - from;
        assert_eq!(world.markets[0].effective_price, Price(1_009_000));
        let moved = stable(&world) - from;
        // Of the time in which it stood, which was less than an atom's worth, a second at most.
        assert!((gap * 9 / 300..=gap * 10 / 300).contains(&moved), "{moved} from {from}");
    }
}

/// Ten longs or ten shorts opened at 1,000,000, with 10,000,000 of capital.
fn holder(direction: Direction, effective: u64, stable: u64) -> World {
    let mut world = World::with(slow(), 1_000_000, &[10_000_000, 1 << 40]);
    match direction {
        Direction::Long => world.trade(0, 1, 0, 10).unwrap(),
        Direction::Short => world.trade(1, 0, 0, 10).unwrap(),
    };
    world.gap(0, effective);
    world.markets[0].stable_price = Price(stable);
    world
}

#[test]
fn initial_margin_is_at_the_worse_price_and_maintenance_at_the_effective_one() {
    use Direction::{Long, Short};
    for (direction, effective, stable, equity, requirement) in [
        // No profit, then 10 × 100,000 worse; 10 % of 10 × 900,000.
        (Long, 1_000_000, 900_000, 9_000_000, 900_000),
        (Long, 1_000_000, 1_100_000, 10_000_000, 1_000_000),
        (Short, 1_000_000, 1_100_000, 9_000_000, 1_100_000),
        (Short, 1_000_000, 900_000, 10_000_000, 1_000_000),
        // A profit of 2,000,000 less 500,000, by half.
        (Long, 1_200_000, 1_150_000, 10_750_000, 1_150_000),
        (Long, 1_200_000, 1_300_000, 11_000_000, 1_200_000),
        // A profit that the stable price turns into a loss: that counts in full.
        (Long, 1_200_000, 950_000, 9_500_000, 950_000),
        (Short, 800_000, 1_050_000, 9_500_000, 1_050_000),
        (Short, 800_000, 850_001, 10_749_995, 850_001),
        // A loss beside one.
        (Long, 800_000, 700_000, 7_000_000, 700_000),
        (Long, 800_000, 900_000, 8_000_000, 800_000),
    ] {
        let mut world = holder(direction, effective, stable);
        let name = format!("{direction:?} at {effective} and {stable}");
        let expected = Health { equity: SignedAtoms(equity), requirement: Atoms(requirement) };
        assert_eq!(world.health(0, Margin::Initial), Ok(expected), "{name}");
        let maintenance = world.health(0, Margin::Maintenance).unwrap();
        assert_eq!(i128::from(maintenance.equity.0), world.equity(0), "{name}");
        assert_eq!(maintenance.requirement, Atoms(10 * effective / 20), "{name}");
    }
}

#[test]
fn a_withdrawal_leaves_initial_margin_at_the_worse_price() {
    let world = holder(Direction::Long, 1_200_000, 950_000);
    assert_eq!(world.clone().withdraw(0, 8_550_001).unwrap_err(), EngineError::BelowInitialMargin);
    world.clone().withdraw(0, 8_550_000).unwrap();
}

#[test]
fn a_solvent_account_is_not_liquidated_for_its_stable_price() {
    let mut world = holder(Direction::Short, 1_000_000, 2_000_000);
    assert_eq!(world.health(0, Margin::Initial).map(|health| health.is_met()), Ok(false));
    assert_eq!(world.liquidate(0, 1, 0, 10).unwrap().size, Contracts(0));
}

#[test]
fn the_widest_gap_at_the_highest_price_does_not_overflow() {
    let params = MarketParams { max_open_interest: Contracts(MAX_OPEN_INTEREST), ..slow() };
    for (effective, stable) in [(1, 1 << 20), (1 << 20, 1)] {
        let mut world = World::with(params, effective, &[1 << 60, 1 << 60]);
        world.trade(0, 1, 0, MAX_OPEN_INTEREST).unwrap();
        world.markets[0].stable_price = Price(stable);
        for who in 0..2 {
            assert!(world.health(who, Margin::Initial).is_ok());
        }
        world.accrue(0, effective, 299).unwrap();
    }
}

proptest! {
    #![proptest_config(crate::cases(300))]

    /// It goes toward the effective price, never past it, and comes no nearer than the time since it was last apart
    /// from it allows.
    #[test]
    fn it_approaches_monotonically(from in 1..3_000_000u64, waits in vec(0..50i64, 1..100)) {
        let mut world = apart(1_000_000, from);
        let (mut gap, mut elapsed) = (from.abs_diff(1_000_000), 0);
        let whole = gap;
        for seconds in waits {
            world.accrue(0, 1_000_000, seconds).unwrap();
            let left = stable(&world).abs_diff(1_000_000);
            prop_assert!(left <= gap && (stable(&world) <= 1_000_000) == (from <= 1_000_000 || left == 0));
            gap = left;
            elapsed += seconds as u64;
            prop_assert!(whole - gap <= whole * elapsed / 300 + 1);
        }
    }
}
