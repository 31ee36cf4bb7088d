//! Rules by which a loss can be shared, in whole atoms, and how heavy each one falls.
//!
//! Pure functions on slices: no market, no account, no clock. [`share`] takes one loss and those on the other side, and
//! says what each of them gives. [`Burden`] measures the outcome. [`PoolBook`] and [`QueueBook`] do the same for many losses
//! in a row on one population, as a venue sees them in a crash.
//!
//! Amounts are atoms (10⁻⁶ of a dollar) in `u64`; sums are `u128`. Parts and Gini coefficients are statistics, and so
//! floating point; no amount is ever derived from one. `docs/sharing-rules.md` gives each rule with its source.

mod book;
mod burden;
mod holder;
mod queue;
mod rounding;
mod rule;
mod water;

pub use book::{Basis, BookError, PoolBook, Position, QueueBook, Taken};
pub use burden::{gini, Burden};
pub use holder::{Holder, Measure, Side};
pub use queue::{Fill, Ranking};
pub use rule::{share, Rule, SharingError};
