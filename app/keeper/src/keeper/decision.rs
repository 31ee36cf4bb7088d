//! What the keeper decided, in text: for its log, for `/state.json`, and to compare a replay with.

use std::fmt;

use anchor_lang::prelude::Pubkey;
use serde::{Deserialize, Serialize};

use crate::input::Millis;
use crate::outcome::Outcome;
use crate::plan::{Subject, Task};

/// What a task is about, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The kind of action.
    pub kind: String,
    /// The margin account, if one.
    pub account: Option<String>,
    /// The market, if one.
    pub market: Option<u16>,
}

impl From<&Subject> for Named {
    fn from(subject: &Subject) -> Self {
        Self {
            kind: subject.kind.name().to_owned(),
            account: subject.account.map(|account| account.to_string()),
            market: subject.market.map(|market| market.0),
        }
    }
}

impl Named {
    /// The margin account's address.
    pub fn address(&self) -> Option<Pubkey> {
        self.account.as_ref()?.parse().ok()
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if let Some(account) = &self.account {
            write!(f, " {account}")?;
        }
        if let Some(market) = self.market {
            write!(f, " market {market}")?;
        }
        Ok(())
    }
}

/// A task that was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What it is about.
    #[serde(flatten)]
    pub named: Named,
    /// Why.
    pub why: String,
    /// What the venue can expect to lose by waiting, in atoms.
    pub loss: u64,
    /// What the keeper can expect to gain, in atoms.
    pub value: i64,
}

impl From<&Task> for Planned {
    fn from(task: &Task) -> Self {
        Self {
            named: Named::from(&task.key.subject),
            why: task.reason.to_string(),
            loss: task.loss.0,
            value: task.value.0,
        }
    }
}

/// Something that was decided, or that became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// A transaction is to be landed.
    Send {
        /// When, in milliseconds since the start.
        at: Millis,
        /// Its number.
        batch: u64,
        /// What it does; empty for accruals alone.
        tasks: Vec<Planned>,
        /// How many instructions it has.
        instructions: usize,
        /// Compute units allowed.
        compute_units: u32,
        /// What it offers for one, in micro-lamports.
        price: u64,
    },
    /// What became of a task.
    Became {
        /// When, in milliseconds since the start.
        at: Millis,
        /// Its transaction.
        batch: u64,
        /// What it was about.
        task: Named,
        /// What became of it.
        outcome: Outcome,
    },
    /// Something worth knowing.
    Note {
        /// When, in milliseconds since the start.
        at: Millis,
        /// What.
        what: String,
    },
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { batch, tasks, compute_units, price, .. } => {
                write!(f, "#{batch} send, {compute_units} units at {price}:")?;
                if tasks.is_empty() {
                    f.write_str(" accruals")?;
                }
                tasks.iter().try_for_each(|task| write!(f, " [{}: {}]", task.named, task.why))
            }
            Self::Became { batch, task, outcome, .. } => write!(f, "#{batch} {task}: {outcome}"),
            Self::Note { what, .. } => f.write_str(what),
        }
    }
}
