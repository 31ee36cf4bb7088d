//! Shocks by coin: a stylised queue in each of them.

use std::collections::BTreeMap;
use std::path::Path;

use jettison_sharing::{Measure, Rule};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::check::{Check, Checks, NotDerivable, CENT};
use super::study::taken;
use super::table::{atoms, columns, dollars, Row, Table};
use super::wave::{Wave, Waves};
use super::WaveError;

const COLUMNS: [&str; 9] = [
    "coin",
    "cluster_id",
    "t_start",
    "t_end",
    "deficit_usd",
    "total_capacity_usd",
    "budget_queue_usd",
    "overshoot_queue_usd",
    "residual_queue_usd",
];

struct Shock {
    coin: String,
    cluster: u32,
    start: Timestamp,
    end: Timestamp,
    deficit: f64,
    capacity: f64,
    queue: f64,
    overshoot: f64,
    residual: f64,
}

/// The table.
pub(super) struct Shocks {
    rows: Vec<Shock>,
}

/// Sums over the shocks of a coin, in atoms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoinRow {
    /// The coin; "all" for the sum.
    pub coin: String,
    /// Its shocks.
    pub shocks: usize,
    /// How many of them had a deficit.
    pub with_deficit: usize,
    /// The deficits.
    pub deficit_atoms: i128,
    /// What winners could give.
    pub capacity_atoms: i128,
    /// What the queue takes.
    pub queue_atoms: i128,
    /// What it takes beyond the deficits.
    pub overshoot_atoms: i128,
    /// What of the deficits it leaves.
    pub residual_atoms: i128,
    /// What pro rata takes: of each shock its deficit, as far as there is capacity.
    pub pro_rata_atoms: i128,
    /// The largest part of its capacity that the queue takes in a shock.
    pub largest_part_of_capacity: f64,
}

/// The shocks that began within a wave, beside the wave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShocksInWave {
    /// The wave.
    pub wave: u32,
    /// How many.
    pub shocks: usize,
    /// Their deficits.
    pub deficit_atoms: i128,
    /// The wave's deficit.
    pub wave_deficit_atoms: u64,
    /// What the stylised queue takes in them.
    pub queue_atoms: i128,
    /// What the venue's queue took in the wave, by the replay of accounts.
    pub wave_queue_atoms: u64,
    /// Whether both pairs agree to a cent.
    pub agrees: bool,
}

/// Shocks by coin, and beside the waves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShockStudy {
    /// Coin by coin, as they are in the table.
    pub coins: Vec<CoinRow>,
    /// The sum of all.
    pub total: CoinRow,
    /// Wave by wave.
    pub in_waves: Vec<ShocksInWave>,
    /// Shocks that began in none of the waves, which are those with a deficit.
    pub outside_waves: usize,
    /// In how many waves the sums of the shocks agree with the wave.
    pub waves_that_agree: usize,
    /// Why they needn't.
    pub note: String,
}

const NOTE: &str = "The shocks and the waves are not the same sums. A shock's deficit is the negative equity of accounts on \
    the deleveraged side, coin by coin; a wave's is that of the liquidated accounts. A shock's queue takes positions' gains by \
    their closed profit until the sum of those scores is reached, and coins count an account's gain again; a wave's is what \
    winners' accounts had less than without deleveraging.";

impl Shocks {
    pub(super) fn open(path: &Path) -> Result<Self, WaveError> {
        let table = Table::open(path, &columns(&COLUMNS))?;
        let (mut rows, mut lines) = (vec![], BTreeMap::new());
        let mut ends: BTreeMap<String, Timestamp> = BTreeMap::new();
        for row in table.rows() {
            let shock = Shock::read(&row)?;
            if let Some(first) = lines.insert((shock.coin.clone(), shock.cluster), row.line()) {
                return Err(row.repeated("cluster_id", format!("{} {}", shock.coin, shock.cluster), first));
            }
            if let Some(end) = ends.insert(shock.coin.clone(), shock.end) {
                row.in_order("t_start", end, shock.start, "the end of this coin's shock above")?;
            }
            rows.push(shock);
        }
        Ok(Self { rows })
    }

    /// Sums by coin and by wave.
    pub(super) fn study(&self, waves: &Waves) -> Result<ShockStudy, WaveError> {
        let mut coins: Vec<CoinRow> = vec![];
        let mut index = BTreeMap::new();
        let mut total = CoinRow { coin: "all".to_owned(), ..CoinRow::default() };
        for shock in &self.rows {
            let at = *index.entry(&shock.coin).or_insert_with(|| {
                coins.push(CoinRow { coin: shock.coin.clone(), ..CoinRow::default() });
                coins.len() - 1
            });
            if let Some(coin) = coins.get_mut(at) {
                coin.add(shock)?;
            }
            total.add(shock)?;
        }
        let in_waves: Vec<_> = waves.rows.iter().map(|wave| self.within(wave)).collect();
        Ok(ShockStudy {
            coins,
            total,
            outside_waves: self.rows.len() - in_waves.iter().map(|wave| wave.shocks).sum::<usize>(),
            waves_that_agree: in_waves.iter().filter(|wave| wave.agrees).count(),
            in_waves,
            note: NOTE.to_owned(),
        })
    }

    fn within(&self, wave: &Wave) -> ShocksInWave {
        let inside = || self.rows.iter().filter(|shock| wave.start <= shock.start && shock.start <= wave.end);
        let deficit: i128 = inside().map(|shock| i128::from(atoms(shock.deficit))).sum();
        let queue: i128 = inside().map(|shock| i128::from(atoms(shock.queue))).sum();
        let near = |sum: i128, of_wave: u64| (sum - i128::from(of_wave)).abs() <= 10_000;
        ShocksInWave {
            wave: wave.id,
            shocks: inside().count(),
            deficit_atoms: deficit,
            wave_deficit_atoms: atoms(wave.deficit),
            queue_atoms: queue,
            wave_queue_atoms: atoms(wave.taken),
            agrees: near(deficit, atoms(wave.deficit)) && near(queue, atoms(wave.taken)),
        }
    }

    /// What follows within a row.
    pub(super) fn checks(&self) -> Vec<Check> {
        let mut checks = Checks::of("shocks");
        let over = |shock: &Shock| i128::from(atoms(shock.queue)) - i128::from(atoms(shock.deficit));
        let at = |shock: &Shock| format!("{} {}", shock.coin, shock.cluster);
        checks.equal(
            "overshoot_queue_usd",
            "budget_queue_usd - deficit_usd, where it is positive",
            CENT,
            self.rows.iter().map(|shock| (at(shock), dollars(over(shock).max(0)), shock.overshoot)),
        );
        checks.equal(
            "residual_queue_usd",
            "deficit_usd - budget_queue_usd, where it is positive",
            CENT,
            self.rows.iter().map(|shock| (at(shock), dollars((-over(shock)).max(0)), shock.residual)),
        );
        checks.at_most(
            "budget_queue_usd",
            "at most total_capacity_usd",
            CENT,
            self.rows.iter().map(|shock| (at(shock), shock.queue, shock.capacity)),
        );
        checks.list
    }

    pub(super) fn not_derivable() -> Vec<NotDerivable> {
        let positions = "a sum over positions, which are not in the tables: taken as given";
        vec![
            NotDerivable::new("shocks", "deficit_usd", positions),
            NotDerivable::new("shocks", "total_capacity_usd", positions),
            NotDerivable::new(
                "shocks",
                "budget_queue_usd",
                "the sum of the positions' closed profits, up to the capacity",
            ),
        ]
    }
}

impl Shock {
    fn read(row: &Row<'_>) -> Result<Self, WaveError> {
        let (start, end) = (row.time("t_start")?, row.time("t_end")?);
        row.in_order("t_end", start, end, "its own beginning")?;
        Ok(Self {
            coin: row.text("coin").to_owned(),
            cluster: row.whole("cluster_id")?,
            start,
            end,
            deficit: row.amount("deficit_usd")?,
            capacity: row.amount("total_capacity_usd")?,
            queue: row.amount("budget_queue_usd")?,
            overshoot: row.amount("overshoot_queue_usd")?,
            residual: row.amount("residual_queue_usd")?,
        })
    }
}

impl CoinRow {
    fn add(&mut self, shock: &Shock) -> Result<(), WaveError> {
        let (deficit, capacity, queue) = (atoms(shock.deficit), atoms(shock.capacity), atoms(shock.queue));
        self.shocks += 1;
        self.with_deficit += usize::from(deficit > 0);
        self.deficit_atoms += i128::from(deficit);
        self.capacity_atoms += i128::from(capacity);
        self.queue_atoms += i128::from(queue);
        self.overshoot_atoms += i128::from(queue.saturating_sub(deficit));
        self.residual_atoms += i128::from(deficit.saturating_sub(queue));
        let rule = Rule::ProRata(Measure::Gain);
        self.pro_rata_atoms += i128::from(taken(rule, deficit, capacity, capacity)?);
        if capacity > 0 {
            self.largest_part_of_capacity = self.largest_part_of_capacity.max(queue as f64 / capacity as f64);
        }
        Ok(())
    }
}
