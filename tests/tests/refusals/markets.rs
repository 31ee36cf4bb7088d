//! Markets as remaining accounts: left out, repeated, foreign, stale, fake.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use jettison_embedded::Trader;
use jettison_engine::EngineError;
use jettison_tests::{on_both_runtimes, standard, Code, Foreign, Scene, PRICE};

use crate::support::USDC;

on_both_runtimes!(
    a_market_left_out_is_refused,
    a_market_named_twice_is_refused,
    markets_out_of_order_are_refused,
    a_market_of_another_clearinghouse_is_refused,
    an_account_that_is_not_a_market_is_refused,
    a_market_that_will_change_must_be_writable,
    a_stale_market_is_refused,
    a_market_that_does_not_exist_is_missing,
);

/// Two traders with positions in markets 0 and 1, and every instruction that takes both markets, beside the number
/// of accounts before the markets.
fn instructions(scene: &mut Scene) -> Vec<(Instruction, usize)> {
    scene.market(standard());
    let (long, short) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    for market in [0, 1] {
        scene.trade(&long, &short, market, 100);
    }
    all(scene, &long, &short)
}

fn all(scene: &Scene, long: &Trader, short: &Trader) -> Vec<(Instruction, usize)> {
    let instructions = vec![
        (scene.withdraw_of(long, 1), 8),
        (scene.trade_of(long, short, 0, 100, PRICE), 5),
        (scene.liquidate_of(long, short, 0, 100), 4),
        (scene.deleverage_of(long, None, 0), 3),
        (scene.resolve_of(long, None, false), 9),
        (scene.at.venue.flag_bankruptcy(long.address, &[0, 1]), 3),
        (scene.settle_of(long), 2),
    ];
    for (instruction, before) in &instructions {
        assert_eq!(instruction.accounts.len(), before + 2);
        assert_eq!(instruction.accounts[*before].pubkey, scene.at.venue.market(0));
    }
    instructions
}

/// Each instruction, with its markets rearranged, is refused.
fn refuse_each(
    scene: &mut Scene,
    expected: impl Code + Copy,
    rearrange: impl Fn(&Scene, &mut Vec<AccountMeta>, usize),
) {
    for (mut instruction, before) in instructions(scene) {
        rearrange(scene, &mut instruction.accounts, before);
        scene.refuse(instruction, expected);
    }
}

fn a_market_left_out_is_refused(mut scene: Scene) {
    for (instruction, before) in instructions(&mut scene) {
        for left_out in [0, 1] {
            let mut instruction = instruction.clone();
            instruction.accounts.remove(before + left_out);
            scene.refuse(instruction, EngineError::MarketMissing);
        }
        let mut instruction = instruction.clone();
        instruction.accounts.truncate(before);
        scene.refuse(instruction, EngineError::MarketMissing);
    }
}

fn a_market_named_twice_is_refused(mut scene: Scene) {
    refuse_each(&mut scene, EngineError::MarketRepeated, |_, accounts, before| {
        let again = accounts[before].clone();
        accounts.insert(before, again);
    });
}

fn markets_out_of_order_are_refused(mut scene: Scene) {
    refuse_each(&mut scene, EngineError::MarketsOutOfOrder, |_, accounts, before| {
        accounts.swap(before, before + 1);
    });
}

fn a_market_of_another_clearinghouse_is_refused(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene).venue.market(0);
    refuse_each(&mut scene, ClearingError::ForeignMarket, |_, accounts, before| {
        accounts[before].pubkey = foreign;
    });
}

fn an_account_that_is_not_a_market_is_refused(mut scene: Scene) {
    let bystander = scene.trader(USDC).address;
    let (house, fund) = (scene.at.venue.clearinghouse, scene.at.venue.insurance_fund);
    let copy = Pubkey::new_unique();
    let mut account = scene.at.chain.account(&scene.at.venue.market(0)).unwrap();
    account.owner = price_feed::ID;
    scene.at.chain.set_account(&copy, account);
    let feed = scene.at.feeds[0].address;
    for (instruction, before) in instructions(&mut scene) {
        for fake in [bystander, fund, copy, feed, Pubkey::new_unique()] {
            let mut instruction = instruction.clone();
            instruction.accounts[before].pubkey = fake;
            scene.refuse(instruction, ClearingError::NotAMarket);
        }
        let mut instruction = instruction.clone();
        instruction.accounts[before].pubkey = house;
        scene.refuse(instruction, ClearingError::NotAMarket);
    }
}

fn a_market_that_will_change_must_be_writable(mut scene: Scene) {
    for (instruction, before) in instructions(&mut scene) {
        for index in [before, before + 1] {
            let mut instruction = instruction.clone();
            if !instruction.accounts[index].is_writable {
                continue;
            }
            instruction.accounts[index].is_writable = false;
            scene.refuse(instruction, ClearingError::MarketNotWritable);
        }
    }
}

/// Sixty seconds are allowed.
fn a_stale_market_is_refused(mut scene: Scene) {
    let instructions = instructions(&mut scene);
    let now = scene.at.chain.now();
    scene.at.chain.set_time(now + 61);
    for (instruction, _) in &instructions {
        scene.refuse(instruction.clone(), EngineError::StalePrice);
    }
    scene.at.chain.set_time(now + 60);
    let (settle, _) = instructions.last().unwrap();
    scene.send(std::slice::from_ref(settle));
}

fn a_market_that_does_not_exist_is_missing(mut scene: Scene) {
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let mut trade = scene.trade_of(&buyer, &seller, 0, 100, PRICE);
    // Market 1 in the arguments, market 0 among the accounts.
    trade.data[8..10].copy_from_slice(&1u16.to_le_bytes());
    scene.refuse(trade, EngineError::MarketMissing);
}
