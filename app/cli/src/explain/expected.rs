//! The haircut to expect if the other side's weakest accounts fail.

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use jettison_engine::{Direction, Leg, MarginAccount};
use jettison_risk::{Grid, Move, Ratio, Shock, Snapshot};

use super::fetch::Scene;
use super::health::{name_of, side_name, Units};
use crate::output::{Fields, Rows, View};

/// What one move in a leg's favour would bring it.
pub struct Row {
    shift: Move,
    price: u64,
    /// Accounts that fail.
    failures: usize,
    deficit: u64,
    by_insurance: u64,
    /// Charged to the leg's side.
    charged: u64,
    per_contract: Ratio,
    gain: i64,
    haircut: u64,
}

/// A leg, and what the moves in its favour would bring.
pub struct Expected {
    market: u16,
    direction: Direction,
    rows: Vec<Row>,
    /// The mean haircut by the grid's weights, in atoms, over moves in the leg's favour.
    mean: Ratio,
}

/// Looks at every move of the grid that favours one of the account's legs.
pub fn expected(book: &Snapshot<Pubkey>, ledger: &MarginAccount, grid: &Grid) -> Result<Vec<Expected>> {
    let mut all = vec![];
    for leg in ledger.legs().filter(|leg| leg.has_position()) {
        let market = book.market(leg.market)?;
        let mut rows = vec![];
        let (mut weighed, mut weights) = (0_u128, 0_u128);
        for step in &grid.0 {
            let favours = (step.shift.0 > 0) == (leg.direction() == Direction::Long);
            let price = step.shift.of(market.effective_price)?;
            if !favours || market.is_settling() || !market.accepts(price) {
                continue;
            }
            let row = row(book, ledger, leg, step.shift)?;
            weighed = weighed.saturating_add(u128::from(step.weight).saturating_mul(row.haircut.into()));
            weights = weights.saturating_add(step.weight.into());
            rows.push(row);
        }
        rows.sort_by_key(|row| row.shift.0.abs());
        let mean = Ratio::new(weighed, weights);
        all.push(Expected { market: leg.market.0, direction: leg.direction(), rows, mean });
    }
    Ok(all)
}

fn row(book: &Snapshot<Pubkey>, ledger: &MarginAccount, leg: &Leg, shift: Move) -> Result<Row> {
    let scenario = book.stress(Shock::One(leg.market, shift))?;
    let before = leg.pending(book.market(leg.market)?.side(leg.direction()))?.variation.0;
    let after = leg.pending(scenario.market(leg.market)?.side(leg.direction()))?.variation.0;
    let loss = scenario.loss(leg.market);
    let of = |part: fn(&jettison_risk::MarketLoss) -> u64| loss.map_or(0, part);
    Ok(Row {
        shift,
        price: of(|loss| loss.price.0),
        failures: scenario.failures.len(),
        deficit: of(|loss| loss.deficit.0),
        by_insurance: of(|loss| loss.by_insurance.0),
        charged: loss.map_or(0, |loss| loss.charged(leg.direction()).0),
        per_contract: loss.map(|loss| loss.per_contract(leg.direction())).unwrap_or_default(),
        gain: after.saturating_sub(before),
        haircut: book.haircut_in(&scenario, ledger, leg.market)?.0,
    })
}

impl Row {
    fn fields(&self, units: Units) -> Fields {
        let sign = if self.shift.0 < 0 { "−" } else { "+" };
        let part = Ratio::new(self.shift.0.unsigned_abs(), 10_000_u128).decimal(1);
        Fields::new()
            .with("move_per_cent", format!("{sign}{part}"))
            .with("price", units.amount(self.price))
            .with("accounts_that_fail", self.failures as u64)
            .with("deficit", units.amount(self.deficit))
            .with("insurance_pays", units.amount(self.by_insurance))
            .with("charged_to_your_side", units.amount(self.charged))
            .with("charge_per_contract", units.rate(self.per_contract))
            .with("your_gain", units.amount(self.gain))
            .with("your_haircut", units.amount(self.haircut))
    }
}

/// For machines.
pub fn fields(scene: &Scene, all: &[Expected], units: Units) -> Rows {
    let one = |expected: &Expected| {
        let rows = expected.rows.iter().map(|row| row.fields(units)).collect();
        Fields::new()
            .with("market", name_of(&scene.markets, expected.market))
            .with("side", side_name(expected.direction))
            .with("expected_haircut", units.rate(expected.mean))
            .with("moves", Rows::new(rows, "none"))
    };
    Rows::new(all.iter().map(one).collect(), "none")
}

/// For people.
pub fn text(scene: &Scene, all: &[Expected], units: Units) -> Vec<String> {
    let mut text = vec![];
    for expected in all {
        let name = name_of(&scene.markets, expected.market);
        let side = side_name(expected.direction);
        let way = if expected.direction == Direction::Long { "rise" } else { "fall" };
        let charging: Vec<&Row> = expected.rows.iter().filter(|row| row.failures > 0).collect();
        if charging.is_empty() {
            let furthest = expected.rows.last().map_or(0, |row| row.shift.0.unsigned_abs());
            let furthest = Ratio::new(furthest, 10_000_u128).decimal(1);
            text.push(format!("{name}, {side}: no {way} of up to {furthest} % at once fails an account, so none costs you a haircut."));
            continue;
        }
        text.push(format!(
            "{name}, {side}: what a {way} at once, before any keeper acts, would bring you and cost you. Smaller ones fail nobody."
        ));
        text.push(Rows::new(charging.iter().map(|row| row.fields(units)).collect(), "").text());
        text.push(format!(
            "Expected haircut of a {way} by 1 % or more, larger ones being rarer by the cube: {}.",
            units.rate(expected.mean)
        ));
    }
    text
}
