//! Every account of every instruction replaced by every other account there is, and spoiled in place: each must be
//! refused and change nothing, unless `permitted` says why not.

mod mixtures;
mod permitted;
mod stage;
mod table;

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use jettison_tests::{on_both_runtimes, Scene, Snapshot};
use std::collections::BTreeSet;

use stage::{is_program, Stage};
use table::Row;

on_both_runtimes!(
    every_instruction_of_the_table_does_something,
    another_account_in_any_place_is_refused_unless_permitted,
    a_missing_signature_is_refused,
    an_account_that_changes_must_be_writable,
    the_same_bytes_under_another_owner_are_refused,
    an_account_of_another_type_or_size_is_refused,
);

/// Runs an attack; whether it got through. It is undone if it did, and must have changed nothing if it didn't.
fn succeeds(stage: &mut Stage, before: &Snapshot, attack: &Instruction) -> bool {
    let succeeded = stage.scene.attempt(std::slice::from_ref(attack)).is_ok();
    if succeeded {
        before.restore(&mut stage.scene.at.chain);
    } else {
        let changed = before.changed(&stage.scene.at.chain);
        assert!(changed.is_empty(), "a refusal changed {changed:?}");
    }
    succeeded
}

/// Stage, table, and the state to which every attack returns, in which all accounts of the table are known.
fn begin(scene: Scene) -> (Stage, Vec<Row>, Snapshot) {
    let mut stage = Stage::set(scene);
    let rows = table::rows(&stage);
    let named = rows.iter().flat_map(|row| &row.instruction.accounts);
    let keys: Vec<Pubkey> = named.map(|meta| meta.pubkey).filter(|key| !is_program(key)).collect();
    stage.scene.know(keys);
    stage.scene.check();
    // A second later an accrual has something to write.
    let now = stage.scene.at.chain.now();
    stage.scene.at.chain.set_time(now + 1);
    let before = stage.scene.snapshot();
    (stage, rows, before)
}

fn every_instruction_of_the_table_does_something(scene: Scene) {
    let (mut stage, rows, before) = begin(scene);
    for row in &rows {
        let executed = stage.scene.attempt(std::slice::from_ref(&row.instruction));
        assert!(executed.is_ok(), "{}: {executed:#?}", row.name);
        assert!(!before.changed(&stage.scene.at.chain).is_empty(), "{}", row.name);
        before.restore(&mut stage.scene.at.chain);
        assert!(before.changed(&stage.scene.at.chain).is_empty(), "{}", row.name);
    }
}

fn another_account_in_any_place_is_refused_unless_permitted(scene: Scene) {
    let (mut stage, rows, before) = begin(scene);
    let (mut holes, mut used, mut refused) = (vec![], BTreeSet::new(), 0);
    for row in &rows {
        for (index, slot) in row.slots.iter().enumerate() {
            for (name, key) in stage.cast.clone() {
                let meta = &row.instruction.accounts[index];
                // Nobody signs for an address that isn't theirs: who lacks the key lacks the attack.
                if meta.pubkey == key || (meta.is_signer && !stage.scene.signs(&key)) {
                    continue;
                }
                let mut attack = row.instruction.clone();
                attack.accounts[index].pubkey = key;
                if !succeeds(&mut stage, &before, &attack) {
                    refused += 1;
                    continue;
                }
                match permitted::rule(row.name, slot, name) {
                    Some(rule) => drop(used.insert(rule)),
                    None => holes.push(format!("{}: {name} as {slot}", row.name)),
                }
            }
        }
    }
    assert!(holes.is_empty(), "these got through:\n{}", holes.join("\n"));
    let unused: Vec<usize> = (0..permitted::RULES.len()).filter(|rule| !used.contains(rule)).collect();
    assert!(unused.is_empty(), "nothing needs these rules: {unused:?}");
    assert!(refused > 3_000, "only {refused} attacks");
}

/// Applies `spoil` to each account of each instruction, if it is of the kind that can be spoiled so; all must be
/// refused.
fn refuse_each(scene: Scene, least: usize, spoil: impl Fn(&mut Stage, &mut Instruction, usize) -> bool) {
    let (mut stage, rows, before) = begin(scene);
    let (mut holes, mut refused) = (vec![], 0);
    for row in &rows {
        for (index, slot) in row.slots.iter().enumerate() {
            let mut attack = row.instruction.clone();
            if !spoil(&mut stage, &mut attack, index) {
                continue;
            }
            let spoiled = stage.scene.snapshot();
            if succeeds(&mut stage, &spoiled, &attack) {
                holes.push(format!("{}: {slot}", row.name));
            }
            refused += 1;
            before.restore(&mut stage.scene.at.chain);
        }
    }
    assert!(holes.is_empty(), "these got through:\n{}", holes.join("\n"));
    assert!(refused >= least, "only {refused} attacks");
}

fn a_missing_signature_is_refused(scene: Scene) {
    refuse_each(scene, 18, |_, attack, index| {
        let meta = &mut attack.accounts[index];
        std::mem::replace(&mut meta.is_signer, false)
    });
}

fn an_account_that_changes_must_be_writable(scene: Scene) {
    refuse_each(scene, 50, |_, attack, index| {
        let meta = &mut attack.accounts[index];
        std::mem::replace(&mut meta.is_writable, false)
    });
}

/// Changes the account itself; false if there is none, or if it is a wallet or a program.
fn change_account(
    stage: &mut Stage,
    key: &Pubkey,
    change: impl FnOnce(&mut jettison_embedded::Account),
) -> bool {
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
    refuse_each(scene, 60, |stage, attack, index| {
        let key = attack.accounts[index].pubkey;
        change_account(stage, &key, |account| account.owner = Pubkey::new_from_array([9; 32]))
    });
}

fn an_account_of_another_type_or_size_is_refused(scene: Scene) {
    refuse_each(scene, 40, |stage, attack, index| {
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
