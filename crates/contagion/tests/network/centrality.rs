//! Centralities of textbook graphs.

use jettison_contagion::{betweenness, eigenvector, herfindahl, spearman, ContagionError};
use petgraph::graph::UnGraph;
use rustworkx_core::generators::karate_club_graph;

use crate::{all_close, close};

fn graph(edges: &[(u32, u32)]) -> UnGraph<(), f64> {
    UnGraph::from_edges(edges.iter().map(|&(a, b)| (a, b, 1.0)))
}

/// Scores divided so that the first is one.
fn by_first(scores: &[f64]) -> Vec<f64> {
    scores.iter().map(|score| score / scores[0]).collect()
}

#[test]
fn star() {
    let star = graph(&[(0, 1), (0, 2), (0, 3), (0, 4)]);
    assert!(all_close(&betweenness(&star), &[1.0, 0.0, 0.0, 0.0, 0.0]));
    // The eigenvalue is √4; the centre is √4 times a leaf.
    let leaf = 0.5_f64.sqrt() / 2.0;
    assert!(all_close(&eigenvector(&star).unwrap(), &[0.5_f64.sqrt(), leaf, leaf, leaf, leaf]));
}

#[test]
fn path() {
    let path = graph(&[(0, 1), (1, 2), (2, 3), (3, 4)]);
    // Pairs that go through: 0, 3, 4, 3, 0 of 6.
    assert!(all_close(&betweenness(&path), &[0.0, 0.5, 4.0 / 6.0, 0.5, 0.0]));
    // sin(kπ/6): 1/2, √3/2, 1, √3/2, 1/2.
    let root = 3.0_f64.sqrt();
    assert!(all_close(&by_first(&eigenvector(&path).unwrap()), &[1.0, root, 2.0, root, 1.0]));
}

#[test]
fn cycle_and_complete_graph_treat_everybody_alike() {
    let cycle = graph(&[(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]);
    // (n − 1)(n − 3) / 8 = 1 pair each of 6.
    assert!(all_close(&betweenness(&cycle), &[1.0 / 6.0; 5]));
    assert!(all_close(&eigenvector(&cycle).unwrap(), &[0.2_f64.sqrt(); 5]));
    let complete = graph(&[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
    assert!(all_close(&betweenness(&complete), &[0.0; 4]));
    assert!(all_close(&eigenvector(&complete).unwrap(), &[0.5; 4]));
}

/// Krackhardt's kite (1990): Diane (3) has the most friends, Heather (7) is between the most.
#[test]
fn kite() {
    let kite = graph(&[
        (0, 1),
        (0, 2),
        (0, 3),
        (0, 5),
        (1, 3),
        (1, 4),
        (1, 6),
        (2, 3),
        (2, 5),
        (3, 4),
        (3, 5),
        (3, 6),
        (4, 6),
        (5, 6),
        (5, 7),
        (6, 7),
        (7, 8),
        (8, 9),
    ]);
    let pairs = betweenness(&kite).into_iter().map(|score| score * 36.0);
    let expected = [5.0 / 6.0, 5.0 / 6.0, 0.0, 11.0 / 3.0, 0.0, 25.0 / 3.0, 25.0 / 3.0, 14.0, 8.0, 0.0];
    assert!(all_close(&pairs.collect::<Vec<_>>(), &expected));
    let expected = [
        0.352_209_18,
        0.352_209_18,
        0.285_834_99,
        0.481_020_47,
        0.285_834_99,
        0.397_690_88,
        0.397_690_88,
        0.195_860_58,
        0.048_074_25,
        0.011_164_06,
    ];
    // As printed by networkx, which stops at the sixth digit.
    let found = eigenvector(&kite).unwrap();
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-6), "{found:?}");
}

/// Zachary's karate club (1977): the instructor (0) is between the most, the officer (33) knows the best connected.
#[test]
fn karate_club() {
    let club: UnGraph<(), f64> = karate_club_graph(|_| (), |_| 1.0);
    let top = |scores: &[f64]| {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        order.truncate(4);
        order
    };
    let (between, eigen) = (betweenness(&club), eigenvector(&club).unwrap());
    assert_eq!(top(&between), [0, 33, 32, 2]);
    assert_eq!(top(&eigen), [33, 0, 2, 32]);
    // As printed by several packages.
    assert!((between[0] - 0.437_635).abs() < 1e-6 && (eigen[33] - 0.373_363).abs() < 1e-6);
}

/// Power iteration goes to and fro on a bipartite graph of heavy edges: dollars are heavy.
#[test]
fn weights_in_dollars_give_the_same_as_in_millions() {
    let edges = [(0, 3, 1.0), (1, 3, 2.0), (1, 4, 2.0), (2, 4, 5.0)];
    let light = eigenvector(&UnGraph::<(), f64>::from_edges(edges)).unwrap();
    let heavy = UnGraph::<(), f64>::from_edges(edges.map(|(a, b, weight)| (a, b, weight * 1e6)));
    assert!(all_close(&eigenvector(&heavy).unwrap(), &light));
    assert!(light.iter().all(|score| *score > 0.0));
}

#[test]
fn a_graph_without_edges_has_no_centre() {
    let mut lonely = UnGraph::<(), f64>::default();
    lonely.add_node(());
    lonely.add_node(());
    assert_eq!(eigenvector(&lonely).unwrap(), [0.0, 0.0]);
    assert_eq!(betweenness(&lonely), [0.0, 0.0]);
    let broken = UnGraph::<(), f64>::from_edges([(0, 1, f64::NAN)]);
    assert!(matches!(eigenvector(&broken), Err(ContagionError::BadWeight { edge: 0, .. })));
}

#[test]
fn herfindahl_of_equal_holders_is_one_over_their_number() {
    assert!(close(herfindahl(&[7.0]), 1.0));
    assert!(close(herfindahl(&[3.0; 8]), 0.125));
    // 0.5² + 0.3² + 0.2².
    assert!(close(herfindahl(&[50.0, 30.0, 20.0]), 0.38));
    assert_eq!(herfindahl(&[]), 0.0);
}

#[test]
fn spearman_compares_ranks_alone() {
    assert_eq!(spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0, 100.0, 1e9]), Some(1.0));
    assert_eq!(spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(-1.0));
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: 1 − 6 × 4 / (5 × 24).
    let found = spearman(&[1.0, 2.0, 3.0, 4.0, 5.0], &[20.0, 10.0, 40.0, 30.0, 50.0]).unwrap();
    assert!(close(found, 0.8));
    // Equal ones share 2.5: deviations −1.5 0 0 1.5 against −1.5 −0.5 0.5 1.5, so 4.5 / √(4.5 × 5).
    let tied = spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]).unwrap();
    assert!(close(tied, 4.5 / 22.5_f64.sqrt()));
    assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
    assert_eq!(spearman(&[1.0, 2.0], &[1.0, 2.0]), None);
}
