//! What is on its way, and what is held back.

use std::collections::HashMap;

use super::task::{Subject, TaskKey};
use crate::book::Version;

/// What is on its way, and what is held back.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    in_flight: HashMap<Subject, Version>,
    suppressed: HashMap<Subject, i64>,
}

impl Memory {
    pub fn sent(&mut self, key: &TaskKey) {
        self.in_flight.insert(key.subject, key.version);
    }

    pub fn failed(&mut self, key: &TaskKey) {
        self.in_flight.remove(&key.subject);
    }

    pub fn suppress(&mut self, subject: Subject, until: i64) {
        let held = self.suppressed.entry(subject).or_insert(until);
        *held = until.max(*held);
    }

    /// Drops what no longer holds anything back.
    pub fn forget_past(&mut self, now: i64) {
        self.suppressed.retain(|_, until| *until > now);
    }

    pub fn withholds(&self, key: &TaskKey) -> bool {
        // A state that is older than the one it was sent for can't be told from it: wait for a newer one.
        let under_way = self.in_flight.get(&key.subject).is_some_and(|sent| *sent >= key.version);
        under_way || self.is_suppressed(&key.subject)
    }

    pub fn is_suppressed(&self, subject: &Subject) -> bool {
        self.suppressed.contains_key(subject)
    }
}
