//! Judging fits: right models pass, wrong ones are found out, and figures equal those of tables.

use jettison_paths::{
    Fit, FitReport, Garch, Gaussian, JudgeOptions, MarketReport, Model, ModelKind, QqScale, SampleReport,
    Serial, StudentT, TailMethod, VarianceRatio,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn normals(seed: u64, count: usize) -> Vec<f64> {
    let mut rng = rng(seed);
    (0..count).map(|_| 0.001 * Distribution::<f64>::sample(&StandardNormal, &mut rng)).collect()
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

fn judge(model: Model, returns: &[f64]) -> FitReport {
    let fit = Fit { model, notes: vec![] };
    FitReport::new(fit, returns, 10, &quick(&[]), &mut rng(98)).unwrap().unwrap()
}

#[test]
fn normal_data_pass_as_normal_and_heavy_tails_don_t() {
    let fit = &report(&normals(1, 2_000), &[ModelKind::Gaussian]).fits[0];
    assert!(fit.kolmogorov_smirnov.p_value > 0.05 && fit.anderson_darling.p_value > 0.05, "{fit:?}");
    assert!(fit.kolmogorov_smirnov.bootstrap_p_value.unwrap() > 0.05, "{fit:?}");
    assert!(fit.anderson_darling.bootstrap_p_value.unwrap() > 0.05, "{fit:?}");
    let student = rand_distr::StudentT::new(3.0).unwrap();
    let mut generator = rng(2);
    let heavy: Vec<f64> = (0..2_000).map(|_| student.sample(&mut generator)).collect();
    let report = report(&heavy, &[ModelKind::Gaussian, ModelKind::StudentT]);
    let [normal, student] = &report.fits[..] else { panic!("{report:?}") };
    assert!(normal.kolmogorov_smirnov.p_value < 1e-3 && normal.anderson_darling.p_value < 1e-6);
    // The least that 99 replicates can say.
    assert_eq!(normal.kolmogorov_smirnov.bootstrap_p_value, Some(0.01));
    assert!(
        student.kolmogorov_smirnov.p_value > 0.05 && student.anderson_darling.p_value > 0.05,
        "{student:?}"
    );
    assert!(student.aic < normal.aic - 100.0 && student.bic < normal.bic - 100.0);
    assert_eq!(report.best_by_aic().unwrap().kind, ModelKind::StudentT);
    assert_eq!(report.best_by_distance().unwrap().kind, ModelKind::StudentT);
}

#[test]
fn p_values_of_fitted_normal_data_are_too_high_and_the_bootstrap_s_are_not() {
    // Of 60 samples that are normal, about a tenth should be below 0.1.
    let (mut plain, mut bootstrap) = (0, 0);
    for seed in 0..60 {
        let fit = &report(&normals(100 + seed, 100), &[ModelKind::Gaussian]).fits[0];
        plain += usize::from(fit.kolmogorov_smirnov.p_value < 0.1);
        bootstrap += usize::from(fit.kolmogorov_smirnov.bootstrap_p_value.unwrap() < 0.1);
    }
    assert!(plain == 0 && (1..=14).contains(&bootstrap), "{plain} {bootstrap}");
}

#[test]
fn criteria_are_those_of_akaike_and_schwarz() {
    let fit = &report(&normals(3, 500), &[ModelKind::Gaussian]).fits[0];
    assert!((fit.aic - (4.0 - 2.0 * fit.log_likelihood)).abs() < 1e-9);
    assert!((fit.bic - (2.0 * 500f64.ln() - 2.0 * fit.log_likelihood)).abs() < 1e-9);
}

#[test]
fn losses_of_the_normal_and_the_t_distribution_are_those_of_tables() {
    let returns = normals(4, 500);
    let normal = judge(Model::Gaussian(Gaussian { mean: 0.0, sigma: 1.0 }), &returns).tail_risk;
    let student = judge(Model::StudentT(StudentT { location: 0.0, scale: 1.0, nu: 4.0 }), &returns).tail_risk;
    assert_eq!(normal.method, TailMethod::Exact);
    for (risk, expected) in [
        (normal, [2.326_348, 2.665_214, 3.090_232, 3.367_090]),
        (student, [3.746_947, 5.220_6, 7.173_182, 9.685]),
    ] {
        for tail in [risk.tails.fall, risk.tails.rise] {
            let got = [
                tail.value_at_risk_99,
                tail.expected_shortfall_99,
                tail.value_at_risk_999,
                tail.expected_shortfall_999,
            ];
            for (got, expected) in got.iter().zip(expected) {
                assert!((got / expected - 1.0).abs() < 5e-4, "{got} {expected}");
            }
        }
    }
}

#[test]
fn a_move_of_ten_deviations_is_impossible_under_the_normal_and_not_under_the_t_distribution() {
    let mut returns = normals(5, 2_000);
    returns[7] = -0.01;
    let normal = judge(Model::Gaussian(Gaussian { mean: 0.0, sigma: 0.001 }), &returns).tail_risk;
    // The normal distribution has 7.62e-24 beyond ten deviations.
    assert!((normal.worst_probability / 7.619_853e-24 - 1.0).abs() < 1e-5, "{}", normal.worst_probability);
    assert!((normal.worst_log10_probability + 23.118).abs() < 1e-3);
    let years = 10.0 / 7.619_853e-24 / 31_557_600.0;
    assert!((normal.worst_waiting_years / years - 1.0).abs() < 1e-5);
    let student =
        judge(Model::StudentT(StudentT { location: 0.0, scale: 0.001, nu: 3.0 }), &returns).tail_risk;
    // A t-distribution of 3 degrees of freedom: 0.001064 beyond ten scales on one side.
    assert!((student.worst_probability / 0.001_064 - 1.0).abs() < 0.01, "{}", student.worst_probability);
    let certain = judge(Model::Gaussian(Gaussian { mean: 0.0, sigma: 1e-5 }), &returns).tail_risk;
    assert_eq!(certain.worst_probability, 0.0);
    assert!(certain.worst_log10_probability < -307.0 && certain.worst_waiting_years.is_finite());
}

#[test]
fn a_garch_fit_takes_the_bursts_out_of_the_residuals() {
    let mut generator = rng(6);
    let mut variance: f64 = 1e-6;
    let returns: Vec<f64> = (0..5_000)
        .map(|_| {
            let score: f64 = StandardNormal.sample(&mut generator);
            let value = variance.sqrt() * score;
            variance = 5e-8 + 0.2 * value * value + 0.75 * variance;
            value
        })
        .collect();
    let report = report(&returns, &[ModelKind::Gaussian, ModelKind::Garch]);
    let [normal, garch] = &report.fits[..] else { panic!("{report:?}") };
    assert!(
        report.sample.serial.squares_test.p_value < 1e-6 && report.sample.serial.values_test.p_value > 1e-3
    );
    assert!(normal.residuals.squares_test.p_value < 1e-6);
    assert!(garch.residuals.squares_test.p_value > 0.01, "{:?}", garch.residuals);
    assert_eq!((garch.qq_scale, normal.qq_scale), (QqScale::Scores, QqScale::Returns));
    assert_eq!(garch.tail_risk.method, TailMethod::Simulated);
    // In the long run the variance is 1e-6, and tails are heavier than normal.
    let fall = garch.tail_risk.tails.fall;
    assert!((0.0023..0.0035).contains(&fall.value_at_risk_99), "{fall:?}");
    assert!(fall.expected_shortfall_999 > 1.15 * normal.tail_risk.tails.fall.expected_shortfall_999);
    let extremes: Vec<f64> =
        garch.qq.iter().map(|point| (point.theoretical - point.empirical).abs()).collect();
    assert!(extremes[10..190].iter().all(|gap| *gap < 0.2), "{:?}", garch.qq);
}

#[test]
fn hill_finds_the_index_of_pareto() {
    let mut generator = rng(7);
    let mut returns: Vec<f64> =
        (0..20_000).map(|_| generator.random::<f64>().max(1e-12).powf(-1.0 / 3.0)).collect();
    // Falls with another index.
    returns.extend((0..20_000).map(|_| -generator.random::<f64>().max(1e-12).powf(-1.0 / 1.5)));
    let sample = SampleReport::new(&returns, 5).unwrap();
    let (rise, fall) = (sample.hill_rise.unwrap().estimate, sample.hill_fall.unwrap().estimate);
    assert_eq!((rise.extremes, fall.extremes), (2_000, 2_000));
    assert!((rise.index - 3.0).abs() < 3.0 * rise.standard_error && rise.standard_error < 0.08, "{rise:?}");
    assert!((fall.index - 1.5).abs() < 3.0 * fall.standard_error, "{fall:?}");
    let short = SampleReport::new(&returns[..25], 5).unwrap();
    assert!(short.hill_fall.is_none() && short.hill_rise.is_some());
}

#[test]
fn moments_and_losses_of_a_sample_are_those_by_hand() {
    // One of two hundred falls by 4, the others take turns of a hundredth: by hand.
    let mut returns: Vec<f64> = (0..200).map(|i| if i % 2 == 0 { 0.01 } else { -0.01 }).collect();
    returns[3] = -4.0;
    returns[4] = 0.0;
    let sample = SampleReport::new(&returns, 3).unwrap();
    assert_eq!((sample.observations, sample.zero_part, sample.worst), (200, 0.005, -4.0));
    let fall = sample.tails.fall;
    // 1 % of 200 steps are two: the worst, and one of 0.01. 0.1 % is less than one: the worst.
    assert_eq!(
        (fall.value_at_risk_99, fall.value_at_risk_999, fall.expected_shortfall_999),
        (0.01, 4.0, 4.0)
    );
    assert!((fall.expected_shortfall_99 - 2.005).abs() < 1e-12);
    assert_eq!(sample.tails.rise.value_at_risk_999, 0.01);
    // One of n far away: skewness -(n - 2)/√(n - 1), kurtosis n - 2 + 1/(n - 1), all but exactly.
    assert!((sample.skewness + 198.0 / 199f64.sqrt()).abs() < 0.05, "{}", sample.skewness);
    assert!((sample.excess_kurtosis - 195.0).abs() < 0.5, "{}", sample.excess_kurtosis);
}

#[test]
fn autocorrelation_and_ljung_box_of_four_values_are_those_by_hand() {
    let serial = Serial::new(&[1.0, 2.0, 3.0, 4.0], 20);
    // (-1.5 × -0.5 + -0.5 × 0.5 + 0.5 × 1.5) / 5, and 4 × 6 × 0.25² / 3.
    assert_eq!(serial.values, [0.25]);
    assert!((serial.values_test.statistic - 0.5).abs() < 1e-12);
    // A chi-squared value of 0.5 with one degree of freedom.
    assert!((serial.values_test.p_value - 0.479_5).abs() < 1e-4, "{}", serial.values_test.p_value);
}

#[test]
fn the_variance_ratio_of_independent_returns_is_one_and_of_bounces_below() {
    let independent = normals(12, 20_000);
    for of in VarianceRatio::of(&independent) {
        assert!((of.ratio - 1.0).abs() < 0.1, "{of:?}");
    }
    // Each return takes back half of the one before: 1.25 of variance by themselves, 0.25 for each step in the long run.
    let bounces: Vec<f64> = independent.windows(2).map(|two| two[1] - 0.5 * two[0]).collect();
    let ratios = VarianceRatio::of(&bounces);
    for (of, steps) in ratios.iter().zip([2, 5, 10, 30]) {
        let expected = 1.0 - 2.0 * 0.4 * (1.0 - 1.0 / f64::from(steps));
        assert!(of.steps == steps as usize && (of.ratio - expected).abs() < 0.05, "{of:?} {expected}");
    }
    assert!(VarianceRatio::of(&[1.0; 500]).is_empty());
    assert_eq!(VarianceRatio::of(&independent[..60]).len(), 2);
}

#[test]
fn a_report_lists_what_could_not_be_fitted_and_repeats_with_its_seed() {
    let returns = normals(8, 90);
    let first = report(&returns, &ModelKind::ALL);
    assert_eq!(first, report(&returns, &ModelKind::ALL));
    let missing: Vec<ModelKind> = first.not_fitted.iter().map(|not| not.kind).collect();
    use ModelKind::{Bootstrap, Garch, GarchT, Hawkes, Replay};
    assert_eq!(missing, [Garch, GarchT, Hawkes, Bootstrap, Replay]);
    assert!(first.not_fitted[0].why.contains("90 returns are too few"), "{:?}", first.not_fitted);
    for bad in [vec![], vec![1.0; 50], vec![f64::NAN; 50]] {
        assert!(MarketReport::new("A-B", 10, &bad, &quick(&[]), &mut rng(1)).is_err());
    }
    let text = serde_json::to_string(&first).unwrap();
    assert!(text.contains("\"kolmogorov_smirnov\"") && !text.contains("null,null"));
}

#[test]
fn a_given_garch_model_is_judged_as_a_fitted_one_is() {
    let model = Garch { mean: 0.0, omega: 1e-6, alpha: 0.0, beta: 0.0, nu: None };
    let fit = judge(Model::Garch(model), &normals(9, 3_000));
    // Without alpha and beta it is the normal distribution.
    assert!(fit.kolmogorov_smirnov.p_value > 0.05 && fit.residuals.squares_test.p_value > 0.01, "{fit:?}");
}

#[test]
fn a_garch_fit_that_is_no_good_to_draw_from_says_so() {
    // Runs of unchanged prices between wild ones: the likelihood follows the runs.
    let mut returns = vec![];
    for (block, score) in normals(11, 40).into_iter().enumerate() {
        returns.extend(vec![0.0; 20]);
        returns.extend(normals(200 + block as u64, 5).iter().map(|value| value * 8.0 + score));
    }
    let fit = &report(&returns, &[ModelKind::GarchT]).fits[0];
    assert!(fit.notes.iter().any(|note| note.contains("don't draw from this fit")), "{fit:?}");
}
