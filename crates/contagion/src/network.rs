//! The bipartite exposure graph: accounts on one side, markets on the other, positions between them.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::UnGraph;

use crate::debtrank::Transmission;
use crate::error::ContagionError;
use crate::node::{Account, AccountId, Direction, Exposure, Market, MarketId, Node};

/// A position, by places in the network.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub account: usize,
    pub market: usize,
    pub direction: Direction,
    pub notional: f64,
    /// What part of its side this is.
    pub share: f64,
}

/// Accounts and markets, joined by positions.
///
/// A default of account `i` in market `m` leaves `notional × loss given default` unpaid. The other side of `m` bears it in
/// proportion to its contracts, so the impact of `i` on `j` is `W_ij = Σ_m unpaid_im × share_jm / equity_j`: what `j` loses
/// per unit of default of `i`, as a part of `j`'s equity. The matrix is never built: distress goes from accounts to sides of
/// markets and on to accounts, in as many steps as there are positions.
#[derive(Clone, Debug)]
pub struct ExposureNetwork {
    accounts: Vec<Account>,
    markets: Vec<Market>,
    edges: Vec<Edge>,
    by_account: BTreeMap<AccountId, usize>,
    by_market: BTreeMap<MarketId, usize>,
}

impl ExposureNetwork {
    /// Builds the graph. Errors name the account or market that is given twice, missing, or with an impossible number.
    pub fn new(
        accounts: Vec<Account>,
        markets: Vec<Market>,
        exposures: &[Exposure],
    ) -> Result<Self, ContagionError> {
        let by_account = index_accounts(&accounts)?;
        let by_market = index_markets(&markets)?;
        let mut network = Self { accounts, markets, edges: vec![], by_account, by_market };
        network.edges = network.join(exposures)?;
        Ok(network)
    }

    fn join(&self, exposures: &[Exposure]) -> Result<Vec<Edge>, ContagionError> {
        let mut seen = BTreeSet::new();
        let mut totals = vec![[0.0; 2]; self.markets.len()];
        let mut edges = Vec::with_capacity(exposures.len());
        for &Exposure { account, market, direction, notional } in exposures {
            if !(notional.is_finite() && notional > 0.0) {
                return Err(ContagionError::BadNotional { account, market, notional });
            }
            let edge = Edge {
                account: self.place(account)?,
                market: self.market_place(market)?,
                direction,
                notional,
                share: 0.0,
            };
            if !seen.insert((edge.account, edge.market)) {
                return Err(ContagionError::RepeatedExposure { account, market });
            }
            totals[edge.market][direction as usize] += notional;
            edges.push(edge);
        }
        for edge in &mut edges {
            edge.share = edge.notional / totals[edge.market][edge.direction as usize];
        }
        Ok(edges)
    }

    /// The accounts, as given.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The markets, as given.
    pub fn markets(&self) -> &[Market] {
        &self.markets
    }

    pub(crate) fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// An account's place among [`Self::accounts`].
    pub fn place(&self, account: AccountId) -> Result<usize, ContagionError> {
        self.by_account.get(&account).copied().ok_or(ContagionError::UnknownAccount(account))
    }

    pub(crate) fn market_place(&self, market: MarketId) -> Result<usize, ContagionError> {
        self.by_market.get(&market).copied().ok_or(ContagionError::UnknownMarket(market))
    }

    /// What an edge's account leaves unpaid there if it defaults, in dollars.
    pub(crate) fn unpaid(&self, edge: &Edge) -> f64 {
        edge.notional * self.markets[edge.market].loss_given_default
    }

    /// Notional of every account over all its markets, in dollars, in the accounts' order.
    pub fn notionals(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.accounts.len()];
        for edge in &self.edges {
            sums[edge.account] += edge.notional;
        }
        sums
    }

    /// Notional over equity of every account; `None` where there is a position but no equity.
    pub fn leverages(&self) -> Vec<Option<f64>> {
        let of = |(notional, account): (f64, &Account)| match (notional > 0.0, account.equity > 0.0) {
            (false, _) => Some(0.0),
            (true, true) => Some(notional / account.equity),
            (true, false) => None,
        };
        self.notionals().into_iter().zip(&self.accounts).map(of).collect()
    }

    /// Each account's part of all equity: its economic value in DebtRank. All zero where nobody has any.
    pub fn values(&self) -> Vec<f64> {
        let total: f64 = self.accounts.iter().map(|account| account.equity).sum();
        let part = |account: &Account| if total > 0.0 { account.equity / total } else { 0.0 };
        self.accounts.iter().map(part).collect()
    }

    /// The graph for centralities: accounts first, then markets, each in their order; an edge weighs its notional.
    pub fn graph(&self) -> UnGraph<Node, f64> {
        let mut graph = UnGraph::with_capacity(self.accounts.len() + self.markets.len(), self.edges.len());
        let accounts: Vec<_> = self.accounts.iter().map(|a| graph.add_node(Node::Account(a.id))).collect();
        let markets: Vec<_> = self.markets.iter().map(|m| graph.add_node(Node::Market(m.id))).collect();
        for edge in &self.edges {
            graph.add_edge(accounts[edge.account], markets[edge.market], edge.notional);
        }
        graph
    }
}

impl Transmission for ExposureNetwork {
    fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Accounts press on the other side of their markets; each side spreads it over its holders. The impact of one account on
    /// another isn't cut at one, as in Bardoscia et al. 2015: only what an account has lost in all is.
    fn pass(&self, sent: &[f64]) -> Vec<f64> {
        let mut pressure = vec![[0.0; 2]; self.markets.len()];
        for edge in self.edges.iter().filter(|edge| sent[edge.account] > 0.0) {
            pressure[edge.market][edge.direction.opposite() as usize] +=
                sent[edge.account] * self.unpaid(edge);
        }
        let mut received = vec![0.0; self.accounts.len()];
        for edge in &self.edges {
            let equity = self.accounts[edge.account].equity;
            if equity > 0.0 {
                received[edge.account] +=
                    pressure[edge.market][edge.direction as usize] * edge.share / equity;
            }
        }
        received
    }
}

fn index_accounts(accounts: &[Account]) -> Result<BTreeMap<AccountId, usize>, ContagionError> {
    let mut places = BTreeMap::new();
    for (place, &Account { id, equity }) in accounts.iter().enumerate() {
        if !(equity.is_finite() && equity >= 0.0) {
            return Err(ContagionError::BadEquity { account: id, equity });
        }
        if places.insert(id, place).is_some() {
            return Err(ContagionError::RepeatedAccount(id));
        }
    }
    Ok(places)
}

fn index_markets(markets: &[Market]) -> Result<BTreeMap<MarketId, usize>, ContagionError> {
    let mut places = BTreeMap::new();
    for (place, market) in markets.iter().enumerate() {
        let rate = market.loss_given_default;
        if !(rate.is_finite() && rate >= 0.0) {
            return Err(ContagionError::BadLossRate { market: market.id, rate });
        }
        if places.insert(market.id, place).is_some() {
            return Err(ContagionError::RepeatedMarket(market.id));
        }
    }
    Ok(places)
}
