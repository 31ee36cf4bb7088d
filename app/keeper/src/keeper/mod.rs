//! The loop without its surroundings: takes inputs, gives orders. No I/O and no clock of its own, so that the same inputs
//! give the same orders, from a network or from a record.

mod decision;
mod flight;
mod planning;
mod reporting;
mod setup;
mod unwind;
mod view;

use std::collections::{BTreeMap, HashMap, HashSet};

use anchor_lang::prelude::Pubkey;
use jettison_risk::{Account, Snapshot};

use crate::backoff::Backoff;
use crate::book::Applied;
use crate::cache::Cache;
use crate::fees::Prices;
use crate::input::{Input, Millis, Watched};
use crate::metrics::Metrics;
use crate::plan::{Planner, Subject, Waiting};
use crate::sender::Order;
use crate::signals::Signal;

pub use decision::{Decision, Named, Planned};
use flight::{Cooling, Flight};
pub use setup::{Header, Setup};
pub use unwind::Intent;
pub use view::{Own, View};

/// What a step asks for.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Transactions to land.
    pub orders: Vec<Order<Vec<Named>>>,
    /// What was decided, for the log and for comparing a replay.
    pub decisions: Vec<Decision>,
    /// An account to read again: the stream brought it with a slot older than what is known. It may be late; but there
    /// are servers whose streams state wrong slots.
    pub look_again: Option<(Pubkey, Watched)>,
    /// The markets' oracles, if they have changed: they are to be watched.
    pub oracles: Option<Vec<Pubkey>>,
}

/// The keeper.
pub struct Keeper {
    setup: Setup,
    /// What is known of the chain.
    pub cache: Cache,
    /// What it counts.
    pub metrics: Metrics,
    planner: Planner,
    backoff: Backoff<Subject>,
    prices: Prices,
    flights: BTreeMap<u64, Flight>,
    cooling: Vec<Cooling>,
    next_batch: u64,
    first_seen: HashMap<Subject, Millis>,
    watched_solvent: HashSet<Pubkey>,
    oracles: Vec<Pubkey>,
    waiting: Vec<Waiting>,
    queued: Vec<Planned>,
    intents: Vec<Intent>,
    summary: Summary,
    contact: Contact,
    signals: Vec<Signal>,
    stopping: bool,
    pressed: bool,
    greeted: bool,
}

/// How the keeper stands with the cluster.
#[derive(Clone, Debug, Default)]
struct Contact {
    stream: bool,
    stream_why: String,
    rpc_why: Option<String>,
    /// When anything came last, from the stream or by reading.
    heard: Option<Millis>,
    snapshot: Option<Millis>,
    /// The chain's clock, and when it was last seen to move.
    clock: (i64, Millis),
    /// Whether the next full reading may differ from what is known: at the start, and after a gap.
    gap: bool,
    lamports: Option<u64>,
    unreadable: Option<String>,
}

/// What a run did, for its last words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Transactions sent.
    pub transactions: u64,
    /// Tasks that landed.
    pub landed: u64,
    /// Tasks that would have been done by a rehearsal.
    pub rehearsed: u64,
    /// Races lost.
    pub lost_races: u64,
    /// Tasks that failed for other reasons.
    pub failed: u64,
    /// Rewards and bounties received, in atoms.
    pub rewards: u64,
    /// Bad debt that appeared while the account was in need and in our sight, in atoms.
    pub missed_bad_debt: u64,
}

impl Keeper {
    /// A keeper that knows nothing of the chain yet.
    pub fn new(setup: Setup) -> Self {
        Self {
            backoff: Backoff::new(setup.seed),
            planner: Planner::default(),
            cache: Cache::default(),
            metrics: Metrics::new(),
            prices: Prices::default(),
            flights: BTreeMap::new(),
            cooling: vec![],
            next_batch: 1,
            first_seen: HashMap::new(),
            watched_solvent: HashSet::new(),
            oracles: vec![],
            waiting: vec![],
            queued: vec![],
            intents: vec![],
            summary: Summary::default(),
            contact: Contact { gap: true, ..Contact::default() },
            signals: vec![],
            stopping: false,
            pressed: false,
            greeted: false,
            setup,
        }
    }

    /// What it was set up with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What it did.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Everything that systemic signals are made of, as of now; none before the first reading.
    pub fn book_at_large(&self) -> Option<Snapshot<Pubkey>> {
        let book = &self.cache.book;
        let markets = book.markets().map(|entry| entry.view);
        let accounts = book.addresses().filter_map(|(address, _)| {
            let ledger = book.ledger(address)?;
            (!ledger.has_no_legs()).then_some(Account { id: *address, ledger })
        });
        Snapshot::new(markets, accounts, book.common.fund.assets, self.cache.now()).ok()
    }

    /// Shows systemic signals from now on.
    pub fn show_signals(&mut self, signals: Vec<Signal>) {
        self.metrics.set_signals(&signals);
        self.signals = signals;
    }

    /// Transactions that may still land.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// Takes one input at a time.
    pub fn step(&mut self, at: Millis, input: &Input) -> Step {
        let mut step = Step::default();
        match input {
            Input::Snapshot { slot, accounts } => self.reconcile(at, *slot, accounts, &mut step),
            Input::Account(update) => {
                self.contact.heard = Some(at);
                let taken = self.cache.apply(update);
                if taken == Ok(Applied::Stale) && matches!(update.kind, Watched::Margin | Watched::Market) {
                    step.look_again = Some((update.address, update.kind));
                }
                self.note_unreadable(taken.err(), at, &mut step);
                self.look_for_oracles(&mut step);
            }
            Input::Slot { slot } => {
                self.contact.heard = Some(at);
                self.contact.rpc_why = None;
                self.cache.heard_of(*slot);
            }
            Input::StreamUp => {
                self.contact.stream = true;
                self.contact.gap = true;
                self.metrics.stream_connects.inc();
            }
            Input::StreamDown { why } => {
                self.contact.stream = false;
                self.contact.gap = true;
                self.contact.stream_why.clone_from(why);
            }
            Input::RpcDown { why } => self.contact.rpc_why = Some(why.clone()),
            Input::Fees { prices } => self.prices.learn(prices.clone()),
            Input::Balance { lamports } => self.contact.lamports = Some(*lamports),
            Input::Resumed { batch, tasks } => self.resume(*batch, tasks),
            Input::Report { batch, report } => self.report(at, *batch, report, &mut step),
            Input::Tick => self.plan(at, &mut step),
            Input::Stop => self.stopping = true,
        }
        if self.cache.now() != self.contact.clock.0 {
            self.contact.clock = (self.cache.now(), at);
        }
        step
    }

    fn reconcile(&mut self, at: Millis, slot: u64, accounts: &[crate::input::Update], step: &mut Step) {
        let (found, unreadable) = self.cache.reconcile(slot, accounts, self.contact.gap);
        self.metrics.reconciles.inc();
        self.metrics.reconcile_differences.inc_by(found.missed);
        if found.missed > 0 {
            let what = format!("{} accounts were not as the stream had left them: repaired", found.missed);
            step.decisions.push(Decision::Note { at, what });
        }
        self.contact.gap = !self.contact.stream;
        self.contact.snapshot = Some(at);
        self.contact.heard = Some(at);
        self.contact.rpc_why = None;
        if unreadable.is_none() {
            self.contact.unreadable = None;
        }
        self.note_unreadable(unreadable, at, step);
        self.look_for_oracles(step);
    }

    fn note_unreadable(&mut self, error: Option<crate::cache::Unreadable>, at: Millis, step: &mut Step) {
        let Some(error) = error else { return };
        let what = error.to_string();
        if self.contact.unreadable.as_ref() != Some(&what) {
            step.decisions.push(Decision::Note { at, what: what.clone() });
            self.contact.unreadable = Some(what);
        }
    }

    fn look_for_oracles(&mut self, step: &mut Step) {
        let mut oracles: Vec<Pubkey> = self.cache.markets().map(|market| market.oracle).collect();
        oracles.sort_unstable();
        oracles.dedup();
        if oracles != self.oracles {
            self.oracles.clone_from(&oracles);
            step.oracles = Some(oracles);
        }
    }

    /// Why it can't work now; `Ok` if it can.
    ///
    /// # Errors
    /// In words that say what is missing.
    pub fn health(&self, at: Millis) -> Result<(), String> {
        let contact = &self.contact;
        if let Some(why) = &contact.unreadable {
            return Err(why.clone());
        }
        if contact.snapshot.is_none() || self.cache.now() == 0 || self.cache.clearinghouse().is_none() {
            let why = contact.rpc_why.as_deref().unwrap_or("waiting for the first reading");
            return Err(format!("the chain was not read yet: {why}"));
        }
        let stale = self.setup.config.watch.stale_seconds * 1_000;
        let silent = at.saturating_sub(contact.heard.unwrap_or(0));
        if silent > stale {
            let why = contact.rpc_why.as_deref().unwrap_or(&contact.stream_why);
            return Err(format!("nothing was heard of the cluster for {} s: {why}", silent / 1_000));
        }
        let (clock, moved) = contact.clock;
        let stood = at.saturating_sub(moved);
        if stood > stale {
            return Err(format!(
                "the chain's clock has stood at {clock} for {} s: the server is behind, or its chain was begun anew, and then \
                 the keeper must be started anew too",
                stood / 1_000
            ));
        }
        if contact.lamports.is_some_and(|lamports| lamports < crate::config::BASE_FEE) {
            return Err(format!("{} has no SOL to pay fees", self.setup.signer));
        }
        Ok(())
    }
}
