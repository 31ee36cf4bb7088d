//! The clearing program from outside, through transactions.

mod addresses;
mod authority;
mod cases;
mod example_venue;
mod funds;
mod griefing;
mod growth;
mod idl;
mod machine;
mod migration;
mod refusals;
mod security;
mod slots;
mod sources;
mod substitution;
mod support;
mod wind_down;
