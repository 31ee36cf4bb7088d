//! Every instruction on the stage, by who sends it.

mod admin;
mod insurance;
mod keeper;
mod trader;

use anchor_lang::solana_program::instruction::Instruction;

use super::stage::Stage;
use crate::idl::committed;

/// When an instruction has something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The stage as it is set.
    Set,
    /// The throttle lets little out, and the keeper's withdrawal waits.
    Queue,
    /// The keeper's wallet is frozen while the withdrawal waits.
    Frozen,
}

/// An instruction that succeeds and changes something.
pub struct Row {
    /// The instruction's name, and after a comma what is special about it.
    pub name: &'static str,
    pub act: Act,
    pub instruction: Instruction,
    /// What its accounts are called, in order: as in the IDL, and then its markets.
    pub slots: Vec<String>,
}

impl Row {
    /// The instruction's name.
    pub fn instruction_name(&self) -> &'static str {
        self.name.split(',').next().unwrap_or(self.name)
    }
}

/// Rows without slots.
type Rows = Vec<(&'static str, Act, Instruction)>;

fn set(rows: impl IntoIterator<Item = (&'static str, Instruction)>) -> Rows {
    rows.into_iter().map(|(name, instruction)| (name, Act::Set, instruction)).collect()
}

pub fn rows(stage: &Stage) -> Vec<Row> {
    let idl = committed();
    let all = [admin::rows(stage), trader::rows(stage), keeper::rows(stage), insurance::rows(stage)];
    all.into_iter()
        .flatten()
        .map(|(name, act, instruction)| {
            let mut row = Row { name, act, instruction, slots: vec![] };
            let told = idl.instructions.iter().find(|told| told.name == row.instruction_name());
            let told = told.unwrap_or_else(|| panic!("the IDL has no {name}"));
            row.slots = crate::idl::account_names(&told.accounts);
            assert!(row.instruction.data.starts_with(&told.discriminator), "{name}");
            assert!(row.slots.len() <= row.instruction.accounts.len(), "{name}");
            row.slots.resize(row.instruction.accounts.len(), "market".to_owned());
            row
        })
        .collect()
}
