//! Assumptions and limits that follow from what was run.

use super::format::plural;
use super::headline::period;
use super::outage;
use super::recommended::MADE_UP;
use super::{MarketReturns, Report};
use crate::study::Summary;

/// One sentence or two each.
pub(super) fn limits(report: &Report) -> Vec<String> {
    let mut limits = vec![];
    if let Some(study) = &report.study {
        let histories = study.rules.first().map_or(0, |rule| rule.histories);
        limits.push(prices(study, report.made_up));
        limits.extend(outage::words(study).map(|words| format!("{words} Sizing is without it.")));
        limits.push(tail_limit(histories));
        limits.push(
            "People act by fixed rules with drawn sizes and leverage. They do not learn the sharing rule, and nobody is there to game it."
                .to_owned(),
        );
        limits.push(
            "Histories share nothing but the seed's sequence; all rules see the same prices, though their order books part once their \
             liquidations do."
                .to_owned(),
        );
    }
    if report.waves.is_some() {
        limits.push("Of the waves only sums are published. What the tables determine is computed, the rest is modelled and says so.".to_owned());
    }
    if !report.made_up {
        limits.extend(report.returns.iter().flat_map(|market| fit_notes(report.study.as_ref(), market)));
    }
    limits.extend(report.limits.iter().cloned());
    limits
}

/// Where prices are from, and what that means for every chance.
fn prices(study: &Summary, made_up: bool) -> String {
    let period = period(&study.spec);
    if made_up {
        return format!(
            "{MADE_UP} The chances here are of made-up histories of {period}: they show what the rules do, not how often markets do so."
        );
    }
    format!(
        "Prices are drawn from models fitted to one file, with the stress that the parameters say. The chances here are of histories \
         like it, {period} each: if the file is of an extreme night, they are not those of usual days."
    )
}

/// How much the worst hundredth rests on.
fn tail_limit(histories: u64) -> String {
    let all = plural(histories, "history", "histories");
    if histories < 100 {
        return format!(
            "{all}: too few for what happens in one of a hundred. Numbers at 99 % are of the worst one."
        );
    }
    let worst = plural(histories / 100, "history", "histories");
    format!(
        "Of {all} the worst hundredth is {worst}: numbers at 99 % rest on so many, as their intervals say, and what is rarer still was \
         not seen."
    )
}

/// What to distrust of the model that a market's prices are drawn from.
fn fit_notes(study: Option<&Summary>, market: &MarketReturns) -> Vec<String> {
    let pair = &market.report.pair;
    let drawn = study.and_then(|study| study.spec.paths.markets.iter().find(|path| path.pair == *pair));
    let used =
        market.report.fits.iter().filter(|fit| drawn.is_some_and(|path| path.model.kind() == fit.kind));
    used.flat_map(|fit| fit.notes.iter().map(|note| format!("{pair}: {note}"))).collect()
}
