//! The keeper: finds accounts in need and liquidates, deleverages, resolves and settles them.
//!
//! [`keeper::Keeper`] is the loop without its surroundings: it takes [`input::Input`]s and gives orders, so that a record
//! of the inputs replays it. [`run::run`] puts it on a cluster.
//!
//! | module | job |
//! |---|---|
//! | `config`, `preflight` | what it is told, and what must be right before it starts |
//! | `stream`, `bootstrap`, `cache` | what it knows of the chain |
//! | `book`, `plan` | which accounts are in need, and what to do about them: `crates/planner` |
//! | `batch`, `units`, `fees` | transactions within the chain's limits, and what they offer |
//! | `sender`, `journal` | landing them once |
//! | `outcome`, `backoff` | what became of each task, and when to try again |
//! | `metrics`, `signals`, `http` | what it shows |
//! | `record` | records and replays |

pub mod backoff;
pub mod batch;
pub mod bootstrap;
pub mod cache;
pub mod config;
pub mod fees;
pub mod http;
pub mod input;
pub mod journal;
pub mod keeper;
pub mod metrics;
pub mod outcome;
pub mod preflight;
pub mod record;
pub mod run;
pub mod sender;
pub mod signals;
pub mod stream;
pub mod units;

pub use jettison_planner::{book, plan};
