//! The clearing program from outside, through transactions.

mod addresses;
mod cases;
mod griefing;
mod growth;
mod history;
mod refusals;
mod substitution;
mod support;
