//! The clearing program from outside, through transactions.

mod cases;
mod refusals;
mod substitution;
mod support;
