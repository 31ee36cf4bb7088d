//! A round of planning: what is due, what of it may go now, and how it is packed.

use std::collections::BTreeSet;

use jettison_engine::SignedAtoms;

use super::flight::Flight;
use super::{Decision, Keeper, Named, Planned, Step};
use crate::batch::{self, Limits, Lot, Party};
use crate::book::Distress;
use crate::input::Millis;
use crate::plan::{Kind, Plan, Task};
use crate::sender::Order;

impl Keeper {
    pub(super) fn plan(&mut self, at: Millis, step: &mut Step) {
        if self.health(at).is_err() {
            self.measure(at);
            return;
        }
        self.greet(at, step);
        self.cool_down();
        self.backoff.forget(at);
        self.cache.project();
        self.planner.set_policy(self.setup.policy(&self.cache));
        let now = self.cache.now();
        let plan = self.planner.plan(&self.cache.book, now);
        self.watch_bad_debt(at, step);
        self.note_pressure(at, step);
        self.waiting.clone_from(&plan.waiting);
        self.offer_own_position();
        let due = self.due(at, &plan);
        self.queued = due.iter().map(Planned::from).collect();
        if !self.stopping {
            self.dispatch(at, due, step);
        }
        self.measure(at);
    }

    /// Says once that it knows the chain.
    fn greet(&mut self, at: Millis, step: &mut Step) {
        if self.greeted {
            return;
        }
        self.greeted = true;
        let (markets, accounts) = (self.cache.markets().count(), self.cache.book.len());
        let what = format!(
            "reads {markets} markets and {accounts} margin accounts, as of slot {}",
            self.cache.slot()
        );
        step.decisions.push(Decision::Note { at, what });
    }

    /// What of a plan may be done now.
    fn due(&mut self, at: Millis, plan: &Plan) -> Vec<Task> {
        let subjects: BTreeSet<_> = plan.tasks.iter().map(|task| task.key.subject).collect();
        let flights = &self.flights;
        self.first_seen.retain(|subject, _| {
            subjects.contains(subject) || flights.values().any(|flight| flight.subjects.contains(subject))
        });
        for subject in subjects {
            self.first_seen.entry(subject).or_insert(at);
        }
        let may = |task: &&Task| {
            self.setup.does(task.key.subject.kind)
                && task.markets.iter().all(|market| self.setup.serves(*market))
                && !self.backoff.waits(&task.key.subject, at)
                && !self.is_busy(task)
        };
        plan.tasks.iter().filter(may).cloned().collect()
    }

    fn dispatch(&mut self, at: Millis, due: Vec<Task>, step: &mut Step) {
        let config = &self.setup.config.batch;
        let room = config.in_flight.saturating_sub(self.flights.len());
        let limits = Limits { tasks: config.tasks, compute_units: config.compute_units };
        let venue = self.setup.venue.clone();
        let party = Party {
            venue: &venue,
            signer: self.setup.signer,
            own: self.setup.own,
            fee_account: self.setup.fee_account,
        };
        let lots = batch::pack(&due, &self.cache, &party, limits);
        for lot in lots.into_iter().take(room) {
            self.order(at, lot, &due, step);
        }
    }

    fn order(&mut self, at: Millis, lot: Lot, due: &[Task], step: &mut Step) {
        let tasks: Vec<Task> = lot.tasks.iter().filter_map(|at| due.get(*at)).cloned().collect();
        let reward = tasks.iter().map(reward).fold(0_i64, i64::saturating_add);
        let compute_units = lot.unit_limit();
        let fees = &self.setup.config.fees;
        let price = self.prices.offer(fees, compute_units, SignedAtoms(reward), self.setup.quote_decimals);
        let batch = self.next_batch;
        self.next_batch += 1;
        step.decisions.push(Decision::Send {
            at,
            batch,
            tasks: tasks.iter().map(Planned::from).collect(),
            instructions: lot.instructions.len(),
            compute_units,
            price,
        });
        step.orders.push(Order {
            batch,
            tasks: tasks.iter().map(|task| Named::from(&task.key.subject)).collect(),
            instructions: lot.instructions,
            compute_units,
            price,
            simulate: self.setup.config.batch.simulate,
            dry_run: self.setup.config.dry_run,
        });
        for task in &tasks {
            self.planner.sent(&task.key);
            self.metrics.attempt(task.key.subject.kind);
        }
        self.metrics.price.set(i64::try_from(price).unwrap_or(i64::MAX));
        self.summary.transactions += 1;
        let own = self.setup.own;
        let accounts = tasks.iter().flat_map(|task| task.accounts.iter().copied());
        let flight = Flight {
            accounts: accounts.filter(|account| Some(*account) != own).collect(),
            subjects: tasks.iter().map(|task| task.key.subject).collect(),
            owners: lot.owners,
            tasks,
        };
        self.flights.insert(batch, flight);
    }

    /// Counts what accounts owe that turned bankrupt while they were in need and in our sight.
    fn watch_bad_debt(&mut self, at: Millis, step: &mut Step) {
        let needs = self.cache.book.in_need();
        let mut solvent = std::collections::HashSet::with_capacity(needs.len());
        for need in &needs {
            match need.distress {
                Distress::Liquidatable => {
                    solvent.insert(need.address);
                }
                Distress::Bankrupt => {
                    if !self.watched_solvent.contains(&need.address) {
                        continue;
                    }
                    let debt = need.health.equity.debt().0;
                    self.metrics.missed_bad_debt.inc_by(debt);
                    self.summary.missed_bad_debt = self.summary.missed_bad_debt.saturating_add(debt);
                    let what =
                        format!("{} turned bankrupt by {debt} atoms while it was in need", need.address);
                    step.decisions.push(Decision::Note { at, what });
                }
            }
        }
        self.watched_solvent = solvent;
    }
}

/// What a task brings the keeper, in atoms. Only these pay: the value of others only puts them in order.
fn reward(task: &Task) -> i64 {
    match task.key.subject.kind {
        Kind::Liquidate | Kind::Deleverage | Kind::Resolve => task.value.0.max(0),
        _ => 0,
    }
}
