//! The table of waves.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::table::{columns, Row, Table};
use super::WaveError;

const COLUMNS: [&str; 18] = [
    "wave",
    "t_start_ms",
    "t_end_ms",
    "t_eval_end_ms",
    "deficit_usd",
    "max_loss_usd",
    "budget_needed_usd",
    "budget_prod_usd",
    "overshoot_prod_minus_needed_usd",
    "max_prod_haircut_usd",
    "winners_equity_start_usd",
    "winners_pnl_start_usd",
    "theta_prod",
    "theta_prod_capped",
    "theta_needed",
    "theta_needed_capped",
    "H_star_equity",
    "H_star_pnl",
];

/// The facts of a wave, in dollars.
#[derive(Clone, Debug)]
pub(super) struct Wave {
    pub(super) id: u32,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    /// What bankrupt accounts were short of.
    pub(super) deficit: f64,
    /// The largest of them.
    pub(super) max_loss: f64,
    /// What had to be taken: the gap between mark and bankruptcy price, times what was closed.
    pub(super) needed: f64,
    /// What the queue took.
    pub(super) taken: f64,
    /// The most that it took from one account.
    pub(super) max_haircut: f64,
    /// What the winners owned when it began.
    pub(super) equity: f64,
    /// What they had gained.
    pub(super) profit: f64,
    /// What the table says follows from these.
    pub(super) published: Published,
}

/// Columns of a wave that follow from the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Published {
    pub(super) overshoot: f64,
    pub(super) theta_prod: f64,
    pub(super) theta_prod_capped: f64,
    pub(super) theta_needed: f64,
    pub(super) theta_needed_capped: f64,
    pub(super) h_star_equity: f64,
    pub(super) h_star_pnl: f64,
}

/// The waves in their order, and the name of their file.
pub(super) struct Waves {
    pub(super) file: String,
    pub(super) rows: Vec<Wave>,
}

impl Waves {
    pub(super) fn open(path: &Path) -> Result<Self, WaveError> {
        let table = Table::open(path, &columns(&COLUMNS))?;
        let mut rows: Vec<Wave> = vec![];
        let mut lines = BTreeMap::new();
        for row in table.rows() {
            let wave = Wave::read(&row)?;
            if let Some(first) = lines.insert(wave.id, row.line()) {
                return Err(row.repeated("wave", format!("wave {}", wave.id), first));
            }
            if let Some(last) = rows.last() {
                row.in_order("t_start_ms", last.end, wave.start, "the end of the wave above")?;
            }
            rows.push(wave);
        }
        Ok(Self { file: table.file, rows })
    }

    pub(super) fn find(&self, id: u32) -> Option<&Wave> {
        self.rows.iter().find(|wave| wave.id == id)
    }
}

impl Wave {
    fn read(row: &Row<'_>) -> Result<Self, WaveError> {
        let (start, end) = (row.milliseconds("t_start_ms")?, row.milliseconds("t_end_ms")?);
        row.in_order("t_end_ms", start, end, "its own beginning")?;
        row.in_order("t_eval_end_ms", end, row.milliseconds("t_eval_end_ms")?, "its own end")?;
        Ok(Self {
            id: row.whole("wave")?,
            start,
            end,
            deficit: row.amount("deficit_usd")?,
            max_loss: row.amount("max_loss_usd")?,
            needed: row.amount("budget_needed_usd")?,
            taken: row.amount("budget_prod_usd")?,
            max_haircut: row.amount("max_prod_haircut_usd")?,
            equity: row.amount("winners_equity_start_usd")?,
            profit: row.amount("winners_pnl_start_usd")?,
            published: Published {
                overshoot: row.number("overshoot_prod_minus_needed_usd")?,
                theta_prod: row.amount("theta_prod")?,
                theta_prod_capped: row.amount("theta_prod_capped")?,
                theta_needed: row.amount("theta_needed")?,
                theta_needed_capped: row.amount("theta_needed_capped")?,
                h_star_equity: row.amount("H_star_equity")?,
                h_star_pnl: row.amount("H_star_pnl")?,
            },
        })
    }
}

/// An amount as a part of the deficit; zero without one, as the published code has it.
pub(super) fn theta(amount: f64, deficit: f64) -> f64 {
    if deficit > 0.0 {
        amount / deficit
    } else {
        0.0
    }
}
