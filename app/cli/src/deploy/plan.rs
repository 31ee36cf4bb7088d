//! What is to be done: a function of what is wanted and of what is there.

use std::fmt;

use clearing::state::{Clearinghouse, Market, MarketSettings, CHANGE_LAPSE_SECONDS};
use jettison_rpc::loader::Deployed;

use super::diff::{self, Difference};
use super::file::{Wanted, WantedMarket};
use crate::output::time_text;

/// What is on the cluster.
pub struct Observed {
    /// The chain's clock, in Unix seconds.
    pub now: i64,
    /// The programs, by name.
    pub programs: Vec<(&'static str, Deployed)>,
    /// The clearinghouse, if there is one.
    pub clearinghouse: Option<Box<Clearinghouse>>,
    /// Its markets that aren't closed, by index.
    pub markets: Vec<Market>,
}

/// Something to do. Indices of wanted markets are places in [`Wanted::markets`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Deploy a program for the first time.
    Deploy(&'static str),
    /// Replace a program's bytes.
    Upgrade(&'static str),
    /// Create the clearinghouse.
    Initialize,
    /// Create a market.
    CreateMarket {
        /// Which is wanted.
        wanted: usize,
        /// Its name.
        pair: String,
        /// Its index, if nobody else creates one meanwhile.
        index: u16,
    },
    /// Change the clearinghouse's settings, now or in the queue.
    ChangeClearinghouse(Vec<Difference>),
    /// Put queued settings of the clearinghouse in force.
    ExecuteClearinghouseChange,
    /// Change a market's settings, now or in the queue.
    ChangeMarket {
        /// Which is wanted.
        wanted: usize,
        /// Its name.
        pair: String,
        /// Its index.
        index: u16,
        /// What changes.
        differences: Vec<Difference>,
    },
    /// Put queued settings of a market in force.
    ExecuteMarketChange {
        /// Its name.
        pair: String,
        /// Its index.
        index: u16,
    },
}

/// What may be done without being asked twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Permission {
    /// Replacing programs.
    pub upgrade: bool,
    /// Changing settings.
    pub apply: bool,
}

/// What is to be done, and what is only to be said.
#[derive(Debug, Default)]
pub struct Plan {
    /// To do, in this order.
    pub steps: Vec<Step>,
    /// What differs and stays, with the reason.
    pub notes: Vec<String>,
}

impl Plan {
    /// Of a deployment.
    pub fn new(wanted: &Wanted, observed: &Observed, permission: Permission) -> Self {
        let mut plan = Self::default();
        plan.programs(observed, permission);
        match &observed.clearinghouse {
            None => plan.steps.push(Step::Initialize),
            Some(clearinghouse) => plan.clearinghouse(wanted, clearinghouse, observed.now, permission),
        }
        plan.markets(wanted, observed, permission);
        plan
    }

    fn programs(&mut self, observed: &Observed, permission: Permission) {
        for (name, deployed) in &observed.programs {
            match deployed {
                Deployed::Absent => self.steps.push(Step::Deploy(name)),
                Deployed::Upgradeable { same: false, .. } => {
                    self.permit(permission.upgrade, "--upgrade", Step::Upgrade(name));
                }
                Deployed::Upgradeable { same: true, .. } | Deployed::Fixed => {}
            }
        }
    }

    fn permit(&mut self, permitted: bool, flag: &str, step: Step) {
        if permitted {
            self.steps.push(step);
        } else {
            self.notes.push(format!("not done without {flag}: {step}"));
        }
    }

    fn clearinghouse(&mut self, wanted: &Wanted, state: &Clearinghouse, now: i64, permission: Permission) {
        let queued = Queued {
            differences: diff::of_clearinghouse(&state.queued_settings, &wanted.settings),
            ready_ts: state.queued_ready_ts,
            in_force: state.queued_revision == state.revision,
        };
        let differences = diff::of_clearinghouse(&state.settings, &wanted.settings);
        let steps = (Step::ChangeClearinghouse(differences.clone()), Step::ExecuteClearinghouseChange);
        self.change("the clearinghouse", &differences, &queued, now, steps, permission);
    }

    fn markets(&mut self, wanted: &Wanted, observed: &Observed, permission: Permission) {
        let mut next = observed.clearinghouse.as_ref().map_or(0, |state| state.market_count);
        for (place, market) in wanted.markets.iter().enumerate() {
            let there = observed.markets.iter().find(|there| there.name == market.args.name);
            match (there, &observed.clearinghouse) {
                (Some(there), Some(clearinghouse)) => {
                    self.market(place, market, there, clearinghouse, observed.now, permission);
                }
                _ => {
                    let pair = market.pair.clone();
                    self.steps.push(Step::CreateMarket { wanted: place, pair, index: next });
                    next = next.saturating_add(1);
                }
            }
        }
        for there in &observed.markets {
            if wanted.markets.iter().all(|market| market.args.name != there.name) {
                self.notes.push(format!("market {} is on the cluster and not in the file", name_of(there)));
            }
        }
    }

    fn market(
        &mut self,
        place: usize,
        wanted: &WantedMarket,
        there: &Market,
        clearinghouse: &Clearinghouse,
        now: i64,
        permission: Permission,
    ) {
        let (pair, index) = (wanted.pair.clone(), there.book.index.0);
        if there.book.is_settling() {
            self.notes.push(format!("market {pair} is being wound down: its settings stay"));
            return;
        }
        if let Some(fixed) = diff::of_identity(there, wanted) {
            let Difference { setting, from, to } = fixed;
            self.notes.push(format!("market {pair}: {setting} is {from} for good; the file says {to}"));
            return;
        }
        let queued = Queued {
            differences: diff::of_market(&there.queued, wanted),
            ready_ts: there.queued_ready_ts,
            in_force: there.queued_revision == there.revision
                && there.queued_clearinghouse_revision == clearinghouse.revision,
        };
        let differences = diff::of_market(&MarketSettings::of(there), wanted);
        let change =
            Step::ChangeMarket { wanted: place, pair: pair.clone(), index, differences: differences.clone() };
        let steps = (change, Step::ExecuteMarketChange { pair: pair.clone(), index });
        self.change(&format!("market {pair}"), &differences, &queued, now, steps, permission);
    }

    /// Nothing, a change, its execution, or a word about what is queued.
    fn change(
        &mut self,
        what: &str,
        differences: &[Difference],
        queued: &Queued,
        now: i64,
        (change, execute): (Step, Step),
        permission: Permission,
    ) {
        match (differences.is_empty(), queued.state(now)) {
            (true, QueueState::None) => {}
            (true, _) => self.notes.push(format!(
                "{what}: a change is queued that the file doesn't have; the authority or the guardian may cancel it"
            )),
            (false, QueueState::Ready) if queued.differences.is_empty() => {
                self.permit(permission.apply, "--apply", execute);
            }
            (false, QueueState::Waits) if queued.differences.is_empty() => self.notes.push(format!(
                "{what}: the change is queued; run this again from {}",
                time_text(queued.ready_ts)
            )),
            (false, _) => self.permit(permission.apply, "--apply", change),
        }
    }
}

/// Settings that wait.
struct Queued {
    /// From what is wanted.
    differences: Vec<Difference>,
    ready_ts: i64,
    /// Whether they were queued against the settings in force.
    in_force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum QueueState {
    None,
    Waits,
    Ready,
}

impl Queued {
    fn state(&self, now: i64) -> QueueState {
        if self.ready_ts == 0 || !self.in_force || now - self.ready_ts > CHANGE_LAPSE_SECONDS {
            QueueState::None
        } else if now < self.ready_ts {
            QueueState::Waits
        } else {
            QueueState::Ready
        }
    }
}

/// A market's name.
pub fn name_of(market: &Market) -> String {
    String::from_utf8_lossy(&market.name).trim_end_matches('\0').to_owned()
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deploy(name) => write!(f, "deploy the program {name}"),
            Self::Upgrade(name) => write!(f, "upgrade the program {name}"),
            Self::Initialize => write!(f, "create the clearinghouse"),
            Self::CreateMarket { pair, index, .. } => write!(f, "create market {pair}, number {index}"),
            Self::ChangeClearinghouse(differences) => {
                write!(f, "change the clearinghouse: {}", list(differences))
            }
            Self::ExecuteClearinghouseChange => write!(f, "put the clearinghouse's queued change in force"),
            Self::ChangeMarket { pair, differences, .. } => {
                write!(f, "change market {pair}: {}", list(differences))
            }
            Self::ExecuteMarketChange { pair, .. } => {
                write!(f, "put the queued change of market {pair} in force")
            }
        }
    }
}

fn list(differences: &[Difference]) -> String {
    let one = |d: &Difference| format!("{} {} -> {}", d.setting, d.from, d.to);
    differences.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
