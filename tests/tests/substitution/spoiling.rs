//! The right accounts, spoiled: no signature, not writable, another owner, another type or size.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use jettison_embedded::Account;
use jettison_tests::{on_both_runtimes, Scene};
use std::collections::BTreeSet;

use super::permitted::{self, Spoiled};
use super::stage::{is_program, Stage};
use super::{begin, succeeds};

on_both_runtimes!(
    a_missing_signature_is_refused,
    an_account_that_changes_must_be_writable,
    the_same_bytes_under_another_owner_are_refused,
    an_account_of_another_type_or_size_is_refused,
);

/// Applies `spoil` to each account of each instruction, if it is of the kind that can be spoiled so; all must be
/// refused, but for those that `permitted` has a reason for.
fn refuse_each(
    scene: Scene,
    least: usize,
    kind: Option<Spoiled>,
    spoil: impl Fn(&mut Stage, &mut Instruction, usize) -> bool,
) {
    let (mut stage, rows, acts) = begin(scene);
    let (mut holes, mut used, mut refused) = (vec![], BTreeSet::new(), 0);
    for row in &rows {
        for (index, slot) in row.slots.iter().enumerate() {
            let before = acts.enter(&mut stage, row.act);
            let mut attack = row.instruction.clone();
            if !spoil(&mut stage, &mut attack, index) {
                continue;
            }
            let spoiled = stage.scene.snapshot();
            if !succeeds(&mut stage, &spoiled, &attack) {
                refused += 1;
            } else if let Some(rule) = kind.and_then(|kind| permitted::spoiled_rule(row.name, slot, kind)) {
                used.insert(rule);
            } else {
                holes.push(format!("{}: {slot}", row.name));
            }
            before.restore(&mut stage.scene.at.chain);
        }
    }
    println!("{refused} spoiled accounts refused");
    assert!(holes.is_empty(), "these got through:\n{}", holes.join("\n"));
    let rules = kind.map(permitted::spoiled_rules).unwrap_or_default();
    let unused: Vec<&usize> = rules.difference(&used).collect();
    assert!(unused.is_empty(), "nothing needs these rules: {unused:?}");
    assert!(refused >= least, "only {refused} attacks");
}

fn a_missing_signature_is_refused(scene: Scene) {
    refuse_each(scene, 38, None, |_, attack, index| {
        let meta = &mut attack.accounts[index];
        std::mem::replace(&mut meta.is_signer, false)
    });
}

fn an_account_that_changes_must_be_writable(scene: Scene) {
    refuse_each(scene, 120, None, |_, attack, index| {
        let meta = &mut attack.accounts[index];
        std::mem::replace(&mut meta.is_writable, false)
    });
}

/// Changes the account itself; false if there is none, or if it is a wallet or a program.
fn change_account(stage: &mut Stage, key: &Pubkey, change: impl FnOnce(&mut Account)) -> bool {
    let Some(mut account) = stage.scene.at.chain.account(key).filter(|account| !account.data.is_empty())
    else {
        return false;
    };
    if is_program(key) {
        return false;
    }
    change(&mut account);
    stage.scene.at.chain.set_account(key, account);
    true
}

fn the_same_bytes_under_another_owner_are_refused(scene: Scene) {
    refuse_each(scene, 145, Some(Spoiled::Owner), |stage, attack, index| {
        let key = attack.accounts[index].pubkey;
        change_account(stage, &key, |account| account.owner = Pubkey::new_from_array([9; 32]))
    });
}

fn an_account_of_another_type_or_size_is_refused(scene: Scene) {
    refuse_each(scene, 145, Some(Spoiled::Form), |stage, attack, index| {
        let key = attack.accounts[index].pubkey;
        change_account(stage, &key, |account| {
            if account.owner == clearing::ID {
                account.data[0] ^= 1;
            } else {
                account.data.pop();
            }
        })
    });
}
