//! The study of auto-deleveraging waves: what each sharing rule would have taken, from published tables.
//!
//! Of each wave the tables say how large the deficit was, how much had to be taken from the winners, what they owned and had
//! gained, and what the venue's queue took. From these [`study`] computes what each rule takes, compares every published
//! column that follows from others with the table ([`WaveStudy::checks`]), and says of the rest why it can't be computed
//! ([`WaveStudy::not_derivable`]). How the burden lies on single accounts is not published: [`Model`] makes up a population
//! with each wave's totals and runs every rule on it, and what comes from it is called modelled throughout.
//!
//! The tables are those of Chitra et al., "Autodeleveraging: Impossibilities and Optimization" (arXiv 2512.01112, 2025), and any
//! file of the same columns.

mod check;
mod compare;
mod error;
mod model;
mod policy;
mod policy_checks;
mod shocks;
mod study;
mod table;
mod wave;

pub use check::{Check, NotDerivable, Unit};
pub use error::WaveError;
pub use model::{Model, ModelledBurden};
pub use policy::PolicyTotals;
pub use shocks::{CoinRow, ShockStudy, ShocksInWave};
pub use study::{study, RuleOutcome, Sources, WaveRow, WaveStudy, WaveTotals};
