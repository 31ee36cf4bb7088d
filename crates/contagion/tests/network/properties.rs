//! What holds for every network.

use std::time::Instant;

use jettison_contagion::{
    debtrank, linear_debtrank, ExposureNetwork, Impacts, Score, Scores, ScoresWanted, Transmission,
};
use proptest::prelude::*;

use crate::{account, close, long, market, short};

/// A network of up to twelve accounts and three markets.
fn networks() -> impl Strategy<Value = ExposureNetwork> {
    let equities = prop::collection::vec(prop_oneof![1 => Just(0.0), 6 => 1.0..1_000.0_f64], 1..12);
    let legs = prop::collection::vec(prop::option::of((any::<bool>(), 1.0..500.0_f64)), 36);
    (equities, legs, prop::collection::vec(0.0..1.5_f64, 3)).prop_map(|(equities, legs, rates)| {
        let accounts: Vec<_> = equities.iter().zip(0..).map(|(equity, id)| account(id, *equity)).collect();
        let markets: Vec<_> = rates.iter().zip(0..).map(|(rate, id)| market(id, *rate)).collect();
        let mut exposures = vec![];
        for (place, leg) in legs.into_iter().enumerate().take(accounts.len() * 3) {
            if let Some((is_long, notional)) = leg {
                let side = if is_long { long } else { short };
                exposures.push(side((place / 3) as u32, (place % 3) as u16, notional));
            }
        }
        ExposureNetwork::new(accounts, markets, &exposures).unwrap()
    })
}

fn shocks() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![Just(0.0), 0.0..=1.0_f64], 12)
}

proptest! {
    #[test]
    fn rank_and_distress_are_from_zero_to_one(network in networks(), shock in shocks()) {
        let shock = &shock[..network.len()];
        for found in [debtrank(&network, &network.values(), shock), linear_debtrank(&network, &network.values(), shock)] {
            let found = found.unwrap();
            prop_assert!((0.0..=1.0).contains(&found.rank), "{}", found.rank);
            prop_assert!(found.distress.iter().all(|h| (0.0..=1.0).contains(h)));
            prop_assert!(found.distress.iter().zip(shock).all(|(last, first)| last >= first));
        }
    }

    /// More shock to the same accounts distresses nobody less.
    #[test]
    fn distress_is_monotone_in_the_shock(network in networks(), shock in shocks(), part in 0.01..1.0_f64) {
        let shock = &shock[..network.len()];
        let less: Vec<f64> = shock.iter().map(|shock| shock * part).collect();
        let values = network.values();
        let (less, more) = (debtrank(&network, &values, &less).unwrap(), debtrank(&network, &values, shock).unwrap());
        prop_assert!(less.distress.iter().zip(&more.distress).all(|(a, b)| *a <= b + 1e-12));
    }

    /// By the linear kind also more accounts do.
    #[test]
    fn linear_distress_is_monotone_in_any_shock(network in networks(), shock in shocks(), more in shocks()) {
        let shock = &shock[..network.len()];
        let more: Vec<f64> = shock.iter().zip(more).map(|(a, b)| a.max(b)).collect();
        let values = network.values();
        let less = linear_debtrank(&network, &values, shock).unwrap();
        let more = linear_debtrank(&network, &values, &more).unwrap();
        prop_assume!(less.at_rest && more.at_rest);
        prop_assert!(less.distress.iter().zip(&more.distress).all(|(a, b)| *a <= b + 1e-9));
    }

    /// The linear kind never says less than the first.
    #[test]
    fn linear_distress_is_at_least_the_first_kinds(network in networks(), shock in shocks()) {
        let shock = &shock[..network.len()];
        let values = network.values();
        let (first, linear) = (debtrank(&network, &values, shock).unwrap(), linear_debtrank(&network, &values, shock).unwrap());
        prop_assume!(linear.at_rest);
        prop_assert!(first.distress.iter().zip(&linear.distress).all(|(a, b)| *a <= b + 1e-9));
    }

    #[test]
    fn without_positions_nothing_spreads(equities in prop::collection::vec(0.0..9.0_f64, 1..9), shock in 0.0..=1.0_f64) {
        let accounts: Vec<_> = equities.iter().zip(0..).map(|(equity, id)| account(id, *equity)).collect();
        let network = ExposureNetwork::new(accounts, vec![market(0, 0.1)], &[]).unwrap();
        let shocks = vec![shock; network.len()];
        prop_assert_eq!(debtrank(&network, &network.values(), &shocks).unwrap().rank, 0.0);
        prop_assert_eq!(linear_debtrank(&network, &network.values(), &shocks).unwrap().rank, 0.0);
    }

    /// Going over sides of markets equals multiplying by the matrix of who bears whose default, which is built here.
    #[test]
    fn the_bipartite_walk_equals_the_matrix(network in networks(), shock in shocks()) {
        let shock = &shock[..network.len()];
        let mut edges = vec![];
        for (from, account) in network.accounts().iter().enumerate() {
            for bearer in network.bearers(account.id).unwrap() {
                if let Some(weight) = bearer.of_equity {
                    edges.push((from, network.place(bearer.account).unwrap(), weight));
                }
            }
        }
        prop_assume!(edges.iter().all(|(_, _, weight)| *weight <= 1.0));
        let matrix = Impacts::new(network.len(), &edges).unwrap();
        let (walk, product) = (network.pass(shock), matrix.pass(shock));
        prop_assert!(walk.iter().zip(product).all(|(a, b)| close(*a, b)));
    }
}

/// Without randomness in it: legs and sizes by a small rule.
fn crowd(accounts: u32, markets: u16) -> ExposureNetwork {
    let nodes = (0..accounts).map(|id| account(id, 100.0 + f64::from(id % 97))).collect();
    let mut exposures = vec![];
    for id in 0..accounts {
        for m in 0..markets {
            let notional = 50.0 + f64::from((id * 31 + u32::from(m) * 17) % 211);
            let side = if (id + u32::from(m)) % 2 == 0 { long } else { short };
            exposures.push(side(id, m, notional));
        }
    }
    ExposureNetwork::new(nodes, (0..markets).map(|m| market(m, 0.05)).collect(), &exposures).unwrap()
}

#[test]
fn a_thousand_accounts_in_five_markets_are_scored_within_a_second() {
    let network = crowd(1_000, 5);
    let start = Instant::now();
    let scores = Scores::new(&network, ScoresWanted { betweenness: false, shock: 1.0 }).unwrap();
    let cheap = start.elapsed();
    eprintln!("1,000 accounts, 5 markets: {cheap:?} without betweenness");
    assert!(cheap.as_secs_f64() < 1.0, "{cheap:?}");
    assert_eq!(scores.top(Score::DebtRank, 10).len(), 10);
}

#[test]
fn the_same_network_has_the_same_scores_to_the_last_bit() {
    let network = crowd(120, 5);
    let first = Scores::new(&network, ScoresWanted::default()).unwrap();
    assert_eq!(first, Scores::new(&network, ScoresWanted::default()).unwrap());
}
