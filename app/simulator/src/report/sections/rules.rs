//! Sharing rules side by side, on the same histories.

use plotly::common::{Marker, Orientation};
use plotly::layout::BarMode;
use plotly::Bar;

use super::rule_tables::tables;
use crate::report::chart::{amount_axis, bars, layout, name_axis, plot, times, with_layout, Chart};
use crate::report::format::{atoms, count, dollars, grouped, listed, percent, significant};
use crate::report::palette::{rule_color, rule_label, rule_phrase, BLUE, GREEN, GREY, ORANGE};
use crate::report::section::{Block, Section};
use crate::stats::Estimate;
use crate::study::compare::RuleSummary;

/// One measure of all rules.
struct Measure {
    id: &'static str,
    axis: &'static str,
    what: &'static str,
    reading: &'static str,
    of: fn(&RuleSummary) -> Estimate,
    show: fn(f64) -> String,
}

fn part(value: f64) -> String {
    percent(value / 100.0, 1)
}

const MEASURES: [Measure; 8] = [
    Measure {
        id: "beyond",
        axis: "taken at once beyond need (% of need)",
        what: "Taken at once beyond what was needed",
        reading: "Zero: when the loss was booked, the rule took exactly that from holders. Less: some of it was never paid.",
        of: |rule| times(rule.taken_beyond, 100.0),
        show: part,
    },
    Measure {
        id: "overshoot",
        axis: "with closed positions (% of need)",
        what: "Taken beyond need, with what closed positions would have gained",
        reading: "The same, and what positions that were closed on the way would have gained within the horizon: while a fall goes \
                  on that is much, and after a turn it can be less than nothing.",
        of: |rule| times(rule.overshoot, 100.0),
        show: part,
    },
    Measure {
        id: "largest-gain",
        axis: "largest part of a holder's gain (%)",
        what: "The largest part of one holder's gain",
        reading: "How hard the worst-hit holder of a history was hit, on average over histories. More than 100 %: it gave more than it \
                  had gained.",
        of: |rule| times(rule.largest_of_gain, 100.0),
        show: part,
    },
    Measure {
        id: "largest-equity",
        axis: "largest part of a holder's equity (%)",
        what: "The largest part of one holder's equity",
        reading: "The same against all that the holder owned, which is what makes it fail.",
        of: |rule| times(rule.largest_of_equity, 100.0),
        show: part,
    },
    Measure {
        id: "gini",
        axis: "Gini coefficient (0 to 1)",
        what: "The Gini coefficient of the burden",
        reading: "0: everybody gives the same part of their gain. 1: one gives everything.",
        of: |rule| rule.gini,
        show: |value| grouped(value, 2),
    },
    Measure {
        id: "secondary",
        axis: "failures caused (each history)",
        what: "Liquidations and bankruptcies that sharing itself caused",
        reading: "Accounts that stood before they were charged and fell by the charge.",
        of: |rule| sum(rule.secondary_liquidations, rule.secondary_bankruptcies),
        show: |value| significant(value, 2),
    },
    Measure {
        id: "hedges",
        axis: "hedges broken (each history)",
        what: "Hedges broken",
        reading: "Hedges of which sharing or deleveraging closed a twentieth or more: their owners stand with an open risk.",
        of: |rule| rule.hedges_broken,
        show: |value| significant(value, 2),
    },
    Measure {
        id: "late",
        axis: "late joiners (% of those charged)",
        what: "Late joiners among those charged",
        reading: "Holders who were charged without having gained: they came after the move and pay for those who had left.",
        of: |rule| times(rule.late_joiners, 100.0),
        show: part,
    },
];

/// Of two counts. The ends are summed, which is wider than the interval of the sum.
fn sum(a: Estimate, b: Estimate) -> Estimate {
    Estimate { value: a.value + b.value, low: a.low + b.low, high: a.high + b.high }
}

/// The section, unless no rule was compared.
pub fn section(rules: &[RuleSummary]) -> Option<Section> {
    let first = rules.first()?;
    let intro = format!(
        "Every rule was run on the same {} histories with the same prices, people and chances. In {} of them ({} to {}, 95 %) surplus \
         and insurance did not suffice and there was something to share; the measures are means over those, the thin lines 95 % \
         intervals.",
        count(first.histories),
        percent(first.with_need.value, 1),
        percent(first.with_need.low, 1),
        percent(first.with_need.high, 1),
    );
    let mut blocks = vec![Block::Text(intro), paid_chart(rules).into()];
    blocks.extend(MEASURES.iter().map(|measure| measure_chart(rules, measure).into()));
    blocks.extend(tables(rules).map(Block::Table));
    Some(Section { id: "rules", title: "Sharing rules compared".into(), blocks })
}

fn labels(rules: &[RuleSummary]) -> Vec<String> {
    rules.iter().map(|rule| rule_label(&rule.rule)).collect()
}

fn measure_chart(rules: &[RuleSummary], measure: &Measure) -> Chart {
    let values: Vec<Estimate> = rules.iter().map(measure.of).collect();
    let colors: Vec<&str> = rules.iter().map(|rule| rule_color(&rule.rule)).collect();
    let mut chart = plot(amount_axis(measure.axis), name_axis(""));
    chart.add_trace(bars(&labels(rules), &values, &colors));
    Chart::new(measure.id, extremes(rules, measure, &values), chart, measure.reading).half()
}

/// Which rules have the least and the most of a measure; what reads alike counts as alike.
fn extremes(rules: &[RuleSummary], measure: &Measure, values: &[Estimate]) -> String {
    let known = || {
        rules
            .iter()
            .zip(values)
            .map(|(rule, value)| (rule, value.value))
            .filter(|(_, value)| value.is_finite())
    };
    let least = known().map(|(_, value)| value).fold(f64::INFINITY, f64::min);
    let most = known().map(|(_, value)| value).fold(f64::NEG_INFINITY, f64::max);
    if !least.is_finite() {
        return format!("{}: nothing to compare.", measure.what);
    }
    let [least, most] = [least, most].map(measure.show);
    if least == most {
        return format!("{}: {most} under every rule.", measure.what);
    }
    let with = |edge: &str| {
        let names = known().filter(|(_, value)| (measure.show)(*value) == edge);
        let names: Vec<String> = names.map(|(rule, _)| rule_phrase(&rule.rule)).collect();
        match names.len() {
            1 | 2 => format!("{} ({edge})", listed(&names)),
            many => format!("{many} of the rules ({edge})"),
        }
    };
    format!("{}: least under {}, most under {}.", measure.what, with(&least), with(&most))
}

/// What each payer paid, in dollars a history.
fn paid(rule: &RuleSummary) -> [f64; 4] {
    let each = |sum: u64| atoms(sum as f64) / rule.histories.max(1) as f64;
    [each(rule.by_surplus), each(rule.by_insurance), each(rule.shared), each(rule.uncovered)]
}

const PAYERS: [(&str, &str); 4] = [
    ("Forfeited claims (surplus)", GREY),
    ("Insurance fund", GREEN),
    ("Holders of the other side", BLUE),
    ("Nobody (uncovered)", ORANGE),
];

fn paid_chart(rules: &[RuleSummary]) -> Chart {
    let names: Vec<String> = labels(rules).into_iter().rev().collect();
    let layout =
        layout().bar_mode(BarMode::Stack).x_axis(amount_axis("mean of a history ($)")).y_axis(name_axis(""));
    let mut chart = with_layout(layout);
    for (payer, (name, color)) in PAYERS.into_iter().enumerate() {
        let values = rules.iter().rev().map(|rule| paid(rule)[payer]).collect();
        let bar = Bar::new(values, names.clone()).orientation(Orientation::Horizontal).name(name);
        chart.add_trace(bar.marker(Marker::new().color(color)));
    }
    let own = rules.iter().find(|rule| rule.rule == "index").or(rules.first());
    let finding = own.map_or("Who paid.".to_owned(), |rule| {
        let [surplus, insurance, shared, uncovered] = paid(rule);
        format!(
            "Under {}, bankrupt accounts could not pay {} a history on average: surplus paid {}, insurance {}, holders {}; {} stayed \
             uncovered.",
            rule_phrase(&rule.rule),
            dollars(atoms(rule.deficit as f64) / rule.histories.max(1) as f64),
            dollars(surplus),
            dollars(insurance),
            dollars(shared),
            dollars(uncovered)
        )
    });
    let reading = "What bankrupt accounts owed and could not pay, by who paid it. A rule that takes more than was needed has a longer \
                   bar; the course of a history differs a little from rule to rule, and so does its deficit.";
    Chart::new("paid", finding, chart, reading).tall(340)
}
