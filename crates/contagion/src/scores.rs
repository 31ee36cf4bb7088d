//! Every node with its scores, and the key nodes by them.

use serde::{Deserialize, Serialize};

use crate::centrality::{betweenness, eigenvector};
use crate::debtrank::{debtrank, linear_debtrank};
use crate::error::ContagionError;
use crate::network::ExposureNetwork;
use crate::node::{AccountId, MarketId};

/// What to compute. The cheap ones are always computed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoresWanted {
    /// What part of its equity each account loses in its turn, above 0 up to 1: 1 is a default.
    pub shock: f64,
    /// Betweenness costs nodes × edges: a fraction of a second for a thousand accounts, minutes for fifty thousand. Without it
    /// the scores are `None`.
    pub betweenness: bool,
}

impl Default for ScoresWanted {
    fn default() -> Self {
        Self { shock: 1.0, betweenness: true }
    }
}

/// An account's scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountScore {
    /// Who.
    pub account: AccountId,
    /// Equity, in dollars.
    pub equity: f64,
    /// Notional over all markets, in dollars.
    pub notional: f64,
    /// Notional over equity; `None` where there is no equity.
    pub leverage: Option<f64>,
    /// The part of all equity that its distress takes from others: [`debtrank`].
    pub debtrank: f64,
    /// The same by [`linear_debtrank`].
    pub linear_debtrank: f64,
    /// How large it is among large ones: [`eigenvector`].
    pub eigenvector: f64,
    /// How many shortest paths lead through it: [`betweenness`].
    pub betweenness: Option<f64>,
}

/// A market's scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarketScore {
    /// Which.
    pub market: MarketId,
    /// Its name.
    pub name: String,
    /// Accounts with a position.
    pub accounts: usize,
    /// Notional of both sides, in dollars.
    pub notional: f64,
    /// [`eigenvector`].
    pub eigenvector: f64,
    /// [`betweenness`].
    pub betweenness: Option<f64>,
}

/// A score to rank by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Score {
    /// [`AccountScore::debtrank`].
    DebtRank,
    /// [`AccountScore::linear_debtrank`].
    LinearDebtRank,
    /// [`AccountScore::eigenvector`].
    Eigenvector,
    /// [`AccountScore::betweenness`].
    Betweenness,
    /// [`AccountScore::notional`].
    Notional,
}

impl Score {
    /// Every score.
    pub const ALL: [Self; 5] =
        [Self::DebtRank, Self::LinearDebtRank, Self::Eigenvector, Self::Betweenness, Self::Notional];

    /// What an account has of it; zero where it wasn't computed.
    pub fn of(self, account: &AccountScore) -> f64 {
        match self {
            Self::DebtRank => account.debtrank,
            Self::LinearDebtRank => account.linear_debtrank,
            Self::Eigenvector => account.eigenvector,
            Self::Betweenness => account.betweenness.unwrap_or(0.0),
            Self::Notional => account.notional,
        }
    }
}

/// Scores of a network, in the order of its accounts and markets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Of accounts.
    pub accounts: Vec<AccountScore>,
    /// Of markets.
    pub markets: Vec<MarketScore>,
}

impl Scores {
    /// Scores every node: each account is shocked alone in its turn.
    pub fn new(network: &ExposureNetwork, wanted: ScoresWanted) -> Result<Self, ContagionError> {
        let graph = network.graph();
        let eigenvector = eigenvector(&graph)?;
        let betweenness = wanted.betweenness.then(|| betweenness(&graph));
        let between = |node: usize| betweenness.as_ref().map(|scores| scores[node]);
        let (values, notionals, leverages) = (network.values(), network.notionals(), network.leverages());
        let mut shock = vec![0.0; values.len()];
        let mut accounts = Vec::with_capacity(values.len());
        for (node, account) in network.accounts().iter().enumerate() {
            shock[node] = wanted.shock;
            accounts.push(AccountScore {
                account: account.id,
                equity: account.equity,
                notional: notionals[node],
                leverage: leverages[node],
                debtrank: debtrank(network, &values, &shock)?.rank,
                linear_debtrank: linear_debtrank(network, &values, &shock)?.rank,
                eigenvector: eigenvector[node],
                betweenness: between(node),
            });
            shock[node] = 0.0;
        }
        let market = |(place, (accounts, notional)): (usize, (usize, f64))| MarketScore {
            market: network.markets()[place].id,
            name: network.markets()[place].name.clone(),
            accounts,
            notional,
            eigenvector: eigenvector[values.len() + place],
            betweenness: between(values.len() + place),
        };
        let markets = sizes(network).into_iter().enumerate().map(market).collect();
        Ok(Self { accounts, markets })
    }

    /// The accounts with the highest score, highest first, equal ones in their order.
    pub fn top(&self, score: Score, count: usize) -> Vec<AccountScore> {
        let mut ranked = self.accounts.clone();
        ranked.sort_by(|a, b| score.of(b).total_cmp(&score.of(a)));
        ranked.truncate(count);
        ranked
    }
}

/// How many accounts each market has, and their notional.
fn sizes(network: &ExposureNetwork) -> Vec<(usize, f64)> {
    let mut sizes = vec![(0, 0.0); network.markets().len()];
    for edge in network.edges() {
        let (accounts, notional) = &mut sizes[edge.market];
        *accounts += 1;
        *notional += edge.notional;
    }
    sizes
}
