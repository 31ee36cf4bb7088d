//! How far beyond the threshold an event goes.

use serde::{Deserialize, Serialize};

use super::check::{positive, require};
use super::hawkes::NAME;
use crate::error::ModelError;

/// What an event adds to the threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "marks", rename_all = "snake_case", deny_unknown_fields)]
pub enum Marks {
    /// Exponential: a path can go further than the file did.
    Exponential {
        /// Mean of what events up add; above 0.
        mean_up: f64,
        /// Mean of what events down add; above 0.
        mean_down: f64,
    },
    /// Drawn from those of a file: no event is larger than the file's largest.
    Empirical {
        /// What events up added.
        up: Vec<f64>,
        /// What events down added.
        down: Vec<f64>,
    },
}

impl Marks {
    /// The marks of a file, in ascending order.
    pub(super) fn empirical(mut up: Vec<f64>, mut down: Vec<f64>) -> Self {
        up.sort_by(f64::total_cmp);
        down.sort_by(f64::total_cmp);
        Self::Empirical { up, down }
    }

    /// Exponential marks of the same means. A side without events gets the other's.
    pub(super) fn exponential(up: &[f64], down: &[f64]) -> Self {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let (mean_up, mean_down) = (mean(up), mean(down));
        let or = |first: f64, second: f64| if first > 0.0 { first } else { second };
        Self::Exponential { mean_up: or(mean_up, mean_down), mean_down: or(mean_down, mean_up) }
    }

    pub(super) fn validate(&self, up_probability: f64) -> Result<(), ModelError> {
        let (up, down) = match self {
            Self::Exponential { mean_up, mean_down } => {
                positive(NAME, "marks.mean_up", *mean_up)?;
                return positive(NAME, "marks.mean_down", *mean_down);
            }
            Self::Empirical { up, down } => (up, down),
        };
        for (name, marks, needed) in
            [("marks.up", up, up_probability > 0.0), ("marks.down", down, up_probability < 1.0)]
        {
            let what = "a list that isn't empty where events go that way";
            require(NAME, name, marks.len() as f64, !(needed && marks.is_empty()), what)?;
            for two in marks.windows(2) {
                require(NAME, name, two[1], two[0] <= two[1], "in ascending order")?;
            }
            for mark in marks {
                require(NAME, name, *mark, mark.is_finite() && *mark >= 0.0, "finite and at least 0")?;
            }
        }
        Ok(())
    }

    /// What an event adds that a part `tail` of events goes beyond.
    pub(super) fn excess(&self, up: bool, tail: f64) -> f64 {
        match (self, up) {
            (Self::Exponential { mean_up, .. }, true) => -mean_up * tail.ln(),
            (Self::Exponential { mean_down, .. }, false) => -mean_down * tail.ln(),
            (Self::Empirical { up: marks, .. }, true) | (Self::Empirical { down: marks, .. }, false) => {
                let place = ((1.0 - tail) * marks.len() as f64) as usize;
                marks.get(place).or(marks.last()).copied().unwrap_or(0.0)
            }
        }
    }

    /// The part of events that add more than `excess`.
    pub(super) fn beyond(&self, up: bool, excess: f64) -> f64 {
        match (self, up) {
            (Self::Exponential { mean_up, .. }, true) => (-excess / mean_up).exp(),
            (Self::Exponential { mean_down, .. }, false) => (-excess / mean_down).exp(),
            (Self::Empirical { up: marks, .. }, true) | (Self::Empirical { down: marks, .. }, false) => {
                let within = marks.partition_point(|mark| *mark <= excess);
                (marks.len() - within) as f64 / marks.len().max(1) as f64
            }
        }
    }

    /// The logarithm of the density at `excess`; `None` where there is no density.
    pub(super) fn ln_density(&self, up: bool, excess: f64) -> Option<f64> {
        match self {
            Self::Exponential { mean_up, mean_down } => {
                let mean = if up { mean_up } else { mean_down };
                Some(-excess / mean - mean.ln())
            }
            Self::Empirical { .. } => None,
        }
    }
}
