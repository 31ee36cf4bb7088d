//! What is drawn from a model is what the model says, and a model refuses what it can't be.

use jettison_paths::{
    Copula, Garch, Gaussian, Hawkes, JumpDiffusion, MarketSpec, Marks, Model, ModelKind, PathModel, PathSpec,
    Stress, StudentT,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn hawkes() -> Hawkes {
    let marks = Marks::Exponential { mean_up: 0.002, mean_down: 0.004 };
    let (mean, sigma, threshold) = (0.0001, 0.002, 0.003);
    Hawkes { mean, sigma, threshold, mu: 0.02, alpha: 0.2, beta: 0.5, up_probability: 0.4, marks }
}

fn garch(nu: Option<f64>) -> Garch {
    Garch { mean: 0.0001, omega: 5e-8, alpha: 0.1, beta: 0.8, nu }
}

fn jumps() -> JumpDiffusion {
    JumpDiffusion { drift: 0.0001, sigma: 0.001, jump_rate: 0.1, jump_mean: -0.002, jump_sigma: 0.004 }
}

fn models() -> Vec<Model> {
    vec![
        Model::Gaussian(Gaussian { mean: 0.0001, sigma: 0.002 }),
        Model::StudentT(StudentT { location: 0.0001, scale: 0.002, nu: 2.8 }),
        Model::JumpDiffusion(jumps()),
        Model::Garch(garch(None)),
        Model::Garch(garch(Some(4.0))),
        Model::Hawkes(hawkes()),
    ]
}

fn draw(model: &Model, seed: u64, steps: usize) -> Vec<f64> {
    let market = MarketSpec { pair: "A-B".to_owned(), start_price: 1.0, model: model.clone() };
    let spec = PathSpec {
        step_seconds: 1,
        copula: Copula::Independent,
        stress: Stress::default(),
        markets: vec![market],
    };
    let rows =
        PathModel::new(spec).unwrap().draw_returns(&mut ChaCha8Rng::seed_from_u64(seed), steps).unwrap();
    rows.into_iter().map(|row| row[0]).collect()
}

/// The Kolmogorov–Smirnov distance of values from even spread between 0 and 1, by its definition.
fn distance(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let gap = |(place, value): (usize, &f64)| {
        (value - place as f64 / count).max((place + 1) as f64 / count - value)
    };
    values.iter().enumerate().map(gap).fold(0.0, f64::max)
}

#[test]
fn what_is_drawn_has_the_probabilities_that_the_model_gives_it() {
    for model in models() {
        let returns = draw(&model, 1, 20_000);
        let probabilities = model.probabilities(&returns).unwrap();
        for probability in &probabilities {
            assert!((probability.lower + probability.upper - 1.0).abs() < 1e-9, "{probability:?}");
        }
        // 1 % of right models go beyond 1.63 / √n.
        let distance = distance(probabilities.iter().map(|probability| probability.lower).collect());
        assert!(distance < 1.63 / 20_000f64.sqrt(), "{}: {distance}", model.kind().name());
    }
}

#[test]
fn the_likelihood_of_a_return_is_the_slope_of_its_probability() {
    for model in models() {
        let mut returns = draw(&model, 7, 400);
        let ln_before = model.ln_likelihood(&returns).unwrap();
        // Calm moves and events of either side, off the threshold.
        let garch = matches!(model.kind(), ModelKind::Garch | ModelKind::GarchT);
        for value in [0.0005, -0.0021, 0.0047, -0.0066].into_iter().take(if garch { 2 } else { 4 }) {
            returns.push(value);
            let density = (model.ln_likelihood(&returns).unwrap() - ln_before).exp();
            // By the nearer tail, which keeps its digits.
            let mut tail = |value: f64| {
                returns[400] = value;
                let probability = model.probabilities(&returns).unwrap()[400];
                if value < 0.0 {
                    probability.lower
                } else {
                    -probability.upper
                }
            };
            let slope = (tail(value + 1e-7) - tail(value - 1e-7)) / 2e-7;
            returns.pop();
            // The variance that GARCH takes before the first return is that of all, so it moves a little too.
            let tolerance = if garch { 0.02 } else { 1e-5 };
            assert!(
                (density / slope - 1.0).abs() < tolerance,
                "{} at {value}: {density} {slope}",
                model.kind().name()
            );
        }
    }
}

#[test]
fn what_is_drawn_is_fitted_with_the_same_likelihood_or_a_better_one() {
    for model in models() {
        let returns = draw(&model, 2, 4_000);
        let fit = Model::fit(model.kind(), &returns).unwrap().model;
        assert_eq!(fit.kind(), model.kind());
        if model.kind() == ModelKind::Hawkes {
            // Its threshold is chosen beforehand, so the likelihoods are of different models.
            continue;
        }
        let (fitted, true_one) =
            (fit.ln_likelihood(&returns).unwrap(), model.ln_likelihood(&returns).unwrap());
        // Twice the gain is chi-squared with as many degrees of freedom as parameters: 20 would be one in a thousand.
        let gain = 2.0 * (fitted - true_one);
        assert!((-0.01..20.0).contains(&gain), "{}: {gain}", model.kind().name());
    }
}

#[test]
fn extremes_come_as_often_as_the_model_says() {
    let model = Model::StudentT(StudentT { location: 0.0, scale: 0.001, nu: 3.0 });
    // A t-distribution of 3 degrees of freedom is beyond ±12.924 in one of a thousand (a textbook table).
    let beyond = draw(&model, 3, 400_000).iter().filter(|value| value.abs() > 0.012924).count();
    assert!((340..460).contains(&beyond), "{beyond}");
}

#[test]
fn garch_moves_and_hawkes_events_come_in_bursts_and_others_don_t() {
    for model in models() {
        let returns = draw(&model, 4, 30_000);
        let mut sizes: Vec<f64> = returns.iter().map(|value| value.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let large = sizes[27_000];
        let events: Vec<bool> = returns.iter().map(|value| value.abs() > large).collect();
        let again = events.windows(2).filter(|two| two[0] && two[1]).count() as f64 / 3_000.0;
        let bursts = matches!(model.kind(), ModelKind::Garch | ModelKind::GarchT | ModelKind::Hawkes);
        assert!(if bursts { again > 0.13 } else { again < 0.12 }, "{}: {again}", model.kind().name());
    }
}

#[test]
fn drawn_marks_are_among_those_given() {
    let marks = Marks::Empirical { up: vec![0.001, 0.005], down: vec![0.002] };
    let model = Model::Hawkes(Hawkes { marks, ..hawkes() });
    let returns = draw(&model, 5, 20_000);
    let events: Vec<f64> = returns.iter().copied().filter(|value| value.abs() > 0.003).collect();
    let is_mark = |value: &f64| [0.004, 0.008, -0.005].iter().any(|mark| (mark - value).abs() < 1e-12);
    assert!(events.len() > 200 && events.iter().all(is_mark));
    let up = events.iter().filter(|value| **value > 0.0).count() as f64 / events.len() as f64;
    assert!((up - 0.4).abs() < 0.05, "{up}");
    assert_eq!(model.ln_likelihood(&returns), None);
}

#[test]
fn a_model_is_stored_and_read_again() {
    for model in models() {
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model, "{text}");
    }
    let text = r#"model = "student_t"
scale = 0.001
nu = 3.0"#;
    let expected = Model::StudentT(StudentT { location: 0.0, scale: 0.001, nu: 3.0 });
    assert_eq!(toml::from_str::<Model>(text).unwrap(), expected);
    for (text, part) in [
        ("model = \"student_t\"\nscale = 0.001", "nu"),
        ("model = \"student_t\"\nscale = 0.001\nnu = 3.0\nmu = 1.0", "mu"),
        ("model = \"levy\"\nscale = 0.001", "levy"),
    ] {
        let error = toml::from_str::<Model>(text).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn impossible_parameters_are_refused_by_name() {
    let student = |scale, nu| Model::StudentT(StudentT { location: 0.0, scale, nu });
    let empirical = |up, down| Model::Hawkes(Hawkes { marks: Marks::Empirical { up, down }, ..hawkes() });
    for (model, part) in [
        (Model::Gaussian(Gaussian { mean: 0.0, sigma: -1.0 }), "gaussian: sigma is -1"),
        (Model::Gaussian(Gaussian { mean: f64::INFINITY, sigma: 1.0 }), "gaussian: mean is inf"),
        (student(0.0, 3.0), "student_t: scale is 0"),
        (student(1.0, 2.0), "student_t: nu is 2"),
        (student(1.0, f64::NAN), "student_t: nu is NaN"),
        (Model::JumpDiffusion(JumpDiffusion { sigma: 0.0, ..jumps() }), "jump_diffusion: sigma is 0"),
        (Model::JumpDiffusion(JumpDiffusion { jump_rate: 0.0, ..jumps() }), "jump_rate is 0"),
        (Model::JumpDiffusion(JumpDiffusion { jump_rate: 11.0, ..jumps() }), "jump_rate is 11"),
        (Model::JumpDiffusion(JumpDiffusion { jump_mean: f64::NAN, ..jumps() }), "jump_mean is NaN"),
        (Model::JumpDiffusion(JumpDiffusion { jump_sigma: -0.1, ..jumps() }), "jump_sigma is -0.1"),
        (Model::Garch(Garch { omega: 0.0, ..garch(None) }), "garch: omega is 0"),
        (Model::Garch(Garch { alpha: -0.1, ..garch(None) }), "garch: alpha is -0.1"),
        (Model::Garch(Garch { beta: -0.1, ..garch(None) }), "garch: beta is -0.1"),
        (Model::Garch(Garch { alpha: 0.2, ..garch(None) }), "garch: alpha + beta is 1"),
        (Model::Garch(Garch { alpha: f64::NAN, ..garch(None) }), "garch: alpha is NaN"),
        (Model::Garch(garch(Some(1.5))), "garch: nu is 1.5"),
        (Model::Hawkes(Hawkes { alpha: 0.5, ..hawkes() }), "the branching ratio (alpha / beta) is 1"),
        (Model::Hawkes(Hawkes { mu: 0.0, ..hawkes() }), "hawkes: mu is 0"),
        (Model::Hawkes(Hawkes { beta: f64::NAN, ..hawkes() }), "hawkes: beta is NaN"),
        (Model::Hawkes(Hawkes { threshold: 0.0, ..hawkes() }), "hawkes: threshold is 0"),
        (Model::Hawkes(Hawkes { mean: 0.004, ..hawkes() }), "hawkes: mean is 0.004"),
        (Model::Hawkes(Hawkes { up_probability: 1.2, ..hawkes() }), "hawkes: up_probability is 1.2"),
        (empirical(vec![], vec![0.1]), "hawkes: marks.up is 0"),
        (empirical(vec![0.2, 0.1], vec![0.1]), "hawkes: marks.up is 0.1, and must be in ascending order"),
        (empirical(vec![0.2], vec![f64::NAN]), "hawkes: marks.down is NaN"),
    ] {
        let error = model.validate().unwrap_err().to_string();
        assert!(error.contains(part), "{part}: {error}");
    }
    for model in models() {
        model.validate().unwrap();
    }
}
