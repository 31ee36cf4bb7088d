//! What a sent transaction came to.

use anchor_lang::solana_program::instruction::error::InstructionError;
use solana_transaction_error::TransactionError;
use std::fmt;

/// A transaction that went through.
#[derive(Clone, Debug, Default)]
pub struct Executed {
    /// Compute units of the whole transaction, its compute-budget instruction (150) included; `None` natively,
    /// where our programs aren't metered.
    pub compute_units: Option<u64>,
    /// Compute units of each instruction sent, CPIs included; 0 for the runtime's builtins, which log none.
    /// Empty natively.
    pub instruction_units: Vec<u64>,
    /// The runtime's log; natively without what our programs print.
    pub logs: Vec<String>,
    /// What this chain's own programs logged as data (`emit!`, `sol_log_data`), decoded, in order. Lines of
    /// other programs are left out. Empty natively.
    pub program_data: Vec<Vec<u8>>,
    /// Whether the runtime has cut the log off, so that `program_data` and `instruction_units` are not all there is.
    pub logs_truncated: bool,
}

/// A transaction that changed nothing but the payer's lamports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failed {
    /// Index of the failing instruction, as sent; `None` when the transaction failed as a whole.
    pub instruction: Option<usize>,
    /// The program's error number, where it gave one.
    pub custom: Option<u32>,
    /// The runtime's words.
    pub message: String,
    /// The runtime's log, up to the failure.
    pub logs: Vec<String>,
}

impl Failed {
    /// A failure outside any instruction.
    pub fn whole(message: impl Into<String>) -> Failed {
        Failed { message: message.into(), ..Failed::default() }
    }

    pub(crate) fn from_runtime(error: &TransactionError, logs: Vec<String>) -> Failed {
        let (instruction, custom) = match error {
            TransactionError::InstructionError(index, InstructionError::Custom(code)) => {
                (Some(usize::from(*index)), Some(*code))
            }
            TransactionError::InstructionError(index, _) => (Some(usize::from(*index)), None),
            _ => (None, None),
        };
        Failed { instruction, custom, message: error.to_string(), logs }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failed {}
