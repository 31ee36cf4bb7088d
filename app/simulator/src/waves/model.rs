//! A made-up population with a wave's totals, to see where each rule's burden falls on single winners.
//!
//! The tables publish totals of each wave, not its accounts. The model draws accounts whose gains and equity add up to those
//! totals to the atom. What comes of it shows how the rules differ on one population; it isn't a measurement.

use jettison_sharing::{share, Burden, Fill, Holder, Measure, Ranking, Rule, Side};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Pareto};
use serde::{Deserialize, Serialize};

use super::study::WaveRow;
use super::WaveError;

/// Every rule that the model is run under. Winners of a crash are short.
const RULES: [Rule; 9] = [
    Rule::ByContracts,
    Rule::ProRata(Measure::Gain),
    Rule::ProRata(Measure::Equity),
    Rule::ProRata(Measure::Capacity),
    Rule::WATER_FILLING,
    Rule::Queue { side: Side::Short, ranking: Ranking::Binance, fill: Fill::Whole },
    Rule::Queue { side: Side::Short, ranking: Ranking::Binance, fill: Fill::Exact },
    Rule::Queue { side: Side::Short, ranking: Ranking::Hyperliquid, fill: Fill::Whole },
    Rule::Queue { side: Side::Short, ranking: Ranking::Hyperliquid, fill: Fill::Exact },
];

/// How winners are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Winners of each wave.
    pub winners: usize,
    /// Tail index of the Pareto distribution of gains: the lower, the more the largest have.
    pub gain_tail: f64,
    /// Standard deviation of the logarithm of equity over gain. Its level follows from the wave's totals.
    pub equity_spread: f64,
    /// Median leverage: notional over equity.
    pub leverage_median: f64,
    /// Standard deviation of the logarithm of leverage.
    pub leverage_spread: f64,
    /// The seed.
    pub seed: u64,
}

impl Default for Model {
    /// The spread of equity over gain is that of the 17,771 winners of that night, of whom a tenth had less than 2.28 and a
    /// tenth more than 14.96 (the published summary of arXiv 2512.01112): ln(14.96 / 2.28) / 2.563. Their number is of the
    /// order of a large wave's. The tail of gains and the leverage are assumptions.
    fn default() -> Self {
        let (gain_tail, equity_spread) = (1.3, 0.733);
        Self { winners: 2_000, gain_tail, equity_spread, leverage_median: 3.0, leverage_spread: 0.7, seed: 1 }
    }
}

/// How a rule's burden falls on the modelled winners of a wave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelledBurden {
    /// The wave.
    pub wave: u32,
    /// The rule; a queue with its ranking.
    pub rule: String,
    /// The burden.
    pub burden: Burden,
}

impl Model {
    /// Every rule in every wave, on what was needed there.
    pub(super) fn run(&self, waves: &[WaveRow]) -> Result<Vec<ModelledBurden>, WaveError> {
        self.check()?;
        let (mut burdens, mut charges) = (vec![], vec![]);
        for wave in waves {
            let holders = self.population(wave)?;
            for rule in RULES {
                let what = || format!("modelled wave {}, {}", wave.wave, name(rule));
                share(rule, wave.needed_atoms, &holders, &mut charges)
                    .map_err(|source| WaveError::Sharing { what: what(), source })?;
                let burden = Burden::of(wave.needed_atoms, &holders, &charges);
                burdens.push(ModelledBurden { wave: wave.wave, rule: name(rule), burden });
            }
        }
        Ok(burdens)
    }

    fn check(&self) -> Result<(), WaveError> {
        let positive = |field, value: f64| {
            if value.is_finite() && value > 0.0 {
                return Ok(());
            }
            Err(WaveError::Model { field, value: value.to_string(), must: "a finite number above 0" })
        };
        positive("gain_tail", self.gain_tail)?;
        positive("equity_spread", self.equity_spread)?;
        positive("leverage_median", self.leverage_median)?;
        positive("leverage_spread", self.leverage_spread)?;
        if (1..=10_000_000).contains(&self.winners) {
            return Ok(());
        }
        let (value, must) = (self.winners.to_string(), "from 1 to 10,000,000");
        Err(WaveError::Model { field: "winners", value, must })
    }

    /// The winners of a wave: their gains and their equity add up to the wave's. Each wave draws from a stream of its own, so
    /// that another wave more changes none.
    fn population(&self, wave: &WaveRow) -> Result<Vec<Holder>, WaveError> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(wave.wave.into());
        let bad = |field, value: f64| WaveError::Model { field, value: value.to_string(), must: "smaller" };
        let gains = Pareto::new(1.0, self.gain_tail).map_err(|_| bad("gain_tail", self.gain_tail))?;
        let equities =
            LogNormal::new(0.0, self.equity_spread).map_err(|_| bad("equity_spread", self.equity_spread))?;
        let leverages = LogNormal::new(self.leverage_median.ln(), self.leverage_spread)
            .map_err(|_| bad("leverage_spread", self.leverage_spread))?;

        let mut drawn = vec![];
        for _ in 0..self.winners {
            let gain = gains.sample(&mut rng);
            drawn.push((gain, gain * equities.sample(&mut rng), leverages.sample(&mut rng)));
        }
        let gains = parts(wave.winners_gain_atoms, drawn.iter().map(|(gain, ..)| *gain));
        let equities = parts(wave.winners_equity_atoms, drawn.iter().map(|(_, equity, _)| *equity));
        let holders = gains.zip(equities).zip(&drawn).map(|((gain, equity), (.., leverage))| {
            let notional = (equity as f64 * leverage) as u64;
            // One market, where a contract is worth a dollar.
            Holder { gain, equity, notional, contracts: notional / 1_000_000 }
        });
        Ok(holders.collect())
    }
}

/// Divides a total by weights, to the atom: each part is what the running total of exact parts has grown by, rounded.
fn parts(total: u64, weights: impl Iterator<Item = f64> + Clone) -> impl Iterator<Item = u64> {
    let all: f64 = weights.clone().sum();
    let (mut seen, mut given) = (0.0, 0);
    let weights: Vec<f64> = weights.collect();
    let last = weights.len().saturating_sub(1);
    weights.into_iter().enumerate().map(move |(index, weight)| {
        seen += weight;
        let reached = if index == last { total } else { (total as f64 * (seen / all)) as u64 };
        let part = reached.clamp(given, total) - given;
        given += part;
        part
    })
}

fn name(rule: Rule) -> String {
    match rule {
        Rule::Queue { ranking: Ranking::Binance, .. } => format!("{}, ranked as Binance does", rule.name()),
        Rule::Queue { ranking: Ranking::Hyperliquid, .. } => {
            format!("{}, ranked as Hyperliquid does", rule.name())
        }
        _ => rule.name().to_owned(),
    }
}
