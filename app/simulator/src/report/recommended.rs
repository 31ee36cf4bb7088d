//! The recommended parameters in words: for what they hold, and what they do in the study's own histories.

use super::certainty::differ;
use super::format::{atoms, dollars, listed, percent, plural};
use super::outage::with_interval;
use crate::study::proof::Proof;
use crate::study::Summary;

/// What stands wherever numbers from made-up prices could be taken for findings.
pub(super) const MADE_UP: &str = "Prices are made up: a seeded path through a few published figures, and models fitted to that path. They \
                                  are not market data.";

/// The sentences for the summary; none without recommendations.
pub(super) fn words(study: &Summary, made_up: bool) -> Option<String> {
    if study.recommendations.is_empty() {
        return None;
    }
    let failing: Vec<String> =
        study.recommendations.iter().filter(|item| !item.meets).map(|item| item.pair.clone()).collect();
    let goal = percent(study.spec.sizing.tolerated, 1);
    let setting = setting(study);
    let mut words = vec![if failing.is_empty() {
        format!("{setting}, the parameters under Sizing keep every market's losses within what insurance may pay for it in all but {goal} of histories.")
    } else {
        format!("{setting}, no parameters tried keep losses within what insurance may pay in all but {goal} of histories for {}.", listed(&failing))
    }];
    words.extend(study.proof.as_ref().map(|proof| proven(study, proof)));
    if made_up {
        words.push(warning());
    }
    Some(words.join(" "))
}

/// Not to set parameters by made-up prices.
pub(super) fn warning() -> String {
    format!("{MADE_UP} Set no parameters by this: run the study on prices of the markets.")
}

/// What sizing holds for.
fn setting(study: &Summary) -> String {
    let keepers = format!("with keepers who take {} s", study.spec.sizing.recommend_for);
    match study.spec.scenario.keepers.outage {
        0 => format!("With an unbroken service of keepers, {keepers}"),
        _ => format!("Without the outage, {keepers}"),
    }
}

/// What the recommended parameters do to the study's own histories.
pub(super) fn proven(study: &Summary, proof: &Proof) -> String {
    let outage = if study.spec.scenario.keepers.outage > 0 { ", outage included" } else { "" };
    let (before, after) = (proof.with_need_before, proof.with_need_after);
    let money = |amount: u64| dollars(atoms(amount as f64));
    let is_sure = differ(after, before, proof.histories) || differ(before, after, proof.histories);
    let doubt = if is_sure { "" } else { " The intervals overlap: the change of that part may be chance." };
    format!(
        "Played in {} of the study's own{outage}, they change the part in which holders bear a loss from {} to {}, and all deficits \
         together from {} to {}.{doubt}",
        plural(proof.histories, "history", "histories"),
        with_interval(before, 1),
        with_interval(after, 1),
        money(proof.deficit_before),
        money(proof.deficit_after),
    )
}
