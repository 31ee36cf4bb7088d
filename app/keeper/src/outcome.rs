//! What became of each task of a transaction, and whose doing it was.

use std::fmt;

use anchor_lang::solana_program::instruction::error::InstructionError;
use clearing::error::ClearingError;
use jettison_client::AnyEvent;
use jettison_engine::EngineError;
use serde::{Deserialize, Serialize};
use solana_transaction_error::TransactionError;

use crate::input::Report;
use crate::plan::Action;

/// Why a task did not do what it was planned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Another was faster, or the account has recovered: normal.
    LostRace,
    /// A price is too old, too uncertain, or none.
    StaleOracle,
    /// The guardian has paused it, or a limit of the clearinghouse makes it wait.
    Paused,
    /// The program refuses what the planning should have foreseen.
    OurFault,
    /// It did not land while its blockhash lived.
    Expired,
    /// A server refused it or could not be reached before it was sent.
    Rpc,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::LostRace, Self::StaleOracle, Self::Paused, Self::OurFault, Self::Expired, Self::Rpc];

    /// Its name, as in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LostRace => "lost_race",
            Self::StaleOracle => "stale_oracle",
            Self::Paused => "paused",
            Self::OurFault => "our_fault",
            Self::Expired => "expired",
            Self::Rpc => "rpc",
        }
    }
}

/// What became of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is done.
    Landed,
    /// It would have been done: nothing was sent.
    Rehearsed,
    /// It failed.
    Failed {
        /// Whose doing it was.
        reason: Reason,
        /// In words.
        why: String,
    },
    /// Nothing happened because another task of its transaction failed.
    Dragged,
}

impl Outcome {
    /// Its name, as in metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Landed => "landed",
            Self::Rehearsed => "rehearsed",
            Self::Failed { reason, .. } => reason.name(),
            Self::Dragged => "dragged",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { reason, why } => write!(f, "{}: {why}", reason.name()),
            other => f.write_str(other.name()),
        }
    }
}

fn failed(reason: Reason, why: impl Into<String>) -> Outcome {
    Outcome::Failed { reason, why: why.into() }
}

/// What became of each of a transaction's actions. `owners` says, for each instruction after those of the compute
/// budget, which action it is of; none for an accrual that several share.
pub fn outcomes(actions: &[&Action], owners: &[Option<usize>], report: &Report) -> Vec<Outcome> {
    let each = |outcome: &dyn Fn(usize) -> Outcome| (0..actions.len()).map(outcome).collect();
    match report {
        Report::Expired => each(&|_| failed(Reason::Expired, "did not land while its blockhash lived")),
        Report::NotSent { why } => each(&|_| failed(Reason::Rpc, why.clone())),
        Report::Simulated { error: None, .. } => each(&|_| Outcome::Rehearsed),
        Report::Landed { error: None, logs, .. } => {
            let events = jettison_client::events_in(logs).events();
            actions.iter().map(|action| effect(action, &events)).collect()
        }
        Report::Simulated { error: Some(error), .. } | Report::Landed { error: Some(error), .. } => {
            let (reason, why) = explain(error);
            let culprit = instruction(error).and_then(|at| owners.get(at).copied().flatten());
            match culprit {
                Some(culprit) => {
                    each(&|at| if at == culprit { failed(reason, &why) } else { Outcome::Dragged })
                }
                // A shared accrual, the fee, the transaction as a whole: all failed by it.
                None => each(&|_| failed(reason, &why)),
            }
        }
    }
}

/// What an action that went through did. Without its event, as where a server keeps no logs, it counts as done: the
/// account's next state says what is left.
fn effect(action: &Action, events: &[AnyEvent]) -> Outcome {
    let race_lost = events.iter().any(|event| match (action, event) {
        (Action::Liquidate { account, market, .. }, AnyEvent::Liquidated(seen)) => {
            seen.liquidatee == *account && seen.market_index == market.0 && seen.size == 0
        }
        (Action::Deleverage { account, market }, AnyEvent::Deleveraged(seen)) => {
            seen.margin_account == *account && seen.market_index == market.0 && !seen.eligible
        }
        _ => false,
    });
    if race_lost {
        return failed(Reason::LostRace, "the account was not in need any more");
    }
    Outcome::Landed
}

/// The index of the failing instruction among the caller's.
fn instruction(error: &TransactionError) -> Option<usize> {
    match error {
        TransactionError::InstructionError(at, _) => usize::from(*at).checked_sub(BUDGET_INSTRUCTIONS),
        _ => None,
    }
}

/// Instructions before the caller's in a transaction of the sender.
const BUDGET_INSTRUCTIONS: usize = 2;

fn explain(error: &TransactionError) -> (Reason, String) {
    match error {
        TransactionError::InstructionError(_, InstructionError::Custom(code)) => of_code(*code),
        TransactionError::InstructionError(_, other) => (Reason::OurFault, other.to_string()),
        TransactionError::BlockhashNotFound => (Reason::Expired, error.to_string()),
        TransactionError::InsufficientFundsForFee
        | TransactionError::InsufficientFundsForRent { .. }
        | TransactionError::AccountNotFound => {
            (Reason::OurFault, format!("{error}: does the fee payer have SOL?"))
        }
        TransactionError::AlreadyProcessed => (Reason::LostRace, error.to_string()),
        other => (Reason::Rpc, other.to_string()),
    }
}

fn of_code(code: u32) -> (Reason, String) {
    let is = |error: ClearingError| u32::from(error) == code;
    let engine = |error: EngineError| is(error.into());
    let gone = code == u32::from(anchor_lang::error::ErrorCode::AccountNotInitialized)
        || code == u32::from(anchor_lang::error::ErrorCode::AccountOwnedByWrongProgram)
        || code == u32::from(anchor_lang::error::ErrorCode::AccountDiscriminatorMismatch);
    let name = jettison_client::error_name(code);
    let why = match (name, jettison_client::error_message(code)) {
        (Some(name), Some(message)) => format!("{name}: {message}"),
        _ if gone => "an account is not there any more".to_owned(),
        _ => format!("error {code}"),
    };
    let overtaken = [
        EngineError::Bankrupt,
        EngineError::NotBankrupt,
        EngineError::NoPosition,
        EngineError::NotNextInQueue,
        EngineError::MarketMissing,
        EngineError::MarketSettling,
    ];
    let stale = [EngineError::StalePrice, EngineError::OracleUnusable, EngineError::ClockWentBack];
    let reason = if gone || overtaken.into_iter().any(engine) {
        Reason::LostRace
    } else if stale.into_iter().any(engine)
        || [ClearingError::StaleOracle, ClearingError::UncertainOracle].into_iter().any(is)
    {
        Reason::StaleOracle
    } else if engine(EngineError::Throttled) || is(ClearingError::Paused) {
        Reason::Paused
    } else {
        Reason::OurFault
    };
    (reason, why)
}
