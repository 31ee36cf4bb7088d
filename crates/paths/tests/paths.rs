//! Drawing paths of several markets.

use jettison_paths::{
    Bootstrap, Copula, Correlation, Gaussian, MarketSpec, Model, PathError, PathModel, PathSpec, Replay,
    Stress,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn market(pair: &str, start_price: f64, model: Model) -> MarketSpec {
    MarketSpec { pair: pair.to_owned(), start_price, model }
}

fn gaussian(mean: f64, sigma: f64) -> Model {
    Model::Gaussian(Gaussian { mean, sigma })
}

fn spec(markets: Vec<MarketSpec>) -> PathSpec {
    PathSpec { step_seconds: 10, copula: Copula::Independent, stress: Stress::default(), markets }
}

fn two_gaussians() -> PathSpec {
    spec(vec![market("A-B", 100.0, gaussian(0.0, 0.01)), market("C-D", 2.0, gaussian(0.001, 0.02))])
}

#[test]
fn the_same_seed_draws_the_same_path_and_another_seed_another() {
    let model = PathModel::new(two_gaussians()).unwrap();
    let draw = |seed| model.draw(&mut rng(seed), 50).unwrap();
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
    assert_eq!((draw(7).len(), draw(7)[0].clone()), (51, vec![100.0, 2.0]));
}

#[test]
fn prices_follow_the_returns_from_the_start_prices() {
    let model = PathModel::new(two_gaussians()).unwrap();
    let (prices, returns) =
        (model.draw(&mut rng(3), 20).unwrap(), model.draw_returns(&mut rng(3), 20).unwrap());
    for (two, row) in prices.windows(2).zip(&returns) {
        for market in 0..2 {
            assert!(((two[1][market] / two[0][market]).ln() - row[market]).abs() < 1e-12);
        }
    }
}

#[test]
fn stress_multiplies_returns_and_adds_a_drift() {
    let calm = PathModel::new(two_gaussians()).unwrap().draw_returns(&mut rng(5), 30).unwrap();
    let stress = Stress { volatility: 3.0, drift: -0.01 };
    let wild = PathModel::new(PathSpec { stress, ..two_gaussians() }).unwrap();
    let wild = wild.draw_returns(&mut rng(5), 30).unwrap();
    for (calm, wild) in calm.iter().flatten().zip(wild.iter().flatten()) {
        assert!((calm * 3.0 - 0.01 - wild).abs() < 1e-15);
    }
}

#[test]
fn a_gaussian_copula_gives_the_correlation_it_is_given() {
    let correlation = Correlation::new(vec![vec![1.0, 0.7], vec![0.7, 1.0]]).unwrap();
    let model =
        PathModel::new(PathSpec { copula: Copula::Gaussian { correlation }, ..two_gaussians() }).unwrap();
    let rows = model.draw_returns(&mut rng(1), 40_000).unwrap();
    let count = rows.len() as f64;
    let product: f64 = rows.iter().map(|row| row[0] / 0.01 * (row[1] - 0.001) / 0.02).sum();
    assert!((product / count - 0.7).abs() < 0.02, "{}", product / count);
}

#[test]
fn a_bootstrap_draws_whole_rows_of_the_file_and_keeps_the_mean() {
    let first: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 211) / 1000.0 - 0.1).collect();
    let second: Vec<f64> = first.iter().map(|value| value * 2.0 + 1.0).collect();
    let rows = |returns: &[f64]| Model::Bootstrap(Bootstrap { mean_block: 8.0, returns: returns.to_vec() });
    let model =
        PathModel::new(spec(vec![market("A", 1.0, rows(&first)), market("B", 1.0, rows(&second))])).unwrap();
    let drawn = model.draw_returns(&mut rng(2), 50_000).unwrap();
    assert!(drawn.iter().all(|row| first.contains(&row[0]) && (row[0] * 2.0 + 1.0 - row[1]).abs() < 1e-12));
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>();
    let (got, expected) = (
        mean(&mut drawn.iter().map(|row| row[0])) / drawn.len() as f64,
        mean(&mut first.iter().copied()) / first.len() as f64,
    );
    assert!((got - expected).abs() < 0.002, "{got} {expected}");
    // Blocks of eight on average: seven of eight rows are followed by the next one.
    let place = |value: f64| first.iter().position(|other| *other == value).unwrap();
    let follows = drawn.windows(2).filter(|two| first[(place(two[0][0]) + 1) % 200] == two[1][0]).count();
    assert!((0.86..0.92).contains(&(follows as f64 / drawn.len() as f64)), "{follows}");
}

#[test]
fn a_replay_is_the_file_and_ends_with_it() {
    let returns = vec![0.1, -0.2, 0.05];
    let replay = Model::Replay(Replay { returns: returns.clone() });
    let model = PathModel::new(spec(vec![market("A", 10.0, replay)])).unwrap();
    let drawn = model.draw_returns(&mut rng(1), 3).unwrap();
    assert_eq!(drawn, returns.iter().map(|value| vec![*value]).collect::<Vec<_>>());
    assert_eq!(model.max_steps(), Some(3));
    let error = model.draw(&mut rng(1), 4).unwrap_err();
    assert!(matches!(error, PathError::ReplayTooShort { steps: 4, available: 3 }), "{error}");
}

#[test]
fn impossible_paths_are_refused_by_market_and_field() {
    let rows = |mean_block| Model::Bootstrap(Bootstrap { mean_block, returns: vec![0.1, 0.2] });
    let replay = |returns| Model::Replay(Replay { returns });
    let two = |first, second| spec(vec![market("A", 1.0, first), market("B", 1.0, second)]);
    let one = Correlation::identity(1).unwrap();
    for (spec, part) in [
        (spec(vec![]), "no markets"),
        (spec(vec![market("", 1.0, gaussian(0.0, 1.0))]), "empty or repeated"),
        (spec(vec![market("A", 0.0, gaussian(0.0, 1.0))]), "A: the start price is 0"),
        (spec(vec![market("A", f64::NAN, gaussian(0.0, 1.0))]), "A: the start price is NaN"),
        (spec(vec![market("A", 1.0, gaussian(0.0, 0.0))]), "A: gaussian: sigma is 0"),
        (spec(vec![market("A", 1.0, gaussian(f64::NAN, 1.0))]), "A: gaussian: mean is NaN"),
        (spec(vec![market("A", 1.0, replay(vec![]))]), "A: replay: there are no returns"),
        (spec(vec![market("A", 1.0, replay(vec![0.0, f64::INFINITY]))]), "A: replay: return 1 is inf"),
        (two(rows(0.5), rows(0.5)), "A: bootstrap: mean_block is 0.5"),
        (two(rows(2.0), rows(3.0)), "B: mean_block differs"),
        (two(rows(2.0), gaussian(0.0, 1.0)), "B differs"),
        (two(gaussian(0.0, 1.0), rows(2.0)), "A differs"),
        (two(replay(vec![0.1]), replay(vec![0.1, 0.2])), "B differs"),
        (PathSpec { step_seconds: 0, ..two_gaussians() }, "step_seconds"),
        (
            PathSpec { stress: Stress { volatility: -1.0, drift: 0.0 }, ..two_gaussians() },
            "stress.volatility",
        ),
        (PathSpec { stress: Stress { volatility: 1.0, drift: f64::NAN }, ..two_gaussians() }, "stress.drift"),
        (PathSpec { copula: Copula::Gaussian { correlation: one }, ..two_gaussians() }, "is of 1 markets"),
    ] {
        let error = PathModel::new(spec).unwrap_err().to_string();
        assert!(error.contains(part), "{part}: {error}");
    }
}
