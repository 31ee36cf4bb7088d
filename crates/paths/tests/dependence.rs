//! What ties markets together: bad matrices are refused, and fits find what made the data.

mod common;

use jettison_paths::{Copula, CopulaError, CopulaKind, Correlation, TailDependence};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn matrix(a: f64, b: f64, c: f64) -> Vec<Vec<f64>> {
    vec![vec![1.0, a, b], vec![a, 1.0, c], vec![b, c, 1.0]]
}

/// Rows of three correlated normal values, by the textbook's Cholesky factor of three rows; divided by the root of one
/// chi-squared value a row where `nu` is given, which makes them t-distributed.
fn columns(seed: u64, correlation: (f64, f64, f64), nu: Option<f64>, count: usize) -> Vec<Vec<f64>> {
    let (a, b, c) = correlation;
    let (second, third) = ((1.0 - a * a).sqrt(), (c - a * b) / (1.0 - a * a).sqrt());
    let last = (1.0 - b * b - third * third).sqrt();
    let mut rng = rng(seed);
    let mut columns = vec![vec![]; 3];
    for _ in 0..count {
        let z: [f64; 3] = std::array::from_fn(|_| StandardNormal.sample(&mut rng));
        let scale = nu.map_or(1.0, |nu| {
            let divisor: f64 = ChiSquared::new(nu).unwrap().sample(&mut rng);
            (nu / divisor).sqrt()
        });
        let row = [z[0], a * z[0] + second * z[1], b * z[0] + third * z[1] + last * z[2]];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value * scale));
    }
    columns
}

#[test]
fn matrices_that_are_no_correlations_are_refused_by_entry() {
    type Check = fn(&CopulaError) -> bool;
    let cases: Vec<(Vec<Vec<f64>>, Check)> = vec![
        (vec![], |e| matches!(e, CopulaError::NotSquare { .. })),
        (vec![vec![1.0], vec![0.0, 1.0]], |e| {
            matches!(e, CopulaError::NotSquare { row: 0, found: 1, expected: 2 })
        }),
        (matrix(0.1, f64::NAN, 0.1), |e| matches!(e, CopulaError::Entry { row: 0, column: 2, .. })),
        (matrix(0.1, 0.1, 1.1), |e| matches!(e, CopulaError::Entry { row: 1, column: 2, .. })),
        (vec![vec![1.0, 0.2], vec![0.2, 0.9]], |e| matches!(e, CopulaError::Diagonal { row: 1, .. })),
        (vec![vec![1.0, 0.2], vec![0.3, 1.0]], |e| {
            matches!(e, CopulaError::NotSymmetric { row: 0, column: 1, .. })
        }),
        // Two that move with a third, but against each other.
        (matrix(0.9, 0.9, -0.9), |e| matches!(e, CopulaError::NotPositiveDefinite)),
        (matrix(1.0, 0.5, 0.5), |e| matches!(e, CopulaError::NotPositiveDefinite)),
    ];
    for (rows, is_expected) in cases {
        let error = Correlation::new(rows).unwrap_err();
        assert!(is_expected(&error), "{error}");
    }
    let error = serde_json::from_str::<Correlation>("[[1, 2], [2, 1]]").unwrap_err().to_string();
    assert!(error.contains("entry (0, 1) is 2"), "{error}");
    Correlation::new(matrix(0.9, 0.9, 0.7)).unwrap();
}

#[test]
fn copulas_that_can_t_be_are_refused() {
    let correlation = Correlation::identity(2).unwrap();
    for nu in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let copula = Copula::StudentT { correlation: correlation.clone(), nu };
        assert!(matches!(copula.validate(2), Err(CopulaError::Nu(_))), "{nu}");
    }
    let copula = Copula::Gaussian { correlation };
    assert_eq!(copula.validate(3), Err(CopulaError::Size { matrix: 2, markets: 3 }));
    let fit = |columns: &[Vec<f64>]| Copula::fit(CopulaKind::StudentT, columns).unwrap_err();
    assert!(matches!(
        fit(&[vec![0.0; 40], vec![0.0; 39]]),
        CopulaError::Columns { column: 1, found: 39, .. }
    ));
    assert!(matches!(fit(&[vec![0.0; 9], vec![0.0; 9]]), CopulaError::Columns { column: 0, found: 9, .. }));
    assert!(matches!(fit(&[vec![f64::NAN; 40], vec![0.0; 40]]), CopulaError::Columns { column: 0, .. }));
}

#[test]
fn a_t_copula_fit_finds_nu_and_the_correlations() {
    let fit = Copula::fit(CopulaKind::StudentT, &columns(1, (0.7, 0.4, 0.2), Some(4.0), 8_000)).unwrap();
    let Copula::StudentT { correlation, nu } = &fit.copula else { panic!("{fit:?}") };
    assert!((nu - 4.0).abs() < 0.5, "{nu}");
    for (row, column, expected) in [(0, 1, 0.7), (0, 2, 0.4), (1, 2, 0.2)] {
        let got = correlation.rows()[row][column];
        assert!((got - expected).abs() < 0.03, "{row} {column}: {got}");
    }
    let gaussian = Copula::fit(CopulaKind::Gaussian, &columns(1, (0.7, 0.4, 0.2), Some(4.0), 8_000)).unwrap();
    assert!(fit.aic < gaussian.aic - 100.0, "{} {}", fit.aic, gaussian.aic);
}

#[test]
fn a_t_copula_fit_of_gaussian_data_says_that_there_is_no_tail_dependence() {
    let data = columns(2, (0.7, 0.4, 0.2), None, 4_000);
    let fit = Copula::fit(CopulaKind::StudentT, &data).unwrap();
    let Copula::StudentT { nu, .. } = fit.copula else { panic!("{fit:?}") };
    assert!(nu > 25.0, "{nu}");
}

#[test]
fn a_fit_sees_only_ranks() {
    let data = columns(3, (0.5, 0.5, 0.5), Some(5.0), 500);
    let stretched: Vec<Vec<f64>> =
        data.iter().map(|column| column.iter().map(|v| v.sinh()).collect()).collect();
    let fit = |data: &[Vec<f64>]| Copula::fit(CopulaKind::StudentT, data).unwrap();
    assert_eq!(fit(&data), fit(&stretched));
}

#[test]
fn correlations_that_don_t_fit_together_are_repaired_and_it_is_said() {
    // Each column has some neighbours of the one before exchanged. Exchanges add up, and so do the angles whose cosines the
    // correlations are: the third is as far from the first as the second and the third together, and all lie in a plane.
    let first: Vec<f64> = (0..40).map(f64::from).collect();
    let mut second = first.clone();
    (0..10).step_by(2).for_each(|row| second.swap(row, row + 1));
    let mut third = second.clone();
    (20..30).step_by(2).for_each(|row| third.swap(row, row + 1));
    let fit = Copula::fit(CopulaKind::Gaussian, &[first, second, third]).unwrap();
    assert!(fit.notes.iter().any(|note| note.contains("fit together")), "{fit:?}");
    // Five of 780 pairs the other way round.
    let expected = (std::f64::consts::PI * 5.0 / 780.0).cos();
    let rows = fit.copula.correlation().unwrap().rows();
    assert!((rows[0][1] - expected).abs() < 2e-4 && (rows[1][2] - expected).abs() < 2e-4, "{rows:?}");
}

#[test]
fn tail_dependence_of_the_t_copula_is_the_textbooks_and_what_is_drawn() {
    let correlation = Correlation::new(vec![vec![1.0, 0.5], vec![0.5, 1.0]]).unwrap();
    let t = Copula::StudentT { correlation: correlation.clone(), nu: 4.0 };
    let data: Vec<Vec<f64>> = columns(4, (0.5, 0.0, 0.0), Some(4.0), 40_000).drain(..2).collect();
    let tails = TailDependence::new(&data, &t, 0.01, &mut rng(5)).unwrap();
    // McNeil, Frey and Embrechts (2005), table 5.1: nu 4, correlation 0.5.
    assert!((tails.limit[0][1] - 0.25).abs() < 0.005, "{}", tails.limit[0][1]);
    for got in [tails.lower[0][1], tails.upper[0][1]] {
        assert!((got - tails.model[0][1]).abs() < 0.05, "{got} {}", tails.model[0][1]);
    }
    assert!(tails.model[0][1] > tails.limit[0][1] && tails.model[0][1] < 0.4, "{}", tails.model[0][1]);
    let gaussian = TailDependence::new(&data, &Copula::Gaussian { correlation }, 0.01, &mut rng(5)).unwrap();
    assert_eq!(gaussian.limit[0], [1.0, 0.0]);
    assert!(gaussian.model[0][1] < tails.model[0][1] - 0.1, "{}", gaussian.model[0][1]);
    for part in [0.0, 0.6, f64::NAN] {
        assert!(matches!(TailDependence::new(&data, &t, part, &mut rng(5)), Err(CopulaError::Part(_))));
    }
}

#[test]
fn the_october_markets_crash_together_more_than_a_gaussian_copula_says() {
    let Some(series) = common::october() else { return };
    let columns = series.log_returns(10).unwrap().columns;
    let t = Copula::fit(CopulaKind::StudentT, &columns).unwrap();
    let gaussian = Copula::fit(CopulaKind::Gaussian, &columns).unwrap();
    println!("{t:?}\n{gaussian:?}");
    assert!(t.aic < gaussian.aic, "{} {}", t.aic, gaussian.aic);
    let tails = TailDependence::new(&columns, &t.copula, 0.05, &mut rng(6)).unwrap();
    println!("{tails:?}");
    let Copula::StudentT { correlation, .. } = &t.copula else { panic!("{t:?}") };
    assert!(correlation.rows()[0][1] > 0.1, "BTC and ETH go together");
}
