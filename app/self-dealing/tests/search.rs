//! A smaller search than the command's, and holes that it must find.

use jettison_self_dealing::scene::Hole;
use jettison_self_dealing::search::{search, Findings, Options};
use jettison_self_dealing::strategy::Mode;
use jettison_self_dealing::tally::Event;

fn found(mode: Mode, strategies: usize, hole: Option<Hole>) -> Findings {
    search(&Options { mode, strategies, seed: 7, hole })
}

/// Rare events need more strategies than a test has time for.
const RARE: [&str; 3] = ["a claim waived", "surplus spent", "stake borne by insurance"];

fn assert_sound(mode: Mode) {
    let failures = found(mode, 3_000, None).failures(mode);
    let expected = |what: &str| RARE.iter().any(|name| what.ends_with(name));
    let unexpected: Vec<_> = failures.iter().filter(|(what, _)| !expected(what)).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

#[test]
fn nobody_gains_inside_the_envelope() {
    assert_sound(Mode::Inside);
}

#[test]
fn nobody_leaves_a_deficit_when_the_oracle_runs_ahead_of_the_clamp() {
    assert_sound(Mode::Lagging);
}

#[test]
fn beyond_it_insurance_pays_no_more_than_the_allowance() {
    assert_sound(Mode::Beyond);
}

#[test]
fn a_clamp_wider_than_maintenance_is_found() {
    let findings = found(Mode::Inside, 1_000, Some(Hole::WideClamp));
    assert!(findings.best.is_some_and(|best| best.outcome.gain > 0), "no gain by a clamp that is too wide");
}

#[test]
fn profit_that_counts_more_than_it_is_worth_is_found() {
    let options = Options { mode: Mode::Inside, strategies: 6_000, seed: 1, hole: Some(Hole::Profit) };
    let findings = search(&options);
    assert!(findings.best.is_some_and(|best| best.outcome.gain > 0), "no gain by unpaid profit");
}

/// `validate` accepts these parameters: they are inside the envelope only as long as keepers have capital.
#[test]
fn deleveraging_that_waits_for_half_of_maintenance_is_found() {
    let findings = found(Mode::Inside, 3_000, Some(Hole::LateDeleverage));
    let gained =
        findings.best.is_some_and(|best| best.outcome.gain > 0 && !best.strategy.setup.keepers_are_rich);
    assert!(gained, "no gain by late deleveraging");
}

#[test]
fn an_allowance_that_is_not_kept_is_found() {
    assert!(found(Mode::Beyond, 500, Some(Hole::Allowance)).excess.is_some());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| found(Mode::Beyond, 600, None))
    };
    let (one, two) = (with(1), with(2));
    assert_eq!(one.events, two.events);
    let best = |findings: Findings| findings.best.map(|best| (best.strategy, best.outcome));
    assert_eq!(best(one), best(two));
}

#[test]
fn events_have_names_of_their_own() {
    let mut names: Vec<_> = Event::ALL.iter().map(|(_, name)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Event::ALL.len());
}
