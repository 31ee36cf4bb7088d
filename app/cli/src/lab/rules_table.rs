//! Sharing rules side by side, for the terminal.

use jettison_simulator::results::RuleRow;
use jettison_simulator::study::compare::RuleSummary;

use crate::figures::{self, thousands};

/// What the columns mean.
pub const LEGEND: &str = "needed: what surplus and insurance left to the other side; taken: what its holders paid; beyond: that and \
                          what closed positions would have gained by the horizon, less what was needed; gain, equity: the largest \
                          part of a holder's that one loss took; 2nd: accounts that a charge put below maintenance, or made \
                          bankrupt; late: charged without having gained.";

/// One history under each rule.
pub fn of_history(rows: &[RuleRow]) -> String {
    let header = [
        "rule",
        "liq.",
        "delev.",
        "bankr.",
        "deficit",
        "insurance",
        "needed",
        "taken",
        "beyond",
        "charged",
        "gain",
        "equity",
        "Gini",
        "2nd",
        "hedges",
        "late",
    ];
    table(
        &header,
        rows.iter().map(|row| {
            vec![
                row.rule.clone(),
                row.liquidations.to_string(),
                row.deleverages.to_string(),
                row.bankruptcies.to_string(),
                quote(row.deficit as f64),
                quote(row.by_insurance as f64),
                quote(row.needed as f64),
                quote(row.shared as f64),
                quote(row.overshoot as f64),
                row.charged.to_string(),
                percent(row.largest_of_gain),
                percent(row.largest_of_equity),
                format!("{:.2}", row.gini),
                (row.secondary_liquidations + row.secondary_bankruptcies).to_string(),
                row.hedges_broken.to_string(),
                row.late_joiners.to_string(),
            ]
        }),
    )
}

/// All histories of a study under each rule.
pub fn of_study(rules: &[RuleSummary]) -> String {
    let header = [
        "rule",
        "histories",
        "with need",
        "deficit",
        "insurance",
        "needed",
        "taken",
        "beyond",
        "gain",
        "equity",
        "Gini",
        "2nd",
        "hedges",
        "late",
    ];
    table(
        &header,
        rules.iter().map(|rule| {
            vec![
                rule.rule.clone(),
                rule.histories.to_string(),
                percent(rule.with_need.value),
                quote(rule.deficit as f64),
                quote(rule.by_insurance as f64),
                quote(rule.needed as f64),
                quote(rule.shared as f64),
                percent(rule.overshoot.value),
                percent(rule.largest_of_gain.value),
                percent(rule.largest_of_equity.value),
                format!("{:.2}", rule.gini.value),
                format!("{:.2}", rule.secondary_liquidations.value + rule.secondary_bankruptcies.value),
                format!("{:.2}", rule.hedges_broken.value),
                percent(rule.late_joiners.value),
            ]
        }),
    )
}

fn table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    figures::table(header).add_rows(rows).to_string()
}

/// Atoms as whole quote units, with thousands apart.
pub fn quote(atoms: f64) -> String {
    let whole = (atoms / 1e6).round() as i64;
    let sign = if whole < 0 { "-" } else { "" };
    format!("{sign}{}", thousands(whole.unsigned_abs()))
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}
