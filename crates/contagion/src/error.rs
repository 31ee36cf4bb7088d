//! What is wrong with a network, and what to do about it.

use crate::node::{AccountId, MarketId};

/// Why a network, a shock or a comparison was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ContagionError {
    /// Equity that is below zero or no number.
    #[error("account {account}: equity is {equity}; it must be a number, zero or more (a bankrupt account has zero)")]
    BadEquity {
        /// Whose.
        account: AccountId,
        /// What was given.
        equity: f64,
    },
    /// A loss rate that is below zero or no number.
    #[error("market {market}: loss given default is {rate}; it must be a number, zero or more (0.1 is 10 % of notional)")]
    BadLossRate {
        /// Which.
        market: MarketId,
        /// What was given.
        rate: f64,
    },
    /// A notional that isn't above zero.
    #[error("account {account} in market {market}: notional is {notional}; it must be a number above zero, leave flat positions out")]
    BadNotional {
        /// Whose.
        account: AccountId,
        /// Where.
        market: MarketId,
        /// What was given.
        notional: f64,
    },
    /// An account given twice.
    #[error("account {0} is given twice; give each account once")]
    RepeatedAccount(AccountId),
    /// A market given twice.
    #[error("market {0} is given twice; give each market once")]
    RepeatedMarket(MarketId),
    /// Two positions of one account in one market.
    #[error("account {account} has two positions in market {market}; net them first, an account has one leg a market")]
    RepeatedExposure {
        /// Whose.
        account: AccountId,
        /// Where.
        market: MarketId,
    },
    /// A position or a shock of an account that isn't in the network.
    #[error("account {0} is not in the network; add it to the accounts")]
    UnknownAccount(AccountId),
    /// A position in a market that isn't in the network.
    #[error("market {0} is not in the network; add it to the markets")]
    UnknownMarket(MarketId),
    /// A shock outside `[0, 1]`.
    #[error("shock of node {node} is {shock}; it must be from 0 (none) to 1 (all its equity)")]
    BadShock {
        /// The node's place in its network.
        node: usize,
        /// What was given.
        shock: f64,
    },
    /// Another number of values than nodes.
    #[error("{given} values for {nodes} nodes; give one for each")]
    WrongLength {
        /// How many were given.
        given: usize,
        /// How many there are.
        nodes: usize,
    },
    /// An impact that can't be.
    #[error("impact of node {from} on node {to} is {weight}; nodes are 0 to {last}, and an impact is a number, zero or more")]
    BadImpact {
        /// From.
        from: usize,
        /// To.
        to: usize,
        /// What was given.
        weight: f64,
        /// The last node there is.
        last: usize,
    },
    /// An edge's weight that can't be.
    #[error("edge {edge} has the weight {weight}; it must be a number, zero or more")]
    BadWeight {
        /// The edge's place in the graph.
        edge: usize,
        /// What was given.
        weight: f64,
    },
    /// Power iteration didn't settle.
    #[error("eigenvector centrality did not settle within {0} steps; the graph may be made of parts of nearly the same weight: score each part alone")]
    NotSettled(usize),
}
