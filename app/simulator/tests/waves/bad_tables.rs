//! Bad tables are refused with the line and the column.

use std::path::PathBuf;

use jettison_simulator::waves::{study, Sources};

use crate::tables::{policies, Tables, SHOCKS, WAVES};

#[test]
fn bad_cells_are_refused_with_line_and_column() {
    let waves = |from: &str, to: &str| Tables::new(&WAVES.replace(from, to), &policies(), SHOCKS).error();
    assert_eq!(
        waves("2000,1000,600", "2000,NaN,600"),
        "waves.csv, line 2, column `deficit_usd`: `NaN` must be a finite number"
    );
    assert_eq!(
        waves("9000,200,", "9000,-200,"),
        "waves.csv, line 3, column `deficit_usd`: `-200` must be an amount in dollars that is not negative"
    );
    assert!(waves("2000,1000,600", "2000,,600").contains("line 2, column `deficit_usd`: `` must be"));
    assert!(waves("2000,1000,600", "2000,1e12,600").contains("below 9e9"));
    assert!(waves("3,8000", "three,8000").contains("line 3, column `wave`: `three` must be a whole number"));
    let policies_of =
        |from: &str, to: &str| Tables::new(WAVES, &policies().replace(from, to), SHOCKS).error();
    assert!(policies_of("0.25,,0.5555", "inf,,0.5555")
        .contains("line 2, column `rd_nse_fixed_point_ilp_integer`"));
    let shocks = |from: &str, to: &str| Tables::new(WAVES, &policies(), &SHOCKS.replace(from, to)).error();
    assert!(
        shocks("1970-01-01 00:00:05+00:00", "yesterday").contains("line 3, column `t_start`: `yesterday`")
    );
}

#[test]
fn bad_shapes_are_refused() {
    let waves = |text: String| Tables::new(&text, &policies(), SHOCKS).error();
    let missing = waves(WAVES.replace("deficit_usd", "deficits"));
    assert!(
        missing.starts_with("waves.csv: line 1 has no column `deficit_usd`; needed are wave, "),
        "{missing}"
    );
    assert!(waves(WAVES.replace("theta_needed,", "theta_prod,")).contains("`theta_prod` twice"));
    assert_eq!(waves(WAVES.lines().take(1).collect()), "waves.csv: no rows");
    assert!(waves(WAVES.replace(",300,250\n", ",300\n")).contains("line: 3"));
    let policies_of = |text: String| Tables::new(WAVES, &text, SHOCKS).error();
    assert!(policies_of(policies().replace("pmr_eq_pr", "pmr_eq")).contains("no column `pmr_eq_pr`"));
    assert!(
        policies_of(policies().replace("\n3,", "\n4,")).contains("line 3, column `wave`: wave 4 is not in")
    );
    let short: Vec<_> = policies().lines().take(2).map(str::to_owned).collect();
    assert!(policies_of(short.join("\n")).contains("no row for wave 3"));
}

#[test]
fn disorder_and_repetition_are_refused_with_the_line() {
    let waves = |from: &str, to: &str| Tables::new(&WAVES.replace(from, to), &policies(), SHOCKS).error();
    assert!(waves("3,8000,8000", "3,1500,8000").contains("line 3, column `t_start_ms`: out of order"));
    assert!(waves("1,1000,2000", "1,3000,2000").contains("line 2, column `t_end_ms`: out of order"));
    assert!(waves("8000,9000", "8000,7000").contains("line 3, column `t_eval_end_ms`: out of order"));
    assert!(
        waves("3,8000,8000", "1,8000,8000").contains("line 3, column `wave`: wave 1 is already in line 2")
    );
    let shocks = |from: &str, to: &str| Tables::new(WAVES, &policies(), &SHOCKS.replace(from, to)).error();
    assert!(shocks("AAA,2", "AAA,1").contains("line 3, column `cluster_id`: AAA 1 is already in line 2"));
    assert!(shocks("00:00:05+", "00:00:01+").contains("line 3, column `t_start`: out of order"));
}

#[test]
fn a_missing_file_is_named() {
    let sources = Sources { waves: PathBuf::from("nowhere/waves.csv"), ..Sources::default() };
    let error = study(&sources, None).map(|_| ()).expect_err("there is no such file").to_string();
    assert!(error.starts_with("nowhere/waves.csv: "), "{error}");
}
