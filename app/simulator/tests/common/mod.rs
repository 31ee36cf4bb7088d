//! What tests of histories start from.
// Each test binary uses a part of it.
#![allow(dead_code)]

use jettison_engine::{Bps, Contracts, MarketParams};
use jettison_harness::params;
use jettison_paths::{Copula, Correlation, MarketSpec as PathMarket, Model, PathSpec, Stress, StudentT};
use jettison_simulator::agents::population::Crowd;
use jettison_simulator::history::{Played, Stage};
use jettison_simulator::rules::Rule;
use jettison_simulator::scenario::{KeeperSpec, MarketSpec, Population, Scenario};
use jettison_simulator::study::{SizingSpec, StudySpec};

/// Two markets with fees, floors, bounties and a clamp that a crash outruns.
pub fn markets() -> Vec<MarketSpec> {
    let params = MarketParams {
        max_open_interest: Contracts(1 << 30),
        max_move_per_second: Bps(38),
        deleverage_threshold: Bps(8_000),
        liquidation_buffer: Bps(1_000),
        ..params::live()
    };
    let market = |pair: &str, contract_exponent| MarketSpec { pair: pair.into(), contract_exponent, params };
    vec![market("AAA-USD", 0), market("BBB-USD", 1)]
}

pub fn scenario() -> Scenario {
    let population =
        Population { traders: 120, momentum: 12, panic: 24, hedgers: 6, makers: 3, ..Population::default() };
    let keepers = KeeperSpec { latency: 15, rate: 1.0, ..KeeperSpec::default() };
    Scenario { population, keepers, ..Scenario::default() }
}

/// A fall of `depth` over the middle third of so many steps, and half of it back, in both markets; the second falls more.
pub fn crash(steps: usize, depth: f64) -> Vec<Vec<f64>> {
    let shape = |step: usize| {
        let at = step as f64 / steps as f64;
        let down = ((at - 1.0 / 3.0) * 3.0).clamp(0.0, 1.0);
        let back = ((at - 2.0 / 3.0) * 3.0).clamp(0.0, 1.0) / 2.0;
        down - back
    };
    let at = |step| vec![25.0 * (1.0 - depth * shape(step)), 0.2 * (1.0 - 1.2 * depth * shape(step))];
    (0..steps).map(at).collect()
}

pub fn play(scenario: &Scenario, prices: &[Vec<f64>], seed: u64, rule: Rule) -> Played {
    let markets = markets();
    let first: Vec<_> = markets.iter().zip(&prices[0]).map(|(market, price)| market.price(*price)).collect();
    let crowd = Crowd::draw(scenario, &markets, &first, seed).expect("a crowd");
    let stage = Stage { history: seed, scenario, markets: &markets, step_seconds: 2, prices, crowd: &crowd };
    stage.play(rule).expect("a history whose books balance")
}

/// A small study: two markets of heavy tails that fall together.
pub fn spec() -> StudySpec {
    let model = |scale| Model::StudentT(StudentT { location: -0.0004, scale, nu: 3.0 });
    let market =
        |pair: &str, start_price, scale| PathMarket { pair: pair.into(), start_price, model: model(scale) };
    let rows = vec![vec![1.0, 0.7], vec![0.7, 1.0]];
    let correlation = Correlation::new(rows).expect("a correlation matrix");
    StudySpec {
        seed: 20251010,
        histories: 6,
        signal_histories: 2,
        steps: 120,
        rules: Rule::ALL.to_vec(),
        markets: markets(),
        paths: PathSpec {
            step_seconds: 5,
            copula: Copula::StudentT { correlation, nu: 3.0 },
            stress: Stress { volatility: 2.0, drift: -0.001 },
            markets: vec![market("AAA-USD", 25.0, 0.003), market("BBB-USD", 0.2, 0.004)],
        },
        scenario: scenario(),
        sizing: SizingSpec {
            histories: 4,
            margin_percent: vec![50, 100, 200],
            clamp_percent: vec![100],
            keeper_seconds: vec![5, 30],
            insurance_percent: vec![0, 100, 1_600],
            recommend_for: 30,
            tolerated: 0.05,
        },
        removals: 4,
    }
}
