//! What can be wrong with what a study is given.

use jettison_engine::EngineError;
use thiserror::Error as ThisError;

/// Why a study can't run.
#[derive(Debug, ThisError)]
pub enum Error {
    /// A setting is out of its bounds.
    #[error("{field} is {value}: it must be {must}")]
    Setting {
        /// The setting.
        field: &'static str,
        /// What it is.
        value: String,
        /// What it must be.
        must: String,
    },
    /// The engine refuses what a history can't do without.
    #[error("{what}: {source}")]
    Engine {
        /// What was tried.
        what: String,
        /// Why it was refused.
        source: EngineError,
    },
    /// Prices can't be drawn.
    #[error("prices: {0}")]
    Path(String),
    /// The exposure network can't be built.
    #[error("the exposure network: {0}")]
    Network(String),
    /// The shards that were given don't make a study.
    #[error("{what}: {problem}")]
    Shards {
        /// Of which rows.
        what: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// An invariant doesn't hold: a bug, and the history that shows it.
    #[error("history {history} under {rule}, second {second}: {check}")]
    Invariant {
        /// The history.
        history: u64,
        /// The sharing rule.
        rule: String,
        /// When.
        second: i64,
        /// What was compared.
        check: String,
    },
}

/// What a study's functions return.
pub type Result<T, E = Error> = core::result::Result<T, E>;
