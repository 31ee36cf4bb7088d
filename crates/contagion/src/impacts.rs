//! A network whose impacts are given one by one.

use crate::debtrank::Transmission;
use crate::error::ContagionError;

/// Impacts of nodes on nodes: a sparse matrix `W`. For examples whose matrix is printed, and to check the bipartite network
/// by.
#[derive(Clone, Debug)]
pub struct Impacts {
    nodes: usize,
    edges: Vec<(usize, usize, f64)>,
}

impl Impacts {
    /// Impacts `(from, to, weight)`; a weight above one counts as one, `W_ij = min(1, A_ji / E_j)`, as in Battiston et al.
    /// 2012. Errors name an edge to a node that isn't there, and a weight below zero or no number.
    pub fn new(nodes: usize, edges: &[(usize, usize, f64)]) -> Result<Self, ContagionError> {
        for &(from, to, weight) in edges {
            let inside = from < nodes && to < nodes;
            if !(inside && weight.is_finite() && weight >= 0.0) {
                return Err(ContagionError::BadImpact { from, to, weight, last: nodes.saturating_sub(1) });
            }
        }
        let capped = edges.iter().map(|&(from, to, weight)| (from, to, weight.min(1.0)));
        Ok(Self { nodes, edges: capped.collect() })
    }
}

impl Transmission for Impacts {
    fn len(&self) -> usize {
        self.nodes
    }

    fn pass(&self, sent: &[f64]) -> Vec<f64> {
        let mut received = vec![0.0; self.nodes];
        for &(from, to, weight) in &self.edges {
            received[to] += weight * sent[from];
        }
        received
    }
}
