//! What the real prices of 2025-10-10 say: the normal distribution is rejected, and what it would have missed.

mod common;

use jettison_paths::{JudgeOptions, MarketReport, ModelKind};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn quick(kinds: &[ModelKind]) -> JudgeOptions {
    JudgeOptions {
        kinds: kinds.to_vec(),
        normal_replicates: 99,
        simulated_steps: 20_000,
        ..JudgeOptions::default()
    }
}

fn report(returns: &[f64], kinds: &[ModelKind]) -> MarketReport {
    MarketReport::new("A-B", 10, returns, &quick(kinds), &mut rng(99)).unwrap()
}

#[test]
fn the_normal_distribution_is_rejected_on_the_october_prices_for_each_pair_at_one_and_ten_seconds() {
    let Some(series) = common::october() else { return };
    for step in [1, 10] {
        let returns = series.log_returns(step).unwrap();
        for (pair, column) in returns.pairs.iter().zip(&returns.columns) {
            // Not for the steps without a trade alone: without them it is rejected too.
            let moved: Vec<f64> = column.iter().copied().filter(|value| *value != 0.0).collect();
            for values in [column, &moved] {
                let fit = &report(values, &[ModelKind::Gaussian]).fits[0];
                let (ks, ad) = (fit.kolmogorov_smirnov, fit.anderson_darling);
                println!(
                    "{pair} {step} s, {} returns: KS {:.3} p {:.1e}, A² {:.1}",
                    values.len(),
                    ks.statistic,
                    ks.p_value,
                    ad.statistic
                );
                assert!(ks.p_value < 0.01 && ad.p_value < 1e-4, "{pair} {step}: {ks:?} {ad:?}");
                assert_eq!((ks.bootstrap_p_value, ad.bootstrap_p_value), (Some(0.01), Some(0.01)));
            }
        }
    }
}

#[test]
fn what_the_normal_assumption_missed_in_october_is_said() {
    let Some(series) = common::october() else { return };
    let returns = series.log_returns(10).unwrap();
    for (pair, column) in returns.pairs.iter().zip(&returns.columns) {
        let report =
            MarketReport::new(pair, 10, column, &quick(&ModelKind::PARAMETRIC), &mut rng(10)).unwrap();
        let missed = report.normal_missed().unwrap();
        println!("{pair}: {:?}", report.sample.variance_ratios);
        for fit in &report.fits {
            let (ks, ad, risk) = (fit.kolmogorov_smirnov, fit.anderson_darling, fit.tail_risk);
            println!(
                "{pair} {}: log-likelihood {:.1}, KS {:.3}, A² {:.2}, wait {:.1e} years, 99.9 % {:.4}, beyond {:.4} {:?}",
                fit.kind.name(),
                fit.log_likelihood,
                ks.statistic,
                ad.statistic,
                risk.worst_waiting_years,
                risk.tails.fall.value_at_risk_999,
                risk.breaches_999_fall,
                fit.notes
            );
        }
        assert!(report.not_fitted.is_empty(), "{:?}", report.not_fitted);
        assert_ne!(report.best_by_distance().unwrap().kind, ModelKind::Gaussian);
        let [normal, student, ..] = &missed.models[..] else { panic!("{missed:?}") };
        assert_eq!((normal.kind, student.kind), (ModelKind::Gaussian, ModelKind::StudentT));
        // One and a half hours of data, in which it came.
        assert!((missed.observed_years / (5_400.0 / 31_557_600.0) - 1.0).abs() < 1e-9);
        assert!(normal.waiting_years > 100.0 * student.waiting_years, "{pair}: {missed:?}");
        assert!(
            normal.breaches_999 > 0.005 && student.breaches_999 < normal.breaches_999,
            "{pair}: {missed:?}"
        );
        assert!(student.shortfall_ratio > 2.0 && normal.shortfall_ratio == 1.0, "{pair}: {missed:?}");
    }
}
