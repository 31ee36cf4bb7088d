//! The tail index by Hill (1975): how fast extremes grow rarer.

use serde::Serialize;

/// The fewest extremes that an index is taken from, and the part of observations that counts as extreme.
const LEAST: usize = 10;
const PART: f64 = 0.05;

/// Points of a Hill plot at most, and how far into the sample it goes.
const PLOT_POINTS: usize = 60;
const PLOT_PART: f64 = 0.2;

/// The tail index at a number of extremes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HillEstimate {
    /// Extremes used.
    pub extremes: usize,
    /// The move that they go beyond.
    pub threshold: f64,
    /// The tail index: moves `x` times as large are `x^index` times as rare. A variance takes more than 2.
    pub index: f64,
    /// Its standard error, `index / √extremes`, if moves were independent; where they come in bursts it is larger.
    pub standard_error: f64,
}

/// A point of a Hill plot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HillPoint {
    /// Extremes used.
    pub extremes: usize,
    /// The index.
    pub index: f64,
}

/// The index of one tail.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HillTail {
    /// With the largest twentieth of observations, ten at least.
    pub estimate: HillEstimate,
    /// With other numbers of extremes. Where the line is level the index can be trusted.
    pub plot: Vec<HillPoint>,
}

impl HillTail {
    /// Of the upper tail of values; of the lower one if they are negated. `None` if there are too few above zero.
    pub fn new(values: &[f64]) -> Option<Self> {
        let mut descending: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
        descending.sort_by(|a, b| b.total_cmp(a));
        let extremes = ((values.len() as f64 * PART) as usize).max(LEAST);
        let estimate = estimate(&descending, extremes)?;
        let most = ((values.len() as f64 * PLOT_PART) as usize).min(descending.len().saturating_sub(1));
        let points = most.saturating_sub(LEAST).clamp(1, PLOT_POINTS);
        let at = |number: usize| LEAST + number * most.saturating_sub(LEAST) / points;
        let plot = (0..=points).filter_map(|number| estimate_at(&descending, at(number))).collect();
        Some(Self { estimate, plot })
    }
}

fn estimate_at(descending: &[f64], extremes: usize) -> Option<HillPoint> {
    estimate(descending, extremes).map(|estimate| HillPoint { extremes, index: estimate.index })
}

fn estimate(descending: &[f64], extremes: usize) -> Option<HillEstimate> {
    let threshold = *descending.get(extremes)?;
    let sum: f64 = descending[..extremes].iter().map(|value| (value / threshold).ln()).sum();
    // Extremes that are all the same have no index.
    let index = (sum > 0.0).then(|| extremes as f64 / sum)?;
    Some(HillEstimate { extremes, threshold, index, standard_error: index / (extremes as f64).sqrt() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_four_values_is_that_by_hand() {
        // The two largest are four and two times the third: 2 / (ln 4 + ln 2).
        let got = estimate(&[8.0, 4.0, 2.0, 1.0], 2).unwrap();
        let index = 2.0 / 8f64.ln();
        assert!(
            (got.index - index).abs() < 1e-15 && (got.standard_error - index / 2f64.sqrt()).abs() < 1e-15
        );
        assert_eq!((got.extremes, got.threshold), (2, 2.0));
        assert_eq!(estimate(&[8.0, 4.0], 2), None);
        assert_eq!(estimate(&[2.0, 2.0, 2.0], 2), None);
    }
}
