//! How far probabilities are from even spread: Kolmogorov–Smirnov, Anderson–Darling, and quantile against quantile.

use serde::Serialize;
use statrs::distribution::Uniform;
use statrs::stats_tests::ks_test::{ks_onesample, KSOneSampleAlternativeMethod};
use statrs::stats_tests::NaNPolicy;

use crate::model::Probability;

/// The most points of a QQ plot, and how many of them are the most extreme on either end.
const QQ_POINTS: usize = 200;
const QQ_EXTREMES: usize = 25;

/// A distance between data and model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DistanceTest {
    /// The distance.
    pub statistic: f64,
    /// How likely this distance or more is if the model was known beforehand. With parameters fitted to the same data it is
    /// optimistic: too high.
    pub p_value: f64,
    /// The same with the fitting taken into account, by drawing from the fitted model and fitting again (of the normal
    /// distribution, Lilliefors 1967). `None` if no replicates were asked for.
    pub bootstrap_p_value: Option<f64>,
}

/// A point of a QQ plot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct QqPoint {
    /// Where the model expects it.
    pub theoretical: f64,
    /// Where it was.
    pub empirical: f64,
}

/// The Kolmogorov–Smirnov distance of probabilities from even spread, with the asymptotic p-value; `(0, 1)` of none.
pub(crate) fn kolmogorov_smirnov(probabilities: &[Probability]) -> (f64, f64) {
    let lower = probabilities.iter().map(|p| p.lower.clamp(0.0, 1.0)).collect();
    let method = KSOneSampleAlternativeMethod::TwoSidedAsymptotic;
    let even = Uniform::standard();
    ks_onesample(lower, &even, method, NaNPolicy::Error)
        .map_or((0.0, 1.0), |(statistic, p_value)| (statistic, p_value.clamp(0.0, 1.0)))
}

/// Anderson and Darling's A² (1954) of probabilities against even spread, with the asymptotic p-value.
pub(crate) fn anderson_darling(probabilities: &[Probability]) -> (f64, f64) {
    let mut sorted = probabilities.to_vec();
    // By the lower tail, and where that is 1 to a float's precision by the upper.
    sorted.sort_by(|a, b| a.lower.total_cmp(&b.lower).then(b.upper.total_cmp(&a.upper)));
    let count = sorted.len() as f64;
    let ln = |value: f64| value.max(f64::MIN_POSITIVE).ln();
    let terms = sorted.iter().zip(sorted.iter().rev()).enumerate();
    let sum: f64 =
        terms.map(|(place, (up, down))| (2.0 * place as f64 + 1.0) * (ln(up.lower) + ln(down.upper))).sum();
    let statistic = -count - sum / count;
    (statistic, anderson_darling_tail(statistic))
}

/// How likely A² or more is for many values of a known distribution (Marsaglia and Marsaglia 2004).
fn anderson_darling_tail(statistic: f64) -> f64 {
    let polynomial = |coefficients: &[f64]| {
        coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * statistic + coefficient)
    };
    if statistic <= 0.0 {
        return 1.0;
    }
    if statistic < 2.0 {
        let factor = polynomial(&[2.00012, 0.247105, -0.0649821, 0.0347962, -0.0116720, 0.00168691]);
        return (1.0 - (-1.2337141 / statistic).exp() / statistic.sqrt() * factor).clamp(0.0, 1.0);
    }
    let exponent = polynomial(&[1.0776, -2.30695, 0.43424, -0.082433, 0.008056, -0.0003146]);
    -(-exponent.exp()).exp_m1()
}

/// Points of a QQ plot, from values in ascending order and a function from the part of values below to where the model
/// expects that. All extremes are kept, and the middle thinned out.
pub(crate) fn qq_points(ascending: &[f64], quantile: impl Fn(f64) -> f64) -> Vec<QqPoint> {
    let count = ascending.len();
    let point = |place: usize| QqPoint {
        theoretical: quantile((place as f64 + 0.5) / count as f64),
        empirical: ascending[place],
    };
    if count <= QQ_POINTS {
        return (0..count).map(point).collect();
    }
    let inner = QQ_POINTS - 2 * QQ_EXTREMES;
    let (first, last) = (QQ_EXTREMES, count - QQ_EXTREMES);
    let middle = (0..inner).map(|number| first + number * (last - first) / inner);
    (0..first).chain(middle).chain(last..count).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(values: &[f64]) -> Vec<Probability> {
        values.iter().map(|lower| Probability { lower: *lower, upper: 1.0 - lower }).collect()
    }

    #[test]
    fn distances_of_three_values_are_those_by_hand() {
        let values = even(&[0.7, 0.1, 0.4]);
        // Farthest after the third: 1 - 0.7.
        assert!((kolmogorov_smirnov(&values).0 - 0.3).abs() < 1e-15);
        // -3 - (ln 0.1 + ln 0.3 + 3 (ln 0.4 + ln 0.6) + 5 (ln 0.7 + ln 0.9)) / 3
        assert!((anderson_darling(&values).0 - 0.366_028).abs() < 1e-6, "{:?}", anderson_darling(&values));
    }

    #[test]
    fn p_values_are_those_of_the_tables() {
        // Stephens (1974), for a distribution that is known.
        for (statistic, p_value) in
            [(1.248, 0.25), (1.933, 0.10), (2.492, 0.05), (3.070, 0.025), (3.857, 0.01)]
        {
            let got = anderson_darling_tail(statistic);
            assert!((got / p_value - 1.0).abs() < 0.03, "{statistic}: {got}");
        }
        assert!(anderson_darling_tail(50.0) < 1e-15 && anderson_darling_tail(1e6) == 0.0);
        // Of 10,000 values, one step of 0.013581 beside the diagonal: 5 % (Smirnov 1948).
        let values: Vec<f64> = (1..=10_000).map(|i| (f64::from(i) / 10_000.0 - 0.013_581).max(0.0)).collect();
        let (statistic, p_value) = kolmogorov_smirnov(&even(&values));
        assert!(
            (statistic - 0.013_581).abs() < 1e-9 && (p_value - 0.05).abs() < 1e-4,
            "{statistic} {p_value}"
        );
    }

    #[test]
    fn a_value_that_the_model_thought_impossible_counts_and_is_finite() {
        let far = Probability { lower: 1.0, upper: 1e-200 };
        let mut values = even(&[0.2, 0.5, 0.8]);
        let before = anderson_darling(&values).0;
        values.push(far);
        let (statistic, p_value) = anderson_darling(&values);
        assert!(
            statistic > before + 100.0 && statistic.is_finite() && p_value == 0.0,
            "{statistic} {p_value}"
        );
    }

    #[test]
    fn a_qq_plot_keeps_every_extreme_and_at_most_two_hundred_points() {
        let values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let points = qq_points(&values, |part| part * 10_000.0 - 0.5);
        assert_eq!(points.len(), 200);
        assert!(points.windows(2).all(|two| two[0].empirical < two[1].empirical));
        assert!(points.iter().all(|point| (point.theoretical - point.empirical).abs() < 1e-9));
        assert_eq!(
            [points[24].empirical, points[175].empirical, points[199].empirical],
            [24.0, 9_975.0, 9_999.0]
        );
        assert_eq!(qq_points(&values[..7], |part| part).len(), 7);
    }
}
