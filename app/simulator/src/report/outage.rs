//! The keepers' outage in words: what happens once in a history, and what the same histories cost without.

use super::format::{percent, plural};
use crate::stats::Estimate;
use crate::study::compare::LossDistribution;
use crate::study::Summary;

/// That keepers are out once in a history, and what that costs; none where they never are.
pub(super) fn words(study: &Summary) -> Option<String> {
    let event = event(study)?;
    let (with, without) = (&study.deficits, &study.steady);
    if without.losses.is_empty() {
        return Some(event);
    }
    Some(format!(
        "{event} Under Jettison's rule there is a deficit in {} of histories, with a mean of {} of open interest. The same histories \
         without the outage: in {}, with a mean of {}.",
        with_interval(with.any, 1),
        with_interval(with.mean, 3),
        with_interval(without.any, 1),
        with_interval(without.mean, 3),
    ))
}

/// What happens; none where keepers are never out.
pub(super) fn event(study: &Summary) -> Option<String> {
    let keepers = &study.spec.scenario.keepers;
    (keepers.outage > 0).then(|| {
        format!(
            "Once in a history, from when the price of a market is {} off its stable price, nothing of the keepers' lands for {}: as \
             when a chain is full just when prices run.",
            percent(keepers.outage_after, 1),
            plural(u64::from(keepers.outage), "second", "seconds"),
        )
    })
}

/// The deficits of the same histories without the outage; none where there is no outage or they weren't played.
pub(super) fn steady(study: &Summary) -> Option<&LossDistribution> {
    let is_played = study.spec.scenario.keepers.outage > 0 && !study.steady.losses.is_empty();
    is_played.then_some(&study.steady)
}

/// A part of one as percent, with its 95 % interval: 4.0 % (95 % interval 2.1 % to 7.4 %).
pub(super) fn with_interval(part: Estimate, decimals: usize) -> String {
    let [value, low, high] = [part.value, part.low, part.high].map(|part| percent(part, decimals));
    format!("{value} (95 % interval {low} to {high})")
}
