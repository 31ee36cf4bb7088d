//! What rows say together.

mod common;

use std::sync::OnceLock;

use common::spec;
use jettison_engine::MarketParams;
use jettison_paths::{PriceSeries, ReadOptions};
use jettison_simulator::output::Shard;
use jettison_simulator::study::{sizing, Rows, Study, StudySpec, Summary};

fn study() -> &'static (Study, Rows, Summary) {
    static STUDY: OnceLock<(Study, Rows, Summary)> = OnceLock::new();
    STUDY.get_or_init(|| {
        let study = Study::new(StudySpec { histories: 20, ..spec() }).expect("a study");
        let rows = study.run(Shard::WHOLE, &|| ()).expect("rows");
        let rows = Rows::merge(&study, [rows]).expect("whole");
        let summary = Summary::of(&study, &rows, None).expect("a summary");
        (study, rows, summary)
    })
}

#[test]
fn every_deficit_is_paid_by_somebody_and_exact_rules_take_what_is_needed() {
    let (_, rows, _) = study();
    assert!(rows.rules.iter().any(|row| row.needed > 0));
    for row in &rows.rules {
        assert_eq!(row.deficit, row.by_surplus + row.by_insurance + row.needed + row.uncovered, "{row:?}");
        assert!(
            row.insurance_start + row.insurance_income >= row.by_insurance + row.insurance_end,
            "{row:?}"
        );
        match row.rule.as_str() {
            // One atom a holder and charge of the index.
            "index" => assert!(row.shared.abs_diff(row.needed) <= 200 * row.bankruptcies, "{row:?}"),
            "queue" => assert_eq!(row.shared, row.needed, "{row:?}"),
            // Where equity or gains don't suffice the rest stays uncovered.
            "equity" | "capped" => assert!(row.shared <= row.needed, "{row:?}"),
            // Some is paid by later fees.
            _ => assert!(row.shared <= row.needed + row.deficit, "{row:?}"),
        }
        if row.rule == "capped" {
            assert!(row.largest_of_gain <= 1.0 && row.late_joiners == 0, "{row:?}");
        }
    }
}

#[test]
fn the_same_prices_and_people_meet_every_rule() {
    let (_, rows, _) = study();
    for history in rows.rules.chunk_by(|a, b| a.history == b.history) {
        assert_eq!(history.len(), 6);
        let same =
            |row: &jettison_simulator::results::RuleRow| (row.open_interest, row.insurance_start, row.checks);
        assert!(history.iter().all(|row| same(row) == same(&history[0])));
        let calm = history[0].needed == 0;
        assert!(
            !calm || history.iter().all(|row| row.liquidations == history[0].liquidations),
            "{history:?}"
        );
    }
}

#[test]
fn funds_are_played_and_the_larger_the_fund_the_less_is_left_to_holders() {
    let (_, rows, summary) = study();
    let own = || rows.rules.iter().filter(|row| row.rule == "index");
    let curve = &summary.insurance;
    assert_eq!(curve.iter().map(|point| point.size).collect::<Vec<_>>(), [0.0, 0.001, 0.016]);
    let part = |of: fn(&jettison_simulator::results::RuleRow) -> u64| {
        own().filter(|row| of(row) > 0).count() as f64 / own().count() as f64
    };
    assert_eq!(curve[0].index_moves.value, part(|row| row.deficit), "without a fund all is left to holders");
    assert_eq!(
        curve[1].index_moves.value,
        part(|row| row.needed),
        "the study's own fund is what was compared"
    );
    assert!(curve.windows(2).all(|two| two[0].index_moves.value >= two[1].index_moves.value), "{curve:?}");
    assert!(
        curve.windows(2).all(|two| two[0].socialized.mean.value > two[1].socialized.mean.value),
        "{curve:?}"
    );
    assert!(summary.socialized.mean.value <= summary.deficits.mean.value, "insurance pays first");
    assert!(summary.deficits.var_95.value <= summary.deficits.es_95.value);
    assert!(summary.steady.mean.value < summary.deficits.mean.value, "without the outage less is lost");
}

#[test]
fn stakers_earn_what_came_in_and_lose_what_was_drawn() {
    let (_, rows, summary) = study();
    let own: Vec<_> =
        rows.what_ifs.iter().filter(|row| row.insurance_percent == 100 && row.outage > 0).collect();
    assert_eq!(own.len(), 20);
    let one = |row: &&jettison_simulator::results::WhatIfRow| {
        (row.insurance_income as f64 - row.by_insurance as f64) / row.insurance_start as f64
    };
    let mean = own.iter().map(one).sum::<f64>() / 20.0;
    let point = summary.stakers.iter().find(|point| point.size == 0.001 && point.income_part == 1.0);
    assert!((point.expect("the study's own fund").mean.value - mean).abs() < 1e-12);
    assert!(summary.stakers.iter().all(|point| point.size > 0.0 && point.worst.value >= -1.0));
}

#[test]
fn what_nobody_was_charged_for_is_repaid_by_fees_or_not_paid_to_holders() {
    let (_, rows, _) = study();
    for row in rows.rules.iter().filter(|row| row.rule == "withdrawal_haircut" || row.rule == "none") {
        assert!(row.by_fees + row.shared <= row.needed + row.uncovered, "{row:?}");
        assert!(row.needed > 0 || (row.shared == 0 && row.by_fees == 0), "{row:?}");
    }
    assert!(rows.rules.iter().any(|row| row.rule == "none" && row.by_fees > 0));
    assert!(rows.rules.iter().all(|row| row.rule != "queue" || row.by_fees == 0));
}

#[test]
fn cells_that_the_envelope_refuses_are_left_out_and_said() {
    let (study, _, summary) = study();
    let margins: Vec<u64> = study.cells().iter().map(|cell| cell.margin_percent).collect();
    assert_eq!(margins, [100, 100, 200, 200], "two latencies each");
    assert_eq!(summary.refused, [(50, 100)], "half the margin doesn't outlast the clamp");
    // Each cell for two markets, and for both together.
    assert_eq!(summary.cells.len(), 4 * 3);
}

#[test]
fn a_recommendation_is_accepted_by_the_engine_and_the_least_that_meets_the_goal() {
    let (study, rows, _) = study();
    let strict = sizing::recommend(study, &sizing::cells(study, &rows.sizing));
    assert_eq!(strict.len(), 2);
    for found in &strict {
        found.params.validate().expect("parameters that the engine accepts");
        assert!(!found.meets, "four histories can't show that a chance is below 5 %: {found:?}");
    }
    let spec = StudySpec {
        sizing: jettison_simulator::study::SizingSpec { tolerated: 0.99, ..spec().sizing },
        ..spec()
    };
    let tolerant = Study::new(StudySpec { histories: 20, ..spec }).expect("a study");
    for found in sizing::recommend(&tolerant, &sizing::cells(&tolerant, &rows.sizing)) {
        assert!(found.meets && found.margin_percent == 100, "{found:?}");
    }
    let text = sizing::toml(&strict);
    let table: toml::Table = text.parse().expect("TOML");
    let first = &table["market"][0];
    let bps = |of: fn(&MarketParams) -> u16| i64::from(of(&strict[0].params));
    assert_eq!(first["pair"].as_str(), Some("AAA-USD"));
    assert_eq!(first["maintenance_margin_bps"].as_integer(), Some(bps(|params| params.maintenance_margin.0)));
}

#[test]
fn removing_a_key_account_is_played_and_not_guessed() {
    let (_, rows, summary) = study();
    let network = summary.network.as_ref().expect("a network");
    let row =
        rows.rules.iter().find(|row| row.rule == "index" && row.history == network.history).expect("a row");
    assert_eq!(network.ablation.baseline, row.deficit);
    assert_eq!(network.ablation.removals.len(), 4);
    assert!(network.ablation.removals.iter().any(|removal| removal.loss != row.deficit), "nothing changed");
    let people = 120 + 12 + 24 + 6;
    assert!(network.ablation.removals.iter().all(|removal| removal.score.account.0 < people));
}

#[test]
fn a_replay_goes_by_the_file_s_prices() {
    let csv: String = (0..90)
        .map(|second| {
            let price = 25.0 - f64::from(second) * 0.05;
            format!(
                "2025-10-10T21:{:02}:{:02}Z,{:.4},{:.6}\n",
                second / 60,
                second % 60,
                price,
                price / 125.0
            )
        })
        .collect();
    let csv = format!("time_utc,AAA-USD,BBB-USD\n{csv}");
    let series = PriceSeries::parse(csv.as_bytes(), ReadOptions::default()).expect("prices");
    let mut spec = spec();
    spec.scenario.keepers.outage = 0;
    let replay = jettison_simulator::study::replay::replay(&spec, &series, 1).expect("a replay");
    assert_eq!((replay.rows.len(), replay.trace.len()), (6, 89));
    let (first, last) = (&replay.trace[0], &replay.trace[88]);
    assert!((first.prices[0] - 24.95).abs() < 0.01, "{first:?}");
    assert!(last.prices[0] < 20.6 && last.events[0] > 0, "{last:?}");
    assert!(replay.trace.windows(2).all(|two| two[0].by_index <= two[1].by_index), "the index never falls");
}
