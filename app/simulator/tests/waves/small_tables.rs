//! What is computed from small tables, against what was worked out by hand.

use jettison_sharing::{Measure, Rule};
use jettison_simulator::waves::{study, Model, Sources, WaveStudy};

use crate::tables::{policies, Tables, SHOCKS, WAVES};

fn small() -> WaveStudy {
    let tables = Tables::new(WAVES, &policies(), SHOCKS);
    study(&tables.sources(), None).expect("the tables are good")
}

const DOLLAR: i128 = 1_000_000;

#[test]
fn pro_rata_takes_what_is_needed_as_far_as_winners_have_it() {
    let study = small();
    let taken = |wave: usize, rule| {
        let outcome = study.waves[wave].taken_by(rule).expect("the rule is in the study");
        (i128::from(outcome.taken_atoms) / DOLLAR, i128::from(outcome.uncovered_atoms) / DOLLAR)
    };
    assert_eq!(taken(0, Rule::ProRata(Measure::Equity)), (400, 0));
    assert_eq!(taken(0, Rule::ProRata(Measure::Gain)), (400, 0));
    assert_eq!(taken(0, Rule::None), (0, 400));
    // 300 were needed where winners had gained 250 and owned 5,000.
    assert_eq!(taken(1, Rule::ProRata(Measure::Equity)), (300, 0));
    assert_eq!(taken(1, Rule::ProRata(Measure::Gain)), (250, 50));
    assert_eq!(taken(1, Rule::WATER_FILLING), (250, 50));
    let equity = study.waves[0].taken_by(Rule::ProRata(Measure::Equity)).expect("in the study");
    assert_eq!((equity.part_of_equity, equity.part_of_gain, equity.part_of_deficit), (0.2, 0.8, 0.4));
}

#[test]
fn the_queue_overshoots_by_what_it_took_beyond_what_was_needed() {
    let totals = small().totals;
    let dollars = |atoms: i128| atoms / DOLLAR;
    assert_eq!(dollars(totals.queue_overshoot_atoms), 300);
    assert_eq!((dollars(totals.queue_excess_atoms), dollars(totals.queue_shortfall_atoms)), (600, 300));
    assert_eq!((totals.waves, totals.waves_with_excess), (2, 1));
    assert_eq!((dollars(totals.needed_atoms), dollars(totals.queue_atoms)), (700, 1_000));
}

#[test]
fn a_table_that_follows_from_itself_passes_every_check() {
    let study = small();
    for check in &study.checks {
        assert!(check.holds, "{check:?}");
    }
    assert!(study.checks.len() > 40, "{} checks", study.checks.len());
    assert!(study.not_derivable.iter().all(|column| !column.why.is_empty()));
}

#[test]
fn a_column_that_does_not_follow_fails_its_check_and_no_other() {
    let failing = |tables: Tables| -> Vec<String> {
        let study = study(&tables.sources(), None).expect("the tables can be read");
        assert!(!study.agrees());
        study.checks.iter().filter(|check| !check.holds).map(|check| check.column.clone()).collect()
    };
    let waves = |from: &str, to: &str| Tables::new(&WAVES.replace(from, to), &policies(), SHOCKS);
    assert_eq!(failing(waves(",-300,", ",-300.02,")), ["overshoot_prod_minus_needed_usd"]);
    assert_eq!(failing(waves("300,250\n", "300,251\n")), ["H_star_pnl"]);
    assert_eq!(failing(waves(",4.5,", ",4.6,")), ["theta_prod"]);
    let shocks = Tables::new(WAVES, &policies(), &SHOCKS.replace(",390,", ",391,"));
    assert_eq!(failing(shocks), ["overshoot_queue_usd"]);
    let policies = policies().replace("1,0.5,0.6,0.2,", "1,0.51,0.6,0.55,");
    assert_eq!(failing(Tables::new(WAVES, &policies, SHOCKS)), ["max_pct_pr", "max_pct_pr", "max_pct_eq_pr"]);
}

#[test]
fn policies_are_summed_over_waves() {
    let study = small();
    let prod = &study.policies[0];
    assert_eq!((prod.policy.as_str(), prod.takes_what_is_needed), ("prod", false));
    assert_eq!((prod.excess_atoms / DOLLAR, prod.shortfall_atoms / DOLLAR), (600, 300));
    let pr = &study.policies[1];
    assert!(pr.takes_what_is_needed);
    assert_eq!((pr.largest_part_of_equity, pr.largest_in_wave), (0.5, 1));
    assert!((pr.mean_largest_part_of_equity - 0.45).abs() < 1e-12);
}

#[test]
fn shocks_are_summed_by_coin_and_set_beside_the_waves() {
    let shocks = small().shocks.expect("the shocks were given");
    let coin = &shocks.coins[0];
    assert_eq!((coin.coin.as_str(), coin.shocks, coin.with_deficit), ("AAA", 2, 2));
    assert_eq!((coin.deficit_atoms / DOLLAR, coin.queue_atoms / DOLLAR), (110, 440));
    assert_eq!((coin.overshoot_atoms / DOLLAR, coin.residual_atoms / DOLLAR), (390, 60));
    // 50 of the 100, as far as there is capacity, and all of the 10.
    assert_eq!(coin.pro_rata_atoms / DOLLAR, 60);
    assert_eq!(coin.largest_part_of_capacity, 0.8);
    assert_eq!((shocks.total.shocks, shocks.total.overshoot_atoms / DOLLAR), (3, 1_090));
    // The first is in wave 1 and differs from it, the second in none, the third in wave 3 and the same.
    assert_eq!(shocks.outside_waves, 1);
    assert_eq!(shocks.in_waves.iter().map(|wave| wave.agrees).collect::<Vec<_>>(), [false, true]);
    assert_eq!(shocks.waves_that_agree, 1);
}

#[test]
fn modelled_winners_have_the_totals_of_the_wave_and_repeat_with_the_seed() {
    let tables = Tables::new(WAVES, &policies(), SHOCKS);
    let run = |seed| {
        let model = Model { winners: 500, seed, ..Model::default() };
        study(&tables.sources(), Some(&model)).expect("the tables are good").modelled
    };
    let (one, again, other) = (run(1), run(1), run(2));
    assert_eq!(one, again);
    assert_ne!(one, other);
    for row in &one {
        let burden = &row.burden;
        let needed = if row.wave == 1 { 400 * DOLLAR } else { 300 * DOLLAR };
        assert_eq!(i128::from(burden.needed), needed);
        let total = burden.taken as i128 + i128::from(burden.uncovered) - burden.overshoot as i128;
        assert_eq!(total, needed, "{}", row.rule);
        // All gains of wave 3 are 250: there, whoever takes gains takes exactly all of them.
        if row.wave == 3 && (row.rule.starts_with("queue") || row.rule == "pro rata to gain") {
            assert_eq!(burden.taken as i128, 250 * DOLLAR, "{}", row.rule);
            assert_eq!(burden.largest_part_of_gain, 1.0, "{}", row.rule);
        }
        if !row.rule.starts_with("queue, whole") {
            assert_eq!(burden.overshoot, 0, "{}", row.rule);
        }
    }
    let pro_rata = one.iter().find(|row| row.wave == 1 && row.rule == "pro rata to gain").expect("modelled");
    assert!((pro_rata.burden.largest_part_of_gain - 0.8).abs() < 0.05, "{:?}", pro_rata.burden);
    assert_eq!(pro_rata.burden.gainers, 500);
}

#[test]
fn impossible_models_are_refused_with_the_name_of_the_parameter() {
    let tables = Tables::new(WAVES, &policies(), SHOCKS);
    let error = |model: Model| {
        study(&tables.sources(), Some(&model)).map(|_| ()).expect_err("impossible").to_string()
    };
    assert!(error(Model { winners: 0, ..Model::default() }).contains("winners is 0"));
    assert!(error(Model { gain_tail: f64::NAN, ..Model::default() }).contains("gain_tail is NaN"));
    assert!(error(Model { leverage_median: -1.0, ..Model::default() }).contains("leverage_median is -1"));
}

#[test]
fn a_study_of_waves_alone_needs_no_other_file() {
    let tables = Tables::new(WAVES, "", "");
    let sources = Sources { waves: tables.sources().waves, ..Sources::default() };
    let study = study(&sources, None).expect("the waves are good");
    assert!(study.agrees() && study.policies.is_empty() && study.shocks.is_none());
}

#[test]
fn the_study_as_json_has_whole_atoms_and_every_check() {
    let tables = Tables::new(WAVES, &policies(), SHOCKS);
    let study = study(&tables.sources(), Some(&Model::default())).expect("the tables are good");
    let json = serde_json::to_value(&study).expect("it has a JSON form");
    assert_eq!(json["totals"]["queue_overshoot_atoms"], 300_000_000);
    assert_eq!(json["waves"][0]["rules"][1]["rule"], "pro rata to equity");
    assert_eq!(json["waves"][0]["rules"][1]["taken_atoms"], 400_000_000);
    assert_eq!(json["checks"].as_array().map(Vec::len), Some(study.checks.len()));
    assert_eq!(json["modelled"][0]["burden"]["needed"], 400_000_000);
}
