//! The clearing program from outside, through transactions.

mod addresses;
mod cases;
mod funds;
mod griefing;
mod growth;
mod history;
mod idl;
mod refusals;
mod security;
mod sources;
mod substitution;
mod support;
