//! The loss waterfall of one leg: capital, insurance, the other side. The long of `leveraged` is worth −195 USDC at
//! 0.88: it owes 1,200 and has 1,005.

use clearing::events::{BankruptcyResolved, LegResolved, Marked};
use jettison_client::AnyEvent;
use jettison_embedded::Trader;
use jettison_tests::{on_both_runtimes, standard, Scene};

use crate::support::{leveraged, INDEX_PER_ATOM, USDC};

on_both_runtimes!(
    insurance_pays_the_deficit_while_it_lasts,
    when_insurance_runs_out_the_other_side_pays_the_rest,
    without_insurance_the_other_side_pays_all,
    the_other_side_pays_pro_rata,
    the_loss_index_and_each_haircut_are_rounded_up,
    a_bankrupt_short_charges_the_longs,
    the_caller_gets_a_bounty_out_of_insurance,
    without_insurance_the_bounty_comes_out_of_unswept_fees,
    the_bounty_is_capped,
    capital_is_shared_over_losing_legs_in_proportion,
);

/// The event of the long of `leveraged`, by anyone, at 0.88.
fn resolved(long: &Trader, insurance: [u64; 2], by_insurance: u64, by_index: u64) -> BankruptcyResolved {
    let per_contract = i128::from(by_index / 10_000) * INDEX_PER_ATOM;
    BankruptcyResolved {
        margin_account: long.address,
        caller_account: None,
        equity: -195_000_000,
        capital_before: 1_005_000_000,
        insurance_before: insurance[0],
        insurance_after: insurance[1],
        insurance_spent: by_insurance,
        bounty_from_insurance: 0,
        bounty_from_fees: 0,
        taken_over: false,
        legs: vec![LegResolved {
            market_index: 0,
            price: 880_000,
            size: 10_000,
            marked: Marked { variation: -1_200_000_000, haircut: 0 },
            forfeited: 0,
            by_capital: 1_005_000_000,
            deficit: 195_000_000,
            by_surplus: 0,
            by_insurance,
            by_index,
            uncovered: 0,
            halted: false,
            long_loss_index: 0,
            short_loss_index: per_contract as u128,
        }],
    }
}

/// Resolves by anyone at 0.88 with `insurance` in the fund; the short must end up with `gain`.
fn resolve_with_insurance(mut scene: Scene, insurance: u64, by_insurance: u64, gain: u64) {
    let (long, short) = leveraged(&mut scene);
    if insurance > 0 {
        scene.fund_insurance(insurance);
    }
    scene.move_price(0, 880_000);
    let vaults = scene.at.vaults().unwrap();
    let executed = scene.resolve(&long, None, false);
    assert_eq!(scene.ledger(&long), Default::default());
    assert_eq!(scene.insurance(), insurance - by_insurance);
    assert_eq!(scene.at.vaults().unwrap(), (vaults.0 + by_insurance, vaults.1 - by_insurance));
    let book = scene.book(0);
    let by_index = 195_000_000 - by_insurance;
    assert_eq!((book.long.contracts.0, book.short.contracts.0), (0, 0));
    assert_eq!((book.losses.deficit.0, book.losses.by_insurance.0), (195_000_000, by_insurance));
    assert_eq!((book.losses.by_index.0, book.losses.uncovered.0), (by_index, 0));
    let event = resolved(&long, [insurance, insurance - by_insurance], by_insurance, by_index);
    scene.expect_event(&executed, AnyEvent::BankruptcyResolved(event));
    scene.settle(&short);
    assert_eq!(scene.capital(&short), 99_998 * USDC + gain);
    assert_eq!(scene.book(0).pool.0, 0);
}

fn insurance_pays_the_deficit_while_it_lasts(scene: Scene) {
    resolve_with_insurance(scene, 500 * USDC, 195 * USDC, 1_200 * USDC);
}

fn when_insurance_runs_out_the_other_side_pays_the_rest(scene: Scene) {
    resolve_with_insurance(scene, 100 * USDC, 100 * USDC, 1_105 * USDC);
}

fn without_insurance_the_other_side_pays_all(scene: Scene) {
    resolve_with_insurance(scene, 0, 0, 1_005 * USDC);
}

/// Three shorts of 12,500, 7,500 and 5,000 against the bankrupt 10,000 and a solvent 15,000: 195 USDC over 25,000
/// contracts are 97.5, 58.5 and 39.
fn the_other_side_pays_pro_rata(mut scene: Scene) {
    let (long, first) = leveraged(&mut scene);
    let (other, second, third) =
        (scene.trader(100_000 * USDC), scene.trader(100_000 * USDC), scene.trader(100_000 * USDC));
    scene.trade(&other, &first, 0, 2_500);
    scene.trade(&other, &second, 0, 7_500);
    scene.trade(&other, &third, 0, 5_000);
    scene.move_price(0, 880_000);
    scene.settle(&other);
    scene.resolve(&long, None, false);
    for (trader, size, haircut) in
        [(&first, 12_500, 97_500_000), (&second, 7_500, 58_500_000), (&third, 5_000, 39_000_000)]
    {
        let before = scene.capital(trader);
        scene.settle(trader);
        assert_eq!(scene.capital(trader), before + size * 120_000 - haircut);
        // 15,000 of 25,000 contracts are left on the side.
        assert_eq!(scene.size(trader, 0), size * 3 / 5);
    }
    assert_eq!(scene.book(0).pool.0, 0);
}

/// 95.000001 USDC over 10,000 contracts: no whole number of index units, and none of atoms for a third of them.
fn the_loss_index_and_each_haircut_are_rounded_up(mut scene: Scene) {
    let (long, first) = leveraged(&mut scene);
    let second = scene.trader(100_000 * USDC);
    scene.trade(&first, &second, 0, 3_333);
    scene.fund_insurance(99_999_999);
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    let index = scene.book(0).short.loss_index.get();
    assert_eq!(index, (95_000_001u128 << 64).div_ceil(10_000 << 20));
    let gains = [(&first, 6_667 * 120_000 - 63_336_501), (&second, 3_333 * 120_000 - 31_663_501)];
    for (trader, gain) in gains {
        let before = scene.capital(trader);
        scene.settle(trader);
        assert_eq!(scene.capital(trader), before + gain);
    }
    // Both rounded up: an atom more than the deficit was charged, and it stays in the pool.
    assert_eq!(scene.book(0).pool.0, 1);
}

/// The mirror image: a short of 10,000 with 1,008 after the maker's fee, at 1.12.
fn a_bankrupt_short_charges_the_longs(mut scene: Scene) {
    let (short, long) = (scene.trader(1_010 * USDC), scene.trader(100_000 * USDC));
    scene.trade(&long, &short, 0, 10_000);
    scene.move_price(0, 1_120_000);
    scene.resolve(&short, None, false);
    let book = scene.book(0);
    assert_eq!(book.losses.by_index.0, 192_000_000);
    assert_eq!(book.long.loss_index.get(), 19_200 * INDEX_PER_ATOM as u128);
    assert_eq!(book.short.loss_index.get(), 0);
    scene.settle(&long);
    assert_eq!(scene.capital(&long), (99_995 + 1_008) * USDC);
}

/// 5 bps of 8,800 USDC.
fn the_caller_gets_a_bounty_out_of_insurance(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let keeper = scene.trader(0);
    scene.fund_insurance(500 * USDC);
    scene.move_price(0, 880_000);
    let executed = scene.resolve(&long, Some(&keeper), false);
    assert_eq!(scene.capital(&keeper), 4_400_000);
    assert_eq!(scene.insurance(), 500_000_000 - 195_000_000 - 4_400_000);
    assert_eq!(scene.at.vaults().unwrap().1, scene.insurance());
    let event = BankruptcyResolved {
        caller_account: Some(keeper.address),
        bounty_from_insurance: 4_400_000,
        ..resolved(&long, [500_000_000, 300_600_000], 195_000_000, 0)
    };
    scene.expect_event(&executed, AnyEvent::BankruptcyResolved(event));
}

fn without_insurance_the_bounty_comes_out_of_unswept_fees(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    let keeper = scene.trader(0);
    scene.move_price(0, 880_000);
    let executed = scene.resolve(&long, Some(&keeper), false);
    // Of the 4.4 USDC due, 3.5 are there.
    assert_eq!(scene.capital(&keeper), 3_500_000);
    assert_eq!((scene.book(0).insurance_fees.0, scene.book(0).protocol_fees.0), (0, 3_500_000));
    let event = BankruptcyResolved {
        caller_account: Some(keeper.address),
        bounty_from_fees: 3_500_000,
        ..resolved(&long, [0, 0], 0, 195_000_000)
    };
    scene.expect_event(&executed, AnyEvent::BankruptcyResolved(event));
}

/// 5 bps of 17,600 USDC would be 8.8.
fn the_bounty_is_capped(mut scene: Scene) {
    let (long, short) = (scene.trader(2_020 * USDC), scene.trader(100_000 * USDC));
    let keeper = scene.trader(0);
    scene.trade(&long, &short, 0, 20_000);
    scene.fund_insurance(500 * USDC);
    scene.move_price(0, 880_000);
    scene.resolve(&long, Some(&keeper), false);
    assert_eq!(scene.capital(&keeper), 5_000_000);
}

/// Debts of 600 and 300 against 618 USDC of capital: 412 and 206 are paid, 188 and 94 are missing.
fn capital_is_shared_over_losing_legs_in_proportion(mut scene: Scene) {
    scene.market(standard());
    // Each trade costs the taker 1.5 USDC.
    let (long, short) = (scene.trader(621 * USDC), scene.trader(100_000 * USDC));
    scene.trade(&long, &short, 0, 3_000);
    scene.trade(&long, &short, 1, 3_000);
    assert_eq!(scene.capital(&long), 618 * USDC);
    scene.move_price(1, 900_000);
    scene.move_price(0, 800_000);
    let executed = scene.resolve(&long, None, false);
    if let Some(events) = scene.events(&executed) {
        let [AnyEvent::BankruptcyResolved(event)] = &events[..] else {
            panic!("{events:?}");
        };
        let paid: Vec<_> = event.legs.iter().map(|leg| (leg.by_capital, leg.deficit)).collect();
        assert_eq!(paid, [(412_000_000, 188_000_000), (206_000_000, 94_000_000)]);
    }
    assert_eq!((scene.book(0).pool.0, scene.book(1).pool.0), (412 * USDC, 206 * USDC));
    assert_eq!((scene.book(0).losses.by_index.0, scene.book(1).losses.by_index.0), (188 * USDC, 94 * USDC));
    assert_eq!(scene.ledger(&long), Default::default());
}
