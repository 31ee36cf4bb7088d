//! Tokens sent uninvited, and markets nobody asked for.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use clearing::error::ClearingError;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Code, Foreign, Scene, PRICE};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    tokens_given_to_the_vaults_change_no_ledger,
    insurance_spends_what_is_recorded_and_no_gift,
    an_authentic_market_that_is_not_needed_changes_nothing,
    a_stale_market_that_is_not_needed_is_no_obstacle,
    a_remaining_account_that_is_no_market_of_this_clearinghouse_is_refused_though_not_needed,
    an_account_of_the_instruction_itself_among_its_markets_is_refused,
    accounts_after_those_of_an_instruction_without_markets_are_not_looked_at,
);

/// Gives tokens to both vaults, past the program.
fn donate(scene: &mut Scene, atoms: u64) {
    let mint = scene.at.venue.quote_mint;
    for vault in [scene.at.venue.margin_vault, scene.at.venue.insurance_vault] {
        scene.at.chain.mint_to(&mint, &vault, atoms).unwrap();
        *scene.held.donated.entry(vault).or_default() += atoms;
    }
}

fn tokens_given_to_the_vaults_change_no_ledger(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.fund_insurance(USDC);
    let before = (scene.ledger(&long), scene.ledger(&short), scene.book(0));
    donate(&mut scene, 1_000_000 * USDC);
    assert_eq!((scene.ledger(&long), scene.ledger(&short), scene.book(0)), before);
    assert_eq!(scene.insurance(), USDC);
    // Everything that moves tokens goes on as if they weren't there: each step checks the vaults to the atom.
    scene.deposit(&long, 5);
    scene.send(&[scene.withdraw_of(&long, 5)]);
    scene.fund_insurance(7);
    scene.sweep(0);
    assert_eq!(scene.insurance(), USDC + 7 + 3_500_000);
}

fn insurance_spends_what_is_recorded_and_no_gift(mut scene: Scene) {
    let (long, short) = leveraged(&mut scene);
    scene.fund_insurance(100 * USDC);
    donate(&mut scene, 1_000_000 * USDC);
    scene.move_price(0, 880_000);
    scene.resolve(&long, None, false);
    assert_eq!((scene.insurance(), scene.book(0).losses.by_index.0), (0, 95 * USDC));
    scene.settle(&short);
    assert_eq!(scene.capital(&short), (99_998 + 1_105) * USDC);
}

/// Every instruction that takes markets, with market 1 besides, does what it does without.
fn an_authentic_market_that_is_not_needed_changes_nothing(mut scene: Scene) {
    with_market_1_besides(&mut scene, 0);
}

/// Only markets in which the account has a position need a fresh price.
fn a_stale_market_that_is_not_needed_is_no_obstacle(mut scene: Scene) {
    with_market_1_besides(&mut scene, 61);
}

fn with_market_1_besides(scene: &mut Scene, older: i64) {
    scene.market(standard());
    let (long, short) = leveraged(scene);
    let keeper = scene.trader(1_000 * USDC);
    scene.move_price(0, 920_000);
    // The other market's price grows old while market 0 is kept up to date.
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + older);
    scene.post(0, 920_000);
    let liquidatable = [
        scene.withdraw_of(&short, 1),
        scene.trade_of(&keeper, &short, 0, 100, 920_000),
        scene.liquidate_of(&long, &keeper, 0, 100),
        scene.deleverage_of(&long, Some(&keeper), 0),
        scene.settle_of(&long),
    ];
    for instruction in liquidatable {
        same_with_market_1(scene, instruction);
    }
    if older == 0 {
        scene.move_price(0, 880_000);
        for take_over in [false, true] {
            let resolve = scene.resolve_of(&long, Some(&keeper), take_over);
            same_with_market_1(scene, resolve);
        }
        let flag = scene.at.venue.flag_bankruptcy(long.address, &[0]);
        same_with_market_1(scene, flag);
    }
}

fn same_with_market_1(scene: &mut Scene, instruction: anchor_lang::solana_program::instruction::Instruction) {
    let before = scene.snapshot();
    scene.attempt(std::slice::from_ref(&instruction)).unwrap();
    let without = scene.snapshot();
    assert!(!before.changed(&scene.at.chain).is_empty());
    before.restore(&mut scene.at.chain);
    let mut besides = instruction;
    let market = scene.at.venue.market(1);
    besides.accounts.push(AccountMeta::new(market, false));
    scene.attempt(&[besides]).unwrap();
    assert_eq!(without.changed(&scene.at.chain), []);
    before.restore(&mut scene.at.chain);
}

fn a_remaining_account_that_is_no_market_of_this_clearinghouse_is_refused_though_not_needed(
    mut scene: Scene,
) {
    let foreign = Foreign::open(&mut scene);
    let (long, short) = leveraged(&mut scene);
    for (extra, error) in [
        (foreign.venue.market(0), ClearingError::ForeignMarket),
        (foreign.trader.address, ClearingError::NotAMarket),
        (Pubkey::new_unique(), ClearingError::NotAMarket),
    ] {
        let mut instructions = [
            scene.trade_of(&long, &short, 0, 10, PRICE),
            scene.withdraw_of(&short, 1),
            scene.settle_of(&long),
            scene.at.venue.flag_bankruptcy(long.address, &[0]),
        ];
        for instruction in &mut instructions {
            instruction.accounts.push(AccountMeta::new(extra, false));
            scene.refuse(instruction.clone(), error);
        }
    }
}

/// The insurance fund that a flag writes, the account it reads, the market once more: none is borrowed twice.
fn an_account_of_the_instruction_itself_among_its_markets_is_refused(mut scene: Scene) {
    let (long, _) = leveraged(&mut scene);
    scene.move_price(0, 880_000);
    let flag = scene.at.venue.flag_bankruptcy(long.address, &[0]);
    for (number, meta) in flag.accounts.iter().enumerate() {
        for (place, last) in [(3, 3), (4, 3)] {
            let mut twice = flag.clone();
            twice.accounts.insert(place, meta.clone());
            let expected = if number == last {
                EngineError::MarketRepeated.code()
            } else {
                ClearingError::NotAMarket.code()
            };
            scene.refuse(twice, expected);
        }
    }
    scene.send(&[flag]);
}

/// Whatever is sent along, it does what it does without.
fn accounts_after_those_of_an_instruction_without_markets_are_not_looked_at(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene);
    let (owner, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    let wallet = scene.wallet(&owner, USDC);
    scene.send(&[scene.at.venue.open_stake(owner, payer)]);
    let extra = [
        AccountMeta::new(foreign.venue.insurance_fund, false),
        AccountMeta::new(foreign.venue.margin_vault, false),
        AccountMeta::new(scene.at.venue.custody, false),
        AccountMeta::new_readonly(Pubkey::new_unique(), false),
    ];
    let mut stake = scene.at.venue.stake(owner, wallet, 10);
    stake.accounts.extend(extra.clone());
    let before = scene.snapshot();
    scene.send(&[stake]);
    let named = [wallet, scene.at.venue.insurance_fund, scene.at.venue.insurance_vault]
        .into_iter()
        .chain([scene.at.venue.stake_account(&owner), payer]);
    let named: Vec<Pubkey> = named.collect();
    let changed = before.changed(&scene.at.chain);
    assert!(changed.iter().all(|key| named.contains(key)), "{changed:?}");
}
