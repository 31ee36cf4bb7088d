//! The clearing program from outside, through transactions.

mod addresses;
mod cases;
mod griefing;
mod growth;
mod history;
mod idl;
mod migration;
mod refusals;
mod security;
mod sources;
mod substitution;
mod support;
