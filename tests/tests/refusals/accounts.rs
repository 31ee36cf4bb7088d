//! Margin accounts and clearinghouses that don't belong together.

use anchor_lang::error::ErrorCode;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::error::ClearingError;
use jettison_tests::{on_both_runtimes, Foreign, Scene, PRICE};
use solana_signer::Signer;

use crate::support::{leveraged, USDC};

on_both_runtimes!(
    a_margin_account_of_another_clearinghouse_is_refused,
    a_margin_account_of_another_type_or_owner_is_refused,
    the_clearinghouse_of_another_venue_is_refused,
);

/// Each instruction beside the position of a margin account among its accounts.
fn slots(scene: &mut Scene) -> Vec<(Instruction, usize)> {
    let (long, short) = leveraged(scene);
    scene.at.mint(USDC).unwrap();
    scene.move_price(0, 880_000);
    let (authority, treasury) = (scene.at.authority.pubkey(), scene.at.treasury);
    vec![
        (scene.at.venue.deposit(authority, treasury, short.address, 1), 3),
        (scene.trade_of(&long, &short, 0, 100, PRICE), 3),
        (scene.trade_of(&long, &short, 0, 100, PRICE), 4),
        (scene.liquidate_of(&long, &short, 0, 100), 2),
        (scene.liquidate_of(&long, &short, 0, 100), 3),
        (scene.deleverage_of(&long, Some(&short), 0), 1),
        (scene.deleverage_of(&long, Some(&short), 0), 2),
        (scene.resolve_of(&long, Some(&short), false), 3),
        (scene.resolve_of(&long, Some(&short), false), 4),
        (scene.settle_of(&short), 1),
        (scene.at.venue.flag_bankruptcy(long.address, &[0]), 2),
        (scene.at.venue.serve_withdrawal(short.address, treasury), 2),
    ]
}

fn a_margin_account_of_another_clearinghouse_is_refused(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene).trader;
    for (mut instruction, index) in slots(&mut scene) {
        instruction.accounts[index].pubkey = foreign.address;
        scene.refuse(instruction, ClearingError::ForeignAccount);
    }
    // Its owner's signature doesn't help.
    let (owner, to) = (foreign.key.pubkey(), scene.at.treasury);
    let venue = scene.at.venue.clone();
    let withdraw = venue.withdraw(owner, foreign.address, to, 1, &[]);
    scene.refuse(withdraw, ClearingError::ForeignAccount);
    let close = venue.close_margin_account(owner, foreign.address, owner, true, &[]);
    scene.refuse(close, ClearingError::ForeignAccount);
}

fn a_margin_account_of_another_type_or_owner_is_refused(mut scene: Scene) {
    let slots = slots(&mut scene);
    let copy = scene.key();
    for (instruction, index) in slots {
        let mut account = scene.at.chain.account(&instruction.accounts[index].pubkey).unwrap();
        account.owner = price_feed::ID;
        scene.at.chain.set_account(&copy, account);
        let with = |key| {
            let mut instruction = instruction.clone();
            instruction.accounts[index].pubkey = key;
            instruction
        };
        scene.refuse(with(copy), ErrorCode::AccountOwnedByWrongProgram);
        let fund = scene.at.venue.insurance_fund;
        let twice = instruction.accounts.iter().any(|meta| meta.pubkey == fund);
        if !twice {
            scene.refuse(with(fund), ErrorCode::AccountDiscriminatorMismatch);
        }
    }
}

fn the_clearinghouse_of_another_venue_is_refused(mut scene: Scene) {
    let foreign = Foreign::open(&mut scene).venue.clearinghouse;
    let own = scene.at.venue.clearinghouse;
    for (mut instruction, _) in slots(&mut scene) {
        let house = instruction.accounts.iter_mut().find(|meta| meta.pubkey == own).unwrap();
        house.pubkey = foreign;
        let refused = scene.attempt(&[instruction]).unwrap_err().custom;
        let codes =
            [ClearingError::ForeignAccount, ClearingError::WrongVault].map(|code| 6_000 + code as u32);
        assert!(refused.is_some_and(|code| codes.contains(&code)), "{refused:?}");
    }
}
