//! Reading price files: exact decimals, gaps, and every way that a file can be bad.

use std::error::Error;

use proptest::prelude::*;

use jettison_paths::{feed_units, to_float, to_units, PriceSeries, ReadOptions, SeriesError};

fn parse(csv: &str) -> Result<PriceSeries, SeriesError> {
    PriceSeries::parse(csv.as_bytes(), ReadOptions { max_gap_seconds: Some(10), max_pairs: 8 })
}

#[test]
fn decimals_become_units_exactly_and_others_are_refused_by_what_is_wrong() {
    assert_eq!(feed_units("0.23387").unwrap(), 233_870_000_000);
    assert_eq!(feed_units("117035").unwrap(), 117_035_000_000_000_000);
    assert_eq!(feed_units("9.5e-06").unwrap(), 9_500_000);
    assert_eq!(feed_units("1.25E2").unwrap(), 125_000_000_000_000);
    // Digits beyond the twelfth decimal are cut off, however many.
    assert_eq!(feed_units(&format!("1.{}", "9".repeat(60))).unwrap(), 1_999_999_999_999);
    for (bad, part) in [
        ("", "not a positive decimal"),
        ("e5", "not a positive decimal"),
        ("1e", "not a positive decimal"),
        ("1.2.3", "not a positive decimal"),
        ("1,5", "not a positive decimal"),
        ("é", "not a positive decimal"),
        ("-1", "negative"),
        ("0", "zero"),
        ("0.0", "zero"),
        ("1e-13", "zero"),
        ("1e-9999", "zero"),
        ("99999999999", "too large"),
        ("1e99", "too large"),
        ("1e999", "too large"),
        ("nan", "not a finite"),
        ("NaN", "not a finite"),
        ("inf", "not a finite"),
        ("-inf", "not a finite"),
    ] {
        let error = feed_units(bad).unwrap_err().to_string();
        assert!(error.contains(part), "{bad}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_price_is_read_as_it_is_written(units in 1..=i64::MAX) {
        let (whole, rest) = (units / 1_000_000_000_000, units % 1_000_000_000_000);
        prop_assert_eq!(feed_units(&format!("{whole}.{rest:012}")), Ok(units));
        prop_assert_eq!(feed_units(&format!("{units}e-12")), Ok(units));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,40}", digits in "[0-9.eE+-]{0,50}") {
        for text in [text, digits] {
            prop_assert!(feed_units(&text).is_err() || feed_units(&text).unwrap() > 0);
        }
    }
}

#[test]
fn a_number_becomes_units_and_stays_a_price() {
    assert_eq!(to_units(0.23387), 233_870_000_000);
    assert_eq!([to_units(0.0), to_units(-3.0), to_units(f64::NAN), to_units(1e30)], [1, 1, 1, i64::MAX]);
}

#[test]
fn an_empty_cell_keeps_the_price_and_is_counted() {
    let series = parse(
        "time_utc,A-B,C-D\n2025-10-10T20:45:00Z,2,5\n2025-10-10T20:45:02Z,,6\n2025-10-10T20:45:05Z,3,\n",
    )
    .unwrap();
    assert_eq!((series.duration(), series.filled.clone()), (5, vec![1, 1]));
    let at = |second| to_float(series.at(second)[0]).round();
    assert_eq!([at(0), at(1), at(2), at(4), at(5), at(9)], [2.0, 2.0, 2.0, 2.0, 3.0, 3.0]);
    assert_eq!(series.range(0), (2_000_000_000_000, 3_000_000_000_000));
    let second = series.select(&["C-D".to_owned()]).unwrap();
    assert_eq!((second.pairs.clone(), second.at(9)[0]), (vec!["C-D".to_owned()], 6_000_000_000_000));
    let error = series.select(&["E-F".to_owned()]).unwrap_err().to_string();
    assert!(error.contains("E-F") && error.contains("A-B, C-D"), "{error}");
}

#[test]
fn returns_are_of_the_prices_in_force_at_each_step() {
    let series = parse(
        "time_utc,A\n2025-10-10T20:45:00Z,1\n2025-10-10T20:45:03Z,2\n2025-10-10T20:45:04Z,8\n2025-10-10T20:45:07Z,4\n",
    )
    .unwrap();
    let returns = series.log_returns(2).unwrap();
    let ln2 = 2f64.ln();
    // At 0, 2, 4, 6 s the prices are 1, 1, 8, 8.
    assert_eq!(returns.columns[0].len(), 3);
    for (value, expected) in returns.columns[0].iter().zip([0.0, 3.0 * ln2, 0.0]) {
        assert!((value - expected).abs() < 1e-12, "{value}");
    }
    for step in [0, 4, 60] {
        assert!(matches!(series.log_returns(step), Err(SeriesError::Step { .. })), "{step}");
    }
}

#[test]
fn a_bad_file_is_refused_with_its_line_and_field() {
    for (csv, part) in [
        ("", "header"),
        ("time,A\n", "header"),
        ("time_utc\n", "header"),
        ("time_utc,A,B,C,D,E,F,G,H,I\n", "header"),
        ("time_utc,A,A\n", "\"A\" in column 3 is empty or repeated"),
        ("time_utc,A,\n", "column 3 is empty"),
        ("time_utc,A\n", "no rows"),
        ("time_utc,A\nyesterday,1\n", "line 2: \"yesterday\" is not a time"),
        ("time_utc,A\n2025-10-10T20:45:00Z,\n", "line 2: the price of A is empty"),
        ("time_utc,A\n2025-10-10T20:45:00Z,1\n2025-10-10T20:45:01Z\n", "line 3: 1 columns"),
        ("time_utc,A\n2025-10-10T20:45:00Z,1,2\n", "line 2: 3 columns where the header has 2"),
        ("time_utc,A\n2025-10-10T20:45:01Z,1\n2025-10-10T20:45:00Z,1\n", "line 3: times must ascend"),
        ("time_utc,A\n2025-10-10T20:45:01Z,1\n2025-10-10T20:45:01.5Z,1\n", "line 3: times must ascend"),
        (
            "time_utc,A\n2025-10-10T20:45:01Z,1\n2025-10-10T20:45:12Z,1\n",
            "line 3: 11 s without a row, more than the 10 s",
        ),
        ("time_utc,A\n2025-10-10T20:45:01Z,NaN\n", "line 2: the price of A: \"NaN\" is not a finite"),
        ("time_utc,A\n2025-10-10T20:45:01Z,inf\n", "line 2: the price of A: \"inf\" is not a finite"),
        ("time_utc,A\n2025-10-10T20:45:01Z,-5\n", "line 2: the price of A: -5 is negative"),
        ("time_utc,A\n2025-10-10T20:45:01Z,0\n", "line 2: the price of A: 0 is zero"),
        ("time_utc,A\n2025-10-10T20:45:01Z,one\n", "line 2: the price of A: \"one\""),
    ] {
        let error = parse(csv).unwrap_err().to_string();
        assert!(error.contains(part), "{csv:?}: {error}");
    }
}

#[test]
fn a_file_that_is_missing_or_bad_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prices.csv");
    let error = PriceSeries::read(&path, ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("can't open") && error.contains("prices.csv"), "{error}");
    std::fs::write(&path, b"time_utc,A\n2025-10-10T20:45:01Z,\xff\n").unwrap();
    let error = PriceSeries::read(&path, ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("line 2") && error.source().is_none(), "{error}");
    std::fs::write(&path, "time_utc,A\n2025-10-10T20:45:01Z,-5\n").unwrap();
    let error = PriceSeries::read(&path, ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("prices.csv") && error.contains("line 2"), "{error}");
    std::fs::write(&path, "time_utc,A\n2025-10-10T20:45:01Z,5\n").unwrap();
    let series = PriceSeries::read(&path, ReadOptions::default()).unwrap();
    assert_eq!((series.rows.len(), series.source), (1, path.display().to_string()));
}
