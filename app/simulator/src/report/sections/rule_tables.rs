//! Sharing rules in numbers.

use super::payers::uncovered;
use crate::report::format::{atoms, grouped};
use crate::report::palette::rule_label;
use crate::report::section::Table;
use crate::stats::Estimate;
use crate::study::compare::RuleSummary;

/// How the burden falls, who paid, what happened.
pub(super) fn tables(rules: &[RuleSummary]) -> [Table; 3] {
    [fairness(rules), amounts(rules), consequences(rules)]
}

fn fairness(rules: &[RuleSummary]) -> Table {
    let columns = [
        ":Rule",
        "Taken at once beyond need (%)",
        "With closed positions' gains (%)",
        "Largest part of gain (%)",
        "Largest part of equity (%)",
        "Gini",
        "Late joiners, of those charged (%)",
        "Early leavers spared (% of need)",
    ];
    let hundred = |estimate: Estimate| grouped(estimate.value * 100.0, 1);
    let row = |rule: &RuleSummary| {
        vec![
            rule_label(&rule.rule),
            hundred(rule.taken_beyond),
            hundred(rule.overshoot),
            hundred(rule.largest_of_gain),
            hundred(rule.largest_of_equity),
            grouped(rule.gini.value, 2),
            hundred(rule.late_joiners),
            hundred(rule.early_spared),
        ]
    };
    Table::new("How the burden falls: means over histories with something to share.", &columns)
        .rows(rules.iter().map(row))
}

fn amounts(rules: &[RuleSummary]) -> Table {
    let columns = [
        ":Rule",
        "Deficit ($)",
        "Surplus ($)",
        "Insurance ($)",
        "Needed of holders ($)",
        "Holders paid ($)",
        "Later fees ($)",
        "Open at the end ($)",
    ];
    let row = |rule: &RuleSummary| {
        let sums = [
            rule.deficit,
            rule.by_surplus,
            rule.by_insurance,
            rule.needed,
            rule.shared,
            rule.by_fees,
            uncovered(rule),
        ];
        let each = sums.map(|sum| grouped(atoms(sum as f64) / rule.histories.max(1) as f64, 0));
        [vec![rule_label(&rule.rule)], each.to_vec()].concat()
    };
    Table::new("Who paid: means over all histories.", &columns).rows(rules.iter().map(row))
}

fn consequences(rules: &[RuleSummary]) -> Table {
    let columns = [
        ":Rule",
        "Takeovers",
        "Deleverages",
        "Bankruptcies",
        "Liquidations caused",
        "Bankruptcies caused",
        "Hedges broken",
    ];
    let row = |rule: &RuleSummary| {
        vec![
            rule_label(&rule.rule),
            grouped(rule.liquidations.value, 1),
            grouped(rule.deleverages.value, 1),
            grouped(rule.bankruptcies.value, 1),
            grouped(rule.secondary_liquidations.value, 2),
            grouped(rule.secondary_bankruptcies.value, 2),
            grouped(rule.hedges_broken.value, 2),
        ]
    };
    let caption = "What happened: the first three are means over all histories; the others, which sharing caused, over those with \
                   something to share.";
    Table::new(caption, &columns).rows(rules.iter().map(row))
}
