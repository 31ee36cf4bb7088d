//! What to do next: typed tasks in the order of what the venue would lose by waiting. No I/O.
//!
//! The planner looks at a [`Book`] and tries everything on copies with the engine itself, so a task that it plans is one
//! that the program would allow at the prices it would find. Its own account is one of these copies: what it takes over in
//! one task counts in the next.

mod bankruptcy;
mod distress;
mod draft;
mod memory;
mod policy;
mod scratch;
mod takeover;
mod task;
mod upkeep;
mod urgency;

use jettison_engine::{Atoms, SignedAtoms};

use crate::book::Book;
use distress::Rescue;
use memory::Memory;
pub use policy::Policy;
use scratch::Scratch;
pub use task::{Action, Kind, Plan, Reason, Subject, Task, TaskKey, Waiting, Why};
use upkeep::Upkeep;

/// Plans tasks and remembers which are on their way.
#[derive(Clone, Debug, Default)]
pub struct Planner {
    policy: Policy,
    memory: Memory,
}

impl Planner {
    /// A planner that keeps to a policy.
    pub fn new(policy: Policy) -> Self {
        Self { policy, memory: Memory::default() }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Keeps to another policy from now on, as when limits follow prices.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// The tasks of now, in Unix seconds, the most urgent first. The book should have been advanced to `now`.
    ///
    /// Left out is what is on its way ([`Self::sent`]) or held back ([`Self::suppress`]). Tasks of one account stand in the
    /// order in which they must run.
    pub fn plan(&mut self, book: &Book, now: i64) -> Plan {
        self.memory.forget_past(now);
        let mut plan = Plan::default();
        let mut scratch = Scratch::of(book, &self.policy);
        let (policy, memory) = (&self.policy, &self.memory);
        Rescue::new(book, policy, memory, &mut scratch, now).plan(&mut plan);
        // What isn't urgent goes by the venue as it is.
        let mut scratch = Scratch::of(book, policy);
        Upkeep { book, policy, scratch: &mut scratch, now }.plan(&mut plan);
        plan.tasks.retain(|task| !self.memory.withholds(&task.key));
        // Stable: tasks of equal loss were planned one upon the other.
        plan.tasks.sort_by_key(|task| std::cmp::Reverse(task.loss));
        plan
    }

    /// Notes that a task is on its way: it isn't planned again until what it is about has changed, or [`Self::failed`].
    pub fn sent(&mut self, key: &TaskKey) {
        self.memory.sent(key);
    }

    /// Notes that a task failed or ran out: it may be planned again.
    pub fn failed(&mut self, key: &TaskKey) {
        self.memory.failed(key);
    }

    /// Holds back every task about `subject` until a time in Unix seconds, as after a failure.
    pub fn suppress(&mut self, subject: Subject, until: i64) {
        self.memory.suppress(subject, until);
    }
}

/// Signed atoms of a sum that may be far out of range: it stops at the ends.
fn signed(value: i128) -> SignedAtoms {
    SignedAtoms(i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX }))
}

/// Atoms of a sum: nothing if it is negative.
fn atoms(value: i128) -> Atoms {
    Atoms(u64::try_from(value.max(0)).unwrap_or(u64::MAX))
}
