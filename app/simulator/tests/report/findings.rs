//! What the words say of numbers: what is sure, what may be chance, what was left out.

use jettison_simulator::report::{render, Report};
use jettison_simulator::stats::Estimate;
use jettison_simulator::study::proof::Proof;
use jettison_simulator::study::signals::SignalSummary;
use jettison_simulator::study::Summary;

use crate::made_up::{full, run, summary};
use crate::markup::Page;

/// The page of a study alone, after a change.
fn page(change: impl FnOnce(&mut Summary)) -> Page {
    let mut report = Report::new("A study", "of prices", run());
    let mut study = summary();
    change(&mut study);
    report.study = Some(study);
    Page::read(&render(&report))
}

fn estimate(value: f64, low: f64, high: f64) -> Estimate {
    Estimate { value, low, high }
}

#[track_caller]
fn says(page: &Page, words: &str) {
    assert!(page.text.contains(words), "{words:?} is missing");
}

#[track_caller]
fn does_not_say(page: &Page, words: &str) {
    assert!(!page.text.contains(words), "{words:?} is there");
}

fn times(page: &Page, words: &str) -> usize {
    page.text.matches(words).count()
}

#[test]
fn the_outage_and_what_the_same_histories_cost_without_are_in_summary_rules_and_limits() {
    let change = |study: &mut Summary| {
        (study.spec.scenario.keepers.outage, study.spec.scenario.keepers.outage_after) = (180, 0.08);
        study.steady.any = estimate(0.125, 0.08, 0.2);
    };
    let with = page(change);
    let event = "Once in a history, from when the price of a market is 8.0 % off its stable price, nothing of the keepers' lands for \
                 180 seconds";
    assert_eq!(times(&with, event), 3);
    assert_eq!(
        times(&with, "The same histories without the outage: in 12.5 % (95 % interval 8.0 % to 20.0 %)"),
        3
    );
    says(&with, "Histories with a deficit, without the keepers' outage");
    says(&with, "Deficit without the keepers' outage");
    let without = page(|study| study.spec.scenario.keepers.outage = 0);
    does_not_say(&without, "nothing of the keepers' lands for");
    does_not_say(&without, "without the keepers' outage,");
    does_not_say(&without, "Histories with a deficit, without the keepers' outage");
}

#[test]
fn recommendations_say_for_what_keepers_they_hold_and_what_they_do_in_the_study_s_own_histories() {
    let proof = Proof {
        histories: 200,
        with_need_before: estimate(0.4, 0.33, 0.47),
        with_need_after: estimate(0.1, 0.07, 0.15),
        deficit_before: 5_000_000_000,
        deficit_after: 1_250_000_000,
    };
    let of = |proof: Proof| {
        page(|study| {
            study.proof = Some(proof);
            study.recommendations.iter_mut().for_each(|item| item.meets = true);
        })
    };
    let sure = of(proof);
    says(&sure, "Without the outage, with keepers who take 30 s, the parameters under Sizing keep");
    let numbers = "Played in 200 histories of the study's own, outage included, they change the part in which holders bear a loss from \
                   40.0 % (95 % interval 33.0 % to 47.0 %) to 10.0 % (95 % interval 7.0 % to 15.0 %), and all deficits together from $5,000 to $1,250.";
    assert_eq!(times(&sure, numbers), 2);
    does_not_say(&sure, "the change of that part may be chance");
    let unsure = of(Proof { with_need_after: estimate(0.38, 0.3, 0.45), ..proof });
    says(&unsure, "the change of that part may be chance");
}

#[test]
fn insurance_says_which_played_size_is_enough_and_if_none_is() {
    let with = |highs: &'static [(f64, f64)]| {
        page(move |study| {
            study.spec.sizing.tolerated = 0.05;
            study.spec.scenario.insurance.allowance = 0.4;
            let template = study.insurance[0].clone();
            let point = |(place, (value, high)): (usize, &(f64, f64))| {
                let mut point = template.clone();
                point.size = 0.01 * place as f64;
                point.index_moves = estimate(*value, 0.0, *high);
                point
            };
            study.insurance = highs.iter().enumerate().map(point).collect();
        })
    };
    // The second would be enough by itself, but the third, which is larger, isn't: chance, not a property of the size.
    let enough = with(&[(0.5, 0.6), (0.01, 0.04), (0.02, 0.06), (0.01, 0.045), (0.0, 0.02)]);
    says(&enough, "a fund of 3.00 % of open interest brings that surely to at most 5.0 %");
    says(&enough, "One market may draw only 40 % of the fund");
    says(&enough, "A market may draw 40 % of the fund");
    // Its value is tolerated, the upper end isn't.
    let none = with(&[(0.5, 0.6), (0.04, 0.09)]);
    says(&none, "No size that was played surely brings the chance to the tolerated 5.0 %.");
    says(&none, "by any size played, for a chance of at most 5.0 %");
}

#[test]
fn made_up_prices_are_said_to_be_and_how_they_move_is_left_out() {
    let mut report = full();
    assert!(!report.made_up);
    let real = Page::read(&render(&report));
    does_not_say(&real, "not market data");
    report.made_up = true;
    let page = Page::read(&render(&report));
    assert!(!page.ids().contains("returns"));
    says(&page, "A small study of made-up prices – made-up prices, not market data");
    // The summary, the limits, and beside the recommendation in both places.
    assert!(times(&page, "a seeded path through a few published figures") >= 4);
    assert_eq!(times(&page, "Set no parameters by this"), 2);
}

#[test]
fn rules_are_ranked_only_where_intervals_do_not_overlap() {
    let with = |queue: Estimate| {
        page(move |study| {
            for rule in &mut study.rules {
                (rule.histories, rule.with_need) = (200, estimate(0.5, 0.4, 0.6));
                rule.largest_of_gain = if rule.rule == "queue" { queue } else { estimate(0.2, 0.18, 0.22) };
            }
        })
    };
    let what = "The largest part of one holder's gain: least under 5 of the rules (20.0 %), most under the auto-deleveraging queue";
    says(&with(estimate(0.9, 0.8, 1.0)), &format!("{what} (90.0 %)."));
    let doubtful = with(estimate(0.25, 0.2, 0.3));
    says(
        &doubtful,
        &format!("{what} (25.0 %); over 100 histories with something to share that may be chance."),
    );
}

/// Even intervals without width rank nothing if they are of a few histories.
#[test]
fn of_few_histories_no_rule_is_surely_better() {
    let page = page(|study| {
        for rule in &mut study.rules {
            (rule.histories, rule.with_need) = (2, estimate(0.5, 0.0, 1.0));
            let exact = if rule.rule == "queue" { 0.9 } else { 0.2 };
            rule.largest_of_gain = estimate(exact, exact, exact);
        }
    });
    says(&page, "(90.0 %); over 1 history with something to share that may be chance.");
}

#[test]
fn later_fees_are_a_payer_and_payers_of_nothing_are_left_out() {
    let paid = |by_fees: u64| {
        page(move |study| {
            for rule in &mut study.rules {
                rule.histories = 1;
                (rule.deficit, rule.by_surplus, rule.by_insurance) = (9_000_000, 0, 2_000_000);
                (rule.needed, rule.shared, rule.uncovered, rule.by_fees) = (7_000_000, 7_000_000, 0, 0);
                if rule.rule == "none" {
                    (rule.shared, rule.by_fees) = (7_000_000 - by_fees, by_fees);
                }
            }
        })
    };
    let (with, without) = (paid(3_000_000), paid(0));
    let series = |page: &Page, name: &str| {
        page.scripts.iter().any(|script| script.contains(&format!("\"name\":\"{name}\"")))
    };
    assert!(series(&with, "Later fees") && !series(&without, "Later fees"));
    assert!(!series(&with, "Nobody yet (uncovered)") && !series(&with, "Forfeited claims (surplus)"));
    // In the order of the bars: by itself Plotly turns that of stacked bars around.
    let chart = with.scripts.iter().find(|script| script.contains("chart-paid")).expect("a chart");
    assert!(chart.contains("\"traceorder\":\"normal\""));
    says(&with, "Later fees ($)");
    does_not_say(&with, "never paid");
    says(&with, "Who paid: insurance $2 and holders $7.");
}

#[test]
fn signals_that_are_surely_better_or_worse_are_named_and_bars_below_zero_have_another_colour() {
    let group = |signal: &str, worth: Estimate, worst: f64| SignalSummary {
        signal: signal.into(),
        histories: 100,
        profit: Estimate::default(),
        worst: estimate(worst, worst - 0.01, worst + 0.01),
        charged: Estimate::default(),
        hedges_broken: Estimate::default(),
        worth,
        spared: Estimate::default(),
    };
    let groups = vec![
        group("none", Estimate::default(), -0.2),
        group("skew", estimate(0.02, 0.01, 0.03), -0.1),
        group("volatility", estimate(-0.02, -0.03, -0.01), -0.3),
        group("all", estimate(0.01, -0.01, 0.02), -0.15),
    ];
    let found = page(|study| study.signals = groups.clone());
    says(
        &found,
        "Surely better than no signal, in parts of capital a history: skew (2.00 %, 95 % interval 1.00 % to 3.00 %).",
    );
    says(&found, "Surely worse than no signal, in parts of capital a history: volatility (−2.00 %, 95 % interval −3.00 % to −1.00 %).");
    says(&found, "May be chance either way: all signals together.");
    let worst = "The worst 5 % of histories brought hedgers −20.00 % of capital on average without a signal; by signals: skew −10.00 %, \
                 volatility −30.00 % and all signals together −15.00 %.";
    assert_eq!(times(&found, worst), 2);
    let chart = found.scripts.iter().find(|script| script.contains("chart-signal-worth")).expect("a chart");
    assert!(chart.contains("#009E73") && chart.contains("#D55E00"), "two colours");
    // Haircuts of nothing are a sentence.
    says(&found, "No group bore a haircut in any history");
    assert!(!found.ids().contains("chart-signal-charged"));
    let few = page(|study| {
        study.signals = groups.into_iter().map(|group| SignalSummary { histories: 5, ..group }).collect();
    });
    says(&few, "What signals are worth is open: 5 histories are too few to tell it from chance.");
    does_not_say(&few, "Surely better");
}

#[test]
fn charts_of_nothing_are_one_sentence() {
    let nothing = Estimate::default();
    let page = page(|study| {
        for rule in &mut study.rules {
            let some = estimate(0.2, 0.1, 0.3);
            (rule.taken_beyond, rule.overshoot, rule.gini, rule.late_joiners) = (some, some, some, some);
            (rule.largest_of_gain, rule.largest_of_equity) = (some, some);
            (rule.secondary_liquidations, rule.secondary_bankruptcies) = (nothing, nothing);
            rule.hedges_broken = nothing;
        }
        study.cells.iter_mut().for_each(|cell| cell.losses.es_99 = nothing);
    });
    says(
        &page,
        "Zero under every rule, and so without a chart: liquidations and bankruptcies that sharing itself caused and hedges broken.",
    );
    let ids = page.ids();
    for chart in ["chart-secondary", "chart-hedges", "chart-map-keepers", "chart-map-clamps"] {
        assert!(!ids.contains(chart), "{chart} is there");
    }
    says(&page, "keepers after 30 s: zero in every field.");
}

#[test]
fn p_values_of_two_kinds_have_a_column_each() {
    let page = Page::read(&render(&full()));
    says(&page, "KS p-value by its table (too high: parameters were fitted)");
    says(&page, "KS p-value by bootstrap");
    says(&page, "A model nearest by it can still miss the extremes");
}

#[test]
fn open_interest_is_of_both_sides_everywhere() {
    let page = page(|_| ());
    for words in ["one side's open interest", "of the open interest of one side", "unless said otherwise"] {
        does_not_say(&page, words);
    }
}
