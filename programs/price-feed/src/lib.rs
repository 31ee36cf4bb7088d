//! The stand-in oracle of localnets and tests.
//!
//! One account per feed; its authority posts a price, a confidence and a publish time. There is nothing
//! behind a price but the authority's signature: a market that holds money reads a real oracle instead.

mod error;
mod feed;
pub mod instruction;
mod processor;

pub use error::FeedError;
pub use feed::{PriceFeed, FEED_LEN, FEED_MAGIC, FEED_VERSION};
pub use instruction::FeedInstruction;
pub use processor::process_instruction;

// Library calls that the SBF toolchain leaves unresolved.
#[cfg(target_arch = "bpf")]
use sbf_rt as _;
#[cfg(target_arch = "bpf")]
use solana_compiler_builtins as _;

solana_program::declare_id!("DSvGLfj953Dn2R5ydgpg5UasZxdWcZApgT7ddsksYrqf");

#[cfg(not(feature = "no-entrypoint"))]
solana_program::entrypoint!(process_instruction);
