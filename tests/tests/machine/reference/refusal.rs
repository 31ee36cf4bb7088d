//! Why the reference refuses, with the number that the chain must give.

use anchor_lang::error::ErrorCode;
use anchor_spl::token::spl_token::error::TokenError;
use clearing::error::ClearingError;
use jettison_engine::EngineError;
use jettison_tests::Code;

#[derive(Clone, Debug)]
pub enum Refusal {
    /// A rule of the engine.
    Rule(EngineError),
    /// A check of the program.
    Program(ClearingError),
    /// A check of Anchor.
    Anchor(ErrorCode),
    /// Of the token program.
    Token(TokenError),
    /// The system program: there is an account already.
    InUse,
}

pub type Outcome<T = ()> = Result<T, Refusal>;

impl Refusal {
    pub fn code(&self) -> u32 {
        match self {
            Self::Rule(error) => error.code(),
            Self::Program(error) => error.code(),
            Self::Anchor(error) => error.code(),
            Self::Token(error) => error.clone() as u32,
            Self::InUse => 0,
        }
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self::Rule(error)
    }
}

impl From<ClearingError> for Refusal {
    fn from(error: ClearingError) -> Self {
        Self::Program(error)
    }
}

/// Refuses unless something holds.
pub fn require(holds: bool, refusal: impl Into<Refusal>) -> Outcome {
    if holds {
        Ok(())
    } else {
        Err(refusal.into())
    }
}
