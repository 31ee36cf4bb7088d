//! The clearing program from outside, through transactions.

mod cases;
mod griefing;
mod growth;
mod refusals;
mod reinitialisation;
mod substitution;
mod support;
