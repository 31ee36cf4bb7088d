//! Every account of every instruction replaced by every other account there is, and spoiled in place: each must be
//! refused and change nothing, unless `permitted` says why not.

mod cast;
mod harm;
mod kinds;
mod mixtures;
mod neighbours;
mod permitted;
mod spoiling;
mod stage;
mod table;

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_spl::token_2022::spl_token_2022::instruction::freeze_account;
use jettison_tests::{on_both_runtimes, Scene, Snapshot};
use solana_signer::Signer;
use std::collections::BTreeSet;

use crate::idl::committed;
use stage::{is_program, Stage};
use table::{Act, Row};

on_both_runtimes!(
    every_instruction_of_the_table_does_something,
    another_account_in_any_place_is_refused_unless_permitted,
);

/// The state of each act, to which every attack in it returns.
struct Acts([Snapshot; 3]);

impl Acts {
    /// The state of an act, which the stage is put in.
    fn enter(&self, stage: &mut Stage, act: Act) -> &Snapshot {
        let before = &self.0[act as usize];
        before.restore(&mut stage.scene.at.chain);
        before
    }
}

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

/// Stage, table and acts; all accounts of the table are known.
fn begin(scene: Scene) -> (Stage, Vec<Row>, Acts) {
    let mut stage = Stage::set(scene);
    let rows = table::rows(&stage);
    let named = rows.iter().flat_map(|row| &row.instruction.accounts);
    let keys: Vec<Pubkey> = named.map(|meta| meta.pubkey).filter(|key| !is_program(key)).collect();
    stage.scene.know(keys);
    stage.scene.check();
    // A second later an accrual has something to write.
    let now = stage.scene.at.chain.now();
    stage.scene.at.chain.set_time(now + 1);
    let set = stage.scene.snapshot();
    let queue = make_a_withdrawal_wait(&mut stage);
    let frozen = freeze_the_wallet_it_waits_for(&mut stage);
    set.restore(&mut stage.scene.at.chain);
    (stage, rows, Acts([set, queue, frozen]))
}

fn make_a_withdrawal_wait(stage: &mut Stage) -> Snapshot {
    let throttle = stage.clearinghouse_change(|settings| {
        settings.withdrawal_floor_atoms = 1;
        settings.withdrawal_limit_bps = 100;
    });
    let (owner, account) = (stage.keeper.key.pubkey(), stage.keeper.address);
    let wait = stage.scene.at.venue.withdraw(owner, account, stage.keeper_wallet, neighbours::WAITING, &[]);
    stage.scene.send(&[throttle, wait]);
    let Stage { scene, foreign, foreign_flat, keeper_wallet, .. } = stage;
    neighbours::make_a_withdrawal_wait(scene, foreign, foreign_flat, *keeper_wallet);
    stage.scene.snapshot()
}

fn freeze_the_wallet_it_waits_for(stage: &mut Stage) -> Snapshot {
    let (venue, payer) = (&stage.scene.at.venue, stage.scene.at.chain.payer().pubkey());
    let freeze =
        freeze_account(&venue.token_program, &stage.keeper_wallet, &venue.quote_mint, &payer, &[]).unwrap();
    stage.scene.at.chain.send(&[freeze], &[]).unwrap();
    stage.scene.snapshot()
}

#[test]
fn every_instruction_of_the_idl_is_in_the_table() {
    let stage = Stage::set(Scene::new(jettison_tests::native()));
    let rows = table::rows(&stage);
    let in_table: BTreeSet<&str> = rows.iter().map(Row::instruction_name).collect();
    let idl = committed();
    let missing: Vec<&String> = idl
        .instructions
        .iter()
        .map(|told| &told.name)
        // The stage has no accounts of an earlier version: `migration` attacks the instructions that take them.
        .filter(|name| !name.starts_with("migrate_") && !in_table.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "no row attacks {missing:?}");
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "two rows have the same name");
}

fn every_instruction_of_the_table_does_something(scene: Scene) {
    let (mut stage, rows, acts) = begin(scene);
    for row in &rows {
        let before = acts.enter(&mut stage, row.act);
        let executed = stage.scene.attempt(std::slice::from_ref(&row.instruction));
        assert!(executed.is_ok(), "{}: {executed:#?}", row.name);
        assert!(!before.changed(&stage.scene.at.chain).is_empty(), "{}", row.name);
        before.restore(&mut stage.scene.at.chain);
        assert!(before.changed(&stage.scene.at.chain).is_empty(), "{}", row.name);
    }
}

fn another_account_in_any_place_is_refused_unless_permitted(scene: Scene) {
    let (mut stage, rows, acts) = begin(scene);
    let (mut holes, mut used, mut refused) = (vec![], BTreeSet::new(), 0);
    for row in &rows {
        let before = acts.enter(&mut stage, row.act);
        for (index, slot) in row.slots.iter().enumerate() {
            for (name, key) in stage.cast.clone() {
                let meta = &row.instruction.accounts[index];
                // Nobody signs for an address that isn't theirs: who lacks the key lacks the attack.
                if meta.pubkey == key || (meta.is_signer && !stage.scene.signs(&key)) {
                    continue;
                }
                let mut attack = row.instruction.clone();
                attack.accounts[index].pubkey = key;
                if !succeeds(&mut stage, before, &attack) {
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
    println!("{refused} substitutions refused");
    assert!(holes.is_empty(), "these got through:\n{}", holes.join("\n"));
    let unused: Vec<usize> = (0..permitted::RULES.len()).filter(|rule| !used.contains(rule)).collect();
    assert!(unused.is_empty(), "nothing needs these rules: {unused:?}");
    assert!(refused > 12_500, "only {refused} attacks");
}
