//! What became of a transaction, and what follows from it.

use jettison_client::AnyEvent;

use super::flight::Cooling;
use super::{Decision, Keeper, Named, Step};
use crate::input::{Millis, Report};
use crate::outcome::{outcomes, Outcome, Reason};
use crate::plan::{Action, Task};

impl Keeper {
    pub(super) fn report(&mut self, at: Millis, batch: u64, report: &Report, step: &mut Step) {
        let Some(flight) = self.flights.remove(&batch) else { return };
        self.metrics.transaction(report);
        match report {
            Report::Expired => self.prices.expired(),
            Report::Landed { error: None, .. } => self.prices.landed(),
            _ => {}
        }
        let actions: Vec<&Action> = flight.tasks.iter().map(|task| &task.action).collect();
        let outcomes = outcomes(&actions, &flight.owners, report);
        let mut cooling = Cooling { slot: 0, accounts: flight.accounts.clone(), keys: vec![] };
        for (task, outcome) in flight.tasks.iter().zip(outcomes) {
            self.became(at, task, &outcome);
            if outcome == Outcome::Landed {
                cooling.keys.push(task.key);
            }
            let task = Named::from(&task.key.subject);
            step.decisions.push(Decision::Became { at, batch, task, outcome });
        }
        if let Report::Landed { slot, error: None, logs } = report {
            self.count_rewards(logs);
            cooling.slot = *slot;
            self.cooling.push(cooling);
        }
    }

    fn became(&mut self, at: Millis, task: &Task, outcome: &Outcome) {
        let subject = task.key.subject;
        self.metrics.outcome(subject.kind, outcome);
        match outcome {
            Outcome::Landed => {
                self.summary.landed += 1;
                self.backoff.succeeded(&subject);
                if let Some(seen) = self.first_seen.remove(&subject) {
                    self.metrics.latency(subject.kind, at.saturating_sub(seen));
                }
            }
            // Left as sent: it is not rehearsed again until what it is about changes.
            Outcome::Rehearsed => self.summary.rehearsed += 1,
            Outcome::Dragged => self.planner.failed(&task.key),
            Outcome::Failed { reason, .. } => {
                if *reason == Reason::LostRace {
                    self.summary.lost_races += 1;
                } else {
                    self.summary.failed += 1;
                }
                self.planner.failed(&task.key);
                let wait = self.backoff.failed(subject, *reason, at) - at;
                // The planner may find another way meanwhile.
                let seconds = i64::try_from(wait / 1_000).unwrap_or(i64::MAX);
                self.planner.suppress(subject, self.cache.now().saturating_add(seconds));
            }
        }
    }

    fn count_rewards(&mut self, logs: &[String]) {
        let Some(own) = self.setup.own else { return };
        for event in jettison_client::events_in(logs).events() {
            let reward = match event {
                AnyEvent::Liquidated(seen) if seen.liquidator == own => seen.reward,
                AnyEvent::Deleveraged(seen) if seen.bounty_account == Some(own) => seen.bounty,
                AnyEvent::BankruptcyResolved(seen) if seen.caller_account == Some(own) => {
                    seen.bounty_from_insurance.saturating_add(seen.bounty_from_fees)
                }
                _ => 0,
            };
            self.summary.rewards = self.summary.rewards.saturating_add(reward);
            self.metrics.rewards.inc_by(reward);
        }
    }
}
