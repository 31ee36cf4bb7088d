//! How long to leave a task alone that did not work, by account and reason.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::input::Millis;
use crate::outcome::Reason;

/// How often in a row, why, and how long it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Failure {
    attempts: u32,
    until: Millis,
    reason: Reason,
}

/// Tasks that are left alone for a while.
#[derive(Clone, Debug)]
pub struct Backoff<K> {
    failures: BTreeMap<K, Failure>,
    seed: u64,
}

/// The first wait and the longest, in milliseconds.
const fn waits(reason: Reason) -> (Millis, Millis) {
    match reason {
        // Someone else did it: the account's next state says what is left to do.
        Reason::LostRace => (200, 2_000),
        // The chain waits for a price; so do we.
        Reason::StaleOracle => (500, 10_000),
        // A person or a window must pass.
        Reason::Paused => (5_000, 60_000),
        // Our planning is wrong about this account: trying again soon would cost a fee each time.
        Reason::OurFault => (2_000, 300_000),
        Reason::Expired => (200, 5_000),
        Reason::Rpc => (250, 10_000),
    }
}

impl<K: Ord + Copy + Hash> Backoff<K> {
    /// Nothing waits. `seed` spreads the waits of different keepers.
    pub const fn new(seed: u64) -> Self {
        Self { failures: BTreeMap::new(), seed }
    }

    /// A task failed: it waits twice as long as the last time it failed for the same reason, less up to a quarter, so
    /// that keepers that failed together don't try again together.
    /// Returns until when.
    pub fn failed(&mut self, key: K, reason: Reason, now: Millis) -> Millis {
        let (first, longest) = waits(reason);
        let before = self.failures.get(&key).filter(|failure| failure.reason == reason);
        let attempts = before.map_or(0, |failure| failure.attempts.saturating_add(1));
        let wait = first.saturating_mul(1 << attempts.min(20)).min(longest);
        let jitter = self.hash(&key, attempts) % (wait / 4 + 1);
        let until = now + wait - jitter;
        self.failures.insert(key, Failure { attempts, until, reason });
        until
    }

    /// A task worked.
    pub fn succeeded(&mut self, key: &K) {
        self.failures.remove(key);
    }

    /// Whether a task is to be left alone.
    pub fn waits(&self, key: &K, now: Millis) -> bool {
        self.failures.get(key).is_some_and(|failure| now < failure.until)
    }

    /// Until when, for those that wait.
    pub fn waiting(&self, now: Millis) -> impl Iterator<Item = (&K, Reason, Millis)> {
        let waiting = self.failures.iter().filter(move |(_, failure)| now < failure.until);
        waiting.map(|(key, failure)| (key, failure.reason, failure.until))
    }

    /// Forgets failures so old that the next one may begin again with the first wait.
    pub fn forget(&mut self, now: Millis) {
        const MEMORY: Millis = 600_000;
        self.failures.retain(|_, failure| now < failure.until.saturating_add(MEMORY));
    }

    fn hash(&self, key: &K, attempts: u32) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, key, attempts).hash(&mut hasher);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest_and_differ_between_keepers() {
        let mut backoff = Backoff::new(1);
        let mut now = 0;
        let mut last = 0;
        for attempt in 0..12 {
            backoff.failed(7, Reason::Rpc, now);
            let until = backoff.waiting(now).next().unwrap().2;
            let wait = until - now;
            let full = (250_u64 << attempt).min(10_000);
            assert!(wait <= full && wait >= full - full / 4, "{attempt}: {wait} of {full}");
            assert!(backoff.waits(&7, until - 1) && !backoff.waits(&7, until));
            (now, last) = (until, wait);
        }
        assert!(last >= 7_500);
        let first_wait = |seed| {
            let mut backoff = Backoff::new(seed);
            backoff.failed(7, Reason::OurFault, 0);
            let until = backoff.waiting(0).next().unwrap().2;
            until
        };
        assert!((0..20).any(|seed| first_wait(seed) != first_wait(seed + 1)));
    }

    #[test]
    fn another_reason_begins_again_and_success_forgets() {
        let mut backoff = Backoff::new(0);
        for _ in 0..5 {
            backoff.failed((1, 2), Reason::OurFault, 0);
        }
        backoff.failed((1, 2), Reason::LostRace, 0);
        assert!(!backoff.waits(&(1, 2), 200));
        assert!(!backoff.waits(&(1, 3), 0));
        backoff.failed((1, 2), Reason::Paused, 0);
        backoff.succeeded(&(1, 2));
        assert!(!backoff.waits(&(1, 2), 0));
    }

    #[test]
    fn what_is_long_past_is_forgotten() {
        let mut backoff = Backoff::new(0);
        backoff.failed(1, Reason::Rpc, 0);
        backoff.forget(599_000);
        assert_eq!(backoff.failures.len(), 1);
        backoff.forget(700_000);
        assert!(backoff.failures.is_empty());
    }
}
