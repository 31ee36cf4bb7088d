//! A market as a whole: signals for those who watch it.

use jettison_engine::{Atoms, Bps, Contracts, Direction, MarketIndex, Price, Result};

use crate::cascade::Cascade;
use crate::grid::Grid;
use crate::ratio::Ratio;
use crate::search::Move;
use crate::stress::{MarketLoss, Shock};
use crate::Snapshot;

/// How the contracts of a side are spread over accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concentration {
    /// Accounts with a position.
    pub accounts: usize,
    /// The largest position, as a part of all.
    pub largest: Ratio,
    /// The five largest together.
    pub largest_five: Ratio,
    /// The sum of the squares of all parts: one account has 1, n equal accounts have 1/n.
    pub herfindahl: Ratio,
}

/// One side of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideRisk {
    /// How it is spread.
    pub concentration: Concentration,
    /// The mean charge for each contract of this side over the grid, in atoms: by weight, over all moves, also those that
    /// charge nothing.
    pub expected_haircut: Ratio,
    /// Where this side's own accounts fail.
    pub cascade: Cascade,
}

/// One move of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScenarioRow {
    /// The move.
    pub shift: Move,
    /// Its weight.
    pub weight: u64,
    /// Accounts that fail.
    pub failures: usize,
    /// What happens in this market.
    pub loss: MarketLoss,
    /// Whether it was followed to its end.
    pub is_complete: bool,
}

/// A market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketRisk {
    /// Which.
    pub market: MarketIndex,
    /// Its effective price.
    pub price: Price,
    /// Contracts open on each side.
    pub open_interest: Contracts,
    /// What the insurance fund has.
    pub insurance: Atoms,
    /// What of it this market may still draw: its allowance, and no more than there is.
    pub insurance_left: Atoms,
    /// Forfeited claims: spent before insurance.
    pub surplus: Atoms,
    /// Losses that nobody has been charged for.
    pub uncovered: Atoms,
    /// The long side.
    pub long: SideRisk,
    /// The short side.
    pub short: SideRisk,
    /// The moves, from the deepest fall to the highest rise; without those to prices that the market doesn't accept.
    pub rows: Vec<ScenarioRow>,
}

impl<Id: Copy> Snapshot<Id> {
    /// A market's expected haircut over a grid of moves of its price alone, its concentration, and the distance to its next
    /// cascade, where `part` of open interest makes one. Its cost is linear in the accounts that have a leg there, times the
    /// moves.
    pub fn systemic(&self, index: MarketIndex, grid: &Grid, part: Bps) -> Result<MarketRisk> {
        let market = self.market(index)?;
        let rows = self.rows(index, grid)?;
        let side = |direction| -> Result<SideRisk> {
            Ok(SideRisk {
                concentration: self.concentration(index, direction),
                expected_haircut: expected(&rows, direction),
                cascade: self.cascades(index, direction, part)?,
            })
        };
        let (long, short) = (side(Direction::Long)?, side(Direction::Short)?);
        let allowance = market.allowance.remaining(&market.params, self.now())?;
        Ok(MarketRisk {
            market: index,
            price: market.effective_price,
            open_interest: market.long.contracts.max(market.short.contracts),
            insurance: self.insurance(),
            insurance_left: allowance.min(self.insurance()),
            surplus: market.surplus,
            uncovered: market.uncovered,
            long,
            short,
            rows,
        })
    }

    fn rows(&self, index: MarketIndex, grid: &Grid) -> Result<Vec<ScenarioRow>> {
        let market = self.market(index)?;
        let mut rows = vec![];
        for step in &grid.0 {
            if market.is_settling() || !market.accepts(step.shift.of(market.effective_price)?) {
                continue;
            }
            let scenario = self.stress(Shock::One(index, step.shift))?;
            if let Some(loss) = scenario.loss(index) {
                rows.push(ScenarioRow {
                    shift: step.shift,
                    weight: step.weight,
                    failures: scenario.failures.len(),
                    loss: *loss,
                    is_complete: scenario.is_complete,
                });
            }
        }
        Ok(rows)
    }

    /// How a side's contracts are spread over accounts.
    pub fn concentration(&self, index: MarketIndex, side: Direction) -> Concentration {
        let mut shares: Vec<u64> = self.side(index, side).map(|(_, leg)| leg.shares.0).collect();
        let sum = |shares: &[u64]| -> u128 { shares.iter().copied().map(u128::from).sum() };
        let all = sum(&shares);
        let squares: u128 =
            shares.iter().map(|part| u128::from(*part).saturating_mul(u128::from(*part))).sum();
        let top = shares.len().min(5);
        if let Some(last) = top.checked_sub(1) {
            shares.select_nth_unstable_by(last, |a, b| b.cmp(a));
        }
        let largest_five = shares.get(..top).unwrap_or_default();
        Concentration {
            accounts: shares.len(),
            largest: Ratio::new(largest_five.iter().copied().max().unwrap_or(0), all),
            largest_five: Ratio::new(sum(largest_five), all),
            herfindahl: Ratio::new(squares, all.saturating_mul(all)),
        }
    }
}

/// `Σ weight × charge / (Σ weight × contracts)`.
fn expected(rows: &[ScenarioRow], side: Direction) -> Ratio {
    let weigh = |amount: fn(&ScenarioRow, Direction) -> u64| -> u128 {
        let terms =
            rows.iter().map(|row| u128::from(row.weight).saturating_mul(u128::from(amount(row, side))));
        terms.sum()
    };
    Ratio::new(weigh(|row, side| row.loss.charged(side).0), weigh(|row, _| row.loss.contracts.0))
}
