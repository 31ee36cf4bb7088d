//! What a history starts from: markets, people, the order book, keepers, insurance.

use jettison_engine::{Bps, MarketParams, Price};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A market of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketSpec {
    /// Its pair, such as BTC-USD.
    pub pair: String,
    /// A contract is 10^this units of the base asset.
    pub contract_exponent: i8,
    /// Its risk parameters.
    pub params: MarketParams,
}

/// Decimals of the quote token.
const QUOTE_DECIMALS: i32 = 6;

impl MarketSpec {
    /// A price in quote units for a unit of the base asset, in atoms for a contract: to the nearest, at least one.
    pub fn price(&self, quote: f64) -> Price {
        let atoms = quote * 10f64.powi(i32::from(self.contract_exponent) + QUOTE_DECIMALS);
        Price(atoms.round().clamp(1.0, u64::MAX as f64) as u64)
    }

    /// The market with its margins and clamp multiplied, in hundredths and rounded up. The penalty keeps its part of
    /// maintenance.
    pub fn scaled(&self, margin_percent: u64, clamp_percent: u64) -> Self {
        let scale = |rate: Bps, percent: u64| -> Bps {
            let scaled = (u64::from(rate.0) * percent).div_ceil(100).clamp(1, 10_000);
            Bps(scaled as u16)
        };
        let params = MarketParams {
            initial_margin: scale(self.params.initial_margin, margin_percent),
            maintenance_margin: scale(self.params.maintenance_margin, margin_percent),
            liquidation_max_fee: scale(self.params.liquidation_max_fee, margin_percent),
            liquidation_min_fee: scale(self.params.liquidation_min_fee, margin_percent),
            max_move_per_second: scale(self.params.max_move_per_second, clamp_percent),
            ..self.params
        };
        Self { params, ..self.clone() }
    }
}

/// Who trades.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Population {
    /// Leveraged traders who hold, take profit and come back.
    pub traders: u32,
    /// Traders who follow the price.
    pub momentum: u32,
    /// Traders who sell out when it goes against them.
    pub panic: u32,
    /// Hedgers of each group.
    pub hedgers: u32,
    /// Whether there are groups of hedgers who go by signals, each with the same positions as the group that goes by none.
    pub signals: bool,
    /// Market makers of each market.
    pub makers: u32,
    /// Part of the traders who start long.
    pub long_part: f64,
    /// Part of the traders who are in two markets.
    pub two_markets: f64,
    /// The middle of the traders' leverage: half have more.
    pub median_leverage: f64,
    /// Standard deviation of the logarithm of their leverage.
    pub leverage_spread: f64,
    /// The least capital of a trader, in quote units.
    pub least_capital: f64,
    /// Pareto index of their capital: the smaller, the fewer hold most.
    pub capital_index: f64,
    /// Seconds between two looks of a trader at the market, on average.
    pub pace: f64,
}

impl Default for Population {
    fn default() -> Self {
        Self {
            traders: 300,
            momentum: 30,
            panic: 60,
            hedgers: 20,
            signals: false,
            makers: 4,
            long_part: 0.6,
            two_markets: 0.25,
            median_leverage: 6.0,
            leverage_spread: 0.6,
            least_capital: 1_000.0,
            capital_index: 1.3,
            pace: 900.0,
        }
    }
}

/// The order book around each market's price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BookSpec {
    /// Contracts that move the price by one percent, as a part of the open interest at the start.
    pub depth: f64,
    /// Seconds in which half of what was taken comes back.
    pub half_life: f64,
    /// Part of a trade's impact that stays.
    pub permanent: f64,
    /// Volatility of a second at which makers have withdrawn half of the depth.
    pub fear: f64,
}

impl Default for BookSpec {
    /// With these the replay of 2025-10-10 falls about as far as its prices did.
    fn default() -> Self {
        Self { depth: 0.2, half_life: 60.0, permanent: 0.2, fear: 0.005 }
    }
}

/// Those who liquidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeeperSpec {
    /// How many there are.
    pub count: u32,
    /// Seconds from an account's fall to the first keeper's transaction; each further keeper takes as long again.
    pub latency: u32,
    /// Capital of each, as a part of the open interest at the start.
    pub capital: f64,
    /// Transactions that land in a second, of all keepers together.
    pub rate: f64,
    /// Seconds in which a keeper works off half of what it took over.
    pub unwind: f64,
    /// Seconds for which nothing of theirs lands, once in a history: as when a chain is full just when prices run.
    pub outage: u32,
    /// How far a market's price must be from its stable price for that to begin, as a part of it.
    pub outage_after: f64,
}

impl Default for KeeperSpec {
    fn default() -> Self {
        Self {
            count: 3,
            latency: 5,
            capital: 0.02,
            rate: 10.0,
            unwind: 60.0,
            outage: 180,
            outage_after: 0.08,
        }
    }
}

/// The insurance fund.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InsuranceSpec {
    /// Its assets at the start, as a part of the open interest, both sides.
    pub size: f64,
    /// Part of them that stakers own; the rest is the fund's own.
    pub staked: f64,
    /// Stakers.
    pub stakers: u32,
    /// Part of the fund that must have been lost before the first staker wants out; the last never does.
    pub run_after: f64,
    /// Seconds of cooldown.
    pub cooldown: u32,
    /// Part of the fund that one market may draw within its window.
    pub allowance: f64,
}

impl Default for InsuranceSpec {
    fn default() -> Self {
        Self { size: 0.001, staked: 0.5, stakers: 10, run_after: 0.1, cooldown: 600, allowance: 0.5 }
    }
}

/// All that a history starts from, but its prices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// Who trades.
    pub population: Population,
    /// The order book.
    pub book: BookSpec,
    /// Those who liquidate.
    pub keepers: KeeperSpec,
    /// The insurance fund.
    pub insurance: InsuranceSpec,
    /// Seconds over which what a closed position would have gained further counts as taken.
    pub horizon: Horizon,
}

/// Seconds after a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon(pub i64);

impl Default for Horizon {
    fn default() -> Self {
        Self(300)
    }
}

/// The most people of a kind: beyond that no memory holds a history.
const MOST_PEOPLE: f64 = 1e6;

impl Scenario {
    /// Names the first setting that can't be.
    pub fn validate(&self) -> Result<()> {
        let (people, book, keepers, insurance) =
            (&self.population, &self.book, &self.keepers, &self.insurance);
        within("population.long_part", people.long_part, 0.0, 1.0)?;
        within("population.two_markets", people.two_markets, 0.0, 1.0)?;
        within("population.median_leverage", people.median_leverage, 0.1, 1_000.0)?;
        within("population.leverage_spread", people.leverage_spread, 0.0, 5.0)?;
        within("population.least_capital", people.least_capital, 1.0, 1e9)?;
        within("population.capital_index", people.capital_index, 0.5, 100.0)?;
        within("population.pace", people.pace, 1.0, 1e9)?;
        within("population.makers", f64::from(people.makers), 1.0, 10_000.0)?;
        let groups = [people.traders, people.momentum, people.panic];
        let traders: f64 = groups.into_iter().map(f64::from).sum();
        within("population.traders, momentum and panic together", traders, 2.0, MOST_PEOPLE)?;
        within("population.hedgers", f64::from(people.hedgers), 0.0, MOST_PEOPLE)?;
        within("book.depth", book.depth, 1e-6, 1e6)?;
        within("book.half_life", book.half_life, 1e-3, 1e9)?;
        within("book.permanent", book.permanent, 0.0, 1.0)?;
        within("book.fear", book.fear, 1e-9, 1e9)?;
        within("keepers.count", f64::from(keepers.count), 1.0, 1_000.0)?;
        within("keepers.capital", keepers.capital, 0.0, 1e3)?;
        within("keepers.rate", keepers.rate, 1e-3, 1e6)?;
        within("keepers.outage_after", keepers.outage_after, 0.0, 1e3)?;
        within("keepers.unwind", keepers.unwind, 1e-3, 1e9)?;
        within("insurance.size", insurance.size, 0.0, 1e3)?;
        within("insurance.stakers", f64::from(insurance.stakers), 0.0, 10_000.0)?;
        within("insurance.staked", insurance.staked, 0.0, 1.0)?;
        within("insurance.run_after", insurance.run_after, 0.0, 1.0)?;
        within("insurance.allowance", insurance.allowance, 0.0, 1.0)?;
        within("horizon", self.horizon.0 as f64, 0.0, 1e9)
    }
}

fn within(field: &'static str, value: f64, least: f64, most: f64) -> Result<()> {
    if value.is_finite() && (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::Setting { field, value: value.to_string(), must: format!("from {least} to {most}") })
}
