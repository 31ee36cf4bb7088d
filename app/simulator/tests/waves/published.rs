//! The published tables of 2025-10-10: which columns agree, and to what tolerance.

use std::path::{Path, PathBuf};

use jettison_sharing::{Measure, Rule};
use jettison_simulator::waves::{study, Sources};

/// The published tables, if they are on this machine.
fn published() -> Option<Sources> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("JETTISON_DATA").map_or(beside, PathBuf::from);
    let file = |name: &str| folder.join(format!("hyperliquid_oct10_{name}.csv"));
    let (waves, policies, shocks) = (file("waves"), file("policy_per_wave"), file("shocks_by_coin"));
    if [&waves, &policies, &shocks].into_iter().all(|path| path.is_file()) {
        return Some(Sources { waves, policies: Some(policies), shocks: Some(shocks) });
    }
    eprintln!("left out: no published tables in {}; set JETTISON_DATA to their folder", folder.display());
    None
}

#[test]
fn published_columns_agree_with_what_is_computed() {
    let Some(sources) = published() else { return };
    let study = study(&sources, None).expect("the published tables are good");
    for check in &study.checks {
        println!(
            "{:<9} {:<34} rows {:>4} largest {:e} at {} ({:?} {:e})",
            check.table,
            check.column,
            check.rows,
            check.largest_difference,
            check.at,
            check.unit,
            check.tolerance
        );
        assert!(check.holds, "{check:?}");
    }
    let rows = |table: &str, column: &str| -> Vec<usize> {
        let of = study.checks.iter().filter(|check| check.table == table && check.column == column);
        of.map(|check| check.rows).collect()
    };
    for column in
        ["overshoot_prod_minus_needed_usd", "H_star_equity", "H_star_pnl", "theta_prod", "theta_needed"]
    {
        assert_eq!(rows("waves", column), [16], "{column}");
    }
    for column in ["budget_pr", "budget_pnl_pr", "budget_eq_pr", "overshoot_prod", "overshoot_pr", "t_start"]
    {
        assert_eq!(rows("policies", column), [16], "{column}");
    }
    // At most 1, at most the common rate, and equal to it or to the rate by gain.
    assert_eq!(rows("policies", "max_pct_pr"), [16, 16, 16]);
    assert_eq!(rows("shocks", "overshoot_queue_usd"), [1_125]);
    assert_eq!(rows("shocks", "residual_queue_usd"), [1_125]);
    // Nothing of the deficit is left in four waves, and the ratios to it are empty there.
    assert_eq!(rows("policies", "rd_nse_pr"), [12]);
}

#[test]
fn published_pro_rata_takes_exactly_what_was_needed_and_the_queue_forty_five_million_more() {
    let Some(sources) = published() else { return };
    let study = study(&sources, None).expect("the published tables are good");
    for wave in &study.waves {
        for measure in [Measure::Equity, Measure::Gain] {
            let outcome = wave.taken_by(Rule::ProRata(measure)).expect("in the study");
            assert_eq!(outcome.taken_atoms, wave.needed_atoms, "wave {}", wave.wave);
            assert_eq!((outcome.uncovered_atoms, outcome.overshoot_atoms), (0, 0));
        }
    }
    let cents = |atoms: i128| (atoms + 5_000) / 10_000;
    assert_eq!(study.totals.waves, 16);
    assert_eq!(cents(study.totals.needed_atoms), 1_507_966_961);
    assert_eq!(cents(study.totals.queue_atoms), 6_010_833_533);
    assert_eq!(cents(study.totals.queue_overshoot_atoms), 4_502_866_572);
    let exact: Vec<&str> =
        study.policies.iter().filter(|p| p.takes_what_is_needed).map(|p| p.policy.as_str()).collect();
    assert_eq!(exact, ["pr", "pnl_pr", "eq_pr"]);
    let largest = |policy: usize| {
        let totals = &study.policies[policy];
        (totals.largest_in_wave, (totals.largest_part_of_equity * 1e4).round())
    };
    assert_eq!([largest(0), largest(1), largest(3)], [(1, 10_000.0), (7, 1_652.0), (7, 632.0)]);
}

#[test]
fn published_shocks_have_the_published_totals_and_are_not_the_sums_of_the_waves() {
    let Some(sources) = published() else { return };
    let shocks = study(&sources, None).expect("the published tables are good").shocks.expect("given");
    let cents = |atoms: i128| (atoms + 5_000) / 10_000;
    assert_eq!((shocks.total.shocks, shocks.coins.len()), (1_125, 162));
    // The totals that arXiv 2512.01112's authors publish of the same shocks.
    assert_eq!(cents(shocks.total.overshoot_atoms), 65_355_266_351);
    assert_eq!(cents(shocks.total.residual_atoms), 1_669_026_385);
    // What is taken and what is needed differ by the two.
    let total = &shocks.total;
    assert_eq!(total.queue_atoms - total.deficit_atoms, total.overshoot_atoms - total.residual_atoms);
    assert_eq!((shocks.waves_that_agree, shocks.outside_waves), (0, 47));
}
