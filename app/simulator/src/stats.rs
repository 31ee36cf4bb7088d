//! Statistics of losses over histories, with how sure they are.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use statrs::statistics::Statistics;

/// Resamplings of a bootstrap interval.
const RESAMPLES: usize = 1_000;

/// A number with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// 2.5 % lie below.
    pub low: f64,
    /// 2.5 % lie above.
    pub high: f64,
}

/// The mean, by the percentile bootstrap (Efron 1979). Nothing of nothing is zero.
pub fn mean(values: &[f64], seed: u64) -> Estimate {
    bootstrap(values, seed, |sample| if sample.is_empty() { 0.0 } else { sample.iter().mean() })
}

/// Value at risk: the least loss that a part `level` of the histories don't exceed.
pub fn value_at_risk(losses: &[f64], level: f64, seed: u64) -> Estimate {
    bootstrap(losses, seed, |sample| quantile(&mut sample.to_vec(), level))
}

/// Expected shortfall: the mean of the worst `1 − level` of the histories, the one at the edge counted by its part
/// (Acerbi and Tasche 2002).
pub fn expected_shortfall(losses: &[f64], level: f64, seed: u64) -> Estimate {
    bootstrap(losses, seed, |sample| shortfall(&mut sample.to_vec(), level))
}

/// The sum of the first over the sum of the second, by the bootstrap over pairs. Nothing over nothing is zero.
pub fn ratio(pairs: &[(f64, f64)], seed: u64) -> Estimate {
    bootstrap(pairs, seed, |sample| {
        let (above, below) = sample.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        if below == 0.0 {
            0.0
        } else {
            above / below
        }
    })
}

/// The part of the trials that were hits, with Wilson's score interval (1927).
pub fn part(hits: usize, trials: usize) -> Estimate {
    if trials == 0 {
        return Estimate { value: 0.0, low: 0.0, high: 1.0 };
    }
    let z = Normal::standard().inverse_cdf(0.975);
    let (n, p) = (trials as f64, hits as f64 / trials as f64);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    // With no hit, or nothing else, the end is exact: rounding would leave it beside.
    let low = if hits == 0 { 0.0 } else { middle - half };
    let high = if hits == trials { 1.0 } else { middle + half };
    Estimate { value: p, low, high }
}

/// The smallest value that at least a part `level` of all don't exceed.
pub fn quantile(values: &mut [f64], level: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let place = ((values.len() as f64 * level).ceil() as usize).clamp(1, values.len()) - 1;
    *values.select_nth_unstable_by(place, f64::total_cmp).1
}

fn shortfall(values: &mut [f64], level: f64) -> f64 {
    values.sort_by(|a, b| b.total_cmp(a));
    let tail = values.len() as f64 * (1.0 - level);
    let whole = (tail.floor() as usize).min(values.len());
    let sum: f64 = values[..whole].iter().sum();
    let edge = values.get(whole).map_or(0.0, |value| value * (tail - whole as f64));
    if tail > 0.0 {
        (sum + edge) / tail
    } else {
        values.first().copied().unwrap_or(0.0)
    }
}

fn bootstrap<T: Copy + Default>(values: &[T], seed: u64, statistic: impl Fn(&[T]) -> f64) -> Estimate {
    let value = statistic(values);
    if values.len() < 2 {
        return Estimate { value, low: value, high: value };
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut sample = vec![T::default(); values.len()];
    let mut drawn: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            sample.fill_with(|| values[random.random_range(0..values.len())]);
            statistic(&sample)
        })
        .collect();
    Estimate { value, low: quantile(&mut drawn, 0.025), high: quantile(&mut drawn, 0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_and_shortfall_of_ten_losses_are_those_worked_out_by_hand() {
        let losses: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(value_at_risk(&losses, 0.9, 1).value, 9.0);
        assert_eq!(expected_shortfall(&losses, 0.9, 1).value, 10.0);
        assert_eq!(expected_shortfall(&losses, 0.8, 1).value, 9.5);
        // A tail of one and a half: all of the worst and half of the next.
        assert!((expected_shortfall(&losses, 0.85, 1).value - (10.0 + 4.5) / 1.5).abs() < 1e-9);
        assert_eq!(quantile(&mut [3.0], 0.99), 3.0);
        assert_eq!(mean(&[], 1), Estimate::default());
        assert_eq!(ratio(&[(1.0, 2.0), (3.0, 6.0)], 1), Estimate { value: 0.5, low: 0.5, high: 0.5 });
    }

    #[test]
    fn wilson_s_interval_is_that_of_the_textbook_and_stays_within_zero_and_one() {
        let one = part(1, 10);
        assert!((one.low - 0.0179).abs() < 1e-4 && (one.high - 0.4042).abs() < 1e-4, "{one:?}");
        let none = part(0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 1e-4, "{none:?}");
    }

    #[test]
    fn an_interval_holds_its_number_narrows_with_more_histories_and_repeats_with_its_seed() {
        let values = |n: u32| -> Vec<f64> { (0..n).map(|i| f64::from(i * 7919 % 101)).collect() };
        let (few, many) = (mean(&values(50), 3), mean(&values(2_000), 3));
        assert!(few.low <= few.value && few.value <= few.high);
        assert!(many.high - many.low < (few.high - few.low) / 3.0);
        assert_eq!(few, mean(&values(50), 3));
    }
}
