//! Accounts and markets as a network, and how distress spreads in it.
//!
//! Nothing here knows the engine: it is built from plain numbers, so that a history, a snapshot of a chain or a made-up book
//! can all be asked the same questions. Amounts are dollars as floating point: they only rank and compare, nobody is paid by
//! them.
//!
//! | file | what |
//! |---|---|
//! | [`ExposureNetwork`] | accounts and markets, joined by positions: who bears whose default, which markets share holders |
//! | [`debtrank`], [`linear_debtrank`] | how far the distress of some reaches the others |
//! | [`Impacts`] | the same for any network whose impacts are given, such as a paper's example |
//! | [`eigenvector`], [`betweenness`] | centralities of a graph |
//! | [`Concentration`] | how few hold how much |
//! | [`Scores`] | every account and market with its scores, ranked |
//! | [`Ablation`] | what removing each key account really saves, beside its score |
//!
//! Results are in the order of the accounts as given, and are the same on every machine and any number of threads.

mod ablation;
mod centrality;
mod concentration;
mod debtrank;
mod error;
mod impacts;
mod network;
mod node;
mod projection;
mod scores;
mod spearman;

pub use ablation::{Ablation, Removal};
pub use centrality::{betweenness, eigenvector};
pub use concentration::{herfindahl, Concentration};
pub use debtrank::{debtrank, linear_debtrank, Distress, State, Transmission};
pub use error::ContagionError;
pub use impacts::Impacts;
pub use network::ExposureNetwork;
pub use node::{Account, AccountId, Direction, Exposure, Market, MarketId, Node};
pub use projection::{Bearer, SharedHolders};
pub use scores::{AccountScore, MarketScore, Score, Scores, ScoresWanted};
pub use spearman::spearman;
