//! The summary in sentences.

use jettison_sharing::{Measure, Rule};

use super::certainty::{needy, side, Side};
use super::format::{atoms, count, dollars, grouped, listed, percent, significant};
use super::palette::rule_phrase;
use super::recommended::{self, MADE_UP};
use super::sections::contagion::name;
use super::sections::signals;
use super::{outage, Report};
use crate::study::compare::RuleSummary;
use crate::study::{StudySpec, Summary};
use crate::waves::{WaveRow, WaveStudy};

/// How long a history is, in words.
pub(super) fn period(spec: &StudySpec) -> String {
    let seconds = f64::from(spec.steps) * f64::from(spec.paths.step_seconds);
    if seconds < 5_400.0 {
        format!("{} minutes", significant(seconds / 60.0, 2))
    } else {
        format!("{} hours", significant(seconds / 3_600.0, 2))
    }
}

/// Jettison's own rule, where it was compared.
pub(super) fn own(study: &Summary) -> Option<&RuleSummary> {
    study.rules.iter().find(|rule| rule.rule == "index")
}

/// The summary in sentences.
pub(super) fn points(report: &Report) -> Vec<String> {
    let mut points = vec![];
    if report.made_up {
        points.push(MADE_UP.to_owned());
    }
    points.extend(report.study.iter().flat_map(|study| study_points(study, report.made_up)));
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

fn study_points(study: &Summary, made_up: bool) -> Vec<String> {
    let mut points: Vec<String> = outage::words(study).into_iter().collect();
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
    let is_sure = |rule: &&RuleSummary| side(rule.secondary_bankruptcies, needy(rule)) == Side::Above;
    let harsher = study.rules.iter().filter(is_sure).filter(|rule| rule.rule != "index");
    let harsher: Vec<String> = harsher.map(|rule| rule_phrase(&rule.rule)).collect();
    if !harsher.is_empty() {
        points
            .push(format!("Sharing itself surely makes other accounts bankrupt under {}.", listed(&harsher)));
    }
    points.extend(recommended::words(study, made_up));
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
    points.extend(signals::verdict(&study.signals));
    points.extend(signals::worst_verdict(&study.signals));
    points
}
