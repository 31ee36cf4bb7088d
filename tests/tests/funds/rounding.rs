//! Ten thousand of the smallest steps, through the program on the ELF, without any fee where that can be: no rounding is in
//! favour of who takes them.

use anchor_lang::solana_program::instruction::Instruction;
use jettison_embedded::Trader;
use jettison_tests::{feed_price, on_elf, Random, Scene};

use crate::support::USDC;

on_elf!(
    ten_thousand_opens_and_closes_of_a_contract_gain_nothing,
    ten_thousand_liquidations_of_a_contract_gain_nothing,
    ten_thousand_steps_of_stakes_of_a_few_atoms_gain_nothing,
    ten_thousand_deposits_withdrawals_and_settlements_of_an_atom_gain_nothing,
);

const STEPS: usize = 10_000;

/// No fee, no minimum, no floor; funding, so that indices have fractions of an atom.
fn free(scene: &mut Scene) {
    scene.change_params(0, |params| {
        params.maker_fee_bps = 0;
        params.taker_fee_bps = 0;
        params.min_notional_atoms = 0;
        params.requirement_floor_atoms = 0;
        params.max_funding_bps = 100;
    });
}

/// Sends without the checks, which come once at the end.
fn run(scene: &mut Scene, instructions: &[Instruction]) {
    scene.attempt(instructions).unwrap_or_else(|failed| panic!("{failed}\n{:#?}", failed.logs));
}

fn wealth(scene: &Scene, traders: &[&Trader]) -> i64 {
    traders.iter().map(|trader| scene.equity(trader)).sum()
}

/// Funded victims at a rate, and an attacker who is always as long as it is short.
fn ten_thousand_opens_and_closes_of_a_contract_gain_nothing(mut scene: Scene) {
    free(&mut scene);
    let [long, short, one, other] = [100_000, 100_000, 1_000, 1_000].map(|usdc| scene.trader(usdc * USDC));
    let premium = scene.trade_of(&long, &short, 0, 10_000, 1_050_000);
    scene.send(&[premium]);
    let before = wealth(&scene, &[&one, &other]);
    let victims = wealth(&scene, &[&long, &short]);
    let mut random = Random::new(18);
    for round in 0..STEPS / 10 {
        let price = scene.book(0).effective_price.0;
        let size = random.within(1, 3);
        let open = scene.trade_of(&one, &other, 0, size, price);
        let close = scene.trade_of(&other, &one, 0, size, price);
        // Five opens; the price and the funding move; five closes.
        run(&mut scene, &vec![open; 5]);
        scene.later(1);
        let atoms = 1_000_000 + random.within(0, 2_000);
        let update = scene.at.price_instructions(0, feed_price(atoms));
        run(&mut scene, &update);
        let now = scene.book(0).effective_price.0;
        let close = if now == price { close } else { scene.trade_of(&other, &one, 0, size, now) };
        run(&mut scene, &vec![close; 5]);
        if round % 100 == 0 {
            scene.check();
        }
    }
    scene.check();
    assert!(scene.ledger(&one).legs().chain(scene.ledger(&other).legs()).all(|leg| !leg.has_position()));
    let gained = wealth(&scene, &[&one, &other]) - before;
    assert!(gained <= 0, "{gained}");
    let lost = victims - wealth(&scene, &[&long, &short]);
    // Two marks of the victims' own, and not a part of an atom for each of the attacker's steps.
    assert!((0..=STEPS as i64).contains(&lost), "{lost}");
}

/// The liquidatee, the liquidator and the counterparty are one: each step costs what insurance takes, and rounds up.
fn ten_thousand_liquidations_of_a_contract_gain_nothing(mut scene: Scene) {
    free(&mut scene);
    let [long, short, keeper] = [5_005, 100_000, 20_000].map(|usdc| scene.trader(usdc * USDC));
    scene.trade(&long, &short, 0, 50_000);
    scene.move_price(0, 936_003);
    let accounts = [&long, &short, &keeper];
    let before = wealth(&scene, &accounts);
    let mut taken = 0;
    for _ in 0..STEPS / 20 {
        let liquidate = scene.liquidate_of(&long, &keeper, 0, 1);
        let size = scene.size(&long, 0);
        run(&mut scene, &vec![liquidate; 20]);
        taken += size - scene.size(&long, 0);
    }
    scene.check();
    assert_eq!(taken, STEPS as u64);
    let fees = scene.book(0).insurance_fees.0 as i64;
    assert!(fees > 0);
    let gained = wealth(&scene, &accounts) - before;
    assert!((-fees - STEPS as i64..=-fees).contains(&gained), "{gained} and {fees} of fees");
}

fn ten_thousand_steps_of_stakes_of_a_few_atoms_gain_nothing(mut scene: Scene) {
    let (loyal, attacker) = (scene.staker(100 * USDC), scene.staker(USDC));
    scene.stake(&loyal, 33_333_333);
    crate::support::leveraged(&mut scene);
    scene.sweep(0);
    let worth = |scene: &Scene| scene.fund().value_of(scene.stake_account(&loyal).shares).unwrap().0;
    let before = worth(&scene);
    let mut random = Random::new(18);
    for _ in 0..STEPS / 12 {
        let mut steps = Vec::new();
        // What four stakes buy is asked for and taken out at once, each with what rounding has left of those before.
        for _ in 0..4 {
            let atoms = random.within(1, 999);
            let fund = scene.fund();
            let price = fund.shares.0 / fund.assets.0;
            steps.push(scene.stake_of(&attacker, atoms));
            steps.push(scene.at.venue.request_unstake(attacker.key, atoms * price - random.within(0, 9)));
            steps.push(scene.unstake_of(&attacker));
        }
        run(&mut scene, &steps);
    }
    scene.check();
    let rest = scene.stake_account(&attacker).shares.0;
    scene.request(&attacker, rest);
    scene.unstake(&attacker);
    assert!(scene.tokens(&attacker.wallet) <= USDC, "{}", scene.tokens(&attacker.wallet));
    assert!(worth(&scene) >= before, "{} of {before}", worth(&scene));
}

fn ten_thousand_deposits_withdrawals_and_settlements_of_an_atom_gain_nothing(mut scene: Scene) {
    free(&mut scene);
    let [one, other] = [1_000, 1_000].map(|usdc| scene.trader(usdc * USDC));
    let premium = scene.trade_of(&one, &other, 0, 777, 1_049_999);
    scene.send(&[premium]);
    let owner = solana_signer::Signer::pubkey(&one.key);
    let wallet = scene.wallet(&owner, STEPS as u64);
    let venue = scene.at.venue.clone();
    let before = wealth(&scene, &[&one, &other]);
    for _ in 0..STEPS / 20 {
        scene.later(1);
        let update = scene.at.price_instructions(0, feed_price(1_000_000));
        run(&mut scene, &update);
        let settle = [&other, &one].map(|trader| venue.settle_account(trader.address, &[0]));
        let [first, second] = settle;
        let in_and_out = [
            first,
            venue.deposit(owner, wallet, one.address, 1),
            second,
            venue.withdraw(owner, one.address, wallet, 1, &[0]),
        ];
        let all: Vec<_> = (0..5).flat_map(|_| in_and_out.clone()).collect();
        run(&mut scene, &all);
    }
    scene.check();
    assert_eq!(scene.tokens(&wallet), STEPS as u64);
    let gained = wealth(&scene, &[&one, &other]) - before;
    assert!(gained <= 0, "{gained}");
}
