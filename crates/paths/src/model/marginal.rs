//! A model made ready to turn normal scores into returns, step by step.

use super::Model;
use crate::scores::ScoreTable;

/// How one market's scores become returns. What it remembers from step to step is one number, which the drawer keeps.
#[derive(Clone, Debug)]
pub(crate) enum Marginal {
    /// A straight line: normal returns.
    Line { mean: f64, sigma: f64 },
    /// Independent returns of any other distribution.
    Table(ScoreTable),
}

impl Marginal {
    /// Of a validated model; `None` for those that draw rows of a file.
    pub fn of(model: &Model) -> Option<Self> {
        match model {
            Model::Gaussian(model) => Some(Self::Line { mean: model.mean, sigma: model.sigma }),
            Model::Bootstrap(_) | Model::Replay(_) => None,
        }
    }

    /// What it remembers before the first step.
    pub fn start(&self) -> f64 {
        match self {
            Self::Line { .. } | Self::Table(_) => 0.0,
        }
    }

    /// The next step's log return, from a standard normal score.
    pub fn step(&self, _memory: &mut f64, score: f64) -> f64 {
        match self {
            Self::Line { mean, sigma } => mean + sigma * score,
            Self::Table(table) => table.at(score),
        }
    }
}
