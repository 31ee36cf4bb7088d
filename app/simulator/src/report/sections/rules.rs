//! Sharing rules side by side, on the same histories.

use super::payers;
use super::rule_tables::tables;
use crate::report::certainty::{differ, needy};
use crate::report::chart::{amount_axis, are_nothing, bars, name_axis, plot, times, Chart};
use crate::report::format::{count, grouped, listed, percent, plural, significant};
use crate::report::outage;
use crate::report::palette::{rule_color, rule_label, rule_phrase};
use crate::report::section::{Block, Section};
use crate::stats::Estimate;
use crate::study::compare::RuleSummary;
use crate::study::Summary;

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
        reading: "Zero: when the loss was booked, the rule took exactly that from holders. Less: later fees repaid the rest, or it is open still.",
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
pub fn section(study: &Summary) -> Option<Section> {
    let rules = &study.rules[..];
    let first = rules.first()?;
    let intro = format!(
        "Every rule was run on the same {} histories with the same prices, people and chances. In {} of them ({} to {}, 95 %) surplus \
         and insurance did not suffice and there was something to share; the measures are means over those, the thin lines 95 % \
         intervals. Rules are said to differ where intervals do not overlap.",
        count(first.histories),
        percent(first.with_need.value, 1),
        percent(first.with_need.low, 1),
        percent(first.with_need.high, 1),
    );
    let mut blocks = vec![Block::Text(intro)];
    blocks.extend(outage::words(study).map(Block::Text));
    blocks.push(payers::block(rules));
    let (empty, drawn): (Vec<&Measure>, Vec<&Measure>) =
        MEASURES.iter().partition(|measure| are_nothing(&values(rules, measure)));
    blocks.extend(drawn.iter().map(|measure| measure_chart(rules, measure).into()));
    blocks.extend((!empty.is_empty()).then(|| Block::Text(all_zero(&empty))));
    blocks.extend(tables(rules).map(Block::Table));
    Some(Section { id: "rules", title: "Sharing rules compared".into(), blocks })
}

fn labels(rules: &[RuleSummary]) -> Vec<String> {
    rules.iter().map(|rule| rule_label(&rule.rule)).collect()
}

fn values(rules: &[RuleSummary], measure: &Measure) -> Vec<Estimate> {
    rules.iter().map(measure.of).collect()
}

/// One sentence in place of charts without bars.
fn all_zero(measures: &[&Measure]) -> String {
    let names: Vec<String> = measures.iter().map(|measure| measure.what.to_lowercase()).collect();
    format!("Zero under every rule, and so without a chart: {}.", listed(&names))
}

fn measure_chart(rules: &[RuleSummary], measure: &Measure) -> Chart {
    let values = values(rules, measure);
    let colors: Vec<&str> = rules.iter().map(|rule| rule_color(&rule.rule)).collect();
    let mut chart = plot(amount_axis(measure.axis), name_axis(""));
    chart.add_trace(bars(&labels(rules), &values, &colors));
    Chart::new(measure.id, extremes(rules, measure, &values), chart, measure.reading).half()
}

/// Which rules have the least and the most of a measure, unless that may be chance; what reads alike counts as alike.
fn extremes(rules: &[RuleSummary], measure: &Measure, values: &[Estimate]) -> String {
    let known = || rules.iter().zip(values).filter(|(_, value)| value.value.is_finite());
    let by_value =
        |a: &(&RuleSummary, &Estimate), b: &(&RuleSummary, &Estimate)| a.1.value.total_cmp(&b.1.value);
    let Some(((first, lowest), (_, highest))) = known().min_by(by_value).zip(known().max_by(by_value)) else {
        return format!("{}: nothing to compare.", measure.what);
    };
    let [least, most] = [lowest, highest].map(|value| (measure.show)(value.value));
    if least == most {
        return format!("{}: {most} under every rule.", measure.what);
    }
    let with = |edge: &str| {
        let names = known().filter(|(_, value)| (measure.show)(value.value) == edge);
        let names: Vec<String> = names.map(|(rule, _)| rule_phrase(&rule.rule)).collect();
        match names.len() {
            1 | 2 => format!("{} ({edge})", listed(&names)),
            many => format!("{many} of the rules ({edge})"),
        }
    };
    let ends = format!("{}: least under {}, most under {}", measure.what, with(&least), with(&most));
    let needy = needy(first);
    if differ(*lowest, *highest, needy) {
        format!("{ends}.")
    } else {
        let over = plural(needy, "history", "histories");
        format!("{ends}; over {over} with something to share that may be chance.")
    }
}
