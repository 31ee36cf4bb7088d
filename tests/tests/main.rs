//! The clearing program from outside, through transactions.

mod addresses;
mod cases;
mod griefing;
mod growth;
mod idl;
mod machine;
mod refusals;
mod security;
mod substitution;
mod support;
