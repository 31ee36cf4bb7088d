//! How few hold how much.

use serde::{Deserialize, Serialize};

use crate::network::ExposureNetwork;
use crate::node::{Direction, Market, MarketId};

/// The Herfindahl–Hirschman index: the sum of the squares of all parts. One holder has 1, `n` equal ones have 1/n; nothing held
/// has 0. Takes amounts, zero or more, in any unit.
pub fn herfindahl(amounts: &[f64]) -> f64 {
    let total: f64 = amounts.iter().sum();
    if total > 0.0 {
        amounts.iter().map(|amount| (amount / total).powi(2)).sum()
    } else {
        0.0
    }
}

/// How one side of a market is spread over accounts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concentration {
    /// The market.
    pub market: MarketId,
    /// Its side.
    pub direction: Direction,
    /// Accounts with a position.
    pub accounts: usize,
    /// Notional, in dollars.
    pub notional: f64,
    /// The largest position as a part of all.
    pub largest: f64,
    /// The five largest together.
    pub largest_five: f64,
    /// [`herfindahl`]; its inverse is how many equal holders would be as concentrated.
    pub herfindahl: f64,
}

impl ExposureNetwork {
    /// The concentration of both sides of every market, long first, in the order of the markets.
    pub fn concentrations(&self) -> Vec<Concentration> {
        let mut sides = vec![[vec![], vec![]]; self.markets().len()];
        for edge in self.edges() {
            sides[edge.market][edge.direction as usize].push(edge.notional);
        }
        let markets = self.markets().iter().zip(sides);
        let of = |(market, sides): (&Market, [Vec<f64>; 2])| {
            let id = market.id;
            [Direction::Long, Direction::Short]
                .into_iter()
                .zip(sides)
                .map(move |(side, held)| spread(id, side, held))
        };
        markets.flat_map(of).collect()
    }
}

fn spread(market: MarketId, direction: Direction, mut held: Vec<f64>) -> Concentration {
    held.sort_by(|a, b| b.total_cmp(a));
    let notional: f64 = held.iter().sum();
    let part = |top: usize| {
        let top: f64 = held.iter().take(top).sum();
        if notional > 0.0 {
            top / notional
        } else {
            0.0
        }
    };
    Concentration {
        market,
        direction,
        accounts: held.len(),
        notional,
        largest: part(1),
        largest_five: part(5),
        herfindahl: herfindahl(&held),
    }
}
