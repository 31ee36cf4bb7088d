//! `jettison study waves`.

use std::path::PathBuf;

use serde_json::Value;

use crate::place::Place;

/// Two waves worked out by hand: 400 needed where winners had 2,000 and had gained 500; 300 where they had 5,000 and 250.
pub const WAVES: &str = "\
wave,t_start_ms,t_end_ms,t_eval_end_ms,deficit_usd,max_loss_usd,budget_needed_usd,budget_prod_usd,\
overshoot_prod_minus_needed_usd,max_prod_haircut_usd,winners_equity_start_usd,winners_pnl_start_usd,\
theta_prod,theta_prod_capped,theta_needed,theta_needed_capped,H_star_equity,H_star_pnl
1,1000,2000,2000,1000,600,400,100,-300,60,2000,500,0.1,0.1,0.4,0.4,400,400
3,8000,8000,9000,200,200,300,900,600,900,5000,250,4.5,1,1.5,1,300,250
";

#[test]
fn each_wave_is_shown_with_what_each_rule_would_have_taken() {
    let place = Place::new();
    place.write("waves.csv", WAVES);
    let printed = place.good(&["study", "waves", "waves.csv", "--json", "waves.json"]);
    assert!(printed.contains("In all: needed 700, the queue took 1,000, 300 more than needed"), "{printed}");
    assert!(printed.contains("600 too much in 1 of 2 waves, 300 too little in the others"), "{printed}");
    let found: Value = serde_json::from_str(&place.text("waves.json")).expect("JSON");
    assert_eq!(found["totals"]["needed_atoms"], 700_000_000);
    assert_eq!(found["totals"]["queue_overshoot_atoms"], 300_000_000);
    let checks = found["checks"].as_array().expect("checks");
    assert!(!checks.is_empty() && checks.iter().all(|check| check["holds"] == true), "{checks:?}");
    assert!(printed.contains(&format!("{0} of {0} published columns agree", checks.len())), "{printed}");
}

#[test]
fn a_table_that_disagrees_with_itself_is_refused_by_the_column() {
    let place = Place::new();
    place.write("waves.csv", &WAVES.replace(",-300,", ",-299,"));
    let output = place.run(&["study", "waves", "waves.csv"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("disagrees with itself in overshoot_prod_minus_needed_usd"), "{error}");
}

#[test]
fn a_missing_column_a_bad_cell_and_a_missing_file_are_named() {
    let place = Place::new();
    let cases = [
        (WAVES.replace("deficit_usd", "deficits"), "line 1 has no column `deficit_usd`"),
        (WAVES.replace(",300,900,", ",NaN,900,"), "line 3, column `budget_needed_usd`: `NaN`"),
        (WAVES.replace(",9000,200,", ",9000,-200,"), "line 3, column `deficit_usd`: `-200`"),
        (WAVES.replace("3,8000,8000", "1,8000,8000"), "line 3, column `wave`: wave 1 is already in line 2"),
    ];
    for (text, named) in cases {
        place.write("waves.csv", &text);
        let error = place.bad(2, &["study", "waves", "waves.csv", "--json", "waves.json"]);
        assert!(error.contains("waves.csv") && error.contains(named), "{named}: {error}");
        assert!(!place.path("waves.json").exists());
    }
    let error = place.bad(2, &["study", "waves", "nowhere.csv"]);
    assert!(error.contains("nowhere.csv"), "{error}");
}

#[test]
fn the_published_waves_agree_with_what_they_follow_from() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("JETTISON_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let file = |name: &str| folder.join(format!("hyperliquid_oct10_{name}.csv"));
    if !file("waves").is_file() {
        eprintln!(
            "left out: {} is not there; set JETTISON_DATA to the folder of the tables",
            file("waves").display()
        );
        return;
    }
    let [waves, policies, shocks] = ["waves", "policy_per_wave", "shocks_by_coin"].map(file);
    let [waves, policies, shocks] = [&waves, &policies, &shocks].map(|path| path.to_str().expect("a path"));
    let printed = Place::new().good(&["study", "waves", waves, "--policies", policies, "--shocks", shocks]);
    assert_eq!(printed.lines().filter(|line| line.starts_with("│")).count(), 1 + 16, "{printed}");
}
