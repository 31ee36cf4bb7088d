//! Contracts, shares and the two indices of a side.

use jettison_engine::*;

use jettison_harness::World;

const ONE: u64 = 1 << SHARE_BITS;

/// Accounts 0, 1 and 2 are long 3, 3 and 4; account 3 is short 6. Account 4 was short 4 and has been deleveraged,
/// so the long side's 10 × 2²⁰ shares own 6 contracts. The short side is undiluted.
fn diluted() -> World {
    let mut world = World::plain(1_000, &[90_000, 90_000, 90_000, 90_000, 400]);
    for (long, size) in [(0, 3), (1, 3)] {
        world.trade(long, 3, 0, size).unwrap();
    }
    world.trade(2, 4, 0, 4).unwrap();
    world.gap(0, 1_080);
    assert!(world.deleverage(4, None, 0).unwrap().eligible);
    world
}

#[test]
fn opening_on_an_empty_side_mints_a_power_of_two_of_shares_a_contract() {
    for size in [1, 7, 1_000] {
        let mut world = World::plain(1_000, &[1_000_000, 1_000_000]);
        world.trade(0, 1, 0, size).unwrap();
        for who in [0, 1] {
            assert_eq!(world.leg(who, 0).unwrap().shares, Shares(size * ONE));
        }
    }
}

#[test]
fn a_deleveraged_side_keeps_its_shares_and_floors_every_size() {
    let world = diluted();
    assert_eq!(world.markets[0].long.shares, Shares(10 * ONE));
    assert_eq!(world.markets[0].long.contracts, Contracts(6));
    // 1.8, 1.8 and 2.4 contracts.
    assert_eq!([0, 1, 2].map(|who| world.position(who, 0)), [1, 1, 2]);
}

#[test]
fn opening_on_a_diluted_side_mints_floored_shares() {
    // (opened, floor(opened × 10 × 2²⁰ / 6), the size they stand for)
    for (opened, minted, size) in
        [(1, 1_747_626, 0), (2, 3_495_253, 1), (3, 5_242_880, 3), (10, 17_476_266, 9)]
    {
        let mut world = diluted();
        world.deposit(4, 90_000).unwrap();
        world.trade(4, 3, 0, opened).unwrap();
        assert_eq!(world.leg(4, 0).unwrap().shares, Shares(minted), "opening {opened}");
        assert_eq!(world.position(4, 0), size, "opening {opened}");
        assert_eq!(world.markets[0].long.contracts, Contracts(6 + opened));
    }
}

#[test]
fn closing_part_of_a_diluted_leg_burns_shares_rounded_up() {
    let mut world = diluted();
    for (leaver, size) in [(0, 1), (1, 2)] {
        world.trade(3, leaver, 0, size).unwrap();
    }
    // Only account 2 is left, with 4 × 2²⁰ shares of 3 contracts; 2²² is not divisible by 3.
    assert_eq!(world.position(2, 0), 3);
    world.trade(3, 2, 0, 1).unwrap();
    assert_eq!(world.leg(2, 0).unwrap().shares, Shares(4 * ONE - 1_398_102));
    assert_eq!(world.markets[0].long.contracts, Contracts(2));
}

#[test]
fn a_full_close_burns_all_shares_and_leaves_the_fraction_to_those_who_stay() {
    let mut world = diluted();
    world.trade(3, 0, 0, 1).unwrap();
    assert!(world.accounts[0].has_no_legs());
    assert_eq!(world.markets[0].long.shares, Shares(7 * ONE));
    // Of 5 contracts: 3/7 is 2.14, which was 1.8; 4/7 is 2.86, which was 2.4.
    assert_eq!([1, 2].map(|who| world.position(who, 0)), [2, 2]);
}

#[test]
fn nobody_can_own_more_shares_than_the_maximum() {
    for (held, expected) in [(MAX_SHARES / 2, Ok(())), (MAX_SHARES / 2 + 1, Err(EngineError::SideDiluted))] {
        let mut world = World::plain(1_000, &[90_000, 90_000]);
        world.trade(0, 1, 0, 1).unwrap();
        world.accounts[0].legs[0].shares = Shares(held);
        world.markets[0].long.shares = Shares(held);
        assert_eq!(world.trade(0, 1, 0, 1).map(|_| ()), expected, "{held} shares of one contract");
    }
}

#[test]
fn a_mark_moves_both_indices_toward_minus_infinity() {
    // Long: 6 contracts over 10 × 2²⁰ shares is 0.6 × 2⁴⁴ an atom; short: 2⁴⁴.
    for (change, long, short) in [
        (1, 10_555_311_626_649, -17_592_186_044_416),
        (-1, -10_555_311_626_650, 17_592_186_044_416),
        (7, 73_887_181_386_547, -123_145_302_310_912),
        (-7, -73_887_181_386_548, 123_145_302_310_912),
        (5, 52_776_558_133_248, -87_960_930_222_080),
        (-5, -52_776_558_133_248, 87_960_930_222_080),
    ] {
        let mut world = diluted();
        let before = [world.markets[0].long, world.markets[0].short].map(|side| side.settlement_index.get());
        world.gap(0, (1_080 + change) as u64);
        let after = [world.markets[0].long, world.markets[0].short].map(|side| side.settlement_index.get());
        assert_eq!([after[0] - before[0], after[1] - before[1]], [long, short], "a move of {change}");
    }
}

#[test]
fn an_empty_side_is_not_marked() {
    let mut world = World::plain(1_000, &[]);
    world.gap(0, 2_000);
    assert_eq!(world.markets[0].long, Side::default());
    assert_eq!(world.markets[0].short, Side::default());
}

#[test]
fn pending_floors_variation_and_ceils_haircut() {
    const HALF: i128 = 1 << 63;
    // (shares, rise of each index, variation, haircut)
    for (shares, rise, variation, haircut) in [
        (3, HALF, 1, 2),
        (2, HALF, 1, 1),
        (1, 1, 0, 1),
        (1, 0, 0, 0),
        (0, HALF, 0, 0),
        (ONE, 1 << 44, 1, 1),
        (ONE, (1 << 44) - 1, 0, 1),
        (ONE, (1 << 44) + 1, 1, 2),
    ] {
        let (mut leg, mut side) = (Leg::default(), Side::default());
        leg.shares = Shares(shares);
        leg.settlement_snapshot = SettlementIndex::new(5);
        leg.loss_snapshot = LossIndex::new(9);
        side.settlement_index = SettlementIndex::new(5 + rise);
        side.loss_index = LossIndex::new(9 + rise as u128);
        let expected = Pending { variation: SignedAtoms(variation), haircut: Atoms(haircut) };
        assert_eq!(leg.pending(&side), Ok(expected), "{shares} shares, a rise of {rise}");
    }
}

#[test]
fn pending_losses_round_against_the_holder() {
    for (shares, fall, variation) in
        [(3, 1 << 63, -2), (2, 1 << 63, -1), (1, 1, -1), (ONE, (1 << 44) + 1, -2)]
    {
        let (mut leg, mut side) = (Leg::default(), Side::default());
        leg.shares = Shares(shares);
        side.settlement_index = SettlementIndex::new(-fall);
        let pending = leg.pending(&side).unwrap();
        assert_eq!(pending.variation, SignedAtoms(variation), "{shares} shares, a fall of {fall}");
    }
}

#[test]
fn a_settlement_index_that_wraps_still_gives_the_difference() {
    let (mut leg, mut side) = (Leg::default(), Side::default());
    leg.shares = Shares(1);
    leg.settlement_snapshot = SettlementIndex::new(i128::MAX - (1 << 64));
    side.settlement_index = SettlementIndex::new(i128::MIN + (1 << 64) - 1);
    assert_eq!(leg.pending(&side).unwrap().variation, SignedAtoms(2));
}

#[test]
fn a_loss_index_below_its_snapshot_is_an_error_and_not_a_gain() {
    let mut leg = Leg::default();
    leg.shares = Shares(1);
    leg.loss_snapshot = LossIndex::new(1);
    assert_eq!(leg.pending(&Side::default()), Err(EngineError::Overflow));
}
