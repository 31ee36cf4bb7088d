//! DebtRank, step by step by hand.

use jettison_contagion::{debtrank, linear_debtrank, ContagionError, Impacts, State};

use crate::{all_close, close, two_markets};

/// The network of Figure 5 in the supplement of Battiston et al. 2012 (Sci. Rep. 2:541), its nodes counted from 0: every
/// impact is 0.5, and 1 and 4 are on a cycle.
fn figure_5() -> Impacts {
    let edges = [(0, 1), (0, 2), (0, 3), (1, 4), (4, 6), (4, 1), (3, 5), (5, 7), (5, 4)];
    Impacts::new(8, &edges.map(|(from, to)| (from, to, 0.5))).unwrap()
}

#[test]
fn the_papers_example_of_a_network_with_a_cycle() {
    // 1: node 0 defaults, h0 = 1.
    // 2: h1 = h2 = h3 = 0.5 × 1 = 0.5. Node 0 is inactive.
    // 3: h4 = 0.5 × h1 = 0.25, h5 = 0.5 × h3 = 0.25. Nodes 1, 2, 3 are inactive.
    // 4: h6 = 0.5 × h4 = 0.125, h7 = 0.5 × h5 = 0.125, h4 = 0.25 + 0.5 × h5 = 0.375, and round the cycle
    //    h1 = 0.5 + 0.5 × h4 = 0.625, which stays there: node 1 has spoken. Nodes 4, 5 are inactive.
    // 5: nodes 6 and 7 have nobody to tell.
    let values = [0.125; 8];
    let found = debtrank(&figure_5(), &values, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]).unwrap();
    let expected = [1.0, 0.625, 0.5, 0.5, 0.375, 0.25, 0.125, 0.125];
    assert!(all_close(&found.distress, &expected), "{:?}", found.distress);
    assert_eq!(found.rounds, 4);
    assert_eq!(found.states, [State::Inactive; 8]);
    // The shock itself doesn't count: (0.625 + 0.5 + 0.5 + 0.375 + 0.25 + 0.125 + 0.125) / 8.
    assert!(close(found.rank, 2.5 / 8.0));
}

#[test]
fn on_a_chain_distress_halves_at_every_step() {
    let chain = Impacts::new(4, &[(0, 1, 0.5), (1, 2, 0.5), (2, 3, 0.5)]).unwrap();
    let found = debtrank(&chain, &[0.1, 0.2, 0.3, 0.4], &[0.8, 0.0, 0.0, 0.0]).unwrap();
    assert!(all_close(&found.distress, &[0.8, 0.4, 0.2, 0.1]));
    // 0.4 × 0.2 + 0.2 × 0.3 + 0.1 × 0.4.
    assert!(close(found.rank, 0.18));
    // Without a cycle both kinds agree.
    let linear = linear_debtrank(&chain, &[0.1, 0.2, 0.3, 0.4], &[0.8, 0.0, 0.0, 0.0]).unwrap();
    assert!(close(linear.rank, 0.18));
}

#[test]
fn a_cycle_is_walked_once_and_by_the_linear_kind_until_it_dies_out() {
    let cycle = Impacts::new(3, &[(0, 1, 0.5), (1, 2, 0.5), (2, 0, 0.5)]).unwrap();
    let values = [1.0 / 3.0; 3];
    let found = debtrank(&cycle, &values, &[0.4, 0.0, 0.0]).unwrap();
    // h1 = 0.2, h2 = 0.1, back to h0 = 0.4 + 0.05, which isn't passed on again.
    assert!(all_close(&found.distress, &[0.45, 0.2, 0.1]));
    // Round and round: h0 = 0.4 × (1 + 1/8 + 1/64 + …) = 0.4 × 8/7, and half of it at each next.
    let linear = linear_debtrank(&cycle, &values, &[0.4, 0.0, 0.0]).unwrap();
    let first = 0.4 * 8.0 / 7.0;
    assert!(all_close(&linear.distress, &[first, first / 2.0, first / 4.0]), "{:?}", linear.distress);
    assert!(linear.at_rest && linear.rank > found.rank);
}

#[test]
fn the_centre_of_a_star_reaches_all_and_a_leaf_only_the_centre() {
    let edges: Vec<_> = (1..5).flat_map(|leaf| [(0, leaf, 0.3), (leaf, 0, 0.2)]).collect();
    let star = Impacts::new(5, &edges).unwrap();
    let values = [0.2; 5];
    let centre = debtrank(&star, &values, &[1.0, 0.0, 0.0, 0.0, 0.0]).unwrap();
    // Each leaf 0.3; what they send back meets a centre that has lost all.
    assert!(all_close(&centre.distress, &[1.0, 0.3, 0.3, 0.3, 0.3]));
    assert!(close(centre.rank, 4.0 * 0.3 * 0.2));
    let leaf = debtrank(&star, &values, &[0.0, 1.0, 0.0, 0.0, 0.0]).unwrap();
    // The centre 0.2; from it 0.3 × 0.2 to the other leaves; of that 3 × 0.2 × 0.06 back to the centre.
    assert!(all_close(&leaf.distress, &[0.2 + 0.036, 1.0, 0.06, 0.06, 0.06]), "{:?}", leaf.distress);
}

#[test]
fn nobody_loses_more_than_everything() {
    let both = Impacts::new(3, &[(0, 2, 0.8), (1, 2, 0.7)]).unwrap();
    let found = debtrank(&both, &[0.2, 0.2, 0.6], &[1.0, 1.0, 0.0]).unwrap();
    assert!(all_close(&found.distress, &[1.0, 1.0, 1.0]));
    assert!(close(found.rank, 0.6));
    // An impact above one is one: half a default takes half.
    let heavy = Impacts::new(2, &[(0, 1, 9.0)]).unwrap();
    assert!(all_close(&debtrank(&heavy, &[0.5; 2], &[0.5, 0.0]).unwrap().distress, &[0.5, 0.5]));
}

#[test]
fn a_cycle_that_feeds_itself_ends_with_everybody_in_default() {
    let cycle = Impacts::new(2, &[(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
    let linear = linear_debtrank(&cycle, &[0.5; 2], &[0.1, 0.0]).unwrap();
    assert!(linear.at_rest && all_close(&linear.distress, &[1.0, 1.0]), "{linear:?}");
}

#[test]
fn distress_goes_over_sides_of_markets() {
    // 1: account 1 leaves 10 % of 1,000 unpaid: 75 of it to account 2 (of 500), 25 to account 3 (of 100).
    // 2: account 3 sends 0.25 of what it would leave: 50 % of 400 × 0.25 = 50 to account 4 (of 300); and, as account 2 does,
    //    to account 1, which has nothing left.
    // 3: account 4 sends 50 / 300 of 50 % of 400 back to account 3: 33.33 (of 100). That has spoken.
    let network = two_markets();
    let values = network.values();
    let found = debtrank(&network, &values, &[1.0, 0.0, 0.0, 0.0]).unwrap();
    assert!(all_close(&found.distress, &[1.0, 0.15, 0.25 + 1.0 / 3.0, 1.0 / 6.0]), "{:?}", found.distress);
    // In dollars 75 + 25 + 33.33 + 50, of 1,000 in all.
    assert!(close(found.rank, (75.0 + 25.0 + 100.0 / 3.0 + 50.0) / 1_000.0));
}

#[test]
fn an_impossible_shock_is_named() {
    let one = Impacts::new(1, &[]).unwrap();
    assert_eq!(debtrank(&one, &[1.0], &[1.5]), Err(ContagionError::BadShock { node: 0, shock: 1.5 }));
    let nan = debtrank(&one, &[1.0], &[f64::NAN]).unwrap_err();
    assert!(nan.to_string().starts_with("shock of node 0 is NaN"), "{nan}");
    assert_eq!(debtrank(&one, &[1.0], &[]), Err(ContagionError::WrongLength { given: 0, nodes: 1 }));
    let far = Impacts::new(2, &[(0, 2, 0.5)]).unwrap_err();
    assert_eq!(far, ContagionError::BadImpact { from: 0, to: 2, weight: 0.5, last: 1 });
}
