//! What a committee must know at once: key numbers, the summary in sentences, and limits.

use jettison_sharing::{Measure, Rule};

use super::format::{atoms, count, dollars, grouped, listed, percent, plural, significant};
use super::palette::rule_phrase;
use super::sections::contagion::name;
use super::sections::signals;
use super::{MarketReturns, Report};
use crate::study::compare::RuleSummary;
use crate::study::{StudySpec, Summary};
use crate::waves::{WaveRow, WaveStudy};

/// A key number.
pub(super) struct Card {
    /// What it is.
    pub(super) label: &'static str,
    /// The number with its unit.
    pub(super) value: String,
    /// What to make of it.
    pub(super) note: String,
}

/// How long a history is, in words.
pub(super) fn period(spec: &StudySpec) -> String {
    let seconds = f64::from(spec.steps) * f64::from(spec.paths.step_seconds);
    if seconds < 5_400.0 {
        format!("{} minutes", significant(seconds / 60.0, 2))
    } else {
        format!("{} hours", significant(seconds / 3_600.0, 2))
    }
}

fn own(study: &Summary) -> Option<&RuleSummary> {
    study.rules.iter().find(|rule| rule.rule == "index")
}

/// The key numbers.
pub(super) fn cards(report: &Report) -> Vec<Card> {
    let mut cards = report.study.as_ref().map_or(vec![], study_cards);
    cards.extend(report.waves.as_ref().map(wave_card));
    cards
}

fn study_cards(study: &Summary) -> Vec<Card> {
    let mut cards = vec![];
    if let Some(own) = own(study) {
        cards.push(Card {
            label: "Histories in which holders bear a loss",
            value: percent(own.with_need.value, 1),
            note: format!(
                "of {}; 95 % interval {} to {}",
                count(own.histories),
                percent(own.with_need.low, 1),
                percent(own.with_need.high, 1)
            ),
        });
        let queue = study.rules.iter().find(|rule| rule.rule == "queue");
        cards.push(Card {
            label: "Most that one holder gives, loss index",
            value: percent(own.largest_of_gain.value, 1),
            note: queue.map_or("of its gain".to_owned(), |queue| {
                let queue = percent(queue.largest_of_gain.value, 1);
                format!(
                    "of its gain, mean over histories with a loss; {queue} under the auto-deleveraging queue"
                )
            }),
        });
    }
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
    let tolerated = study.spec.sizing.tolerated;
    if let Some(point) = study.insurance.iter().find(|point| point.index_moves.value <= tolerated) {
        cards.push(Card {
            label: "Insurance that keeps the index still",
            value: percent(point.size, 2),
            note: format!(
                "of open interest, for a chance of {} that it moves; the study has {}",
                percent(tolerated, 1),
                percent(study.spec.scenario.insurance.size, 2)
            ),
        });
    }
    cards.push(Card {
        label: "Checks of the books, after every step",
        value: count(study.checks),
        note: format!("all balanced to the atom, over {} account-steps", count(study.account_steps)),
    });
    cards
}

fn wave_card(waves: &WaveStudy) -> Card {
    let holding = waves.checks.iter().filter(|check| check.holds).count() as u64;
    Card {
        label: "Published wave columns found again",
        value: format!("{} of {}", count(holding), count(waves.checks.len() as u64)),
        note: "each within its tolerance, most to a cent".to_owned(),
    }
}

/// The summary in sentences.
pub(super) fn points(report: &Report) -> Vec<String> {
    let mut points = report.study.as_ref().map_or(vec![], study_points);
    if let Some(waves) = &report.waves {
        let totals = &waves.totals;
        points.push(format!(
            "In the {} published waves the venue's queue took {} more than needed in {} of them and {} less in the others; pro rata to \
             equity takes exactly what was needed in {}.",
            count(totals.waves as u64),
            dollars(atoms(totals.queue_excess_atoms as f64)),
            count(totals.waves_with_excess as u64),
            dollars(atoms(totals.queue_shortfall_atoms as f64)),
            exact_waves(waves),
        ));
    }
    points.extend(report.notes.iter().cloned());
    points
}

/// In how many waves pro rata to equity takes what was needed, to the atom.
fn exact_waves(waves: &WaveStudy) -> String {
    let rule = Rule::ProRata(Measure::Equity);
    let is_exact =
        |row: &&WaveRow| row.taken_by(rule).is_some_and(|taken| taken.taken_atoms == row.needed_atoms);
    match waves.waves.iter().filter(is_exact).count() {
        all if all == waves.waves.len() => "every one".to_owned(),
        some => format!("{some} of them"),
    }
}

fn study_points(study: &Summary) -> Vec<String> {
    let mut points = vec![];
    if let Some(own) = own(study).filter(|own| own.needed > 0) {
        points.push(format!(
            "When insurance does not suffice, the worst-hit holder under {} gives {} of its gain to one loss, on average over such \
             histories; the Gini coefficient of the burden is {}, and sharing causes {} liquidations and {} bankruptcies a history.",
            rule_phrase(&own.rule),
            percent(own.largest_of_gain.value, 1),
            grouped(own.gini.value, 2),
            significant(own.secondary_liquidations.value, 2),
            significant(own.secondary_bankruptcies.value, 2)
        ));
    }
    let harsher =
        study.rules.iter().filter(|rule| rule.secondary_bankruptcies.low > 0.0 && rule.rule != "index");
    let harsher: Vec<String> = harsher.map(|rule| rule_phrase(&rule.rule)).collect();
    if !harsher.is_empty() {
        points
            .push(format!("Sharing itself surely makes other accounts bankrupt under {}.", listed(&harsher)));
    }
    let failing: Vec<String> =
        study.recommendations.iter().filter(|item| !item.meets).map(|item| item.pair.clone()).collect();
    if !study.recommendations.is_empty() {
        let goal = percent(study.spec.sizing.tolerated, 1);
        points.push(if failing.is_empty() {
            format!("Parameters that keep every market's losses within its insurance in all but {goal} of histories are under Sizing.")
        } else {
            format!("No parameters tried keep losses within insurance in all but {goal} of histories for {}.", listed(&failing))
        });
    }
    let best = study.network.as_ref().and_then(|network| {
        let best = network.ablation.removals.iter().max_by_key(|removal| removal.saved)?;
        (best.saved > 0).then_some((network, best))
    });
    if let Some((network, best)) = best {
        let part = best.saved as f64 / network.ablation.baseline.max(1) as f64;
        points.push(format!(
            "In the worst history, removing {} alone would have saved {} of the deficit.",
            name(best.score.account),
            percent(part, 0)
        ));
    }
    points.extend(signals::best(&study.signals).map(signals::verdict));
    points
}

/// Limits that follow from what was run.
pub(super) fn limits(report: &Report) -> Vec<String> {
    let mut limits = vec![];
    if let Some(study) = &report.study {
        let histories = study.rules.first().map_or(0, |rule| rule.histories);
        limits.push(format!(
            "Prices are drawn from models fitted to one file, with the stress that the parameters say. The chances here are of \
             histories like it, {} each: if the file is of an extreme night, they are not those of usual days.",
            period(&study.spec)
        ));
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
    limits.extend(report.returns.iter().flat_map(|market| fit_notes(report.study.as_ref(), market)));
    limits.extend(report.limits.iter().cloned());
    limits
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
