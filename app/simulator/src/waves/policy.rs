//! The table of the same waves under several rules.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::table::{atoms, columns, Row, Table};
use super::wave::Waves;
use super::WaveError;

/// The published policies: the queue as it ran; pro rata to capacity (the smaller of gain and equity), to gain, to equity, all
/// three capped at capacity; mirror descent by market; pro rata by contracts rounded up to whole ones; the integer program
/// that minimises the largest haircut.
pub(super) const POLICIES: [&str; 7] =
    ["prod", "pr", "pnl_pr", "eq_pr", "vector", "contract_pr", "fixed_point_ilp_integer"];

const FACTS: [&str; 10] = [
    "wave",
    "t_start",
    "t_end",
    "budget_needed",
    "total_cap",
    "budget_target",
    "deficit_usd",
    "max_loss_usd",
    "theta_prod_capped",
    "theta_needed_capped",
];

const OF_EACH: [&str; 6] = ["budget", "overshoot", "max_pct", "ptsr", "rd_nse", "pmr"];

/// What a policy did in a wave, in dollars.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) budget: f64,
    pub(super) overshoot: f64,
    /// The largest haircut as a part of its holder's equity.
    pub(super) max_pct: f64,
    /// The largest capacity left over the deficit left; nothing where no deficit is left.
    pub(super) ptsr: Option<f64>,
    /// The largest capacity left, over itself and the deficit left.
    pub(super) rd_nse: Option<f64>,
    /// The largest capacity left over the part of the largest loss that is left.
    pub(super) pmr: Option<f64>,
}

/// A wave in the table of policies.
#[derive(Clone, Debug)]
pub(super) struct PolicyRow {
    pub(super) wave: u32,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) needed: f64,
    /// The sum over winners of the smaller of gain and equity.
    pub(super) capacity: f64,
    pub(super) target: f64,
    pub(super) deficit: f64,
    pub(super) max_loss: f64,
    pub(super) theta_prod_capped: f64,
    pub(super) theta_needed_capped: f64,
    /// In the order of [`POLICIES`].
    pub(super) policies: Vec<Policy>,
}

/// The table.
pub(super) struct Policies {
    pub(super) rows: Vec<PolicyRow>,
}

/// A published policy over all waves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyTotals {
    /// Its name in the table.
    pub policy: String,
    /// What it took.
    pub taken_atoms: i128,
    /// What it took more than needed, where it did.
    pub excess_atoms: i128,
    /// What it took less than needed, where it did.
    pub shortfall_atoms: i128,
    /// Whether it took what was needed to a cent in every wave.
    pub takes_what_is_needed: bool,
    /// The largest part of an account's equity that it took in a wave.
    pub largest_part_of_equity: f64,
    /// The wave of it.
    pub largest_in_wave: u32,
    /// The mean over waves of the largest part.
    pub mean_largest_part_of_equity: f64,
}

impl Policies {
    pub(super) fn open(path: &Path, waves: &Waves) -> Result<Self, WaveError> {
        let mut needed = columns(&FACTS);
        let each = OF_EACH.iter().flat_map(|measure| POLICIES.iter().map(move |name| of(measure, name)));
        needed.extend(each);
        let table = Table::open(path, &needed)?;
        let (mut rows, mut lines) = (vec![], BTreeMap::new());
        for row in table.rows() {
            let policy = PolicyRow::read(&row)?;
            let wave = policy.wave;
            if let Some(first) = lines.insert(wave, row.line()) {
                return Err(row.repeated("wave", format!("wave {wave}"), first));
            }
            if waves.find(wave).is_none() {
                let (file, line, waves) = (table.file.clone(), row.line(), waves.file.clone());
                return Err(WaveError::UnknownWave { file, line, wave, waves });
            }
            rows.push(policy);
        }
        if let Some(wave) = waves.rows.iter().find(|wave| !lines.contains_key(&wave.id)) {
            let (file, waves) = (table.file, waves.file.clone());
            return Err(WaveError::NoPolicies { file, wave: wave.id, waves });
        }
        Ok(Self { rows })
    }

    /// Each policy over all waves.
    pub(super) fn totals(&self) -> Vec<PolicyTotals> {
        POLICIES.iter().enumerate().map(|(index, name)| self.total(index, name)).collect()
    }

    /// `(wave, what one policy did there)`.
    pub(super) fn of(&self, policy: usize) -> impl Iterator<Item = (&PolicyRow, &Policy)> {
        self.rows.iter().filter_map(move |row| Some((row, row.policies.get(policy)?)))
    }

    fn total(&self, index: usize, name: &str) -> PolicyTotals {
        let over = |row: &PolicyRow, policy: &Policy| {
            i128::from(atoms(policy.budget)) - i128::from(atoms(row.needed))
        };
        let mut totals = PolicyTotals {
            policy: name.to_owned(),
            taken_atoms: self.of(index).map(|(_, policy)| i128::from(atoms(policy.budget))).sum(),
            excess_atoms: self.of(index).map(|(row, policy)| over(row, policy).max(0)).sum(),
            shortfall_atoms: self.of(index).map(|(row, policy)| (-over(row, policy)).max(0)).sum(),
            takes_what_is_needed: self.of(index).all(|(row, policy)| over(row, policy).abs() <= 10_000),
            largest_part_of_equity: 0.0,
            largest_in_wave: 0,
            mean_largest_part_of_equity: 0.0,
        };
        for (row, policy) in self.of(index) {
            totals.mean_largest_part_of_equity += policy.max_pct / self.rows.len() as f64;
            if policy.max_pct > totals.largest_part_of_equity {
                (totals.largest_part_of_equity, totals.largest_in_wave) = (policy.max_pct, row.wave);
            }
        }
        totals
    }
}

impl PolicyRow {
    fn read(row: &Row<'_>) -> Result<Self, WaveError> {
        let (start, end) = (row.time("t_start")?, row.time("t_end")?);
        row.in_order("t_end", start, end, "its own beginning")?;
        Ok(Self {
            wave: row.whole("wave")?,
            start,
            end,
            needed: row.amount("budget_needed")?,
            capacity: row.amount("total_cap")?,
            target: row.amount("budget_target")?,
            deficit: row.amount("deficit_usd")?,
            max_loss: row.amount("max_loss_usd")?,
            theta_prod_capped: row.amount("theta_prod_capped")?,
            theta_needed_capped: row.amount("theta_needed_capped")?,
            policies: POLICIES.iter().map(|name| Policy::read(row, name)).collect::<Result<_, _>>()?,
        })
    }
}

impl Policy {
    fn read(row: &Row<'_>, name: &str) -> Result<Self, WaveError> {
        Ok(Self {
            budget: row.amount(&of("budget", name))?,
            overshoot: row.number(&of("overshoot", name))?,
            max_pct: row.amount(&of("max_pct", name))?,
            ptsr: row.optional(&of("ptsr", name))?,
            rd_nse: row.optional(&of("rd_nse", name))?,
            pmr: row.optional(&of("pmr", name))?,
        })
    }
}

/// The column of a measure of a policy.
pub(super) fn of(measure: &str, policy: &str) -> String {
    format!("{measure}_{policy}")
}
