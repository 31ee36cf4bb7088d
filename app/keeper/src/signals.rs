//! Systemic signals of each market, for other programs: from the measures of `jettison_risk`.

use anchor_lang::prelude::Pubkey;
use jettison_engine::{Bps, Direction};
use jettison_risk::{Distance, Grid, SideRisk, Snapshot};
use serde::Serialize;

/// Part of a side that fails together in a cascade, in basis points.
const CASCADE: Bps = Bps(500);

/// One side of a market as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signal {
    /// The market.
    pub market: u16,
    /// `long` or `short`.
    pub side: &'static str,
    /// Mean charge a contract over the grid of moves, in millionths of an atom, rounded down.
    pub expected_haircut_micro_atoms: u64,
    /// Accounts with a position.
    pub accounts: usize,
    /// The largest position, in millionths of the side.
    pub largest: u64,
    /// The five largest together, in millionths of the side.
    pub largest_five: u64,
    /// Sum of the squares of all parts, in millionths.
    pub herfindahl: u64,
    /// How far the price has to move until somebody can be liquidated, in millionths; none if it never does.
    pub to_liquidation: Option<u64>,
    /// Until somebody is bankrupt.
    pub to_bankruptcy: Option<u64>,
    /// Until a twentieth of the side can be liquidated.
    pub to_cascade: Option<u64>,
    /// What the market may still draw from insurance, in atoms.
    pub insurance_left: u64,
}

/// The signals of every market of a snapshot; a market that can't be measured is left out.
pub fn signals(snapshot: &Snapshot<Pubkey>) -> Vec<Signal> {
    let grid = Grid::default();
    let measured =
        snapshot.markets().iter().filter_map(|market| snapshot.systemic(market.index, &grid, CASCADE).ok());
    let of_both = |risk: jettison_risk::MarketRisk| {
        let left = risk.insurance_left.0;
        [
            signal(risk.market.0, Direction::Long, &risk.long, left),
            signal(risk.market.0, Direction::Short, &risk.short, left),
        ]
    };
    measured.flat_map(of_both).collect()
}

fn signal(market: u16, direction: Direction, side: &SideRisk, insurance_left: u64) -> Signal {
    let millionths = |ratio: &jettison_risk::Ratio| u64::try_from(ratio.scaled(6)).unwrap_or(u64::MAX);
    let distance = |found: &Option<Distance>| found.as_ref().map(|found| millionths(&found.part));
    Signal {
        market,
        side: if direction == Direction::Long { "long" } else { "short" },
        expected_haircut_micro_atoms: millionths(&side.expected_haircut),
        accounts: side.concentration.accounts,
        largest: millionths(&side.concentration.largest),
        largest_five: millionths(&side.concentration.largest_five),
        herfindahl: millionths(&side.concentration.herfindahl),
        to_liquidation: distance(&side.cascade.liquidation),
        to_bankruptcy: distance(&side.cascade.bankruptcy),
        to_cascade: distance(&side.cascade.spread),
        insurance_left,
    }
}
