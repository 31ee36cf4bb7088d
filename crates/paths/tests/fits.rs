//! Fits find the parameters that made the data. The data are made by code of their own, not by the crate's.

use jettison_paths::{
    Garch, Gaussian, Hawkes, HawkesOptions, JumpDiffusion, MarkKind, Marks, Model, ModelError, ModelKind,
    StudentT,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Poisson, StandardNormal};

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn normals(rng: &mut ChaCha8Rng, count: usize) -> Vec<f64> {
    (0..count).map(|_| StandardNormal.sample(rng)).collect()
}

fn near(name: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{name}: {got}, expected {expected} ± {tolerance}");
}

#[test]
fn a_normal_fit_is_the_mean_and_the_standard_deviation() {
    let fit = Gaussian::fit(&[0.01, -0.01, 0.03, -0.03]).unwrap();
    near("mean", fit.model.mean, 0.0, 1e-18);
    near("sigma", fit.model.sigma, 0.0005f64.sqrt(), 1e-15);
    // Four values of a normal distribution with these parameters, by hand.
    let expected = -2.0 * (2.0 * std::f64::consts::PI * 0.0005).ln() - 2.0;
    let got = Model::Gaussian(fit.model).ln_likelihood(&[0.01, -0.01, 0.03, -0.03]).unwrap();
    near("log-likelihood", got, expected, 1e-12);
}

#[test]
fn a_student_t_fit_finds_location_scale_and_nu() {
    let distribution = rand_distr::StudentT::new(3.5).unwrap();
    let mut rng = rng(1);
    let returns: Vec<f64> = (0..20_000).map(|_| 0.0004 + 0.002 * distribution.sample(&mut rng)).collect();
    let fit = StudentT::fit(&returns).unwrap();
    // Standard errors are about 0.1 of nu, 1 % of the scale.
    near("nu", fit.model.nu, 3.5, 0.3);
    near("scale", fit.model.scale, 0.002, 0.00006);
    near("location", fit.model.location, 0.0004, 0.00006);
    assert_eq!(fit.notes, Vec::<String>::new());
}

#[test]
fn a_student_t_fit_of_normal_data_says_that_its_tails_are_normal() {
    let fit = StudentT::fit(&normals(&mut rng(2), 4_000)).unwrap();
    assert!(fit.model.nu > 20.0, "{:?}", fit.model);
}

#[test]
fn a_student_t_fit_of_mostly_unchanged_prices_stays_bounded_and_says_so() {
    let mut returns = vec![0.0; 900];
    returns.extend(normals(&mut rng(3), 100));
    let fit = StudentT::fit(&returns).unwrap();
    assert!(fit.model.scale > 0.0 && fit.notes.iter().any(|note| note.contains("floor")), "{fit:?}");
}

fn garch_data(seed: u64, nu: Option<f64>, count: usize) -> Vec<f64> {
    let mut rng = rng(seed);
    let heavy = nu.map(|nu| (rand_distr::StudentT::new(nu).unwrap(), ((nu - 2.0) / nu).sqrt()));
    let mut variance: f64 = 1e-6;
    (0..count)
        .map(|_| {
            let innovation: f64 = match &heavy {
                Some((distribution, scale)) => distribution.sample(&mut rng) * scale,
                None => StandardNormal.sample(&mut rng),
            };
            let value = variance.sqrt() * innovation;
            variance = 5e-8 + 0.1 * value * value + 0.85 * variance;
            value
        })
        .collect()
}

#[test]
fn a_garch_fit_finds_omega_alpha_and_beta() {
    let fit = Garch::fit(&garch_data(4, None, 20_000), false).unwrap();
    near("alpha", fit.model.alpha, 0.1, 0.02);
    near("beta", fit.model.beta, 0.85, 0.03);
    near("omega", fit.model.omega, 5e-8, 1.5e-8);
    near("mean", fit.model.mean, 0.0, 3e-5);
    assert_eq!(fit.model.nu, None);
}

#[test]
fn a_garch_fit_with_t_innovations_finds_nu_too() {
    let fit = Garch::fit(&garch_data(5, Some(5.0), 20_000), true).unwrap();
    near("alpha", fit.model.alpha, 0.1, 0.025);
    near("beta", fit.model.beta, 0.85, 0.035);
    near("omega", fit.model.omega, 5e-8, 2e-8);
    near("nu", fit.model.nu.unwrap(), 5.0, 0.5);
}

#[test]
fn a_jump_diffusion_fit_finds_the_diffusion_and_the_jumps() {
    let mut rng = rng(6);
    let jumps = Poisson::new(0.05).unwrap();
    let returns: Vec<f64> = (0..20_000)
        .map(|_| {
            let diffusion: f64 = StandardNormal.sample(&mut rng);
            let count: f64 = jumps.sample(&mut rng);
            let sizes = normals(&mut rng, count as usize);
            0.0001 + 0.001 * diffusion + sizes.iter().map(|size| -0.002 + 0.006 * size).sum::<f64>()
        })
        .collect();
    let model = JumpDiffusion::fit(&returns).unwrap().model;
    near("sigma", model.sigma, 0.001, 0.00003);
    near("jump_rate", model.jump_rate, 0.05, 0.008);
    near("jump_mean", model.jump_mean, -0.002, 0.0007);
    near("jump_sigma", model.jump_sigma, 0.006, 0.0006);
    near("drift", model.drift, 0.0001, 0.00003);
}

/// Times of a Hawkes process with an exponential kernel, by thinning (Ogata 1981).
fn hawkes_times(rng: &mut ChaCha8Rng, mu: f64, alpha: f64, beta: f64, end: f64) -> Vec<f64> {
    let (mut time, mut excitement) = (0.0, 0.0);
    let mut times = vec![];
    loop {
        let bound = mu + alpha * excitement;
        let wait: f64 = Exp1.sample(rng);
        let wait = wait / bound;
        time += wait;
        excitement *= (-beta * wait).exp();
        if time > end {
            return times;
        }
        if rng.random::<f64>() * bound < mu + alpha * excitement {
            times.push(time);
            excitement += 1.0;
        }
    }
}

#[test]
fn a_hawkes_fit_finds_mu_alpha_beta_and_the_branching_ratio() {
    let (mu, alpha, beta, steps) = (0.01, 0.06, 0.1, 100_000);
    let mut rng = rng(7);
    let mut returns: Vec<f64> =
        normals(&mut rng, steps).iter().map(|score| (0.001 * score).clamp(-0.00299, 0.00299)).collect();
    for time in hawkes_times(&mut rng, mu, alpha, beta, steps as f64) {
        let excess: f64 = Exp1.sample(&mut rng);
        let up = rng.random::<f64>() < 0.3;
        returns[time as usize] = if up { 0.003 + 0.002 * excess } else { -0.003 - 0.004 * excess };
    }
    let calm = returns.iter().filter(|value| value.abs() < 0.003).count();
    let quantile = calm as f64 / steps as f64;
    let model = Hawkes::fit(&returns, HawkesOptions { quantile, ..HawkesOptions::default() }).unwrap().model;
    near("mu", model.mu, mu, 0.0015);
    near("alpha", model.alpha, alpha, 0.01);
    near("beta", model.beta, beta, 0.02);
    near("branching ratio", model.branching_ratio(), 0.6, 0.06);
    near("up_probability", model.up_probability, 0.3, 0.03);
    near("sigma", model.sigma, 0.001, 0.00003);
    near("threshold", model.threshold, 0.003, 0.00002);
    let Marks::Exponential { mean_up, mean_down } = model.marks else { panic!("{model:?}") };
    near("mean_up", mean_up, 0.002, 0.0003);
    near("mean_down", mean_down, 0.004, 0.0004);
}

#[test]
fn a_hawkes_fit_of_events_that_don_t_cluster_finds_that() {
    let fit = Hawkes::fit(&normals(&mut rng(8), 10_000), HawkesOptions::default()).unwrap();
    assert!(fit.model.branching_ratio() < 0.1, "{:?}", fit.model);
    near("rate", fit.model.mu / (1.0 - fit.model.branching_ratio()), 0.105, 0.015);
}

#[test]
fn a_fit_doesn_t_depend_on_the_unit_of_the_returns() {
    let returns = garch_data(9, Some(4.0), 1_500);
    let scaled: Vec<f64> = returns.iter().map(|value| value * 1024.0).collect();
    for kind in ModelKind::PARAMETRIC {
        let ln = |returns: &[f64]| Model::fit(kind, returns).unwrap().model.ln_likelihood(returns).unwrap();
        let shift = 1024f64.ln() * returns.len() as f64;
        near(kind.name(), ln(&scaled) + shift, ln(&returns), 1e-3);
    }
}

#[test]
fn data_that_can_t_be_fitted_are_refused_by_what_is_wrong() {
    for kind in ModelKind::PARAMETRIC {
        let error = |returns: &[f64]| Model::fit(kind, returns).unwrap_err();
        assert!(matches!(error(&[0.1]), ModelError::TooFew { found: 1, .. }), "{kind:?}");
        assert!(matches!(error(&[0.1; 500]), ModelError::Constant { .. }), "{kind:?}");
        let mut returns = normals(&mut rng(10), 500);
        returns[77] = f64::NAN;
        assert!(matches!(error(&returns), ModelError::Return { index: 77, .. }), "{kind:?}");
    }
    for kind in [ModelKind::Bootstrap, ModelKind::Replay] {
        assert!(matches!(Model::fit(kind, &[]).unwrap_err(), ModelError::NoReturns { .. }), "{kind:?}");
        assert!(
            matches!(Model::fit(kind, &[f64::INFINITY]).unwrap_err(), ModelError::Return { .. }),
            "{kind:?}"
        );
    }
    let mut still = vec![0.0; 950];
    still.extend(normals(&mut rng(11), 50));
    let error =
        |quantile| Hawkes::fit(&still, HawkesOptions { quantile, marks: MarkKind::Empirical }).unwrap_err();
    assert!(matches!(error(0.9), ModelError::NoMoves { .. }));
    assert!(matches!(error(0.995), ModelError::TooFewEvents { found: 5, .. }));
    assert!(matches!(error(1.0), ModelError::Parameter { parameter: "quantile", .. }));
}
