//! The bipartite graph seen from one kind of node: who bears whose default, and which markets share holders.

use serde::{Deserialize, Serialize};

use crate::error::ContagionError;
use crate::network::ExposureNetwork;
use crate::node::{AccountId, MarketId};

/// Who bears a part of an account's default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bearer {
    /// Who.
    pub account: AccountId,
    /// How much if the other defaults altogether, in dollars.
    pub loss: f64,
    /// That as a part of the bearer's equity, the impact `W_ij`; `None` where there is no equity. May be above one.
    pub of_equity: Option<f64>,
}

/// Two markets with accounts in common.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedHolders {
    /// The first market.
    pub first: MarketId,
    /// The second.
    pub second: MarketId,
    /// Accounts with a position in both.
    pub accounts: usize,
    /// The smaller of each such account's two notionals, summed, in dollars.
    pub notional: f64,
}

impl ExposureNetwork {
    /// Who bears the default of an account, the largest loss first, equal ones in the order of the accounts. One row of the
    /// projection onto accounts, for one walk over the positions.
    pub fn bearers(&self, account: AccountId) -> Result<Vec<Bearer>, ContagionError> {
        let place = self.place(account)?;
        let mut unpaid = vec![[0.0; 2]; self.markets().len()];
        for edge in self.edges().iter().filter(|edge| edge.account == place) {
            unpaid[edge.market][edge.direction.opposite() as usize] += self.unpaid(edge);
        }
        let mut losses = vec![0.0; self.accounts().len()];
        for edge in self.edges() {
            losses[edge.account] += unpaid[edge.market][edge.direction as usize] * edge.share;
        }
        let bearers = self.accounts().iter().zip(losses).filter(|(_, loss)| *loss > 0.0);
        let mut bearers: Vec<Bearer> = bearers
            .map(|(bearer, loss)| Bearer {
                account: bearer.id,
                loss,
                of_equity: (bearer.equity > 0.0).then(|| loss / bearer.equity),
            })
            .collect();
        bearers.sort_by(|a, b| b.loss.total_cmp(&a.loss));
        Ok(bearers)
    }

    /// The projection onto markets: each pair with at least one account in common, in the order of the markets.
    pub fn shared_holders(&self) -> Vec<SharedHolders> {
        let mut held = vec![vec![]; self.accounts().len()];
        for edge in self.edges() {
            held[edge.account].push((edge.market, edge.notional));
        }
        let count = self.markets().len();
        let mut shared = vec![(0, 0.0); count * count];
        for positions in &held {
            for &(first, a) in positions {
                for &(second, b) in positions.iter().filter(|(second, _)| *second > first) {
                    let pair: &mut (usize, f64) = &mut shared[first * count + second];
                    *pair = (pair.0 + 1, pair.1 + f64::min(a, b));
                }
            }
        }
        let id = |place: usize| self.markets()[place].id;
        let pairs = shared.iter().enumerate().filter(|(_, (accounts, _))| *accounts > 0);
        pairs
            .map(|(place, &(accounts, notional))| SharedHolders {
                first: id(place / count),
                second: id(place % count),
                accounts,
                notional,
            })
            .collect()
    }
}
