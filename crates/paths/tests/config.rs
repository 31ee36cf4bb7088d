//! From a configuration and a price file to paths.

mod common;

use jettison_paths::{
    Choice, Copula, CopulaKind, Marks, Model, ModelKind, PathConfig, PathModel, PathSpec, PriceSeries,
    ReadOptions,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Prices of two pairs that move together, one a second.
fn series(seconds: u32) -> PriceSeries {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut csv = "time_utc,A-B,C-D\n".to_owned();
    let (mut a, mut b) = (0.0f64, 0.0f64);
    for second in 0..seconds {
        let (common, first, other): (f64, f64, f64) = (
            StandardNormal.sample(&mut rng),
            StandardNormal.sample(&mut rng),
            StandardNormal.sample(&mut rng),
        );
        a += 0.001 * (common + 0.5 * first);
        b += 0.002 * (common + 0.5 * other);
        let (minute, rest) = (second / 60, second % 60);
        let time = format!("2025-10-10T{:02}:{:02}:{rest:02}Z", minute / 60, minute % 60);
        csv += &format!("{time},{:.9},{:.9}\n", 100.0 * a.exp(), 3.0 * b.exp());
    }
    PriceSeries::parse(csv.as_bytes(), ReadOptions::default()).unwrap()
}

#[test]
fn by_default_blocks_of_five_minutes_of_the_file_are_drawn() {
    let fit = PathConfig::default().fit(&series(3_001)).unwrap();
    assert_eq!(fit.spec.step_seconds, 5);
    for market in &fit.spec.markets {
        let Model::Bootstrap(bootstrap) = &market.model else { panic!("{market:?}") };
        assert_eq!((bootstrap.mean_block, bootstrap.returns.len()), (60.0, 600));
    }
}

#[test]
fn self_exciting_returns_of_ten_seconds_are_tied_by_a_t_copula() {
    let model = Choice::Fit(ModelKind::Hawkes);
    let fit = PathConfig { step_seconds: 10, model, ..PathConfig::default() }.fit(&series(3_001)).unwrap();
    assert_eq!(fit.spec.step_seconds, 10);
    assert!(fit.spec.markets.iter().all(|market| market.model.kind() == ModelKind::Hawkes));
    assert!((fit.spec.markets[0].start_price / 100.0 - 1.0).abs() < 0.01);
    let Copula::StudentT { correlation, .. } = &fit.spec.copula else { panic!("{:?}", fit.spec.copula) };
    // The common part is 1 of 1.25 of the variance.
    assert!((correlation.rows()[0][1] - 0.8).abs() < 0.08, "{:?}", correlation.rows());
    assert_eq!(fit.copula.unwrap().observations, 300);
    let prices = PathModel::new(fit.spec).unwrap().draw(&mut ChaCha8Rng::seed_from_u64(2), 10).unwrap();
    assert_eq!((prices.len(), prices[0].len()), (11, 2));
}

#[test]
fn a_toml_says_what_is_fitted_and_what_is_given() {
    let text = r#"
step_seconds = 5
mean_block = 12.0
model = "garch_t"
copula = { copula = "gaussian", correlation = [[1.0, 0.5], [0.5, 1.0]] }

[stress]
volatility = 2.0

[models.C-D]
model = "hawkes"
sigma = 0.001
threshold = 0.003
mu = 0.02
alpha = 0.05
beta = 0.1
up_probability = 0.5
marks = { marks = "exponential", mean_up = 0.001, mean_down = 0.002 }
"#;
    let config: PathConfig = toml::from_str(text).unwrap();
    let fit = config.fit(&series(3_001)).unwrap();
    let kinds: Vec<ModelKind> = fit.spec.markets.iter().map(|market| market.model.kind()).collect();
    assert_eq!(kinds, [ModelKind::GarchT, ModelKind::Hawkes]);
    assert!(matches!(fit.spec.copula, Copula::Gaussian { .. }) && fit.copula.is_none());
    assert_eq!((fit.spec.stress.volatility, fit.spec.stress.drift), (2.0, 0.0));
    // What was fitted is stored, read again, and draws the same.
    let stored = toml::to_string(&fit.spec).unwrap();
    let again: PathSpec = toml::from_str(&stored).unwrap();
    assert_eq!(again, fit.spec);
    let draw = |spec| PathModel::new(spec).unwrap().draw(&mut ChaCha8Rng::seed_from_u64(3), 50).unwrap();
    assert_eq!(draw(again), draw(fit.spec));
    let written = toml::to_string(&config).unwrap();
    assert_eq!(toml::from_str::<PathConfig>(&written).unwrap(), config, "{written}");
}

#[test]
fn every_kind_of_model_can_be_fitted_and_drawn() {
    let series = series(3_001);
    for kind in ModelKind::ALL {
        let config = PathConfig { model: Choice::Fit(kind), mean_block: 7.0, ..PathConfig::default() };
        let fit = config.fit(&series).unwrap();
        let rows = matches!(kind, ModelKind::Bootstrap | ModelKind::Replay);
        assert_eq!(fit.copula.is_none(), rows, "{kind:?}");
        if let Model::Bootstrap(model) = &fit.spec.markets[1].model {
            assert_eq!(model.mean_block, 7.0);
        }
        let model = PathModel::new(fit.spec).unwrap();
        let draw = || model.draw(&mut ChaCha8Rng::seed_from_u64(4), 300).unwrap();
        let prices = draw();
        // The same seed draws the same in another thread.
        let elsewhere = std::thread::scope(|scope| scope.spawn(draw).join().unwrap());
        assert_eq!(prices, elsewhere, "{kind:?}");
        assert!(prices.iter().flatten().all(|price| price.is_finite() && *price > 0.0), "{kind:?}");
    }
}

#[test]
fn the_threshold_and_the_marks_of_jumps_can_be_chosen() {
    let text = "step_seconds = 10\nmodel = \"hawkes\"\n[hawkes]\nquantile = 0.8\nmarks = \"empirical\"";
    let fit = toml::from_str::<PathConfig>(text).unwrap().fit(&series(3_001)).unwrap();
    let Model::Hawkes(hawkes) = &fit.spec.markets[0].model else { panic!("{:?}", fit.spec) };
    let Marks::Empirical { up, down } = &hawkes.marks else { panic!("{hawkes:?}") };
    // A fifth of 300 returns.
    assert_eq!(up.len() + down.len(), 60);
}

#[test]
fn prices_that_bounce_are_warned_of_where_the_model_does_not_bounce() {
    let mut csv = "time_utc,A-B\n".to_owned();
    let bid_ask = series(600);
    for (second, row) in &bid_ask.rows {
        let time = format!("2025-10-10T00:{:02}:{:02}Z", second / 60, second % 60);
        csv += &format!("{time},{}e-12\n", row[0] / 1_000 * (1_000 + 10 * (second * 7 % 11 % 2)));
    }
    let series = PriceSeries::parse(csv.as_bytes(), ReadOptions::default()).unwrap();
    let notes = |model| {
        let config = PathConfig { step_seconds: 1, model: Choice::Fit(model), ..PathConfig::default() };
        config.fit(&series).unwrap().notes
    };
    let warned =
        |notes: Vec<String>| notes.iter().any(|note| note.starts_with("A-B: 30 steps together vary 0."));
    assert!(warned(notes(ModelKind::Gaussian)), "{:?}", notes(ModelKind::Gaussian));
    assert!(!warned(notes(ModelKind::Replay)));
}

#[test]
fn a_replay_gives_the_files_prices_again() {
    let series = series(601);
    let model = Choice::Fit(ModelKind::Replay);
    let config = PathConfig { step_seconds: 10, model, ..PathConfig::default() };
    let model = PathModel::new(config.fit(&series).unwrap().spec).unwrap();
    assert_eq!((model.max_steps(), model.step_seconds()), (Some(60), 10));
    let prices = model.draw(&mut ChaCha8Rng::seed_from_u64(5), 60).unwrap();
    for (drawn, file) in prices.iter().flatten().zip(series.sampled(10).iter().flatten()) {
        assert!((drawn / file - 1.0).abs() < 1e-12);
    }
}

#[test]
fn bad_configurations_are_refused_by_field() {
    for (text, part) in [
        ("model = \"levy\"", "levy"),
        ("model = 3", "a name, to be fitted"),
        ("model = { model = \"gaussian\" }", "sigma"),
        ("copula = \"clayton\"", "clayton"),
        ("copula = { copula = \"gaussian\", correlation = [[1.0, 0.5], [0.4, 1.0]] }", "entry (0, 1)"),
        ("steps = 3", "steps"),
        ("[stress]\nvol = 2.0", "vol"),
    ] {
        let error = toml::from_str::<PathConfig>(text).unwrap_err().to_string();
        assert!(error.contains(part), "{text}: {error}");
    }
    let series = series(3_001);
    for (text, part) in [
        ("step_seconds = 0", "step"),
        ("step_seconds = 2000", "step"),
        ("[models]\nX-Y = \"garch\"", "\"X-Y\", which isn't among the markets A-B, C-D"),
        ("step_seconds = 60\nmodel = \"garch\"", "A-B: garch: 50 returns are too few"),
        ("model = { model = \"gaussian\", sigma = 0.0 }", "A-B: gaussian: sigma is 0"),
        ("model = \"hawkes\"\n[hawkes]\nquantile = 1.5", "A-B: hawkes: quantile is 1.5"),
        ("mean_block = 0.0\nmodel = \"bootstrap\"", "A-B: bootstrap: mean_block is 0"),
    ] {
        let error = toml::from_str::<PathConfig>(text).unwrap().fit(&series).unwrap_err().to_string();
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn the_october_prices_can_be_fitted_by_every_model_at_one_and_at_ten_seconds() {
    let Some(series) = common::october() else { return };
    for (step_seconds, kinds) in
        [(10, &ModelKind::PARAMETRIC[..]), (1, &[ModelKind::Garch, ModelKind::Hawkes])]
    {
        for kind in kinds {
            // The copula is looked at elsewhere.
            let copula = Choice::Fit(CopulaKind::Independent);
            let config =
                PathConfig { step_seconds, model: Choice::Fit(*kind), copula, ..PathConfig::default() };
            let fit = config.fit(&series).unwrap();
            println!("{step_seconds} s: {:#?}", fit.notes);
            for market in &fit.spec.markets {
                println!("  {} {:?}", market.pair, market.model);
            }
            let model = PathModel::new(fit.spec).unwrap();
            let returns = model.draw_returns(&mut ChaCha8Rng::seed_from_u64(6), 20_000).unwrap();
            for (pair, name) in series.pairs.iter().enumerate() {
                let variance = returns.iter().map(|row| row[pair] * row[pair]).sum::<f64>() / 20_000.0;
                let worst = returns.iter().map(|row| row[pair]).fold(0.0, f64::min);
                println!("  {name} drawn: deviation {:.5}, worst of 20,000 {worst:.4}", variance.sqrt());
            }
        }
    }
}
