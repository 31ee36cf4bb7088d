use anchor_lang::error::ErrorCode;
use clearing::error::ClearingError;
use jettison_engine::EngineError;

/// An error as the chain numbers it.
pub trait Code: core::fmt::Debug {
    /// The number.
    fn code(&self) -> u32;
}

impl Code for EngineError {
    fn code(&self) -> u32 {
        ClearingError::from(*self).into()
    }
}

impl Code for ClearingError {
    fn code(&self) -> u32 {
        6_000 + *self as u32
    }
}

impl Code for ErrorCode {
    fn code(&self) -> u32 {
        (*self).into()
    }
}

/// A number of the token or the system program.
impl Code for u32 {
    fn code(&self) -> u32 {
        *self
    }
}
