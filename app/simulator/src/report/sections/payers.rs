//! Who paid what bankrupt accounts could not.

use plotly::common::{Marker, Orientation};
use plotly::layout::BarMode;
use plotly::Bar;

use crate::report::chart::{amount_axis, layout, name_axis, with_layout, Chart};
use crate::report::format::{atoms, dollars, listed};
use crate::report::palette::{rule_label, rule_phrase, BLUE, GREEN, GREY, ORANGE, PURPLE};
use crate::report::section::Block;
use crate::study::compare::RuleSummary;

/// A payer: its name in the legend, in a sentence, and its colour.
struct Payer {
    name: &'static str,
    phrase: &'static str,
    color: &'static str,
}

/// In the order in which bars are stacked.
const PAYERS: [Payer; 5] = [
    Payer { name: "Forfeited claims (surplus)", phrase: "surplus", color: GREY },
    Payer { name: "Insurance fund", phrase: "insurance", color: GREEN },
    Payer { name: "Holders of the other side", phrase: "holders", color: BLUE },
    Payer { name: "Later fees", phrase: "later fees", color: PURPLE },
    Payer { name: "Nobody yet (uncovered)", phrase: "nobody yet", color: ORANGE },
];

/// What each payer paid, in dollars a history.
fn paid(rule: &RuleSummary) -> [f64; 5] {
    let each = |sum: u64| atoms(sum as f64) / rule.histories.max(1) as f64;
    [rule.by_surplus, rule.by_insurance, rule.shared, rule.by_fees, uncovered(rule)].map(each)
}

/// What stays open at the end: what was needed and not charged, and what nobody was there for, less what later fees repaid.
pub(super) fn uncovered(rule: &RuleSummary) -> u64 {
    (rule.needed.saturating_sub(rule.shared) + rule.uncovered).saturating_sub(rule.by_fees)
}

/// The chart, or a sentence where there was nothing to pay.
pub(super) fn block(rules: &[RuleSummary]) -> Block {
    let amounts: Vec<[f64; 5]> = rules.iter().map(paid).collect();
    // What no bar would show is left out, such as atoms that roundings left.
    let longest = amounts.iter().map(|paid| paid.iter().sum()).fold(0.0, f64::max);
    let is_there = |payer: usize| amounts.iter().any(|paid| paid[payer] > longest / 1e3);
    if !(0..PAYERS.len()).any(is_there) {
        return Block::Text("No account went bankrupt with a debt under any rule: nobody had to pay.".into());
    }
    let names: Vec<String> = rules.iter().rev().map(|rule| rule_label(&rule.rule)).collect();
    let layout =
        layout().bar_mode(BarMode::Stack).x_axis(amount_axis("mean of a history ($)")).y_axis(name_axis(""));
    let mut chart = with_layout(layout);
    for (place, payer) in PAYERS.iter().enumerate().filter(|(place, _)| is_there(*place)) {
        let values = amounts.iter().rev().map(|paid| paid[place]).collect();
        let bar = Bar::new(values, names.clone()).orientation(Orientation::Horizontal).name(payer.name);
        chart.add_trace(bar.marker(Marker::new().color(payer.color)));
    }
    let own = rules.iter().find(|rule| rule.rule == "index").or(rules.first());
    let reading = "What bankrupt accounts owed and could not pay, by who paid it. Later fees: of what no holder was charged for, what \
                   fees of the market repaid, which the fund then does not get. A rule that takes more than was needed has a longer \
                   bar; the course of a history differs a little from rule to rule, and so does its deficit.";
    Chart::new("paid", own.map(finding).unwrap_or_default(), chart, reading).tall(340).into()
}

fn finding(rule: &RuleSummary) -> String {
    let parts: Vec<String> = PAYERS
        .iter()
        .zip(paid(rule))
        .filter(|(_, amount)| *amount > 0.0)
        .map(|(payer, amount)| format!("{} {}", payer.phrase, dollars(amount)))
        .collect();
    let owed = dollars(atoms(rule.deficit as f64) / rule.histories.max(1) as f64);
    let rule = rule_phrase(&rule.rule);
    if parts.is_empty() {
        return format!("Under {rule}, bankrupt accounts left nothing unpaid.");
    }
    format!(
        "Under {rule}, bankrupt accounts could not pay {owed} a history on average. Who paid: {}.",
        listed(&parts)
    )
}
