//! A chain in this process, for the tests and for the crashes that the CLI plays.
//!
//! One API over two runtimes:
//!
//! | | native | elf |
//! |---|---|---|
//! | engine | solana-program-test 3.1.12 | litesvm 0.16.0 |
//! | our programs | Rust functions of this process | the compiled `.so` files |
//! | SPL Token | the old program | the one of mainnet, see [`Chain::token_program`] |
//! | Token-2022 | 10.0.0 | 11.0.0 |
//! | compute units, program logs, events | none | as on a cluster |
//! | arithmetic, account rules, CPI, rent | the same | the same |
//!
//! So the native runtime needs no SBF toolchain, and whatever concerns cost or logs is measured on the ELF.
//! Keys come from a fixed series and the clock from the caller: a run repeats exactly.

mod chain;
mod elf;
mod extensions;
mod files;
mod hush;
mod native;
mod outcome;
mod program;
mod standard;
mod tokens;
mod venue;
mod wire;

pub use chain::{Chain, Runtime, START_TS};
pub use files::ElfFiles;
pub use outcome::{Executed, Failed};
pub use program::{programs, Builtin, NativeProgram};
pub use solana_account_v3::Account;
pub use standard::{feed_price, standard, PRICE};
pub use venue::{open_settings, EmbeddedVenue, Feed, Trader, FEED_EXPONENT, QUOTE_DECIMALS};

/// What the macros expand to; no API.
#[doc(hidden)]
pub mod macro_support {
    pub use crate::program::tie_lifetimes;
    pub use anchor_lang::prelude::{AccountInfo, Pubkey};
    pub use anchor_lang::solana_program::entrypoint::ProgramResult;
    pub use solana_program_test::processor;
}
