//! Pausing a gate stops its instructions and no others.

use std::collections::BTreeSet;

use clearing::error::ClearingError;
use clearing::state::Gate;
use jettison_tests::{bit, on_both_runtimes, Code, Scene};

use super::stage::Stage;

on_both_runtimes!(each_gate_stops_its_instructions_and_no_others);

const ALL: [Gate; 9] = [
    Gate::Open,
    Gate::Deposit,
    Gate::Withdraw,
    Gate::Liquidate,
    Gate::Deleverage,
    Gate::Resolve,
    Gate::Stake,
    Gate::Unstake,
    Gate::Sweep,
];

fn each_gate_stops_its_instructions_and_no_others(scene: Scene) {
    let mut stage = Stage::set(scene);
    let open = stage.scene.snapshot();
    let mut tried = 0;
    for paused in [None].into_iter().chain(ALL.map(Some)) {
        if let Some(gate) = paused {
            stage.scene.send(&[stage.scene.pause_of(bit(gate), 600)]);
        }
        let before = stage.scene.snapshot();
        for row in stage.rows() {
            let result = stage.scene.attempt(&[row.instruction]);
            let code = result.as_ref().err().and_then(|failed| failed.custom);
            if paused.is_some() && row.gate == paused {
                assert_eq!(code, Some(ClearingError::Paused.code()), "{} at {paused:?}", row.name);
            } else {
                let failed = result.err();
                assert!(failed.is_none(), "{} at {paused:?}: {failed:#?}", row.name);
            }
            tried += 1;
            before.restore(&mut stage.scene.at.chain);
            unmake(&mut stage, &before);
        }
        open.restore(&mut stage.scene.at.chain);
        unmake(&mut stage, &open);
    }
    assert_eq!(tried, 10 * 35);
}

/// Empties what has come into being since.
fn unmake(stage: &mut Stage, before: &jettison_tests::Snapshot) {
    let made: Vec<_> =
        stage.scene.known().iter().filter(|key| before.account(key).is_none()).copied().collect();
    for key in made {
        if stage
            .scene
            .at
            .chain
            .account(&key)
            .is_some_and(|account| account.owner == clearing::ID || !account.data.is_empty())
        {
            stage.scene.at.chain.set_account(&key, Default::default());
        }
    }
}

/// The instructions as the program's own text has them.
#[test]
fn the_table_has_every_instruction() {
    let source = include_str!("../../../programs/clearing/src/lib.rs");
    let (_, program) = source.split_once("pub mod clearing {").expect("the program's module");
    let mut instructions: BTreeSet<&str> = program
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub fn ")?.split(['(', '<']).next())
        .collect();
    assert!(instructions.remove("close_clearinghouse"));
    // Migrations know no gate: before a clearinghouse is migrated it has no guardian, and right after it none has paused.
    instructions.retain(|name| !name.starts_with("migrate_"));
    let stage = Stage::set(Scene::new(jettison_tests::native()));
    let listed: BTreeSet<&str> = stage.rows().iter().map(|row| row.name).collect();
    assert_eq!(listed, instructions);
}
