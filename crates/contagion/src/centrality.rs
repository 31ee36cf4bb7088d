//! Centralities of a graph, by rustworkx.

use petgraph::graph::{EdgeReference, UnGraph};
use petgraph::visit::EdgeRef;
use rustworkx_core::centrality::{betweenness_centrality, eigenvector_centrality};

use crate::error::ContagionError;

const TOLERANCE: f64 = 1e-13;
const MAX_STEPS: usize = 100_000;

/// Eigenvector centrality (Bonacich 1972): a node is central if its neighbours are, by the weight of the edges. Of length one;
/// zero for every node of a graph without edges. In a graph of several parts only the heaviest has a score.
///
/// Weights are divided by the largest sum at a node first. A bipartite graph has an eigenvalue −λ for each λ, and
/// rustworkx separates them by adding the last vector to the next: which helps only if λ isn't far from one.
pub fn eigenvector<N>(graph: &UnGraph<N, f64>) -> Result<Vec<f64>, ContagionError> {
    let mut sums = vec![0.0_f64; graph.node_count()];
    for edge in graph.edge_references() {
        let weight = *edge.weight();
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(ContagionError::BadWeight { edge: edge.id().index(), weight });
        }
        sums[edge.source().index()] += weight;
        sums[edge.target().index()] += weight;
    }
    let largest = sums.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Ok(vec![0.0; graph.node_count()]);
    }
    let weigh = |edge: EdgeReference<'_, f64>| Ok::<_, ContagionError>(edge.weight() / largest);
    let found = eigenvector_centrality(graph, weigh, Some(MAX_STEPS), Some(TOLERANCE))?;
    found.ok_or(ContagionError::NotSettled(MAX_STEPS))
}

/// Betweenness centrality (Freeman 1977, by the algorithm of Brandes 2001): what part of the shortest paths between two other
/// nodes leads through a node, from 0 to 1. Edges count alike. The cost is nodes × edges.
///
/// Always on one thread: rustworkx adds up in the order in which threads finish, which changes the last digits.
pub fn betweenness<N: Sync, E: Sync>(graph: &UnGraph<N, E>) -> Vec<f64> {
    let found = betweenness_centrality(graph, false, true, usize::MAX);
    found.into_iter().map(|score| score.unwrap_or(0.0)).collect()
}
