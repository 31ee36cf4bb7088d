//! Draws who trades: each by a chance of its own, so that leaving one out changes nobody else.

use jettison_engine::Price;
use jettison_harness::{MarketId, Who};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::population::QUOTE;
use super::{Agent, Kind, Signal, Want};
use crate::scenario::{MarketSpec, Population};

/// The most that one account's capital exceeds the least.
const LARGEST: f64 = 2_000.0;

/// Part of the leverage that initial margin allows which anybody uses.
const USED: f64 = 0.8;

/// Everybody who trades.
pub fn draw_agents(people: &Population, markets: &[MarketSpec], prices: &[Price], seed: u64) -> Vec<Agent> {
    let mut agents = vec![];
    let kinds =
        [(people.traders, Kind::Trader), (people.momentum, Kind::Momentum), (people.panic, Kind::Panic)];
    for (count, kind) in kinds {
        for _ in 0..count {
            let who = agents.len();
            agents.push(draw_trader(who, kind, people, markets, prices, own(seed, who)));
        }
    }
    let signals: &[Signal] = if people.signals { &Signal::ALL } else { &[Signal::None] };
    let first = agents.len();
    for signal in signals {
        for member in 0..people.hedgers as usize {
            let kind = Kind::Hedger(*signal);
            // Members of all groups draw the same: only the signal differs.
            let random = own(seed, first + member);
            agents.push(draw_trader(agents.len(), kind, people, markets, prices, random));
        }
    }
    agents
}

/// The chance of one account of a history.
fn own(seed: u64, who: usize) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(who as u64 + 1);
    random
}

/// A hedger's leverage, and the part of them who hedge a holding by being short.
const HEDGER_LEVERAGE: f64 = 3.0;
const HEDGERS_SHORT: f64 = 0.8;

fn draw_trader(
    who: Who,
    kind: Kind,
    people: &Population,
    markets: &[MarketSpec],
    prices: &[Price],
    mut random: ChaCha8Rng,
) -> Agent {
    let rich: f64 = random.random::<f64>().max(1e-12).powf(-1.0 / people.capital_index);
    let capital = people.least_capital * QUOTE * rich.min(LARGEST);
    let normal: f64 = StandardNormal.sample(&mut random);
    let drawn = people.median_leverage * (people.leverage_spread * normal).exp();
    let first = random.random_range(0..markets.len());
    // Another one, where there is one.
    let second = (first + random.random_range(1..markets.len().max(2))) % markets.len();
    let (two, long): (f64, f64) = (random.random(), random.random());
    let is_hedger = matches!(kind, Kind::Hedger(_));
    let legs = if second != first && two < people.two_markets && !is_hedger {
        vec![first, second]
    } else {
        vec![first]
    };
    let part_long = match kind {
        Kind::Hedger(_) => 1.0 - HEDGERS_SHORT,
        Kind::Panic => 1.0 - (1.0 - people.long_part) / 2.0,
        _ => people.long_part,
    };
    let sign = if long < part_long { 1 } else { -1 };
    let margin = legs.iter().map(|market| markets[*market].params.initial_margin.0).max().unwrap_or(1);
    let most = USED * 1e4 / f64::from(margin.max(1));
    let leverage = if is_hedger { HEDGER_LEVERAGE } else { drawn }.clamp(0.5_f64.min(most), most);
    let want = |market: &MarketId| -> Want {
        let contracts = capital * leverage / legs.len() as f64 / prices[*market].0 as f64;
        Want { market: *market, size: sign * (contracts as i64).max(1) }
    };
    let wants: Vec<Want> = legs.iter().map(want).collect();
    Agent {
        who,
        kind,
        capital: capital as u64,
        leverage,
        seen: wants.iter().map(|want| prices[want.market].0).collect(),
        elsewhere: wants.iter().map(|want| if is_hedger { -want.size } else { 0 }).collect(),
        wants,
        next: 0,
        elsewhere_gain: 0,
        random,
    }
}
