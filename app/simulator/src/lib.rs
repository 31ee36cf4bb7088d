//! The risk lab: how losses would be shared, on the engine itself.
//!
//! A history is a path of prices and a population that trades on it, cleared by `jettison-engine`; it is played under several
//! sharing rules with the same prices and the same chances. Every step of every history is checked against the invariants of
//! docs/invariants.md. Models and statistics are floating point; money is the engine's integers.
//!
//! | file | what |
//! |---|---|
//! | `scenario`, `config` | what a history starts from; what a configuration says |
//! | `agents` | who trades: traders, hedgers, keepers, stakers |
//! | `book`, `floor` | the order book, and trading against its makers |
//! | `venue`, `positions` | the clearinghouse of the harness, and what each holder entered at |
//! | `rules` | the sharing rules on the engine |
//! | `history` | one history under one rule |
//! | `tally`, `results` | what it cost, and whom |
//! | `stats` | means, quantiles, shortfalls, with intervals |
//! | `study` | many histories, and what they say together |
//! | `signals`, `network` | systemic signals; the exposure network |
#![allow(clippy::indexing_slicing)]

pub mod agents;
pub mod book;
pub mod config;
pub mod error;
pub mod floor;
pub mod history;
pub mod network;
pub mod output;
pub mod positions;
pub mod report;
pub mod results;
pub mod rules;
pub mod scenario;
pub mod signals;
pub mod stats;
pub mod study;
pub mod tally;
pub mod venue;
pub mod waves;
