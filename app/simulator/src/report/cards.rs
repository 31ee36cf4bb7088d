//! Key numbers: what a committee must know at once.

use super::certainty::{differ, needy};
use super::format::{count, percent};
use super::headline::own;
use super::outage;
use super::sections::insurance;
use super::Report;
use crate::study::compare::RuleSummary;
use crate::study::Summary;
use crate::waves::WaveStudy;

/// A key number.
pub(super) struct Card {
    /// What it is.
    pub(super) label: &'static str,
    /// The number with its unit.
    pub(super) value: String,
    /// What to make of it.
    pub(super) note: String,
}

/// The key numbers.
pub(super) fn cards(report: &Report) -> Vec<Card> {
    let mut cards = report.study.as_ref().map_or(vec![], study_cards);
    cards.extend(report.waves.as_ref().map(wave_card));
    cards
}

fn study_cards(study: &Summary) -> Vec<Card> {
    let own = own(study);
    let mut cards: Vec<Card> = own.map(need).into_iter().collect();
    cards.extend(outage::steady(study).map(|steady| Card {
        label: "Histories with a deficit, without the keepers' outage",
        value: percent(steady.any.value, 1),
        note: format!(
            "95 % interval {} to {}; with the outage {}",
            percent(steady.any.low, 1),
            percent(steady.any.high, 1),
            percent(study.deficits.any.value, 1)
        ),
    }));
    cards.extend(own.map(|own| most_of_one(study, own)));
    if !study.socialized.losses.is_empty() {
        let es = study.socialized.es_99;
        cards.push(Card {
            label: "Expected shortfall 99 % of what holders bear",
            value: percent(es.value, 2),
            note: format!(
                "of open interest; 95 % interval {} to {}",
                percent(es.low, 2),
                percent(es.high, 2)
            ),
        });
    }
    cards.extend(fund(study));
    cards.push(Card {
        label: "Checks of the books, after every step",
        value: count(study.checks),
        note: format!("all balanced to the atom, over {} account-steps", count(study.account_steps)),
    });
    cards
}

fn need(own: &RuleSummary) -> Card {
    Card {
        label: "Histories in which holders bear a loss",
        value: percent(own.with_need.value, 1),
        note: format!(
            "of {}; 95 % interval {} to {}",
            count(own.histories),
            percent(own.with_need.low, 1),
            percent(own.with_need.high, 1)
        ),
    }
}

fn most_of_one(study: &Summary, own: &RuleSummary) -> Card {
    let queue = study.rules.iter().find(|rule| rule.rule == "queue");
    Card {
        label: "Most that one holder gives, loss index",
        value: percent(own.largest_of_gain.value, 1),
        note: queue.map_or("of its gain".to_owned(), |queue| {
            let (ours, theirs) = (own.largest_of_gain, queue.largest_of_gain);
            let is_sure = differ(ours, theirs, needy(own)) || differ(theirs, ours, needy(own));
            let doubt = if is_sure { "" } else { ", which may be chance" };
            let theirs = percent(theirs.value, 1);
            format!("of its gain, mean over histories with a loss; {theirs} under the auto-deleveraging queue{doubt}")
        }),
    }
}

/// The fund that is enough, of those played, or that none is.
fn fund(study: &Summary) -> Option<Card> {
    let (fund, tolerated) = (&study.spec.scenario.insurance, study.spec.sizing.tolerated);
    let most = insurance::largest(&study.insurance)?;
    let (of_fund, goal) = (percent(fund.allowance, 0), percent(tolerated, 1));
    let (value, what) = match insurance::enough(&study.insurance, tolerated) {
        Some(point) => (
            percent(point.size, 2),
            format!("of open interest, for a chance of at most {goal} that it moves"),
        ),
        None => {
            let (size, chance) = (percent(most.size, 2), percent(most.index_moves.high, 1));
            (
                "Not reached".to_owned(),
                format!("by any size played, for a chance of at most {goal} that it moves: up to {chance} at {size} of open interest"),
            )
        }
    };
    let present = percent(fund.size, 2);
    let note = format!("{what}; the study has {present}. A market may draw {of_fund} of the fund");
    Some(Card { label: "Insurance that keeps the index still", value, note })
}

fn wave_card(waves: &WaveStudy) -> Card {
    let holding = waves.checks.iter().filter(|check| check.holds).count() as u64;
    Card {
        label: "Published wave columns found again",
        value: format!("{} of {}", count(holding), count(waves.checks.len() as u64)),
        note: "each within its tolerance, most to a cent".to_owned(),
    }
}
